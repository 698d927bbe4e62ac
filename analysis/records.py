"""The frozen records that every stage passes on."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

Audience = Literal["clinician", "client"]
Direction = Literal["better", "worse", "neither"]

_OPERATORS = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}

# RC = 1.96 * sqrt(2) * SEM (Jacobson & Truax 1991); used where only RC is published.
RC_PER_SEM = 1.959963984540054 * 2**0.5


@dataclass(frozen=True)
class Band:
    """A published word for a range of scores; `low` is the first score inside it."""

    low: float
    label: str


@dataclass(frozen=True)
class Cutoff:
    """A published threshold: scores for which `score op value` holds are inside."""

    id: str
    value: float
    op: str
    meaning: str
    verified: str = "memory"

    def holds(self, score: float) -> bool:
        """Compare the unrounded score with the operator the source gives."""
        return bool(_OPERATORS[self.op](score, self.value))


@dataclass(frozen=True)
class Scale:
    """A number a client is followed on: questionnaire score, check-in rating, goal."""

    id: str  # "phq9.total", "checkin.mood", "goal.G2"
    measure: str  # "phq9"
    label: str  # what it is about, as a heading: "Depression"
    instrument: str  # what it is called: "PHQ-9"
    low: float
    high: float
    higher_is: Direction
    bands: tuple[Band, ...] = ()
    caseness: Cutoff | None = None  # the cut-off that decides "is a case"
    reliable_change: float | None = None  # points; inclusive (gain >= RC)
    reliable_change_source: str = ""  # printed beside every judgement made with it
    usual_interval_days: int = 7
    step: float = 1.0
    is_headline: bool = True  # the score of its measure that gets a tile
    followed: bool = True  # False: a screen, a profile: shown, never given a trend

    def gain(self, start: float, end: float) -> float:
        """Points of improvement from `start` to `end`: positive is good news."""
        return start - end if self.higher_is == "worse" else end - start

    def is_case(self, score: float) -> bool:
        """On the clinical cut-off's unwell side, as its published operator says."""
        return self.caseness is not None and self.caseness.holds(score)

    def band(self, score: float) -> str | None:
        """The last band that starts at or below the unrounded score."""
        inside = [band.label for band in self.bands if band.low <= score]
        return inside[-1] if inside else None

    @property
    def sem(self) -> float | None:
        """Standard error of measurement implied by the reliable change."""
        if self.reliable_change is None:
            return None
        return self.reliable_change / RC_PER_SEM


# What each kind of finding carries as evidence, besides scale, date (since) and grade.
# The detectors fill exactly these, the wording files may use only these.
EVIDENCE: Mapping[str, tuple[str, ...]] = {
    # status: "now" (flagged in the report's month), "past", "unknown" (item not
    # answered); answer is the raw answer of the latest flag, None when unknown
    "risk_item": (
        "measure",
        "item",
        "answer",
        "meaning",
        "status",
        "flagged_on",
        "n_flagged",
        "n_since",
        "latest_date",
    ),
    "deterioration": (
        "baseline",
        "baseline_date",
        "latest",
        "latest_date",
        "points",
        "reliable_change",
    ),
    # before: mean level before the step; now: mean since; lifts_at: score that lifts it
    "setback": ("before", "now", "points", "confirmed", "lifts_at", "n_scores"),
    "early_dip": ("before", "now", "points", "confirmed", "lifts_at", "week"),
    "plateau": (
        "weeks",
        "n_scores",
        "lowest",
        "highest",
        "gain_per_week",
        "gain_low",
        "gain_high",
        "p_flat",
        "lifts_at",
        "cutoff",
    ),
    # rule: "expected course" or "rational rule"
    "not_on_track": ("rule", "week", "baseline", "latest", "expected", "bound"),
    "overdue": ("last_date", "days", "usual_days", "measures"),
    # drop: points lost since the session before; below: under the measure's cut-off
    "alliance": ("latest", "previous", "drop", "cutoff", "below"),
    "sudden_gain": ("before", "after", "points", "held", "n_after"),
    "sudden_loss": ("before", "after", "points", "held", "n_after"),
    "reliable_improvement": (
        "baseline",
        "baseline_date",
        "latest",
        "points",
        "reliable_change",
    ),
    "recovery": ("baseline", "latest", "cutoff", "since"),
    "reliable_recovery": ("baseline", "latest", "cutoff", "since", "reliable_change"),
    # rule: below_cutoff | below_band | personal_best | gain_held | step_done | goal_up
    #       | sign_moving | check_in_streak | skill_weeks; what: the thing in words
    "small_win": ("rule", "what", "before", "after"),
    "goal_met": ("goal_id", "statement", "closed_on", "due"),
    "goal_stalled": ("goal_id", "statement", "weeks", "rating", "due"),
}


@dataclass(frozen=True)
class Finding:
    """Something worth telling, with its numbers; never a sentence."""

    kind: str  # a key of EVIDENCE
    scale: str | None  # scale id, None where it is about none
    date: date  # since when
    grade: str  # "likely", "strong", or "" where the kind has no grades
    evidence: Mapping[str, Any] = field(default_factory=dict)
    audience: str = "both"  # "clinician" or "both"


@dataclass(frozen=True)
class Trend:
    """Where one scale is heading at `until`; gain per week, positive is better."""

    scale: str
    until: date
    n: int
    weeks: float
    gain_per_week: float | None
    low: float | None  # 90 % interval
    high: float | None
    p_better: float | None
    p_flat: float | None
    p_worse: float | None
    status: str  # improving, worsening, plateau, holding, too_early
    since: date | None


@dataclass(frozen=True)
class Rate:
    """A share that cannot lose its denominator."""

    count: int
    of: int

    @property
    def value(self) -> float | None:
        """The share, or None where nobody could have been counted."""
        return self.count / self.of if self.of else None


@dataclass(frozen=True)
class Stretch:
    """A dated stretch to shade on a course."""

    kind: str  # plateau, setback, early_dip
    since: date
    until: date
    grade: str = ""


@dataclass(frozen=True)
class Note:
    """A short note with a hairline to one score: a sudden gain or loss."""

    kind: str  # gain, loss
    date: date
    value: float
    before: float
    held: bool


@dataclass(frozen=True)
class Smoothed:
    """The smoothed course: level and 90 % band on dates, in the scale's own direction.

    A jump (a detected step) is two points on one date or a NaN between two segments.
    """

    dates: tuple[date, ...]
    level: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class Course:
    """All that a course chart shows of one scale in one episode."""

    scale: Scale
    start: date  # left end of the date axis, the same for all panels of a report
    until: date  # right end
    dates: tuple[date, ...]
    values: tuple[float, ...]
    prorated: tuple[bool, ...]
    trend: Trend | None
    smoothed: Smoothed | None  # None with fewer than four scores
    baseline: float | None
    latest: float | None
    is_reliably_better: bool
    is_reliably_worse: bool
    is_recovered: bool
    stretches: tuple[Stretch, ...] = ()
    notes: tuple[Note, ...] = ()
    events: tuple[tuple[date, str], ...] = ()
    missed: tuple[date, ...] = ()  # expected but no score
    expected: Smoothed | None = None  # the course expected from closed episodes
