"""Puts one period together: counts first, hidden where they leave, then the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import pandas as pd

from analysis.caseload import comparison, life, over_time
from analysis.caseload.cohort import (
    Cohort,
    Tables,
    build_cohort,
    outcome_scales,
    verdicts,
)
from analysis.caseload.definitions import definitions
from analysis.caseload.disclosure import Counts, shared
from analysis.caseload.first_moves import COLUMNS as MOVE_COLUMNS
from analysis.caseload.first_moves import first_moves
from analysis.caseload.outcomes import (
    Comparison,
    count_of,
    earlier_counts,
    outcome_counts,
    outcomes_of,
    rate_of,
    stage_counts,
    stages_of,
)
from analysis.caseload.records import (
    OUTCOMES,
    CaseloadPeriod,
    EffectSize,
    Funnel,
    GoalCounts,
    MethodDiff,
    SignCounts,
    Staying,
)
from analysis.caseload.suppression import ROUNDED_TO, rounded
from analysis.caseload.watch import unknown_watch_list, watch_list
from analysis.errors import AnalysisError
from analysis.methods.measure_rules import (
    ENGLAND,
    RULES,
    MeasureRule,
    categories,
    method_diff,
)
from analysis.records import Scale
from analysis.settings import Settings

# Weeks between the points of a shared staying curve.
SHARED_WEEKS = 4


@dataclass(frozen=True)
class _Period:
    """What one report is about, handed from step to step."""

    tables: Tables
    scales: Mapping[str, Scale]
    settings: Settings
    cohort: Cohort
    since: date
    until: date
    rule: MeasureRule
    share: bool

    @property
    def least_n(self) -> int:
        """No rate of a group under this many."""
        return self.settings.thresholds.suppress_rates_below

    @cached_property
    def courses(self) -> pd.DataFrame:
        """Finished courses of the period."""
        return self.cohort.finished(self.since, self.until)


def caseload_period(
    tables: Tables,
    scales: Mapping[str, Scale],
    settings: Settings,
    *,
    since: date,
    until: date,
    programme: str | None = None,
    rule: str = "nhs",
    share: bool = False,
    before: Tables | None = None,
) -> CaseloadPeriod:
    """Work out everything the caseload report shows of one period.

    tables: tidy and derived tables as of `until` (see analyse). scales: all scales by
    id. programme: only that one. rule: nhs or corc. share: as it may leave the
    practice. before: the tables as of a month earlier, for flags lifted since; without
    them `watch.lifted_is_known` is False.
    Raises AnalysisError for an unknown rule or programme, or a period turned round.
    """
    _refuse(tables, since, until, programme, rule)
    tables = _encoded(tables)
    chosen = RULES[rule]
    cohort = build_cohort(tables, scales, settings, chosen, until, programme)
    period = _Period(tables, scales, settings, cohort, since, until, chosen, share)
    changes = over_time.paired_changes(tables, scales, period.courses)
    counts = _counts(period, changes)
    if share:
        counts = shared(counts, settings.thresholds, since, until)
    stages, by_programme = stages_of(counts.stages)
    rates = outcomes_of(
        counts.outcomes,
        Comparison(chosen, ENGLAND, counts.earlier, period.least_n),
    )
    return CaseloadPeriod(
        settings=settings,
        since=since,
        until=until,
        programme=programme,
        programmes=tuple(s.programme or "" for s in by_programme),
        rule=chosen,
        reference=ENGLAND,
        is_shared=share,
        counts_rounded_to=ROUNDED_TO if share else 1,
        stages=stages,
        stages_by_programme=by_programme,
        outcomes=rates[: len(OUTCOMES)],
        outcomes_by_programme=rates[len(OUTCOMES) :],
        effect_sizes=_effect_sizes(period, changes),
        watch=unknown_watch_list()
        if share
        else watch_list(tables, scales, settings, cohort, before),
        monthly=over_time.charts_of(counts.monthly),
        pairs=() if share else over_time.pairs_of(changes, scales),
        migrations=tuple(
            over_time.migration_of(scales[name], counts.migrations[name], moves)
            for name, moves in counts.moves.items()
        ),
        funnels=_funnels(period, counts, changes),
        signs=_signs(period, counts),
        goals=_goals(counts.goals),
        sessions=life.session_facts(
            counts.sessions, period.courses, cohort.basis, period.least_n
        ),
        staying=_staying(period, counts.endings),
        sudden={str(kind): count_of(n) for kind, n in counts.sudden.items()},
        diff=_diff(period),
        definitions=definitions(rule, settings.thresholds),
        scales=_judged_scales(period),
    )


def _refuse(
    tables: Tables, since: date, until: date, programme: str | None, rule: str
) -> None:
    if rule not in RULES:
        known = ", ".join(RULES)
        raise AnalysisError(f"Unknown caseload rule {rule}: use one of {known}.")
    if since > until:
        raise AnalysisError(f"The period ends ({until}) before it begins ({since}).")
    known_programmes = set(tables["episodes"]["programme"].dropna())
    if programme is not None and programme not in known_programmes:
        raise AnalysisError(
            f"Unknown programme: {programme}. Programmes are taken as exported; the "
            f"tables hold {len(known_programmes)}."
        )


def _encoded(tables: Tables) -> Tables:
    """The tables with the ids of millions of scores as categories.

    The same ids are looked up, grouped and sorted again and again below.
    """
    ids = dict.fromkeys(("client_id", "episode_id", "scale"), "category")
    return {**tables, "series": tables["series"].astype(ids)}


def _counts(period: _Period, changes: Mapping[str, pd.DataFrame]) -> Counts:
    tables, cohort = period.tables, period.cohort
    since, until = period.since, period.until
    migrations = {
        name: over_time.migration_counts(period.scales[name], rows)
        for name, rows in changes.items()
        if period.scales[name].bands
    }
    signs = life.sign_counts(tables, cohort)
    most = signs.sum(axis=1).max() if len(signs) else 0
    return Counts(
        stages=stage_counts(cohort, since, until),
        outcomes=outcome_counts(period.courses),
        earlier=earlier_counts(cohort, since, until),
        monthly=over_time.monthly_counts(cohort, since, until),
        migrations=migrations,
        moves={n: over_time.migration_totals(c) for n, c in migrations.items()},
        signs=signs,
        sign_clients=pd.Series({"n": most}, dtype="Int64"),
        goals=life.goal_counts(tables, cohort, since, until),
        sessions=life.session_counts(tables, cohort, since, until),
        endings=life.endings(cohort, since, until),
        sudden=life.sudden_counts(tables, period.scales, cohort, since, until),
    )


def _effect_sizes(
    period: _Period, changes: Mapping[str, pd.DataFrame]
) -> tuple[EffectSize, ...]:
    enough = {
        name: rows
        for name, rows in changes.items()
        if not period.share or len(rows) >= period.least_n
    }
    made = over_time.effect_sizes_of(enough, period.scales)
    if not period.share:
        return made
    return tuple(replace(size, n=rounded(size.n)) for size in made)


def _funnels(
    period: _Period, counts: Counts, changes: Mapping[str, pd.DataFrame]
) -> tuple[Funnel, ...]:
    """Programmes and clinicians; single clinicians never leave the practice."""
    rows = pd.concat(changes.values()) if changes else pd.DataFrame()
    mix = pd.DataFrame()
    if len(rows):
        mix = comparison.case_mix(period.courses, rows, period.scales)
    by_programme = counts.outcomes.drop(index="all", level="level")
    by_programme = by_programme.droplevel("level")[["paired", "improved"]]
    programmes = comparison.funnel_of(
        by_programme.set_axis(["n", "count"], axis=1),
        mix if not period.share else pd.DataFrame(),
        "programme",
        str,
        period.least_n,
    )
    if period.share:
        return (programmes,)
    paired = period.courses[period.courses["is_paired"]]
    named = paired[paired["clinician_id"] != ""]
    by_clinician = named.groupby("clinician_id")["improved"].agg(["size", "sum"])
    clinicians = comparison.funnel_of(
        by_clinician.set_axis(["n", "count"], axis=1),
        mix[mix["clinician_id"] != ""] if len(mix) else mix,
        "clinician",
        period.settings.clinician_name,
        period.least_n,
    )
    return programmes, clinicians


def _signs(period: _Period, counts: Counts) -> SignCounts:
    empty = pd.DataFrame({name: [] for name in MOVE_COLUMNS})
    episodes = period.cohort.during(period.since, period.until).index
    return SignCounts(
        counts=counts.signs,
        n_clients=count_of(counts.sign_clients["n"]),
        first_moves=empty
        if period.share
        else first_moves(period.tables, period.scales, episodes),
    )


def _goals(counts: pd.Series) -> GoalCounts:
    return GoalCounts(
        set=count_of(counts["set"]),
        revised=count_of(counts["revised"]),
        met=count_of(counts["met"]),
        open=count_of(counts["open"]),
        clients_with_goals=rate_of(
            counts["clients_with_goals"], counts["open_clients"]
        ),
    )


def _staying(period: _Period, endings: pd.Series) -> Staying:
    curve, n, median = life.staying_curve(period.cohort, period.since)
    if not period.share:
        return life.staying_of(curve, n, median, endings)
    return life.staying_of(_coarse(curve, period.least_n), None, None, endings)


def _coarse(curve: pd.DataFrame, least_n: int) -> pd.DataFrame:
    """A curve without single endings: every four weeks, whole percent, while many."""
    kept = curve[curve["at_risk"] >= least_n]
    if not len(kept):
        return kept
    weeks = pd.Series(range(0, int(kept["weeks"].max()) + 1, SHARED_WEEKS), dtype=float)
    at = kept["weeks"].searchsorted(weeks, side="right") - 1
    chosen = kept.iloc[at].assign(weeks=weeks.to_numpy())
    shares = chosen[["staying", "low", "high"]].round(2)
    risk = chosen["at_risk"].map(rounded)
    return chosen.assign(**shares, at_risk=risk).reset_index(drop=True)


def _diff(period: _Period) -> MethodDiff:
    """Who would change category under the other rule."""
    other = next(rule for rule in RULES.values() if rule.id != period.rule.id)
    mine = period.courses
    theirs = verdicts(period.tables, period.scales, other, mine.index)
    pairs = method_diff(categories(mine), categories(theirs))
    if period.share:
        return MethodDiff(period.rule.id, other.id, None, pairs.iloc[:0])
    return MethodDiff(period.rule.id, other.id, len(mine), pairs)


def _judged_scales(period: _Period) -> tuple[Scale, ...]:
    changes = period.tables["changes"]
    used = set(changes.loc[changes["episode_id"].isin(period.courses.index), "scale"])
    return tuple(s for s in outcome_scales(period.scales) if s.id in used)
