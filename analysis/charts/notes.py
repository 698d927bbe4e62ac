"""Words inside a course panel, each at the thing it names."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from analysis.charts.labels import Label, Placer, Rectangle
from analysis.charts.panel import Panel, line
from analysis.charts.stretches import stretch_places
from analysis.charts.style import (
    COLOUR,
    SEMIBOLD,
)
from analysis.records import Course, Note
from analysis.wording import Wording

# More notes than this make a panel a text; the rest is told in the findings.
_MOST_NOTES = 2
_NOTE_COLOURS = {"gain": COLOUR["dark_blue"], "loss": COLOUR["dark_orange"]}
# A line label that would cover more of other lines than this is left out.
_DEAREST = 60.0


def reliable_levels(panel: Panel, course: Course) -> dict[str, float]:
    """Scores at which the change since baseline is reliable, where the axis shows them.

    The worse side is drawn only once a score has come as far.
    """
    scale = course.scale
    if scale.reliable_change is None or course.baseline is None:
        return {}
    toward = scale.gain(0.0, 1.0)
    levels = {
        "better": course.baseline + toward * scale.reliable_change,
        "worse": course.baseline - toward * scale.reliable_change,
    }
    worst = min((toward * value for value in course.values), default=0.0)
    if worst > toward * levels["worse"]:
        del levels["worse"]
    return {
        side: value
        for side, value in levels.items()
        if scale.higher_is != "neither" and panel.low <= value <= panel.high
    }


def label_all(
    panel: Panel,
    placer: Placer,
    course: Course,
    words: Wording,
    expected: np.ndarray,
) -> None:
    """Set every label of a panel, most important first."""
    for stretch in course.stretches:
        _draw(panel, placer.place(stretch_places(panel, stretch, course, words)))
    _label_lines(panel, placer, course, words)
    if len(expected) > 1:
        text = words.sentence("chart.expected")
        places = _along(panel, Label((text,), 0, 0), expected)
        _draw(panel, placer.place(places, _DEAREST))
    told = [note for note in course.notes if not _is_dip(note, course)]
    biggest = sorted(told, key=lambda n: -abs(n.value - n.before))
    for note in biggest[:_MOST_NOTES]:
        _draw_note(panel, placer, course, note, words)
    if len(course.values) == 1:
        text = words.sentence("chart.first_score")
        at = (panel.x(course.dates[0]), panel.y(course.values[0]))
        _draw(panel, placer.place(_beside(Label((text,), 0, 0), *at)))
    _label_missed(panel, placer, course, words)


def _is_dip(note: Note, course: Course) -> bool:
    """A sudden loss that a marked setback begins with is told by its mark."""
    return note.kind == "loss" and any(
        stretch.kind in ("setback", "early_dip")
        and stretch.since <= note.date <= stretch.until
        for stretch in course.stretches
    )


def _draw(panel: Panel, label: Label | None) -> None:
    if label is not None:
        label.draw(panel.axes)


def _label_lines(panel: Panel, placer: Placer, course: Course, words: Wording) -> None:
    step = course.scale.step
    if course.scale.caseness is not None:
        value = course.scale.caseness.value
        text = words.sentence("chart.cutoff", value=value, step=step)
        label = Label((text,), 0, 0, colour=COLOUR["ink"])
        _name_line(panel, placer, label, panel.y(value), ("left", "right"))
    for side, value in reliable_levels(panel, course).items():
        text = words.sentence(f"chart.reliable.{side}", value=value, step=step)
        label = Label((text,), 0, 0)
        _name_line(panel, placer, label, panel.y(value), ("right", "left"))


def _name_line(
    panel: Panel, placer: Placer, label: Label, y: float, ends: tuple[str, str]
) -> None:
    """Name a line at its free side or end; else from a distance, with a hairline."""
    placed = placer.place(_on_line(panel, label, y, ends), _DEAREST)
    if placed is None:
        off = _off_line(panel, label, y, ends)
        reaching = (one for one in off if not placer.crosses(_upright(one, y)))
        placed = placer.place(reaching, _DEAREST)
        if placed is None:
            return
        x, low, _, high = _upright(placed, y)
        line(panel, [x, x], [low, high], color=label.colour, lw=0.5)
    placed.draw(panel.axes)


def _upright(label: Label, y: float) -> Rectangle:
    """The hairline between a label and the line at y that it names."""
    box = label.rectangle
    x = box.left + 8 if label.align == "left" else box.right - 8
    low, high = (box.top, y) if box.top < y else (y, box.bottom)
    return Rectangle(x, low, x + 0.5, high)


def _off_line(
    panel: Panel, label: Label, y: float, ends: tuple[str, str]
) -> Iterator[Label]:
    for distance in (6.0, 10.0, 15.0, 21.0, 28.0):
        for shift in range(0, int(panel.width), 30):
            for end in ends:
                left, right = panel.left + 4 + shift, panel.right - 4 - shift
                at_end = label.at(right if end == "right" else left, 0.0, end)
                yield at_end.with_top(y - distance)
                yield at_end.with_bottom(y + distance)


def _on_line(
    panel: Panel, label: Label, y: float, ends: tuple[str, str]
) -> Iterator[Label]:
    """Below and above a line at one end, at the other, then further in."""
    inset = 4.0
    steps = range(0, int(panel.width / 2), 24)
    for shift in steps:
        for end in ends:
            x = panel.left + inset + shift
            if end == "right":
                x = panel.right - inset - shift
            at_end = label.at(x, 0.0, end)
            yield at_end.with_top(y - 2.2)
            yield at_end.with_bottom(y + 1.0)


def _along(panel: Panel, label: Label, curve: np.ndarray) -> Iterator[Label]:
    """Just off the first part of a curve: its name stands at its start."""
    start = panel.left + 4.0
    reached = float(np.interp(start + label.width, curve[:, 0], curve[:, 1]))
    for gap in (2.5, 6.0, 10.0, 16.0):
        yield label.at(start, 0.0).with_top(reached - gap)
        yield label.at(start, 0.0).with_bottom(float(curve[0, 1]) + 4 + gap)
    for share in (0.0, 0.04, 0.1, 0.18, 0.3, 0.5, 0.8, 1.0):
        x, y = curve[int(share * (len(curve) - 1))]
        for gap in (3.0, 6.0):
            below = label.at(x, 0.0, "right").with_top(y - gap)
            yield below
            yield label.at(x, 0.0).with_top(y - gap)
            yield label.at(x, 0.0).with_bottom(y + gap)


def _beside(label: Label, x: float, y: float) -> Iterator[Label]:
    """Near a mark whose value stands at its right."""
    for distance in (14.0, 20.0, 28.0):
        for align in ("left", "center", "right"):
            yield label.at(x, 0.0, align).with_top(y - distance / 2)
            yield label.at(x, 0.0, align).with_bottom(y + distance / 2)


def _draw_note(
    panel: Panel, placer: Placer, course: Course, note: Note, words: Wording
) -> None:
    """A short note with a hairline to the score where a sudden change ended."""
    fields = {
        "day": note.date,
        "before": note.before,
        "value": note.value,
        "held": note.held,
        "step": course.scale.step,
    }
    key = f"chart.note.{note.kind}"
    parts = (f"{key}.head", f"{key}.body")
    lines = tuple(words.sentence(part, **fields) for part in parts)
    colour = _NOTE_COLOURS[note.kind]
    label = Label(lines, 0, 0, weight=SEMIBOLD, colour=colour)
    x, y = panel.x(note.date), panel.y(note.value)
    placed = placer.place(around(label, x, y, placer))
    if placed is not None:
        hairline(panel, placed, x, y, colour)
        placed.draw(panel.axes)


def hairline(panel: Panel, label: Label, x: float, y: float, colour: str) -> None:
    """A thin line from a label to the mark it speaks of."""
    box = label.rectangle
    end = (min(max(x, box.left), box.right), box.top if box.top < y else box.bottom)
    start = _toward((x, y), end, 3.2)
    line(panel, [start[0], end[0]], [start[1], end[1]], color=colour, lw=0.7)


def around(label: Label, x: float, y: float, placer: Placer) -> Iterator[Label]:
    """Places round a point, near ones first, whose hairline crosses no score."""
    for distance in (8.0, 13.0, 19.0, 26.0, 34.0, 44.0):
        for across in (-6, -0.5 * label.width, 6 - label.width, -26, 14, 26):
            for is_above in (False, True):
                moved = label.at(x + across, 0.0)
                moved = (
                    moved.with_bottom(y + distance)
                    if is_above
                    else moved.with_top(y - distance)
                )
                if _is_clear(moved.rectangle, x, y, placer):
                    yield moved


def _is_clear(box: Rectangle, x: float, y: float, placer: Placer) -> bool:
    end = (min(max(x, box.left), box.right), box.top if box.top < y else box.bottom)
    start = _toward((x, y), end, 4.0)
    own = Rectangle(x - 3.5, y - 3.5, x + 3.5, y + 3.5)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        at_x = start[0] + share * (end[0] - start[0])
        at_y = start[1] + share * (end[1] - start[1])
        spot = Rectangle(at_x - 0.4, at_y - 0.4, at_x + 0.4, at_y + 0.4)
        if placer.crosses(spot, except_in=own):
            return False
    return True


def _toward(
    start: tuple[float, float], end: tuple[float, float], by: float
) -> tuple[float, float]:
    across, up = end[0] - start[0], end[1] - start[1]
    length = max(float(np.hypot(across, up)), 1e-6)
    share = min(by / length, 1.0)
    return start[0] + across * share, start[1] + up * share


def _label_missed(panel: Panel, placer: Placer, course: Course, words: Wording) -> None:
    """Say once what a cross means, at the first one that has room."""
    label = Label((words.sentence("chart.no_score"),), 0, 0)
    for day in course.missed:
        if panel.first <= day <= panel.last:
            x, y = panel.x(day), panel.bottom + 4.0
            places = (label.at(x + 2, 0).with_bottom(y), label.at(x - 2, 0, "right"))
            placed = placer.place((p.with_bottom(y) for p in places), 10.0)
            if placed is not None:
                placed.draw(panel.axes)
                return
