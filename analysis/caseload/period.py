"""Puts one period together: counts first, hidden where they leave, then the rest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from analysis.caseload import comparison, life, over_time
from analysis.caseload.cohort import Tables, outcome_scales
from analysis.caseload.counts import Counts, Period, count_all, open_period
from analysis.caseload.definitions import definitions
from analysis.caseload.disclosure import of_programme, refuse_period, shared
from analysis.caseload.first_moves import COLUMNS as MOVE_COLUMNS
from analysis.caseload.first_moves import first_moves
from analysis.caseload.moments import shared_moments
from analysis.caseload.outcomes import (
    Comparison,
    count_of,
    outcomes_of,
    rate_of,
    stages_of,
)
from analysis.caseload.records import (
    OUTCOMES,
    CaseloadPeriod,
    Funnel,
    GoalCounts,
    MethodDiff,
    OutcomeRate,
    SessionFacts,
    SignCounts,
    Staying,
    WatchList,
)
from analysis.caseload.suppression import ROUNDED_TO
from analysis.caseload.watch import unknown_watch_list, watch_list
from analysis.errors import AnalysisError
from analysis.methods.effect_sizes import Moments
from analysis.methods.measure_rules import (
    ENGLAND,
    RULES,
    MeasureRule,
    categories,
    method_diff,
)
from analysis.records import Scale
from analysis.settings import Settings


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
    Raises AnalysisError for an unknown rule or programme, for a period turned round,
    and where what would leave the practice is not about twelve months.
    """
    _refuse(tables, since, until, programme, rule)
    period = open_period(
        tables,
        scales,
        settings,
        since=since,
        until=until,
        programme=None if share else programme,
        rule=rule,
    )
    counts = count_all(period)
    if share:
        refuse_period(period)
        counts = shared(counts, period)
        if programme is not None:
            counts = of_programme(counts, programme)
    watch = unknown_watch_list()
    if not share:
        watch = watch_list(period.tables, scales, settings, period.cohort, before)
    return _assembled(period, counts, watch, programme, share=share)


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


def _assembled(
    period: Period,
    counts: Counts,
    watch: WatchList,
    programme: str | None,
    *,
    share: bool,
) -> CaseloadPeriod:
    stages, by_programme = stages_of(counts.stages)
    rates = _rates(counts.outcomes, counts.earlier, period.rule, period)
    by_other = _rates(counts.other, counts.other.iloc[:0], period.other_rule, period)
    is_whole = not share or programme is None
    return CaseloadPeriod(
        settings=period.settings,
        since=period.since,
        until=period.until,
        programme=programme,
        programmes=tuple(s.programme or "" for s in by_programme),
        rule=period.rule,
        reference=ENGLAND,
        is_shared=share,
        counts_rounded_to=ROUNDED_TO if share else 1,
        stages=stages,
        stages_by_programme=by_programme,
        outcomes=rates[: len(OUTCOMES)],
        outcomes_by_programme=rates[len(OUTCOMES) :],
        other_outcomes=by_other[: len(OUTCOMES)],
        effect_sizes=over_time.effect_sizes_of(
            _moments(period, share=share) if is_whole else {}, period.scales
        ),
        watch=watch,
        monthly=over_time.charts_of(counts.monthly),
        pairs=() if share else over_time.pairs_of(period.changes, period.scales),
        migrations=tuple(
            over_time.migration_of(period.scales[name], counts.migrations[name], moves)
            for name, moves in counts.moves.items()
        ),
        funnels=_funnels(period, counts, share=share),
        signs=_signs(period, counts, share=share),
        goals=_goals(counts.goals),
        sessions=_sessions(period, counts, share=share),
        staying=_staying(period, counts.endings, share=share),
        sudden={str(kind): count_of(n) for kind, n in counts.sudden.items()},
        diff=_diff(period, share=share),
        definitions=definitions(
            period.rule.id,
            period.settings.thresholds,
            period.settings.practice.locale.partition("_")[0],
        ),
        scales=_judged_scales(period),
    )


def _rates(
    counts: pd.DataFrame, earlier: pd.DataFrame, rule: MeasureRule, period: Period
) -> tuple[OutcomeRate, ...]:
    return outcomes_of(counts, Comparison(rule, ENGLAND, earlier, period.least_n))


def _moments(period: Period, *, share: bool) -> dict[str, Moments]:
    exact = over_time.moments_of(period.changes, period.scales)
    return shared_moments(exact, period.scales, period.least_n) if share else exact


def _funnels(period: Period, counts: Counts, *, share: bool) -> tuple[Funnel, ...]:
    """Programmes and clinicians; single clinicians never leave the practice."""
    rows = pd.concat(period.changes.values()) if period.changes else pd.DataFrame()
    mix = pd.DataFrame()
    if len(rows) and not share:
        mix = comparison.case_mix(period.courses, rows, period.scales)
    by_programme = counts.outcomes.drop(index="all", level="level")
    by_programme = by_programme.droplevel("level")[["paired", "improved"]]
    programmes = comparison.funnel_of(
        by_programme.set_axis(["n", "count"], axis=1),
        mix,
        "programme",
        str,
        period.least_n,
    )
    if share:
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


def _signs(period: Period, counts: Counts, *, share: bool) -> SignCounts:
    empty = pd.DataFrame({name: [] for name in MOVE_COLUMNS})
    episodes = period.cohort.during(period.since, period.until).index
    return SignCounts(
        counts=counts.signs,
        n_clients=count_of(counts.sign_clients["n"]),
        first_moves=empty
        if share
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


def _sessions(period: Period, counts: Counts, *, share: bool) -> SessionFacts:
    """What single courses were like stays here: a median is somebody's course."""
    cohort = period.cohort
    if share:
        none = period.courses.iloc[:0]
        return life.session_facts(counts.sessions, none, cohort.basis, 1, None)
    clients = life.clients_back_again(cohort, period.since, period.until)
    return life.session_facts(
        counts.sessions, period.courses, cohort.basis, period.least_n, clients
    )


def _staying(period: Period, endings: pd.Series, *, share: bool) -> Staying:
    """The curve falls by single people: it stays here."""
    curve, n, median = life.staying_curve(period.cohort, period.since)
    if share:
        return life.staying_of(curve.iloc[:0], None, None, endings)
    return life.staying_of(curve, n, median, endings)


def _diff(period: Period, *, share: bool) -> MethodDiff:
    """Who would change category under the other rule."""
    mine = period.courses
    theirs = period.other.episodes.loc[mine.index]
    pairs = method_diff(categories(mine), categories(theirs))
    rules = period.rule.id, period.other_rule.id
    if share:
        return MethodDiff(*rules, None, pairs.iloc[:0])
    return MethodDiff(*rules, len(mine), pairs)


def _judged_scales(period: Period) -> tuple[Scale, ...]:
    changes = period.tables["changes"]
    used = set(changes.loc[changes["episode_id"].isin(period.courses.index), "scale"])
    return tuple(s for s in outcome_scales(period.scales) if s.id in used)
