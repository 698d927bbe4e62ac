"""Words about one course: its panel's title, its axis, its alternative text."""

from __future__ import annotations

from analysis.records import Course
from analysis.wording.reader import Wording


def course_alt(words: Wording, course: Course) -> str:
    """The finding of a panel in words."""
    return course.scale.label
