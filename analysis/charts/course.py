"""The course of one scale: scores over true dates and what they mean."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.blocks import Picture
from analysis.charts import events, marks, notes
from analysis.charts.axes import draw_date_axis, draw_value_axis
from analysis.charts.bands import cover, draw_bands, placed_bands, shown_bands
from analysis.charts.labels import Label, Placer, Rectangle
from analysis.charts.panel import Panel, panel_in, value_range
from analysis.charts.stretches import headroom_needed
from analysis.charts.style import (
    CHART,
    COLOUR,
    DESCENT,
    LOOK,
    SEMIBOLD,
    SIZE,
    add_plot,
    new_figure,
    picture,
    points,
    size_in_points,
)
from analysis.records import Course
from analysis.wording import Wording
from analysis.wording.courses import course_alt

Width = Literal["full", "half"]

LEFT, BOTTOM = CHART["left_mm"], 5.6
_RIGHT = {"full": CHART["right_mm"], "half": 18.0}
_PLOT_HEIGHT = {"full": 38.0, "half": 28.0}
# Above the plot: half a dot.
_TOP = 2.0


def course_picture(
    course: Course,
    *,
    width: Width = "full",
    words: Wording,
    event_labels: bool = True,
    plot_height_mm: float | None = None,
    paper: str = "A4",
) -> Picture:
    """Draw one panel: full or half text width, its finding as alt text.

    event_labels: name the events above this panel; leave it out in the panels below
    it, which show the dotted uprights only. plot_height_mm: height of the plot box,
    38 mm at full and 28 mm at half width unless given. All panels of one width share
    one plot box and, with the same course.start and course.until, one date axis.
    """
    height = plot_height_mm or _PLOT_HEIGHT[width]
    figure = course_figure(
        course,
        width_mm=panel_width(width, paper),
        right_mm=_RIGHT[width],
        plot_height_mm=height,
        words=words,
        event_labels=event_labels,
    )
    return picture(figure, course_alt(words, course))


def panel_width(width: Width, paper: str = "A4") -> float:
    """Width of a panel in millimetres: the text column, or half of it."""
    whole = LOOK.text_width(paper)
    return whole if width == "full" else (whole - LOOK.space["split"]) / 2


def course_figure(
    course: Course,
    *,
    width_mm: float,
    right_mm: float,
    plot_height_mm: float,
    words: Wording,
    event_labels: bool = True,
) -> Figure:
    """The panel as a figure, for an analyst to draw on; axes 0 has dates and scores."""
    across = width_mm - LEFT - right_mm
    laid = _laid_events(course, width_mm, across, words) if event_labels else None
    top = _TOP + (laid.rows * events.ROW if laid else 0.0)
    foot = len(laid.key) * events.KEY_LINE if laid else 0.0
    figure = new_figure(width_mm, BOTTOM + plot_height_mm + top + foot)
    axes = add_plot(figure, LEFT, BOTTOM + foot, across, plot_height_mm)
    draw_course(axes, course, words, event_labels=event_labels)
    return figure


def _laid_events(
    course: Course, width_mm: float, across: float, words: Wording
) -> events.EventLabels:
    box = (points(LEFT), 0.0, points(across), 1.0)
    panel = panel_in(box, course, (0.0, 1.0))
    return _event_labels(panel, course, points(width_mm), words)


def _event_labels(
    panel: Panel, course: Course, width: float, words: Wording
) -> events.EventLabels:
    shown = marks.shown_events(course)
    return events.lay_out(shown, panel.x, (panel.left, width), panel.width, words)


def draw_course(
    axes: Axes, course: Course, words: Wording, *, event_labels: bool = True
) -> Axes:
    """Draw a course onto bare axes; labels are placed by the figure's true size."""
    width, height = size_in_points(axes)
    place = axes.get_position()
    box = (
        place.x0 * width, place.y0 * height, place.width * width, place.height * height
    )  # fmt: skip
    panel = panel_in(box, course, value_range(course), axes)
    panel = replace(panel, headroom=headroom_needed(panel, course, words))
    panel.set_limits()
    placer = Placer(Rectangle(panel.left + 1, panel.bottom + 1, panel.right, panel.top))
    _draw_ground(panel, placer, course, words)
    expected = _draw_lines(panel, placer, course)
    marks.draw_scores(panel, placer, course)
    _label_scores(panel, placer, course, words)
    for label in _named_bands(panel, course, words, width - panel.right):
        if placer.gives_way(label):
            label.draw(axes)
    notes.label_all(panel, placer, course, words, expected)
    if event_labels:
        laid = _event_labels(panel, course, width, words)
        events.draw_events(panel, marks.shown_events(course), laid)
    return axes


def _draw_ground(panel: Panel, placer: Placer, course: Course, words: Wording) -> None:
    draw_bands(panel, course.scale.bands)
    for stretch in course.stretches:
        marks.draw_stretch(panel, placer, stretch)
    marks.draw_event_lines(panel, placer, marks.shown_events(course))
    draw_value_axis(panel, words.formats)
    draw_date_axis(panel, words.formats)
    marks.draw_missed(panel, placer, course.missed)


def _draw_lines(panel: Panel, placer: Placer, course: Course) -> np.ndarray:
    """Band, level lines, expected course, course; returns the expected one in points.

    The band lies under the lines: where it crosses the cut-off is what matters.
    """
    smooth = None
    if marks.is_drawn_as_course(course) and course.smoothed is not None:
        smooth = marks.course_points(panel, course.smoothed, marks.gaps(course))
        marks.draw_course_band(panel, smooth)
    _draw_level_lines(panel, placer, course)
    expected = np.empty((0, 2))
    if course.expected is not None:
        expected = marks.draw_expected(panel, placer, course.expected)
    if smooth is None:
        marks.draw_thin_line(panel, placer, course)
    else:
        marks.draw_course_line(panel, placer, smooth)
    return expected


def _draw_level_lines(panel: Panel, placer: Placer, course: Course) -> None:
    if course.scale.caseness is not None:
        look = {"color": COLOUR["ink"], "lw": CHART["cutoff"], "ls": (0, (5, 2))}
        marks.draw_level_line(panel, placer, course.scale.caseness.value, **look)
    for value in notes.reliable_levels(panel, course).values():
        look = {"color": COLOUR["grey"], "lw": CHART["reliable_change"]}
        marks.draw_level_line(panel, placer, value, ls=(0, (1, 2)), **look)


def _named_bands(
    panel: Panel, course: Course, words: Wording, room: float
) -> list[Label]:
    names = [
        _capital(words.term("band", name))
        for name in shown_bands(panel, course.scale.bands)
    ]
    return placed_bands(panel, course.scale.bands, names, room - 1)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _label_scores(panel: Panel, placer: Placer, course: Course, words: Wording) -> None:
    """Name the first score small and the latest large; no other value is printed."""
    ends = list(zip(course.dates, course.values, strict=True))
    if len(ends) > 1:
        first = _value_label(panel, course, words, ends[0], SIZE["small"])
        _patched(panel, placer, course, first.at(first.x - 4.5, first.y, "right"))
    if ends:
        latest = _value_label(panel, course, words, ends[-1], SIZE["value_chart"])
        _patched(panel, placer, course, latest.at(latest.x + 6.5, latest.y))


def _value_label(
    panel: Panel,
    course: Course,
    words: Wording,
    score: tuple[date, float],
    size: float,
) -> Label:
    """A score in digits, level with its mark but never on the base line's marks."""
    day, value = score
    text = words.formats.score(value, course.scale.step)
    middle = max(panel.y(value) - 0.36 * size, panel.bottom + 2.0 + DESCENT * size)
    colour = COLOUR["ink"]
    return Label((text,), panel.x(day), middle, "left", size, SEMIBOLD, colour)


def _patched(panel: Panel, placer: Placer, course: Course, label: Label) -> None:
    """A value with no line running through it: they are covered behind its digits."""
    if placer.cost(label) > 0:
        box = label.rectangle
        bottom, top = label.y - 0.08 * label.size, label.y + 0.78 * label.size
        place = Rectangle(box.left - 1.5, bottom, box.right + 1.5, top)
        cover(panel, course.scale.bands, place)
    placer.fix(label).draw(panel.axes)
