"""What a report knows: frozen facts, worked out before anything is worded or drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from analysis.measures import Measure
from analysis.records import Audience, Course, Finding, Scale
from analysis.settings import Settings


@dataclass(frozen=True)
class Episode:
    """The episode of care the report is about."""

    id: str
    number: int  # first, second, … of this client
    started_on: date
    ended_on: date | None
    end_reason: str
    week: int  # week of therapy at the report's day, from 1
    clinician: str
    programme: str


@dataclass(frozen=True)
class Count:
    """Done of expected."""

    done: int
    of: int


@dataclass(frozen=True)
class RiskHistory:
    """One risk item over the episode, in order; never smoothed, never averaged."""

    measure: str
    instrument: str
    item: int
    meaning: str
    dates: tuple[date, ...]
    answers: tuple[float | None, ...]
    flags: tuple[Literal["no", "yes", "unknown"], ...]


@dataclass(frozen=True)
class ScaleFacts:
    """One followed scale: its course and what a tile says of it."""

    course: Course
    band: str | None
    side_since: date | None  # on this side of the cut-off without a break since
    is_case: bool | None  # None where no cut-off is known
    status: str  # a trend status, or "" where the scale is shown and not judged
    status_since: date | None
    more_scores_needed: int | None
    scores_in_month: int
    value_before_month: float | None
    baseline_is_known: bool
    is_alliance: bool  # between client and clinician, not about symptoms
    is_stale: bool = False  # none this month, the latest long past its interval

    @property
    def id(self) -> str:
        """The scale's id."""
        return self.course.scale.id


@dataclass(frozen=True)
class SignFacts:
    """One sign of progress, or the goals."""

    id: str  # "1" … "10", "goals"
    name: str  # thinking_differently, …
    direction: str
    strength: str
    age_days: int | None
    evidence: tuple[Mapping[str, Any], ...]
    values: tuple[tuple[date, float], ...]  # for the small line
    low: float
    high: float


@dataclass(frozen=True)
class StepFacts:
    """One step of a goal."""

    text: str
    done_on: date | None


@dataclass(frozen=True)
class GoalFacts:
    """A SMART goal with its steps, ratings and the goal it replaces."""

    id: str
    statement: str
    smart: Mapping[str, str]
    status: str  # open, reached, paused, replaced, stopped
    direction: str  # moving, steady, slipping, not_known
    set_on: date | None
    due: date | None
    closed_on: date | None
    is_overdue: bool
    target: float | None
    steps: tuple[StepFacts, ...]
    ratings: tuple[tuple[date, float], ...]
    replaced_statement: str  # what it said before, "" when not revised
    reason: str

    @property
    def n_done(self) -> int:
        """Steps done."""
        return sum(step.done_on is not None for step in self.steps)


@dataclass(frozen=True)
class CheckInFacts:
    """One check-in question over the episode."""

    id: str  # checkin.sleep
    values: tuple[tuple[date, float], ...]
    low: float
    high: float
    higher_is: str
    usual_low: float | None  # the person's own usual range
    usual_high: float | None


@dataclass(frozen=True)
class Words:
    """A client's own words."""

    date: date
    kind: str
    text: str
    may_be_shown: bool


@dataclass(frozen=True)
class ClientMonth:
    """All that the reports on one client in one month show, for either audience."""

    client_id: str
    name: str  # name on report, else the id
    audience: Audience
    settings: Settings
    month: date  # first day of the month
    until: date  # the day it speaks from
    is_demo: bool
    version: str
    receipt: str
    episode: Episode
    n_episodes: int
    known_scales: Mapping[str, Scale]  # every scale a finding may be about
    measures: Mapping[str, Measure]
    logo_svg: str
    scales: tuple[ScaleFacts, ...]  # in the order of the panels
    findings: tuple[Finding, ...]  # worth a look, most pressing first
    wins: tuple[Finding, ...]  # worth celebrating, newest first
    risks: tuple[RiskHistory, ...]
    signs: tuple[SignFacts, ...]
    agreement: Mapping[str, Any]
    goals: tuple[GoalFacts, ...]
    check_ins: tuple[CheckInFacts, ...]
    words: tuple[Words, ...]
    sessions: Count
    sessions_in_month: Count
    check_ins_done: Count
    check_ins_in_month: Count
    expected_scores: Count  # scores that came of those expected
    prorated: tuple[tuple[str, date, int], ...]  # scale, day, items skipped
    not_scored: tuple[tuple[str, date, int, str], ...]  # scale, day, items skipped, why

    @property
    def has_scores(self) -> bool:
        """Whether any scale holds a score."""
        return any(facts.course.values for facts in self.scales)
