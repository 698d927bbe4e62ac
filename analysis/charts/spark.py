"""Small lines and bars for tiles, sign rows and goals: a course at a glance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from analysis.blocks import Picture
from analysis.charts.ink import Ink
from analysis.charts.style import COLOUR, FILL, SEMIBOLD, SIZE
from analysis.records import Course

Dated = Sequence[tuple[date, float]]

# Room around the marks, in points, so that the latest dot is never cut.
_PAD = 3.2
_LINE, _DOT, _RING = 1.5, 4.6, 3.6
_MANY = 60
_LEAST_SHARE = 0.5


def spark_picture(
    course: Course, *, width_mm: float = 28.6, height_mm: float = 13.0, alt: str = ""
) -> Picture:
    """Raw scores with the cut-off dashed and a plateau in sand, on their own range.

    An empty alt marks decoration: use it where words beside the line say the same.
    """
    cutoff = course.scale.caseness
    shaded = [s for s in course.stretches if s.kind == "plateau"]
    return _spark(
        tuple(zip(course.dates, course.values, strict=True)),
        span=(course.start, course.until),
        levels=() if cutoff is None else (cutoff.value,),
        shaded=tuple((s.since, s.until) for s in shaded),
        size=(width_mm, height_mm),
        alt=alt,
    )


def line_picture(
    values: Dated,
    *,
    since: date,
    until: date,
    low: float,
    high: float,
    width_mm: float = 24.0,
    height_mm: float = 7.0,
    target: float | None = None,
    latest_text: str = "",
    alt: str = "",
) -> Picture:
    """A rating over time: a sign of progress, a goal, a check-in.

    low, high: ends of the rating's scale; without a target at least half of it is
    shown, so that small moves are seen and stay small. target: dashed line at the
    rating that counts as reached; the full scale is shown then. latest_text: the
    latest value, worded, set beside its dot.
    """
    return _spark(
        tuple(values),
        span=(since, until),
        levels=() if target is None else (target,),
        shaded=(),
        size=(width_mm, height_mm),
        alt=alt,
        limits=(low, high) if target is not None else _window(values, low, high),
        latest_text=latest_text,
        has_base=target is not None,
    )


def bars_picture(
    values: Dated,
    *,
    since: date,
    until: date,
    high: float,
    tone: Literal["good", "bad"] = "good",
    width_mm: float = 24.0,
    height_mm: float = 7.0,
    alt: str = "",
) -> Picture:
    """A bar for every week with something to count: small wins, steps back."""
    ink = Ink(width_mm, height_mm)
    x = _across((since, until), ink.width, _PAD)
    room = ink.height - 2 * _PAD
    colour = COLOUR["blue" if tone == "good" else "orange"]
    for day, value in values:
        if value > 0 and math.isfinite(value):
            height = room * min(value / high, 1.0)
            ink.rectangle(x(day) - 1.1, _PAD, 2.2, height, colour)
    base = [_PAD / 2, ink.width - _PAD / 2]
    ink.line(base, [_PAD, _PAD], COLOUR["rule"], 0.7, cap="square")
    return ink.picture(alt)


def _spark(
    values: tuple[tuple[date, float], ...],
    *,
    span: tuple[date, date],
    levels: tuple[float, ...],
    shaded: tuple[tuple[date, date], ...],
    size: tuple[float, float],
    alt: str,
    limits: tuple[float, float] | None = None,
    latest_text: str = "",
    has_base: bool = False,
) -> Picture:
    ink = Ink(*size)
    width, height = ink.width, ink.height
    pad = _PAD + (12.0 if latest_text else 0.0)
    x = _across(span, width, pad)
    low, high = limits or _own_range([value for _, value in values], levels)

    def y(value: float) -> float:
        return _PAD + (value - low) / (high - low) * (height - 2 * _PAD)

    for since, until in shaded:
        left, right = x(since), max(x(until), x(since) + 4)
        ink.rectangle(left, 0.0, right - left, height, FILL["plateau"])
    if has_base:
        end = width - pad + _PAD
        ink.line([0, end], [0.4, 0.4], COLOUR["rule"], 0.7, cap="square")
    for level in levels:
        end = x(values[-1][0]) if latest_text and values else width - pad + _PAD
        ink.line([0, end], [y(level)] * 2, COLOUR["ink"], 0.7, dashes=(3, 2))
    xs, ys = [x(day) for day, _ in values], [y(value) for _, value in values]
    if xs:
        _draw_marks(ink, xs, ys)
    if latest_text and xs:
        place = (xs[-1] + 4.0, ys[-1] - 0.36 * SIZE["small"])
        ink.write(*place, latest_text, weight=SEMIBOLD, colour=COLOUR["ink"])
    return ink.picture(alt)


def _draw_marks(ink: Ink, xs: list[float], ys: list[float]) -> None:
    """The line, a ring at its start and a dot at its end."""
    width = _LINE if len(xs) <= _MANY else 1.0
    ink.line(xs, ys, COLOUR["blue"], width, cap="square")
    if len(xs) != 1:
        ink.dot(xs[0], ys[0], _RING, COLOUR["paper"], COLOUR["ink"], 0.9)
    ink.dot(xs[-1], ys[-1], _DOT, COLOUR["ink"], COLOUR["ink"], 1.0)


def _across(span: tuple[date, date], width: float, pad: float) -> Any:
    since, until = span
    days = max((until - since).days, 1)
    room = width - _PAD - pad

    def x(day: date) -> float:
        share = (day - since).days / days
        return _PAD + min(max(share, 0.0), 1.0) * room

    return x


def _own_range(values: list[float], levels: tuple[float, ...]) -> tuple[float, float]:
    """From the lowest to the highest of scores and cut-off; a flat line lies midway."""
    seen = [*values, *levels] or [0.0]
    low, high = min(seen), max(seen)
    return (low, high) if high > low else (low - 1.0, high + 1.0)


def _window(values: Dated, low: float, high: float) -> tuple[float, float]:
    """The part of a scale that the values need, half of it at the least."""
    seen = [value for _, value in values] or [low, high]
    span = max(max(seen) - min(seen), _LEAST_SHARE * (high - low))
    start = (max(seen) + min(seen) - span) / 2
    start = min(max(start, low), high - span)
    return start, start + span
