"""Every count of the caseload report, gathered before any of them becomes a rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import pandas as pd

from analysis.caseload import life, over_time
from analysis.caseload.cohort import (
    Cohort,
    Tables,
    build_cohort,
    verdicts,
    year_before,
)
from analysis.caseload.outcomes import outcome_counts, stage_counts
from analysis.methods.measure_rules import RULES, MeasureRule
from analysis.records import Scale
from analysis.settings import Settings

ALL_ROW = ("all", "")


@dataclass(frozen=True)
class Period:
    """What one report is about, handed from step to step."""

    tables: Tables
    scales: Mapping[str, Scale]
    settings: Settings
    cohort: Cohort
    since: date
    until: date
    rule: MeasureRule

    @property
    def least_n(self) -> int:
        """No rate of a group under this many."""
        return self.settings.thresholds.suppress_rates_below

    @property
    def other_rule(self) -> MeasureRule:
        """The rule that this report is not about."""
        return next(rule for rule in RULES.values() if rule.id != self.rule.id)

    @cached_property
    def courses(self) -> pd.DataFrame:
        """Finished courses of the period."""
        return self.cohort.finished(self.since, self.until)

    @cached_property
    def other(self) -> Cohort:
        """The same episodes, judged under the other rule."""
        judged = verdicts(
            self.tables, self.scales, self.other_rule, self.cohort.episodes.index
        )
        episodes = self.cohort.episodes.drop(columns=judged.columns).join(judged)
        return replace(self.cohort, episodes=episodes)

    @cached_property
    def changes(self) -> dict[str, pd.DataFrame]:
        """First and last scores of the finished courses, by outcome scale."""
        return over_time.paired_changes(self.tables, self.scales, self.courses)


def open_period(
    tables: Tables,
    scales: Mapping[str, Scale],
    settings: Settings,
    *,
    since: date,
    until: date,
    programme: str | None,
    rule: str,
) -> Period:
    """Gather the cohort that a report counts from."""
    # the ids of millions of scores are looked up, grouped and sorted again and again
    ids = dict.fromkeys(("client_id", "episode_id", "scale"), "category")
    tables = {**tables, "series": tables["series"].astype(ids)}
    chosen = RULES[rule]
    cohort = build_cohort(tables, scales, settings, chosen, until, programme)
    return Period(tables, scales, settings, cohort, since, until, chosen)


@dataclass(frozen=True)
class Counts:
    """Every count of one report; a missing one is hidden.

    stages, outcomes, earlier, other (by the other rule): rows (level, group); monthly:
    rows are months; signs: rows are signs; sign_clients, goals, sessions, endings,
    sudden: a number per name; migrations and moves (n, better, same, worse) by scale.
    """

    stages: pd.DataFrame
    outcomes: pd.DataFrame
    earlier: pd.DataFrame
    other: pd.DataFrame
    monthly: pd.DataFrame
    migrations: Mapping[str, pd.DataFrame]
    moves: Mapping[str, pd.Series]
    signs: pd.DataFrame
    sign_clients: pd.Series
    goals: pd.Series
    sessions: pd.Series
    endings: pd.Series
    sudden: pd.Series


def count_all(period: Period) -> Counts:
    """Count everything, as it is."""
    tables, cohort = period.tables, period.cohort
    since, until = period.since, period.until
    migrations = {
        name: over_time.migration_counts(period.scales[name], rows)
        for name, rows in period.changes.items()
        if period.scales[name].bands
    }
    signs = life.sign_counts(tables, cohort)
    most = signs.sum(axis=1).max() if len(signs) else 0
    return Counts(
        stages=stage_counts(cohort, since, until),
        outcomes=outcome_counts(period.courses),
        earlier=earlier_counts(cohort, since, until),
        other=outcome_counts(period.other.finished(since, until)),
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


def earlier_counts(cohort: Cohort, since: date, until: date) -> pd.DataFrame:
    """Count outcomes of the same period a year earlier."""
    return outcome_counts(cohort.finished(year_before(since), year_before(until)))
