"""What is drawn inside a course panel, without its labels: stretches, lines, scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.path import Path

from analysis.charts.labels import Placer, Rectangle
from analysis.charts.panel import Panel, fill, line, outline
from analysis.charts.style import CHART, COLOUR, FILL
from analysis.records import Course, Smoothed, Stretch

# A course is not drawn across a silence longer than this, or longer than half again
# the scale's own usual interval where that is longer.
GAP_DAYS = 42
_GAP_INTERVALS = 1.5
# Above these counts rings shrink, then become dots.
MANY, VERY_MANY = 60, 120
# Height of the bar over a stretch, and dashes that differ from the cut-off's.
BAR = 2.4


@dataclass(frozen=True)
class StretchLook:
    """How a stretch is shaded: fill, bar and words; the dashes tell them in grey."""

    fill: str
    bar: str
    words: str
    dashes: tuple[float, float] | None = None


STRETCHES: Mapping[str, StretchLook] = {
    "plateau": StretchLook(FILL["plateau"], COLOUR["ink"], COLOUR["ink"]),
    "setback": StretchLook(
        FILL["setback"], COLOUR["orange"], COLOUR["dark_orange"], (2.2, 1.0)
    ),
    "early_dip": StretchLook(
        FILL["setback"], COLOUR["orange"], COLOUR["dark_orange"], (0.8, 0.8)
    ),
}


def is_drawn_as_course(course: Course) -> bool:
    """Whether there is a smoothed course; two or three scores have none."""
    return course.smoothed is not None and len(course.values) > 3


def gaps(course: Course) -> list[tuple[date, date]]:
    """Silences too long for a line to cross."""
    longest = max(GAP_DAYS, _GAP_INTERVALS * course.scale.usual_interval_days)
    days = course.dates
    return [
        (before, after)
        for before, after in pairwise(days)
        if (after - before).days > longest
    ]


def draw_stretch(panel: Panel, placer: Placer, stretch: Stretch) -> None:
    """Shade a stretch from top to bottom, with a bar along the top."""
    style = STRETCHES[stretch.kind]
    left, right = stretch_edges(panel, stretch)
    fill(panel, left, panel.bottom, right - left, panel.height, style.fill)
    y = panel.top - BAR / 2
    dashes = {} if style.dashes is None else {"ls": (0, style.dashes)}
    line(panel, [left, right], [y, y], color=style.bar, lw=BAR, **dashes)
    placer.take(Rectangle(left, panel.top - BAR, right, panel.top))


def stretch_edges(panel: Panel, stretch: Stretch) -> tuple[float, float]:
    """Left and right edge in points; a stretch of one day is still seen."""
    left, right = panel.x(stretch.since), panel.x(stretch.until)
    return left, max(right, left + 6)


def draw_level_line(panel: Panel, placer: Placer, value: float, **look: Any) -> None:
    """A line across the plot at one value: cut-off, reliable change."""
    y = panel.y(value)
    line(panel, [panel.left, panel.right], [y, y], **look)
    placer.avoid(Rectangle(panel.left, y - 0.8, panel.right, y + 0.8), 2.0)


def course_points(
    panel: Panel, smoothed: Smoothed, silences: list[tuple[date, date]]
) -> np.ndarray:
    """The smoothed course in points: columns x, level, low, high; NaN where broken."""
    rows = []
    days = smoothed.dates
    for number, day in enumerate(days):
        inside = next((gap for gap in silences if gap[0] < day < gap[1]), None)
        crosses = number > 0 and any(
            days[number - 1] <= before and after <= day for before, after in silences
        )
        if crosses or inside is not None:
            rows.append([np.nan] * 4)
        if inside is None:
            values = (smoothed.level, smoothed.low, smoothed.high)
            rows.append([panel.x(day), *(_kept(panel, v[number]) for v in values)])
    return np.array(rows, dtype=float).reshape(-1, 4)


def _kept(panel: Panel, value: float) -> float:
    """A value in points, kept within the axis: a band may leave the scale."""
    return panel.y(min(max(value, panel.low), panel.high))


def _segments(points: np.ndarray) -> list[np.ndarray]:
    broken = np.isnan(points[:, 1])
    cuts = np.flatnonzero(broken[1:] != broken[:-1]) + 1
    parts = np.split(points, cuts)
    return [part for part in parts if len(part) > 1 and not np.isnan(part[0, 1])]


def draw_course_band(panel: Panel, points: np.ndarray) -> None:
    """The 90 % band with thin edges, which keep it visible in grey."""
    outlines = []
    edge_x: list[float] = []
    edge_y: list[float] = []
    for part in _segments(points):
        x, low, high = part[:, 0], part[:, 2], part[:, 3]
        around = np.column_stack([np.r_[x, x[::-1]], np.r_[low, high[::-1]]])
        outlines.append(Path(around, closed=False))
        for edge in (low, high):
            edge_x += [*x, np.nan]
            edge_y += [*edge, np.nan]
    if not outlines:
        return
    outline(panel, Path.make_compound_path(*outlines), FILL["course"])
    line(panel, edge_x, edge_y, color=COLOUR["blue"], lw=CHART["course_edge"])


def draw_course_line(panel: Panel, placer: Placer, points: np.ndarray) -> None:
    """The smoothed level; labels keep off it."""
    look = {"color": COLOUR["blue"], "lw": CHART["course"], "solid_joinstyle": "round"}
    line(panel, points[:, 0], points[:, 1], **look)
    for part in _segments(points):
        keep_off(placer, part[:, 0], part[:, 1], part[:, 2], part[:, 3])


def keep_off(
    placer: Placer, x: np.ndarray, level: np.ndarray, low: np.ndarray, high: np.ndarray
) -> None:
    """Keep labels off a curve and the edges of its band, all in points."""
    at = np.arange(x[0], x[-1] + 4, 4.0)
    order = np.argsort(x, kind="stable")
    for values, cost in ((level, 8.0), (low, 1.0), (high, 1.0)):
        curve = np.interp(at, x[order], values[order])
        ends = np.column_stack([curve[:-1], curve[1:]])
        bottom, top = ends.min(axis=1) - 1, ends.max(axis=1) + 1
        placer.avoid_all(np.column_stack([at[:-1], bottom, at[1:], top]), cost)


def draw_thin_line(panel: Panel, placer: Placer, course: Course) -> None:
    """Join two or three scores by a thin grey line: nothing is claimed between them."""
    x = np.array([panel.x(day) for day in course.dates])
    y = np.array([panel.y(value) for value in course.values])
    line(panel, x, y, color=COLOUR["grey"], lw=0.8)
    if len(x) > 1 and x[-1] > x[0]:
        keep_off(placer, x, y, y, y)


def draw_expected(panel: Panel, placer: Placer, expected: Smoothed) -> np.ndarray:
    """The expected course, dash-dotted; returns it in points (x, y)."""
    inside = [
        (panel.x(day), panel.y(level))
        for day, level in zip(expected.dates, expected.level, strict=True)
        if panel.low <= level <= panel.high and panel.first <= day <= panel.last
    ]
    xy = np.array(inside, dtype=float).reshape(-1, 2)
    if len(xy) < 2:
        return xy
    look = {"color": COLOUR["grey"], "lw": CHART["expected"], "ls": (0, (6, 2, 1, 2))}
    line(panel, xy[:, 0], xy[:, 1], **look)
    keep_off(placer, xy[:, 0], xy[:, 1], xy[:, 1], xy[:, 1])
    return xy


def draw_scores(panel: Panel, placer: Placer, course: Course) -> None:
    """Rings for scores, the latest as a dot; a ring with a gap was prorated."""
    x = [panel.x(day) for day in course.dates]
    y = [panel.y(value) for value in course.values]
    count = len(x)
    is_dotted = count > VERY_MANY
    size = CHART["score_many"] if count > MANY else CHART["score"]
    last = count - 1 if count > 1 else count
    whole = [n for n in range(last) if not course.prorated[n] or is_dotted]
    gapped = [n for n in range(last) if course.prorated[n] and not is_dotted]
    if is_dotted:
        look = {"mfc": COLOUR["grey"], "mec": COLOUR["grey"], "mew": 0}
        look |= {"ms": CHART["score_grey"]}
    else:
        look = {"mfc": COLOUR["paper"], "mec": COLOUR["ink"], "ms": size, "mew": 0.9}
    _marks(panel, x, y, whole, marker="o", **look)
    if gapped:
        inside = {"mfc": COLOUR["paper"], "mec": COLOUR["paper"], "ms": size}
        _marks(panel, x, y, gapped, marker="o", **inside)
        arc = {"mfc": "none", "mec": COLOUR["ink"], "ms": size * 1.12, "mew": 0.9}
        _marks(panel, x, y, gapped, marker=_OPEN_RING, **arc)
    if count > 1:
        dot = {"mfc": COLOUR["ink"], "mec": COLOUR["ink"], "ms": CHART["latest"]}
        _marks(panel, x, y, [count - 1], marker="o", **dot)
    reach = 1.0 if is_dotted else size / 2 + 0.8
    for across, up in zip(x, y, strict=True):
        placer.take(Rectangle(across - reach, up - reach, across + reach, up + reach))


# A ring with a gap at the upper right: a score worked out from fewer items.
_OPEN_RING = Path.arc(75, 365)


def _marks(
    panel: Panel, x: list[float], y: list[float], which: list[int], **look: Any
) -> None:
    if which:
        across, up = [x[n] for n in which], [y[n] for n in which]
        line(panel, across, up, ls="none", **look)


def draw_missed(panel: Panel, placer: Placer, days: tuple[date, ...]) -> None:
    """A cross on the base line where a score was expected and none came."""
    x = [panel.x(day) for day in days if panel.first <= day <= panel.last]
    look = {"marker": "x", "ms": 4.2, "mec": COLOUR["ink"], "mew": 0.9}
    line(panel, x, [panel.bottom] * len(x), mfc="none", ls="none", **look)
    for at in x:
        placer.take(Rectangle(at - 3, panel.bottom - 3, at + 3, panel.bottom + 3))


def draw_event_lines(
    panel: Panel, placer: Placer, events: tuple[tuple[date, str], ...]
) -> None:
    """Thin dotted uprights; with the same date axis the eye runs down one date."""
    for day, _ in events:
        x = panel.x(day)
        look = {"color": COLOUR["ink"], "lw": 0.7, "ls": (0, (1, 1.6))}
        line(panel, [x, x], [panel.bottom, panel.top], **look)
        placer.avoid(Rectangle(x - 2.5, panel.bottom, x + 2.5, panel.top), 4.0)


def shown_events(course: Course) -> tuple[tuple[date, str], ...]:
    """The events that fall on the course's date axis."""
    return tuple(
        event for event in course.events if course.start <= event[0] <= course.until
    )
