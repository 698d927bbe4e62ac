"""Small lines and bars for tiles, sign rows and goals: a course at a glance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle as Patch

from analysis.blocks import Picture
from analysis.charts.style import (
    COLOUR,
    FILL,
    SEMIBOLD,
    SIZE,
    figure_of,
    in_points,
    new_figure,
    picture,
    points,
    write,
)
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
    axes = _canvas(width_mm, height_mm)
    x = _across((since, until), points(width_mm), _PAD)
    room = points(height_mm) - 2 * _PAD
    base = [_PAD / 2, points(width_mm) - _PAD / 2]
    _line(axes, base, [_PAD, _PAD], color=COLOUR["rule"], lw=0.7)
    colour = COLOUR["blue" if tone == "good" else "orange"]
    for day, value in values:
        if value > 0:
            height = room * min(value / high, 1.0)
            _rectangle(axes, x(day) - 1.1, _PAD, 2.2, height, colour)
    return picture(figure_of(axes), alt)


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
    axes = _canvas(*size)
    width, height = points(size[0]), points(size[1])
    pad = _PAD + (12.0 if latest_text else 0.0)
    x = _across(span, width, pad)
    low, high = limits or _own_range([value for _, value in values], levels)

    def y(value: float) -> float:
        return _PAD + (value - low) / (high - low) * (height - 2 * _PAD)

    for since, until in shaded:
        left, right = x(since), max(x(until), x(since) + 4)
        _rectangle(axes, left, 0.0, right - left, height, FILL["plateau"])
    if has_base:
        _line(axes, [0, width - pad + _PAD], [0.4, 0.4], color=COLOUR["rule"], lw=0.7)
    for level in levels:
        dashed = {"color": COLOUR["ink"], "lw": 0.7, "ls": (0, (3, 2))}
        end = x(values[-1][0]) if latest_text and values else width - pad + _PAD
        _line(axes, [0, end], [y(level)] * 2, **dashed)
    xs, ys = [x(day) for day, _ in values], [y(value) for _, value in values]
    _draw_marks(axes, xs, ys)
    if latest_text and xs:
        write(
            axes,
            xs[-1] + 4.0,
            ys[-1] - 0.36 * SIZE["small"],
            latest_text,
            weight=SEMIBOLD,
            colour=COLOUR["ink"],
        )
    return picture(figure_of(axes), alt)


def _draw_marks(axes: Axes, xs: list[float], ys: list[float]) -> None:
    """The line, a ring at its start and a dot at its end."""
    look: dict[str, Any] = {"color": COLOUR["blue"], "solid_joinstyle": "round"}
    _line(axes, xs, ys, lw=_LINE if len(xs) <= _MANY else 1.0, **look)
    ring = {"marker": "o", "mfc": COLOUR["paper"], "mec": COLOUR["ink"], "mew": 0.9}
    if len(xs) != 1:
        _line(axes, xs[:1], ys[:1], ms=_RING, ls="none", **ring)
    dot = {"marker": "o", "mfc": COLOUR["ink"], "mec": COLOUR["ink"], "ms": _DOT}
    _line(axes, xs[-1:], ys[-1:], ls="none", **dot)


def _canvas(width_mm: float, height_mm: float) -> Axes:
    axes = new_figure(width_mm, height_mm).add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    return axes


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


def _line(axes: Axes, xs: Any, ys: Any, **look: Any) -> None:
    drawn = Line2D(np.asarray(xs), np.asarray(ys), transform=in_points(axes), **look)
    drawn.set_clip_on(False)
    axes.add_artist(drawn)


def _rectangle(
    axes: Axes, left: float, bottom: float, width: float, height: float, colour: str
) -> None:
    if math.isfinite(height):
        patch = Patch((left, bottom), width, height, facecolor=colour, edgecolor="none")
        patch.set_transform(in_points(axes))
        patch.set_clip_on(False)
        axes.add_artist(patch)
