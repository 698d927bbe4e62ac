"""Words over a stretch: plateau, setback, early dip, with its dates."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from analysis.charts.labels import Label
from analysis.charts.marks import BAR, STRETCHES, stretch_edges
from analysis.charts.panel import Panel
from analysis.charts.style import SEMIBOLD, SMALL, text_width
from analysis.records import Course, Stretch
from analysis.wording import Wording

# Tried from the middle of a stretch outwards, in parts of the way to its edges.
_SHIFTS = (0.0, -0.4, 0.4, -0.7, 0.7, -1.0, 1.0)


def _stretch_lines(
    stretch: Stretch, course: Course, words: Wording
) -> tuple[str, str, str]:
    """One line, and the same in two: the word, and its dates."""
    fields = {
        "since": stretch.since,
        "until": stretch.until,
        "grade": words.term("grade", stretch.grade),
        "is_open": not course.dates or stretch.until >= course.dates[-1],
    }
    key = f"chart.stretch.{stretch.kind}"
    one, word, dates = (
        words.sentence(f"{key}.{part}", **fields) for part in ("line", "word", "dates")
    )
    return one, word, dates


def stretch_places(
    panel: Panel, stretch: Stretch, course: Course, words: Wording
) -> Iterator[Label]:
    """Under the bar of a stretch, then further down, always over the stretch itself."""
    labels = _stretch_labels(panel, stretch, course, words)
    tallest = max(label.height for label in labels)
    ceiling, lowest = panel.top - BAR - 2.0, panel.bottom + tallest + 2
    for top in np.arange(ceiling, lowest, -3.0):
        for label in labels:
            for x in _middles(panel, stretch, label):
                yield label.at(x, 0.0, "center").with_top(float(top))


def _middles(panel: Panel, stretch: Stretch, label: Label) -> Iterator[float]:
    """Where the middle of a label may lie so that it stands over its stretch."""
    left, right = stretch_edges(panel, stretch)
    half, middle = label.width / 2, (left + right) / 2
    # words wider than their stretch may hang over one of its edges
    reach = max((right - left) / 2 - half - 2, half - (right - left) / 2, 0.0)
    for share in _SHIFTS:
        x = middle + share * reach
        yield min(max(x, panel.left + half + 2), panel.right - half - 1)


def _stretch_labels(
    panel: Panel, stretch: Stretch, course: Course, words: Wording
) -> list[Label]:
    """The words of a stretch: in one line where it is wide enough, and in two."""
    one, word, dates = _stretch_lines(stretch, course, words)
    left, right = stretch_edges(panel, stretch)
    fits = text_width(one, SMALL, SEMIBOLD) <= right - left - 4
    colour = STRETCHES[stretch.kind].words
    return [
        Label(lines, 0, 0, weight=SEMIBOLD, colour=colour)
        for lines in ([(one,)] if fits else []) + [(word, dates)]
    ]


def headroom_needed(panel: Panel, course: Course, words: Wording) -> float:
    """Points to add above the value axis so that words fit over every stretch."""
    needed = 0.0
    for stretch in course.stretches:
        label = _stretch_labels(panel, stretch, course, words)[0]
        half, middle = label.width / 2, next(_middles(panel, stretch, label))
        reach = (middle - half - 4, middle + half + 4)
        highest = max(_heights(panel, course, reach), default=panel.bottom)
        room = panel.top - BAR - 2.0 - label.height - 3.0
        # pressing the axis together lowers what stands high by about as much
        share = (highest - panel.bottom) / panel.height
        if highest > room and share > 0:
            needed = max(needed, (highest - room) / share)
    return min(needed, 0.35 * panel.height)


def _heights(
    panel: Panel, course: Course, reach: tuple[float, float]
) -> Iterator[float]:
    """How high scores and the course's band come between two places, in points."""
    for day, value in zip(course.dates, course.values, strict=True):
        if reach[0] <= panel.x(day) <= reach[1]:
            yield panel.y(value) + 3.0
    if course.smoothed is not None:
        for day, value in zip(course.smoothed.dates, course.smoothed.high, strict=True):
            if reach[0] <= panel.x(day) <= reach[1] and value == value:
                yield panel.y(min(value, panel.high))
