"""The client's chart: one plain line, one shaded area, start, now, two notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

import numpy as np

from analysis.blocks import Picture
from analysis.charts import marks
from analysis.charts.axes import draw_date_axis, draw_value_axis
from analysis.charts.labels import Label, Placer, Rectangle, wrapped
from analysis.charts.notes import around, hairline
from analysis.charts.panel import Panel, fill, line, panel_in, value_range
from analysis.charts.style import (
    COLOUR,
    FILL,
    HANDOUT,
    LOOK,
    REGULAR,
    SEMIBOLD,
    add_plot,
    new_figure,
    picture,
    points,
    text_width,
)
from analysis.records import Course
from analysis.wording import Wording
from analysis.wording.handout import chart_alt, chart_notes, chart_words

# Room for the axis words and numbers at the left, the months below, words above.
_LEFT, _BOTTOM, _TOP = 25.0, 7.0, 6.0
_SIZE = HANDOUT["chart"]
# Width of the numbers at the axis with their air, in points.
_NUMBERS = 30.0
_VALUE_SIZE = 12.0
_LINE, _DOT = 2.6, 6.4
# Words of a note are broken at this width, in points.
_NOTE_WIDTH = 78.0


def handout_picture(
    course: Course,
    *,
    words: Wording,
    width_mm: float | None = None,
    plot_height_mm: float = 58.0,
) -> Picture:
    """The course as a client sees it, in the client's words.

    width_mm: the handout's text column unless given.
    """
    across = width_mm or LOOK.text_width(handout=True)
    figure = new_figure(across, _BOTTOM + plot_height_mm + _TOP)
    margin = _left_margin(chart_words(words, course))
    plot = (margin, _BOTTOM, across - margin, plot_height_mm)
    axes = add_plot(figure, *plot)
    left, bottom, width, height = (points(part) for part in plot)
    panel = panel_in((left, bottom, width, height), course, value_range(course), axes)
    panel = replace(panel, pad_right=_room_for_now(course, words))
    panel.set_limits()
    _draw(panel, course, words)
    return picture(figure, chart_alt(words, course))


def _left_margin(said: Mapping[str, str]) -> float:
    """Room for the longest of the axis words beside the numbers, in millimetres."""
    longest = [
        text_width(word, _SIZE)
        for part in ("axis", "direction")
        for word in said[part].split(" ")
    ]
    return max(_LEFT, (max(longest) + _NUMBERS) / points(1.0))


def _room_for_now(course: Course, words: Wording) -> float:
    return text_width(_value(course, words, -1), _VALUE_SIZE, SEMIBOLD) + 16


def _value(course: Course, words: Wording, number: int) -> str:
    name = "first" if len(course.values) == 1 else "start" if number == 0 else "now"
    value = course.values[number]
    return words.sentence(f"handout.chart.{name}", value=value, step=course.scale.step)


def _draw(panel: Panel, course: Course, words: Wording) -> None:
    top = panel.top + points(_TOP)
    placer = Placer(Rectangle(panel.left + 1, panel.bottom + 1, panel.right, top))
    said = chart_words(words, course)
    _draw_area(panel, placer, course)
    draw_value_axis(panel, words.formats, most=3, size=_SIZE)
    draw_date_axis(panel, words.formats, size=_SIZE)
    _draw_axis_words(panel, said["axis"], said["direction"])
    _draw_line(panel, placer, course)
    _name_ends(panel, placer, course, words)
    if course.scale.caseness is not None:
        _name_area(panel, placer, course, said["area"])
    for day, text in chart_notes(words, course):
        _draw_note(panel, placer, course, day, text)


def _draw_area(panel: Panel, placer: Placer, course: Course) -> None:
    """Shade the well side of the cut-off, which is dashed and has no other name."""
    scale = course.scale
    if scale.caseness is None:
        return
    y = panel.y(scale.caseness.value)
    is_above = scale.gain(0.0, 1.0) > 0
    bottom, top = (y, panel.top) if is_above else (panel.bottom, y)
    fill(panel, panel.left, bottom, panel.width, top - bottom, FILL["handout"])
    look = {"color": COLOUR["ink"], "lw": 1.2, "ls": (0, (4, 2))}
    line(panel, [panel.left, panel.right], [y, y], **look)
    placer.avoid(Rectangle(panel.left, y - 1, panel.right, y + 1), 4.0)


def _draw_axis_words(panel: Panel, axis: str, direction: str) -> None:
    left, room = 0.0, panel.left - _NUMBERS
    y = panel.bottom + 0.72 * panel.height
    for text in (axis, direction):
        lines = wrapped(text, _SIZE, REGULAR, room)
        label = Label(lines, left, 0.0, size=_SIZE).with_top(y)
        label.draw(panel.axes)
        y -= label.height + 8


def _draw_line(panel: Panel, placer: Placer, course: Course) -> None:
    """The scores joined; of very many the smoothed course, which can be followed."""
    x, y = _points(panel, course)
    look = {"color": COLOUR["blue"], "lw": _LINE, "solid_joinstyle": "round"}
    line(panel, x, y, **look)
    for part in np.split(np.arange(len(x)), np.flatnonzero(np.isnan(x))):
        kept = part[~np.isnan(x[part])]
        if len(kept) > 1 and x[kept[-1]] > x[kept[0]]:
            marks.keep_off(placer, x[kept], y[kept], y[kept], y[kept])


def _points(panel: Panel, course: Course) -> tuple[np.ndarray, np.ndarray]:
    if len(course.values) > marks.MANY and course.smoothed is not None:
        smooth = marks.course_points(panel, course.smoothed, marks.gaps(course))
        return smooth[:, 0], smooth[:, 1]
    silences = {before for before, _ in marks.gaps(course)}
    x: list[float] = []
    y: list[float] = []
    for day, value in zip(course.dates, course.values, strict=True):
        x, y = [*x, panel.x(day)], [*y, panel.y(value)]
        if day in silences:
            x, y = [*x, np.nan], [*y, np.nan]
    return np.array(x), np.array(y)


def _name_ends(panel: Panel, placer: Placer, course: Course, words: Wording) -> None:
    """A ring and a word at the start, a dot and a word at the latest score."""
    ends = list(zip(course.dates, course.values, strict=True))
    for number in (0, -1) if len(ends) > 1 else (0,):
        x, y = panel.x(ends[number][0]), panel.y(ends[number][1])
        is_ring = number == 0
        inside = COLOUR["paper"] if is_ring else COLOUR["ink"]
        look = {"mfc": inside, "mec": COLOUR["ink"], "mew": 1.6, "ms": _DOT}
        line(panel, [x], [y], marker="o", ls="none", **look)
        placer.take(Rectangle(x - 5, y - 5, x + 5, y + 5))
        label = Label((_value(course, words, number),), x, y, size=_VALUE_SIZE)
        label = replace(label, weight=SEMIBOLD, colour=COLOUR["ink"])
        placed = placer.place(_end_places(label, x, y, is_ring=is_ring))
        (placed or placer.fix(label.at(x + 8, y - 4))).draw(panel.axes)


def _end_places(label: Label, x: float, y: float, *, is_ring: bool) -> Iterator[Label]:
    beside = label.at(x + 8, y - 0.36 * label.size)
    above = (label.at(x - 3, 0.0).with_bottom(y + gap) for gap in (7.0, 12.0, 20.0))
    below = (label.at(x - 3, 0.0).with_top(y - gap) for gap in (7.0, 12.0, 20.0))
    if not is_ring:
        yield beside
    yield from above
    yield from below
    yield beside


def _name_area(panel: Panel, placer: Placer, course: Course, text: str) -> None:
    cutoff = course.scale.caseness
    if cutoff is None:
        return
    y = panel.y(cutoff.value)
    label = Label((text,), 0.0, 0.0, size=_SIZE)
    is_above = course.scale.gain(0.0, 1.0) > 0
    heights = (panel.top - 4, y + 18) if is_above else (panel.bottom + 16, y - 3)
    places = (
        label.at(x, 0.0, align).with_top(top)
        for top in heights
        for align, x in (("left", panel.left + 5), ("right", panel.right - 5))
    )
    placed = placer.place(places, 400.0)
    if placed is not None:
        placed.draw(panel.axes)


def _draw_note(
    panel: Panel, placer: Placer, course: Course, day: date, text: str
) -> None:
    """A note with a hairline to the score nearest to its day."""
    near = min(range(len(course.dates)), key=lambda n: abs(course.dates[n] - day))
    x, y = panel.x(course.dates[near]), panel.y(course.values[near])
    lines = wrapped(text, _SIZE, REGULAR, _NOTE_WIDTH)
    label = Label(lines, 0.0, 0.0, size=_SIZE, colour=COLOUR["ink"])
    placed = placer.place(around(label, x, y, placer))
    if placed is not None:
        hairline(panel, placed, x, y, COLOUR["grey"])
        placed.draw(panel.axes)
