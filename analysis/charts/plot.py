"""A plot box with numbers on both axes, for charts over many clients."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure

from analysis.charts.labels import Label, Placer, Rectangle, spread
from analysis.charts.panel import line
from analysis.charts.style import (
    ASCENT,
    CHART,
    COLOUR,
    SIZE,
    add_plot,
    new_figure,
    points,
)

_TICK = 3.0
Ticks = Iterable[tuple[float, str]]


@dataclass(frozen=True)
class Plot:
    """A box in points of the figure; numbers along x and y."""

    axes: Any
    left: float
    bottom: float
    width: float
    height: float
    x_low: float
    x_high: float
    y_low: float
    y_high: float

    @property
    def right(self) -> float:
        """Right edge in points."""
        return self.left + self.width

    @property
    def top(self) -> float:
        """Upper edge in points."""
        return self.bottom + self.height

    @property
    def box(self) -> Rectangle:
        """The whole box."""
        return Rectangle(self.left, self.bottom, self.right, self.top)

    def x(self, value: Any) -> Any:
        """Where a number of the x axis lies, in points."""
        share = (value - self.x_low) / (self.x_high - self.x_low)
        return self.left + share * self.width

    def y(self, value: Any) -> Any:
        """Where a number of the y axis lies, in points."""
        share = (value - self.y_low) / (self.y_high - self.y_low)
        return self.bottom + share * self.height


def plot_in(
    size_mm: tuple[float, float],
    margins_mm: tuple[float, float, float, float],
    x: tuple[float, float],
    y: tuple[float, float],
) -> tuple[Figure, Plot]:
    """A figure of this size with a box inside these margins (left, bottom, right, top).

    The axes have the same coordinates, so that seaborn can draw on them.
    """
    left, bottom, right, top = margins_mm
    place = (left, bottom, size_mm[0] - left - right, size_mm[1] - bottom - top)
    figure = new_figure(*size_mm)
    axes = add_plot(figure, *place)
    axes.set_xlim(*x)
    axes.set_ylim(*y)
    left, bottom, width, height = (points(part) for part in place)
    return figure, Plot(axes, left, bottom, width, height, *x, *y)


def draw_x_axis(plot: Plot, ticks: Ticks, name: str = "") -> None:
    """Base line with ticks and their words; the axis' name below, at the right."""
    ink = {"color": COLOUR["ink"], "lw": CHART["base_line"]}
    line(plot, [plot.left, plot.right], [plot.bottom] * 2, **ink)
    y = plot.bottom - _TICK - 1.5 - ASCENT * SIZE["small"]
    for value, text in ticks:
        x = float(plot.x(value))
        line(plot, [x, x], [plot.bottom, plot.bottom - _TICK], **ink)
        Label((text,), x, y, "center").draw(plot.axes)
    if name:
        Label((name,), plot.right, y - 11.0, "right").draw(plot.axes)


def draw_y_axis(plot: Plot, ticks: Ticks, name: str = "", *, grid: bool = True) -> None:
    """Numbers at the left with hairlines; the axis' name above, at the left edge."""
    for value, text in ticks:
        y = float(plot.y(value))
        if grid:
            look = {"color": COLOUR["rule"], "lw": 0.5}
            line(plot, [plot.left, plot.right], [y, y], **look)
        label = Label((text,), plot.left - 3.5, y - 0.35 * SIZE["small"], "right")
        label.draw(plot.axes)
    if name:
        Label((name,), 0.0, plot.top + 6.0).draw(plot.axes)


def name_ends(plot: Plot, ends: list[tuple[float, str]]) -> None:
    """Name lines at their right ends (height in points, words), moved apart."""
    size = SIZE["small"]
    ends = sorted(ends)
    heights = [size * 1.15] * len(ends)
    at = spread([y for y, _ in ends], heights, plot.bottom, plot.top + 8)
    for middle, (_, text) in zip(at, ends, strict=True):
        Label((text,), plot.right + 4, middle - 0.35 * size).draw(plot.axes)


def placer_for(plot: Plot) -> Placer:
    """A placer that keeps labels inside the box."""
    return Placer(plot.box)
