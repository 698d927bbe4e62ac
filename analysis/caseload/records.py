"""What the practice lead's report knows: frozen facts about one period.

A count or rate that may not leave the practice is None and named hidden (`--share`);
in frames it is missing. A share is a number from 0 to 1. Frames are never changed by
their readers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from analysis.methods.measure_rules import MeasureRule, Reference
from analysis.records import Rate, Scale
from analysis.settings import Settings

# Outcomes in the order of the report.
OUTCOMES = (
    "reliable_improvement",
    "recovery",
    "reliable_recovery",
    "no_reliable_change",
    "reliable_deterioration",
)


@dataclass(frozen=True)
class Stages:
    """The completeness funnel of a group: each stage is what is left of the one before.

    referred = did_not_start + started; started = still_open + left_early + finished;
    finished = unpaired + paired. None = hidden.
    """

    programme: str | None  # None: all of them; "" where none is recorded
    referred: int | None  # episodes open at any time in the period
    did_not_start: int | None  # no attended session
    started: int | None
    still_open: int | None  # at `until`
    left_early: int | None  # ended in the period after fewer than two sessions
    finished: int | None  # ended in the period after two or more sessions
    unpaired: int | None  # finished, without a first and a last score
    paired: int | None
    judged: Rate | None  # paired of finished
    recent: Rate | None  # still open with a score in the last 30 days


@dataclass(frozen=True)
class OutcomeRate:
    """One outcome of one group, with all that qualifies it.

    rate, low, high: among finished courses with a first and a last score (recovery
    and reliable recovery: of those, cases at baseline), Wilson 95 %.
    worst, best: the share if none, and if all, of those without a last score had it.
    official: by the rule's published denominator; under the NHS rule all finished
    courses (recovery: less those not a case at baseline), so that a course without a
    last score counts against it. The same as `rate` under CORC.
    """

    outcome: str  # one of OUTCOMES
    programme: str | None  # None: all
    rate: Rate | None  # None: hidden
    low: float | None
    high: float | None
    worst: float | None
    best: float | None
    official: Rate | None
    n_missing: int | None  # without a last score, who would stand in the denominator
    # the same period a year earlier; of = 0 where there is none
    year_before: Rate | None
    # change since then: low and high of its 95 % interval; None where either is small
    since_before: tuple[float, float] | None
    reference: float | None  # England's share; None by programme
    is_small: bool = False  # fewer than the practice's least n for a rate


@dataclass(frozen=True)
class EffectSize:
    """Change from first to last score of one scale, standardised by a named SD.

    by: "pre" (the group's own SD at baseline), "both" (root mean square of both
    SDs) or "change" (SD of the change, d_z). Positive is improvement.
    """

    scale: Scale
    by: str
    n: int
    value: float
    low: float  # 95 %
    high: float
    mean_gain: float  # points
    sd: float  # the SD named by `by`
    mean_before: float
    mean_after: float


@dataclass(frozen=True)
class Watch:
    """One open client to look at, with the most urgent finding first."""

    client_id: str
    clinician_id: str
    programme: str
    kind: str
    grade: str
    scale: Scale | None
    evidence: Mapping[str, Any]
    since: date
    last_score: date | None  # of any questionnaire
    scores: tuple[tuple[date, float], ...]  # latest of the scale, for a small line
    scores_scale: Scale | None  # whose scores these are
    also: tuple[tuple[str, str | None], ...]  # further findings: kind, scale id


@dataclass(frozen=True)
class Lifted:
    """A kind of flag that a client had a month before and has on no scale now."""

    client_id: str
    clinician_id: str
    kind: str
    scale: Scale | None


@dataclass(frozen=True)
class ClinicianLook:
    """One clinician's open clients, for supervision; never sorted by outcome."""

    clinician_id: str
    name: str
    n_open: int
    to_look_at: tuple[str, ...]  # client ids, most urgent first


@dataclass(frozen=True)
class WatchList:
    """Who needs a look now; empty and not `is_known` in what leaves the practice."""

    is_known: bool
    clients: tuple[Watch, ...]  # one a client, most urgent kind first, oldest first
    n_open: int | None
    n_flagged: int | None
    n_by_kind: Mapping[str, int | None]  # clients by most urgent kind
    n_judged: int | None  # open clients with a trend: those that chance can flag
    expected_by_chance: float | None  # clients flagged if nobody had changed
    lifted: tuple[Lifted, ...]
    lifted_is_known: bool  # False where the month before was not handed in
    by_clinician: tuple[ClinicianLook, ...]  # alphabetical by name
    table: pd.DataFrame  # every flag: see watch.FLAG_COLUMNS


@dataclass(frozen=True)
class ControlChart:
    """A share by month as an XmR chart.

    points: month, n, of, share, gap (the moving range), signal ("" or outside, run,
    trend, near_limit; several joined by a blank), side ("better", "worse" or "": what
    the signal says of the outcome). Months without a denominator miss.
    """

    outcome: str
    points: pd.DataFrame
    mean: float | None
    lower: float | None
    upper: float | None
    is_trial: bool  # fewer than 12 points: trial limits


@dataclass(frozen=True)
class Migration:
    """Severity bands of one scale: at baseline (rows), at the last score (columns)."""

    scale: Scale
    bands: tuple[str, ...]  # mildest first, as published
    counts: pd.DataFrame  # bands by bands, whole numbers, missing = hidden
    n: int | None
    n_better: int | None  # in a milder band
    n_same: int | None
    n_worse: int | None


@dataclass(frozen=True)
class Pairs:
    """First and last scores of one scale, for a scatter; never in what is shared.

    points: client_id, baseline, latest, gain, improved, deteriorated, recovered.
    """

    scale: Scale
    points: pd.DataFrame
    n: int
    n_drawn: int  # fewer than n where a sample is drawn, which the caption says


@dataclass(frozen=True)
class Funnel:
    """Reliable improvement of groups against what chance makes of the average.

    points: group (id), name, n, count, share, low95, high95, low998, high998 (limits
    at that n), side (inside, above_95, below_95, above_998, below_998), in order of
    the name. limits: n and the four limits, for the lines.
    adjusted: group, name, n, mean_gain (in reliable changes, as it is) and estimate,
    low, high: what it is more or less than expected from baseline, scale and
    programme, shrunken, with 95 % interval; in order of the name; empty where too few.
    """

    by: str  # programme or clinician
    centre: float | None  # share of all
    method: str  # "exact binomial" or "arcsine with overdispersion"
    points: pd.DataFrame
    limits: pd.DataFrame
    adjusted: pd.DataFrame
    n_suppressed: int  # groups under the least n
    least_n: int
    overdispersion: float | None  # phi; None where it cannot be estimated
    between_share: float | None  # share of variance between groups, adjusted


@dataclass(frozen=True)
class SignCounts:
    """How many open clients each sign moves, holds or slips for.

    counts: sign (rows), moving, steady, slipping, not_known. first_moves: sign (rows),
    n (courses with evidence on it), moved (that gained a reliable change, held by the
    next score), median_week (until then, Kaplan–Meier; missing where fewer than
    half moved), earliest first; empty in what is shared.
    """

    counts: pd.DataFrame
    n_clients: int | None
    first_moves: pd.DataFrame


@dataclass(frozen=True)
class GoalCounts:
    """Goals in the period."""

    set: int | None
    revised: int | None  # linked to the goal they replace; not a failure
    met: int | None
    open: int | None  # at `until`
    clients_with_goals: Rate | None  # of open clients


@dataclass(frozen=True)
class SessionFacts:
    """Sessions in the period, and per finished course."""

    attended: int | None
    missed: int | None
    unknown: int | None  # attended was not recorded
    median_per_course: float | None
    quarter_per_course: float | None  # a quarter of courses had no more
    three_quarters_per_course: float | None
    median_weeks: float | None
    basis: str  # "sessions", or "score days" where no session was exported
    clients: int | None  # with an episode in the period
    back_again: int | None  # of those, with an earlier episode


@dataclass(frozen=True)
class Staying:
    """Kaplan–Meier of staying in therapy, and how courses ended.

    curve: weeks, staying, low, high, at_risk. Open episodes are censored at `until`.
    Drop-out = an unplanned ending before reliable improvement.
    """

    curve: pd.DataFrame
    n: int | None
    median_weeks: float | None  # None where fewer than half have left
    planned: int | None
    unplanned: int | None
    reason_unknown: int | None
    dropped_out: Rate | None  # of endings in the period whose reason is known


@dataclass(frozen=True)
class Definition:
    """One metric's rule as printed on the last page, from definitions.toml."""

    id: str
    title: str
    rule: str  # formula in words and symbols, thresholds in force filled in
    source: str


@dataclass(frozen=True)
class MethodDiff:
    """Who would change category under the other rule.

    pairs: from, to, n (episodes), ids (episode ids; empty in what is shared).
    """

    rule: str
    other_rule: str
    n_episodes: int | None
    pairs: pd.DataFrame


@dataclass(frozen=True)
class CaseloadPeriod:
    """All that the caseload report on one period shows."""

    settings: Settings
    since: date
    until: date
    programme: str | None  # the one asked for, None = all
    programmes: tuple[str, ...]  # those with episodes in the period, alphabetical
    rule: MeasureRule
    reference: Reference
    is_shared: bool  # small cells hidden, counts rounded, nothing about one client
    counts_rounded_to: int  # 1, or what shared counts are rounded to
    stages: Stages
    stages_by_programme: tuple[Stages, ...]
    outcomes: tuple[OutcomeRate, ...]  # in the order of OUTCOMES
    outcomes_by_programme: tuple[OutcomeRate, ...]  # by programme, then OUTCOMES
    other_outcomes: tuple[OutcomeRate, ...]  # over all, by the other rule
    effect_sizes: tuple[EffectSize, ...]
    watch: WatchList
    monthly: tuple[ControlChart, ...]  # in the order of OUTCOMES
    pairs: tuple[Pairs, ...]
    migrations: tuple[Migration, ...]
    funnels: tuple[Funnel, ...]  # programme, clinician
    signs: SignCounts
    goals: GoalCounts
    sessions: SessionFacts
    staying: Staying
    sudden: Mapping[str, int | None]  # clients with a sudden gain, a sudden loss
    diff: MethodDiff
    definitions: tuple[Definition, ...]
    scales: tuple[Scale, ...]  # outcome scales that were judged, by instrument

    def outcome(self, name: str) -> OutcomeRate:
        """The rate of one outcome over all."""
        return next(rate for rate in self.outcomes if rate.outcome == name)
