"""The plot box that course charts share: value axis, date axis, severity bands."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
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

from analysis.charts.labels import Label, Rectangle, spread, wrapped
from analysis.charts.style import (
    ASCENT,
    CHART,
    COLOUR,
    FILL,
    REGULAR,
    SIZE,
    in_points,
    points,
    text_width,
)
from analysis.records import Band, Course, Scale
from analysis.tables import Formats

Places = Sequence[float] | np.ndarray

# Room inside the plot box for the first value at the left, the latest at the right.
PAD_LEFT, PAD_RIGHT = points(7.0), points(10.0)
SMALL = SIZE["small"]
WHITE, BAND = COLOUR["paper"], FILL["band"]
_TICK = 3.0  # length, points
_MIN_SPAN_DAYS = 28
# Where no band tells how much of a long instrument to show: cut the empty part of the
# range only when it is more than this share of it.
_EMPTY_SHARE = 0.28
# More months than this are marked by quarters, with the years named.
_MOST_MONTHS = 30
# So that four to six numbers stand at an axis.
_MOST_STEPS = 5.5
_STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200)


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
    def _points_per_day(self) -> float:
        days = (self.last - self.first).days
        return (self.width - self.pad_left - self.pad_right) / days

    def x(self, when: date) -> float:
        """Where a day lies, in points."""
        days = (when - self.first).days
        return self.left + self.pad_left + days * self._points_per_day

    def y(self, value: float) -> float:
        """Where a value lies, in points."""
        share = (value - self.low) / (self.high - self.low)
        return self.bottom + share * (self.height - self.headroom)

    def set_limits(self) -> None:
        """Give the axes the same coordinates, for an analyst who draws on them."""
        before = self.pad_left / self._points_per_day
        after = self.pad_right / self._points_per_day
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
    step = tick_step(scale.low, scale.high, 5)
    low, high = scale.low, scale.high
    if scale.high - highest > _EMPTY_SHARE * span:
        high = min(scale.high, math.ceil((highest + 0.06 * span) / step) * step)
    if lowest - scale.low > 2 * _EMPTY_SHARE * span:
        low = max(scale.low, math.floor((lowest - 0.25 * span) / step) * step)
    return low, high


def tick_step(low: float, high: float, most: float) -> float:
    """Smallest plain step that fits at most so often between low and high."""
    span = high - low
    unit = 10.0 ** math.floor(math.log10(span / 20)) if span < 10 else 1.0
    for step in _STEPS:
        if span / (step * unit) <= most:
            return step * unit
    return span


def value_ticks(low: float, high: float, most: float = _MOST_STEPS) -> list[float]:
    """Plain numbers from low to high, four to six of them where they exist."""
    step = tick_step(low, high, most)
    first = math.ceil(low / step - 1e-9) * step
    count = int((high - first) / step + 1e-9) + 1
    return [first + number * step for number in range(count)]


def draw_value_axis(
    panel: Panel, formats: Formats, *, most: float = _MOST_STEPS, size: float = SMALL
) -> None:
    """Numbers left of the box, without a line."""
    room = max(2.0, (panel.height - panel.headroom) / points(6.0))
    for tick in value_ticks(panel.low, panel.high, min(most, room)):
        middle = panel.y(tick) - 0.35 * size
        text = formats.number(tick, 0 if float(tick).is_integer() else 1)
        Label((text,), panel.left - 3.5, middle, "right", size).draw(panel.axes)


def draw_date_axis(panel: Panel, formats: Formats, *, size: float = SMALL) -> None:
    """A base line with a tick at the first of months, quarters or years."""
    ink = {"color": COLOUR["ink"], "lw": CHART["base_line"]}
    line(panel, [panel.left, panel.right], [panel.bottom] * 2, **ink)
    ticks = date_ticks(panel, formats, size)
    at = np.array([panel.x(when) for when, _ in ticks])
    if len(ticks):
        xs = np.repeat(at, 3)
        ys = np.tile([panel.bottom, panel.bottom - _TICK, np.nan], len(ticks))
        line(panel, xs, ys, **ink)
    for x, (_, text) in zip(at, ticks, strict=True):
        y = panel.bottom - _TICK - 1.5 - ASCENT * size
        if text:
            Label((text,), float(x), y, "center", size).draw(panel.axes)


def date_ticks(
    panel: Panel, formats: Formats, size: float = SMALL
) -> list[tuple[date, str]]:
    """Days to mark with their words: days, months, quarters or years, as fits."""
    edge = timedelta(days=panel.pad_left / panel._points_per_day)
    months = list(_month_starts(panel.first - edge, panel.last + edge))
    if len(months) < 2:
        return _day_ticks(panel, formats)
    if len(months) > _MOST_MONTHS:
        quarters = [day for day in months if day.month % 3 == 1]
        named = [(day, str(day.year) if day.month == 1 else "") for day in quarters]
        return _clear(panel, named, size)
    for every in (1, 2, 3, 6):
        kept = [day for day in months if (day.month - 1) % every == 0]
        texts = [_month_word(day, kept, formats) for day in kept]
        widest = sum(text_width(text, size) + 7 for text in texts)
        if len(kept) <= 14 and widest <= panel.width:
            break
    return _clear(panel, list(zip(kept, texts, strict=True)), size)


def _month_starts(first: date, last: date) -> Iterator[date]:
    year, month = first.year, first.month
    while (day := date(year, month, 1)) <= last:
        if day >= first:
            yield day
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _month_word(day: date, kept: list[date], formats: Formats) -> str:
    """The month; where the axis crosses a year, the year stands for January."""
    crosses = kept[0].year != kept[-1].year
    if crosses and day.month == 1:
        return str(day.year)
    return formats.short_month(day)


def _day_ticks(panel: Panel, formats: Formats) -> list[tuple[date, str]]:
    days = (panel.last - panel.first).days
    every = 7 * max(1, math.ceil(days / 7 / 5))
    marks = [panel.first + timedelta(days=n) for n in range(0, days + 1, every)]
    return [(day, formats.tick_day(day)) for day in marks]


def _clear(
    panel: Panel, ticks: list[tuple[date, str]], size: float
) -> list[tuple[date, str]]:
    """Leave out the words of a tick that would touch the ones before."""
    kept, free = [], -math.inf
    for day, text in ticks:
        half = text_width(text, size) / 2
        fits = panel.x(day) - half >= free
        kept.append((day, text if fits else ""))
        free = panel.x(day) + half + 4 if fits else free
    return kept


def draw_bands(panel: Panel, bands: tuple[Band, ...]) -> None:
    """Fill every second severity band, from the lowest."""
    for number, (low, high, _) in enumerate(_edges(panel, bands)):
        if number % 2 == 0:
            bottom = panel.y(low)
            height = panel.y(high) - bottom
            fill(panel, panel.left, bottom, panel.width, height, BAND)


def cover(panel: Panel, bands: tuple[Band, ...], place: Rectangle) -> None:
    """Hide the lines in a place under the colours of the bands behind it."""
    width = place.right - place.left
    fill(panel, place.left, place.bottom, width, place.top - place.bottom, WHITE)
    for number, (low, high, _) in enumerate(_edges(panel, bands)):
        bottom, top = max(place.bottom, panel.y(low)), min(place.top, panel.y(high))
        if number % 2 == 0 and top > bottom:
            right = min(place.right, panel.right)
            fill(panel, place.left, bottom, right - place.left, top - bottom, BAND)


def _edges(panel: Panel, bands: tuple[Band, ...]) -> list[tuple[float, float, str]]:
    tops = [*(band.low for band in bands[1:]), panel.high][: len(bands)]
    return [
        (max(band.low, panel.low), min(top, panel.high), band.label)
        for band, top in zip(bands, tops, strict=True)
        if band.low < panel.high and top > panel.low
    ]


def placed_bands(
    panel: Panel, bands: tuple[Band, ...], words: Sequence[str], room: float
) -> list[Label]:
    """Names of the bands in the right column, each centred in its band.

    words: one for each band that the axis shows, lowest first. Names that would touch
    are moved apart; one that would have to leave its band is left out.
    """
    edges = _edges(panel, bands)
    centres = [(panel.y(low) + panel.y(high)) / 2 for low, high, _ in edges]
    left, size = panel.right + points(1.8), SMALL
    labels = [
        Label(wrapped(word, size, REGULAR, room - points(1.8)), left, 0.0)
        for word in words
    ]
    heights = [label.height for label in labels]
    floor, ceiling = panel.bottom - 2, panel.top + 2
    moved = spread(centres, heights, floor, ceiling)
    placed = []
    for label, at, height, (low, high, _) in zip(
        labels, moved, heights, edges, strict=True
    ):
        half = max(height, panel.y(high) - panel.y(low)) / 2
        middle = (panel.y(low) + panel.y(high)) / 2
        if abs(at - middle) <= half and ceiling - floor >= height:
            placed.append(label.with_top(at + height / 2))
    return placed


def shown_bands(panel: Panel, bands: tuple[Band, ...]) -> list[str]:
    """Labels of the bands that the axis shows, lowest first."""
    return [label for _, _, label in _edges(panel, bands)]
