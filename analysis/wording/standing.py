"""What a sentence about one scale has to know of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

from analysis.blocks import Status
from analysis.records import Course, Scale
from analysis.wording.reader import Wording


class Standing(Protocol):
    """Where one followed scale stands at the report's day."""

    @property
    def course(self) -> Course:
        """Scores, smoothed course and what was judged of them."""

    @property
    def band(self) -> str | None:
        """Published word for the latest score."""

    @property
    def side_since(self) -> date | None:
        """Since when the scores are on this side of the cut-off."""

    @property
    def is_case(self) -> bool | None:
        """On the unwell side of the cut-off; None where no cut-off is known."""

    @property
    def status(self) -> str:
        """Status of the trend; "" where the scale is shown and not judged."""

    @property
    def status_since(self) -> date | None:
        """Since when the status holds."""

    @property
    def more_scores_needed(self) -> int | None:
        """Too early to say: scores that would settle it."""

    @property
    def scores_in_month(self) -> int:
        """Scores in the month of the report."""

    @property
    def is_stale(self) -> bool:
        """No score in the month of the report, and none due lately came either."""

    @property
    def baseline_is_known(self) -> bool:
        """Whether the first score of the episode is a baseline."""


def status(words: Wording, name: str) -> Status:
    """The shape of a status with its word, the same in every report."""
    return Status(name, words.term("status", name))


def label(words: Wording, scale: Scale) -> str:
    """What the scale is about, as a heading."""
    return words.term("label", scale.label)


def noun(words: Wording, scale: Scale) -> str:
    """What the scale is about, in running text."""
    named = words.terms.get("noun", {}).get(scale.label.lower())
    return named or words.sentence("noun", label=label(words, scale))


def about(words: Wording, scale: Scale | None) -> Mapping[str, Any]:
    """Fields every sentence about a scale may use; without one they are missing.

    label, noun, name (the measure file's own label, for lines of one scale),
    instrument, higher_is, step, scale_cutoff.
    """
    if scale is None:
        names = ("label", "noun", "name", "instrument", "higher_is", "scale_cutoff")
        return {**dict.fromkeys(names), "step": 1.0}
    return {
        "label": label(words, scale),
        "noun": noun(words, scale),
        "name": scale.label,
        "instrument": scale.instrument,
        "higher_is": scale.higher_is,
        "step": scale.step,
        "scale_cutoff": None if scale.caseness is None else scale.caseness.value,
    }


def change(course: Course) -> str:
    """How the latest score compares with the baseline, as the record judged it."""
    if len(course.values) < 2:
        return "first"
    if course.is_reliably_worse:
        return "worse"
    if course.is_reliably_better:
        return "recovered" if course.is_recovered else "better"
    return "unjudged" if course.scale.reliable_change is None else "unchanged"


def weeks_between(since: date | None, until: date | None) -> int | None:
    """Whole weeks, rounded; None where a day is missing."""
    if since is None or until is None:
        return None
    return round((until - since).days / 7)
