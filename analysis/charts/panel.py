"""The plot box that course charts share: places in points for days and scores."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.patches import Rectangle as Patch
from matplotlib.path import Path

from analysis.charts.style import in_points, points
from analysis.charts.ticks import tick_step
from analysis.records import Course, Scale

Places = Sequence[float] | np.ndarray

# Room inside the plot box for the first value at the left, the latest at the right.
PAD_LEFT, PAD_RIGHT = points(8.0), points(10.0)
_MIN_SPAN_DAYS = 28
# Where no band tells how much of a long instrument to show: cut the empty part of the
# range only when it is more than this share of it.
_EMPTY_SHARE = 0.28


class Box(Protocol):
    """Anything with axes to draw on."""

    @property
    def axes(self) -> Any:
        """The axes."""


@dataclass(frozen=True)
class Panel:
    """A plot box in points of the figure, with what its edges mean.

    `headroom` points at the top lie above the value axis, for words over a stretch.
    `axes` may be None while only places are worked out.
    """

    axes: Any
    left: float
    bottom: float
    width: float
    height: float
    first: date
    last: date
    low: float
    high: float
    headroom: float = 0.0
    pad_left: float = PAD_LEFT
    pad_right: float = PAD_RIGHT

    @property
    def right(self) -> float:
        """Right edge in points."""
        return self.left + self.width

    @property
    def top(self) -> float:
        """Upper edge in points, headroom included."""
        return self.bottom + self.height

    @property
    def points_per_day(self) -> float:
        """How wide a day is."""
        days = (self.last - self.first).days
        return (self.width - self.pad_left - self.pad_right) / days

    def x(self, when: date) -> float:
        """Where a day lies, in points."""
        days = (when - self.first).days
        return self.left + self.pad_left + days * self.points_per_day

    def y(self, value: float) -> float:
        """Where a value lies, in points."""
        share = (value - self.low) / (self.high - self.low)
        return self.bottom + share * (self.height - self.headroom)

    def set_limits(self) -> None:
        """Give the axes the same coordinates, for an analyst who draws on them."""
        before = self.pad_left / self.points_per_day
        after = self.pad_right / self.points_per_day
        per_point = (self.high - self.low) / (self.height - self.headroom)
        self.axes.set_xlim(date2num(self.first) - before, date2num(self.last) + after)
        self.axes.set_ylim(self.low, self.high + self.headroom * per_point)


def panel_in(
    box: tuple[float, float, float, float],
    course: Course,
    values: tuple[float, float],
    axes: Axes | None = None,
) -> Panel:
    """The plot box of a course at left, bottom, width, height in points.

    A very short episode is given four weeks, so that two scores do not span the box.
    """
    last = max(course.until, course.start + timedelta(days=_MIN_SPAN_DAYS))
    return Panel(axes, *box, course.start, last, *values)


def line(panel: Box, xs: Places, ys: Places, **look: Any) -> None:
    """A line or marks at places in points."""
    look.setdefault("solid_capstyle", "butt")
    look.setdefault("dash_capstyle", "butt")
    drawn = Line2D(xs, ys, transform=in_points(panel.axes), **look)
    _add(panel, drawn)


def fill(
    panel: Box, left: float, bottom: float, width: float, height: float, colour: str
) -> None:
    """A filled rectangle at a place in points."""
    patch = Patch((left, bottom), width, height, facecolor=colour, edgecolor="none")
    patch.set_transform(in_points(panel.axes))
    _add(panel, patch)


def _add(panel: Box, artist: Artist) -> None:
    """Add an artist on top of all that is there: the order of drawing is ours."""
    artist.set_clip_on(False)
    artist.set_zorder(2)
    panel.axes.add_artist(artist)


def outline(panel: Box, path: Path, colour: str) -> None:
    """A filled area without an edge, its corners in points."""
    patch = PathPatch(path, facecolor=colour, edgecolor="none")
    patch.set_transform(in_points(panel.axes))
    _add(panel, patch)


def value_range(course: Course) -> tuple[float, float]:
    """Lowest and highest score of the value axis.

    From the lowest possible score to the top of the highest band touched; without
    bands the full range, less an upper or lower part that nothing comes near.
    """
    scale = course.scale
    needed = _needed(course)
    lowest, highest = min(needed), max(needed)
    if scale.bands:
        above = [band.low for band in scale.bands if band.low > highest]
        return scale.low, min([scale.high, *above])
    return _trimmed(scale, lowest, highest)


def axis_start(course: Course) -> float | None:
    """Where the value axis starts, None where at the lowest possible score."""
    low, _ = value_range(course)
    return low if low > course.scale.low else None


def _needed(course: Course) -> list[float]:
    scale = course.scale
    needed = list(course.values)
    if course.smoothed is not None:
        for edge in (course.smoothed.low, course.smoothed.high):
            needed += [min(max(v, scale.low), scale.high) for v in edge if v == v]
    if scale.caseness is not None:
        needed.append(scale.caseness.value)
    return needed or [scale.low, scale.high]


def _trimmed(scale: Scale, lowest: float, highest: float) -> tuple[float, float]:
    span = scale.high - scale.low
    step = tick_step(scale.low, scale.high, 8)
    low, high = scale.low, scale.high
    if scale.high - highest > _EMPTY_SHARE * span:
        high = min(scale.high, math.ceil((highest + 0.06 * span) / step) * step)
    if lowest - scale.low > 2 * _EMPTY_SHARE * span:
        low = max(scale.low, math.floor((lowest - 0.2 * span) / step) * step)
    return low, high
