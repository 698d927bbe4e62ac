"""Check-in ratings as small multiples, each with the person's own usual range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from analysis.blocks import Picture
from analysis.charts.axes import draw_date_axis
from analysis.charts.labels import Label
from analysis.charts.panel import Panel, fill, line
from analysis.charts.style import (
    COLOUR,
    FILL,
    SEMIBOLD,
    SIZE,
    add_plot,
    new_figure,
    picture,
    points,
)
from analysis.charts.ticks import value_ticks
from analysis.wording import Wording

_LEFT, _RIGHT, _BOTTOM, _TOP = 6.0, 7.0, 5.2, 1.2
_MANY = 60


def usual_range_picture(
    values: Sequence[tuple[date, float]],
    *,
    since: date,
    until: date,
    low: float,
    high: float,
    usual: tuple[float, float] | None,
    words: Wording,
    alt: str,
    width_mm: float = 56.0,
    height_mm: float = 22.0,
) -> Picture:
    """Ratings over time on their full range; the own usual range is shaded grey.

    usual: the person's own range, None while it is not known. Three fit side by side
    at the default width.
    """
    figure = new_figure(width_mm, height_mm)
    plot = (
        _LEFT, _BOTTOM, width_mm - _LEFT - _RIGHT, height_mm - _BOTTOM - _TOP
    )  # fmt: skip
    axes = add_plot(figure, *plot)
    left, bottom, width, height = (points(part) for part in plot)
    last = max(until, date.fromordinal(since.toordinal() + 7))
    panel = Panel(
        axes, left, bottom, width, height, since, last, low, high,
        pad_left=4.0, pad_right=5.0,
    )  # fmt: skip
    panel.set_limits()
    if usual is not None:
        _shade(panel, *usual)
    _draw_axes(panel, words)
    _draw_ratings(panel, list(values), words)
    return picture(figure, alt)


def _shade(panel: Panel, lowest: float, highest: float) -> None:
    """A range of one level is still seen; its edges keep it visible in grey."""
    bottom, top = panel.y(lowest), panel.y(highest)
    if top - bottom < 3:
        bottom, top = bottom - 1.5, top + 1.5
    fill(panel, panel.left, bottom, panel.width, top - bottom, FILL["missing"])
    for y in (bottom, top):
        line(panel, [panel.left, panel.right], [y, y], color=COLOUR["grey"], lw=0.4)


def _draw_axes(panel: Panel, words: Wording) -> None:
    ticks = value_ticks(panel.low, panel.high, 2)
    for value in ticks:
        y = panel.y(value) - 0.35 * SIZE["small"]
        text = words.formats.number(value)
        Label((text,), panel.left - 3, y, "right").draw(panel.axes)
    draw_date_axis(panel, words.formats)


def _draw_ratings(
    panel: Panel, values: list[tuple[date, float]], words: Wording
) -> None:
    if not values:
        return
    x = np.array([panel.x(day) for day, _ in values])
    y = np.array([panel.y(value) for _, value in values])
    width = 1.4 if len(x) <= _MANY else 0.8
    line(panel, x, y, color=COLOUR["blue"], lw=width, solid_joinstyle="round")
    dot = {"mfc": COLOUR["ink"], "mec": COLOUR["ink"], "ms": 4.4}
    line(panel, x[-1:], y[-1:], marker="o", ls="none", **dot)
    label = Label((words.formats.score(values[-1][1]),), float(x[-1]) + 5, 0.0)
    label = replace(label, size=SIZE["body"], weight=SEMIBOLD, colour=COLOUR["ink"])
    replace(label, y=float(y[-1]) - 0.36 * label.size).draw(panel.axes)
