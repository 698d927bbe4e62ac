"""Blocks of the report as elements of a page; every text in them is escaped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from analysis.blocks import (
    Bars,
    Box,
    Cell,
    Chart,
    Columns,
    Contents,
    Head,
    Headline,
    PageTitle,
    Paragraph,
    Picture,
    Rates,
    Section,
    Space,
    Status,
    Table,
)
from analysis.caseload_page.drawings import inline_svg
from analysis.caseload_page.numbers import bars_html, rates_html
from analysis.errors import AnalysisError
from analysis.look.shapes import shape
from analysis.wording import Wording

# Width of the printed column: drawings keep their share of it.
_COLUMN_MM = 178.0


@dataclass(frozen=True)
class Place:
    """Where a block stands: what reading it on its own would miss."""

    words: Wording
    level: int  # of the next section's heading
    name: str  # words of the heading above, to name tables by


def set_blocks(blocks: Iterable[Any], words: Wording, *, level: int = 2) -> str:
    """The elements of some blocks in order. level: heading level of a section.

    Raises AnalysisError for a block that the caseload report does not use.
    """
    place = Place(words, level, "")
    parts = []
    for block in blocks:
        if isinstance(block, PageTitle):
            place = Place(words, 3, block.text)
        elif isinstance(block, Section):
            place = Place(words, place.level, block.title)
        parts.append(_set(block, place))
    return "\n".join(parts)


def scrolling(inside: str, name: str) -> str:
    """Something wide, which scrolls by itself, with the keyboard too."""
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(name)}">'
        f"{inside}</div>"
    )


def paragraph(text: str, tone: str) -> str:
    """Running text; nothing for no text."""
    return f'<p class="{tone}">{escape(text)}</p>' if text else ""


def status_html(status: Status) -> str:
    """A shape and its word."""
    return f'<span class="status">{shape(status.shape)}{escape(status.word)}</span>'


def _set(block: Any, place: Place) -> str:
    setter = _SETTERS.get(type(block))
    if setter is None:
        raise AnalysisError(
            f"The caseload page cannot show a block of kind {type(block).__name__}."
        )
    return setter(block, place)


def _headline(block: Headline, place: Place) -> str:
    return f"<h1>{escape(block.text)}</h1>{paragraph(block.context, 'lead')}"


def _page_title(block: PageTitle, place: Place) -> str:
    return f"<h2>{escape(block.text)}</h2>{paragraph(block.note, 'grey')}"


def _section(block: Section, place: Place) -> str:
    level = place.level
    note = f'<p class="note">{escape(block.note)}</p>' if block.note else ""
    return (
        f'<div class="section"><h{level}>{escape(block.title)}</h{level}>{note}</div>'
    )


def _chart(block: Chart, place: Place) -> str:
    words = [f"<strong>{escape(block.title)}</strong>"] if block.title else []
    if block.status is not None:
        words.append(status_html(block.status))
    if block.axis:
        words.append(f'<span class="grey">{escape(block.axis)}</span>')
    caption = f"<figcaption>{' '.join(words)}</figcaption>" if words else ""
    name = block.title or place.name
    return f"<figure>{caption}{scrolling(_picture(block.picture), name)}</figure>"


def _picture(picture: Picture) -> str:
    share = min(1.0, picture.width_mm / _COLUMN_MM)
    style = f"width: {share * 100:.1f}%; min-width: {picture.width_mm:.0f}mm"
    return f'<div class="picture" style="{style}">{inline_svg(picture)}</div>'


def _columns(block: Columns, place: Place) -> str:
    return '<div class="columns">{}{}</div>'.format(
        *(
            f"<div>{''.join(_half(one, place) for one in side)}</div>"
            for side in (block.left, block.right)
        )
    )


def _half(block: Any, place: Place) -> str:
    """In a column a drawing takes all the width there is."""
    if not isinstance(block, Chart):
        return _set(block, place)
    alone = _chart(block, place)
    share = min(1.0, block.picture.width_mm / _COLUMN_MM)
    return alone.replace(f"width: {share * 100:.1f}%; ", "width: 100%; ", 1)


def _box(block: Box, place: Place) -> str:
    lines = "".join(
        f"<p><strong>{escape(label)}</strong> {escape(text)}</p>"
        for label, text in block.lines
    )
    return f'<div class="box">{lines}</div>'


def _table(block: Table, place: Place) -> str:
    heads = "".join(_head(head) for head in block.heads)
    rows = []
    for number, row in enumerate(block.rows):
        opens = ' class="opens"' if number in block.group_starts else ""
        cells = "".join(
            _cell(cell, head, is_name=column == 0)
            for column, (cell, head) in enumerate(zip(row, block.heads, strict=True))
        )
        rows.append(f"<tr{opens}>{cells}</tr>")
    name = block.caption or place.name
    table = (
        f'<table><caption class="unseen">{escape(name)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )
    return scrolling(table, name)


def _head(head: Head) -> str:
    if not head.text:
        return "<td></td>"
    return f'<th scope="col" class="{head.align}">{escape(head.text)}</th>'


def _cell(cell: Cell, head: Head, *, is_name: bool) -> str:
    tag = 'th scope="row"' if is_name else "td"
    text = escape(cell.text)
    text = f"<strong>{text}</strong>" if cell.is_strong else text
    status = status_html(cell.status) if cell.status is not None else ""
    bar = ""
    if cell.bar is not None:
        style = f"width: {cell.bar * 100:.1f}%"
        text = f'<span class="beside-bar">{text}</span>'
        bar = f'<span class="bar"><span style="{style}"></span></span>'
    drawn = inline_svg(cell.picture) if cell.picture is not None else ""
    look = f"{head.align} {cell.tone}"
    return f'<{tag} class="{look}">{status}{text}{bar}{drawn}</{tag.split()[0]}>'


def _rates(block: Rates, place: Place) -> str:
    table = rates_html(block, place.words, name=place.name)
    return scrolling(table, place.name) + paragraph(block.note, "grey")


_SETTERS: Mapping[type, Callable[[Any, Place], str]] = {
    Bars: lambda block, place: bars_html(block),
    Box: _box,
    Chart: _chart,
    Columns: _columns,
    # the page has links of its own
    Contents: lambda block, place: "",
    Headline: _headline,
    PageTitle: _page_title,
    Paragraph: lambda block, place: paragraph(block.text, block.tone),
    Rates: _rates,
    Section: _section,
    Space: lambda block, place: "",
    Table: _table,
}
