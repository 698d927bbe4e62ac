"""Completeness bars and outcome rates for a browser."""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape

from analysis.blocks import Bar, Bars, RateRow, Rates
from analysis.look import read_look
from analysis.wording import Wording

# A label fits into a bar from this share of the longest on.
_ROOM_FOR_LABEL = 0.42
_MARK_COLOURS = {"disc": "blue", "square": "grey", "diamond": "orange"}
# Middle of a lane, the nation's mark above it and the year before below, in pixels.
_HEIGHT, _MIDDLE, _ABOVE, _BELOW = 54, 27, 12, 42
_SMALL_HEIGHT = 30


def bars_html(block: Bars) -> str:
    """Bars from one zero with what was lost between them, as a list."""
    most = max((bar.count for bar in block.bars), default=0) or 1
    items = "".join(f"<li>{_bar(bar, bar.count / most)}</li>" for bar in block.bars)
    return f'<ul class="stages">{items}</ul>'


def _bar(bar: Bar, share: float) -> str:
    label = f"<span>{escape(bar.label)}</span>"
    place = "inside" if share >= _ROOM_FOR_LABEL else "beside"
    news = " news" if bar.is_news else ""
    return (
        f"<strong>{bar.count:d}</strong>"
        f'<div class="track"><div class="stage {place}{news}" '
        f'style="width: {share * 100:.1f}%">{label}</div></div>'
        f'<p class="grey">{escape(bar.note)}</p>'
    )


def rates_html(block: Rates, words: Wording, *, name: str) -> str:
    """A table of rates with a lane for each: intervals, bounds and what to compare."""
    top = _top(block.rows)
    firsts = _first_named(block)
    rows = []
    for number, row in enumerate(block.rows):
        opens = row.is_small and not block.rows[number - 1].is_small
        rows.append(_row(row, top, firsts.get(number, {}), words, opens=opens))
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in block.heads)
    return (
        f'<table class="rates"><caption class="unseen">{escape(name)}</caption>'
        f"<thead><tr><td></td><td></td>{heads}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody>"
        f'<tfoot><tr><td></td><td class="lane">{_axis(top, words)}</td>'
        f'<td colspan="{len(block.heads)}"></td></tr></tfoot></table>'
    )


def _top(rows: Iterable[RateRow]) -> float:
    """End of the axis: the next fifth above the largest share drawn."""
    shares = [
        share
        for row in rows
        for share in (
            row.value, row.high, row.best, row.before_value, row.nation_value,
        )
        if share is not None
    ]  # fmt: skip
    return min(1.0, math.ceil(max([0.4, *shares]) * 5) / 5)


def _first_named(block: Rates) -> dict[int, dict[str, str]]:
    """The nation and the year before are named once, where they first stand."""
    found: dict[int, dict[str, str]] = {}
    for field, word in (
        ("nation_value", block.nation_word),
        ("before_value", block.before_word),
    ):
        for number, row in enumerate(block.rows):
            if getattr(row, field) is not None:
                found.setdefault(number, {})[field] = word
                break
    return found


def _row(
    row: RateRow, top: float, named: dict[str, str], words: Wording, *, opens: bool
) -> str:
    kind = " ".join(["small"] * row.is_small + ["opens"] * opens)
    if row.is_head:
        return (
            f'<tr class="{kind} group"><th colspan="2" scope="rowgroup">'
            f'{escape(row.label)}</th><td colspan="4" class="right grey">'
            f"{escape(row.count)}</td></tr>"
        )
    head = f'<tr class="{kind}"><th scope="row">{escape(row.label)}</th>'
    if row.value is None:
        few = f'<td class="grey">{escape(row.count)}</td>'
        return f"{head}{few}<td>{escape(row.now)}</td><td></td>{_compared(row)}</tr>"
    return (
        f'{head}<td class="lane">{_lane(row, top, named, words)}</td>'
        f'<td class="now">{escape(row.now)}</td><td>{escape(row.count)}</td>'
        f"{_compared(row)}</tr>"
    )


def _compared(row: RateRow) -> str:
    return "".join(
        f'<td class="right">{escape(text)}</td>' for text in (row.before, row.nation)
    )


def _lane(row: RateRow, top: float, named: dict[str, str], words: Wording) -> str:
    look = read_look()
    height = _SMALL_HEIGHT if row.is_small else _HEIGHT
    middle = height / 2
    colour = look.colour[_MARK_COLOURS[row.mark]]
    parts = [_grid(top, height)]
    if row.worst is not None and row.best is not None:
        fill = look.fill["missing"]
        parts.append(_span(row.worst, row.best, top, middle, 15, fill))
    if row.low is not None and row.high is not None:
        parts.append(_span(row.low, row.high, top, middle, 5, colour))
    if row.value is not None:
        size = 0.7 if row.is_small else 1.0
        parts.append(_placed(row.value, top, middle, _mark(row.mark, colour, size)))
    parts += _comparisons(row, top, named)
    return (
        f'<svg class="lane" height="{height}" role="img" '
        f'aria-label="{escape(_said(row, words))}">{"".join(parts)}</svg>'
    )


def _comparisons(row: RateRow, top: float, named: dict[str, str]) -> Iterable[str]:
    ink, paper = (read_look().colour[name] for name in ("ink", "paper"))
    if row.nation_value is not None:
        mark = f'<path fill="{ink}" d="M-7 -6H7L0 6Z"/>'
        mark += _name(named.get("nation_value", ""))
        yield _placed(row.nation_value, top, _ABOVE, mark)
    if row.before_value is not None and not row.is_small:
        mark = f'<circle r="4" fill="{paper}" stroke="{ink}" stroke-width="2"/>'
        mark += _name(named.get("before_value", ""))
        yield _placed(row.before_value, top, _BELOW, mark)


def _name(word: str) -> str:
    return f'<text x="-10" y="4" text-anchor="end">{escape(word)}</text>' * bool(word)


def _mark(mark: str, colour: str, size: float) -> str:
    paint = f'fill="{colour}" stroke="{read_look().colour["paper"]}" stroke-width="1.2"'
    if mark == "square":
        side, corner = 14 * size, -7 * size
        return (
            f'<rect {paint} x="{corner:g}" y="{corner:g}" width="{side:g}" '
            f'height="{side:g}"/>'
        )
    if mark == "diamond":
        far = 8.5 * size
        return f'<path {paint} d="M{-far:g} 0L0 {-far:g}L{far:g} 0L0 {far:g}Z"/>'
    return f'<circle {paint} r="{7.5 * size:g}"/>'


def _placed(share: float, top: float, y: float, drawing: str) -> str:
    at = share / top * 100
    return f'<svg x="{at:.2f}%" y="{y:g}" class="mark">{drawing}</svg>'


def _span(
    low: float, high: float, top: float, middle: float, thick: float, fill: str
) -> str:
    start, width = low / top * 100, max(0.0, high - low) / top * 100
    return (
        f'<rect x="{start:.2f}%" width="{width:.2f}%" y="{middle - thick / 2:g}" '
        f'height="{thick:g}" fill="{fill}"/>'
    )


def _ticks(top: float) -> list[int]:
    return list(range(0, round(top * 100) + 1, 20))


def _grid(top: float, height: float) -> str:
    rule = read_look().colour["rule"]
    return "".join(
        f'<line x1="{tick / top:.2f}%" x2="{tick / top:.2f}%" y1="0" y2="{height}" '
        f'stroke="{rule}"/>'
        for tick in _ticks(top)
    )


def _axis(top: float, words: Wording) -> str:
    *others, last = _ticks(top)
    texts = [words.formats.number(tick) for tick in others]
    texts.append(words.formats.percent(last / 100))
    labels = "".join(
        f'<text x="{tick / top:.2f}%" y="15" text-anchor="middle">{text}</text>'
        for tick, text in zip((*others, last), texts, strict=True)
    )
    return f'<svg class="lane" height="20" aria-hidden="true">{labels}</svg>'


def _said(row: RateRow, words: Wording) -> str:
    """The interval and the bounds, which the table itself does not print."""
    return words.sentence(
        "html.rate",
        now=row.now,
        low=row.low,
        high=row.high,
        worst=row.worst,
        best=row.best,
    )
