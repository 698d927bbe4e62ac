"""Completeness and outcomes: counts by group first, then rates made of the counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from analysis.caseload.cohort import RECENT_DAYS, SESSIONS_OF_A_COURSE, Cohort
from analysis.caseload.records import OUTCOMES, OutcomeRate, Stages
from analysis.methods.measure_rules import MeasureRule, Reference
from analysis.methods.rates import difference, missing_bounds, wilson
from analysis.records import Rate

ALL = "all"
# Numerator and denominator of each outcome, as columns of the counts.
PARTS = {
    "reliable_improvement": ("improved", "paired"),
    "recovery": ("recovered", "paired_cases"),
    "reliable_recovery": ("reliably_recovered", "paired_cases"),
    "no_reliable_change": ("unchanged", "paired"),
    "reliable_deterioration": ("deteriorated", "paired"),
}
# Who is missing from each denominator for want of a last score.
MISSING = {"paired": "unpaired", "paired_cases": "unpaired_cases"}

STAGE_COLUMNS = (
    "referred",
    "did_not_start",
    "started",
    "still_open",
    "left_early",
    "finished",
    "unpaired",
    "paired",
    "open_recent",
)
OUTCOME_COLUMNS = (
    "finished",
    "paired",
    "unpaired",
    "paired_cases",
    "unpaired_cases",
    "improved",
    "unchanged",
    "deteriorated",
    "recovered",
    "reliably_recovered",
)


def stage_counts(cohort: Cohort, since: date, until: date) -> pd.DataFrame:
    """Count the completeness funnel: a row for "all" and one per programme."""
    rows = cohort.during(since, until)
    started = rows["n_attended"] > 0
    still_open = started & rows["is_open"]
    enough = rows["n_treatment"] >= SESSIONS_OF_A_COURSE
    finished = started & ~rows["is_open"] & enough
    recent = rows["last_score"] >= pd.Timestamp(until) - pd.Timedelta(days=RECENT_DAYS)
    flags = pd.DataFrame(
        {
            "referred": True,
            "did_not_start": ~started,
            "started": started,
            "still_open": still_open,
            "left_early": started & ~rows["is_open"] & ~enough,
            "finished": finished,
            "unpaired": finished & ~rows["is_paired"],
            "paired": finished & rows["is_paired"],
            "open_recent": still_open & recent,
        },
        index=rows.index,
    )
    return _summed(flags, rows["programme"])


def outcome_counts(courses: pd.DataFrame) -> pd.DataFrame:
    """Count outcomes of finished courses: a row for "all" and one per programme."""
    return _summed(outcome_flags(courses), courses["programme"])


def outcome_flags(courses: pd.DataFrame) -> pd.DataFrame:
    """What each finished course counts for, as columns of OUTCOME_COLUMNS."""
    paired = courses["is_paired"]
    # without any baseline a course may have been a case: it stays a possible one
    maybe_case = courses["at_case"] | ~courses["caseness_known"]
    return pd.DataFrame(
        {
            "finished": True,
            "paired": paired,
            "unpaired": ~paired,
            "paired_cases": paired & courses["at_case"],
            "unpaired_cases": ~paired & maybe_case,
            "improved": courses["improved"],
            "unchanged": courses["unchanged"],
            "deteriorated": courses["deteriorated"],
            "recovered": courses["recovered"],
            "reliably_recovered": courses["reliably_recovered"],
        },
        index=courses.index,
    )


def _summed(flags: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    parts = {
        ALL: flags.sum().to_frame("").T,
        "programme": flags.groupby(groups).sum(),
    }
    return pd.concat(parts, names=["level", "group"]).astype("Int64")


def stages_of(counts: pd.DataFrame) -> tuple[Stages, tuple[Stages, ...]]:
    """Turn counted stages into records: over all, and by programme."""
    made = [
        Stages(
            programme=None if level == ALL else group,
            **{name: count_of(row[name]) for name in STAGE_COLUMNS[:-1]},
            judged=rate_of(row["paired"], row["finished"]),
            recent=rate_of(row["open_recent"], row["still_open"]),
        )
        for (level, group), row in counts.iterrows()
    ]
    return made[0], tuple(made[1:])


@dataclass(frozen=True)
class Comparison:
    """What rates are counted by and set beside."""

    rule: MeasureRule
    reference: Reference
    earlier: pd.DataFrame  # counts of the year before; groups may lack there
    least_n: int


def outcomes_of(
    counts: pd.DataFrame, comparison: Comparison
) -> tuple[OutcomeRate, ...]:
    """Turn counted outcomes into rates, in order of the counts' rows, then OUTCOMES."""
    return tuple(
        _outcome(name, group, row, comparison)
        for group, row in counts.iterrows()
        for name in OUTCOMES
    )


def _outcome(
    name: str, group: tuple[str, str], row: pd.Series, comparison: Comparison
) -> OutcomeRate:
    numerator, denominator = PARTS[name]
    rate = rate_of(row[numerator], row[denominator])
    missing = count_of(row[MISSING[denominator]])
    low, high, worst, best = _reach(rate, missing)
    before: Rate | None = Rate(0, 0)
    if group in comparison.earlier.index:
        then = comparison.earlier.loc[group]
        before = rate_of(then[numerator], then[denominator])
    is_all = group[0] == ALL
    return OutcomeRate(
        outcome=name,
        programme=None if is_all else group[1],
        rate=rate,
        low=low,
        high=high,
        worst=worst,
        best=best,
        official=_official(rate, missing, comparison.rule),
        n_missing=missing,
        year_before=before,
        since_before=_since(rate, before, comparison.least_n),
        reference=comparison.reference.shares[name] if is_all else None,
        is_small=rate is not None and rate.of < comparison.least_n,
    )


def _reach(rate: Rate | None, missing: int | None) -> Sequence[float | None]:
    """Wilson interval, then the bounds for missing outcomes; None where not known."""
    if rate is None or not rate.of:
        return (None,) * 4
    low, high = wilson(rate.count, rate.of)
    if missing is None:
        return float(low), float(high), None, None
    worst, best = missing_bounds(rate.count, rate.of, missing)
    return float(low), float(high), float(worst), float(best)


def _since(
    now: Rate | None, before: Rate | None, least_n: int
) -> tuple[float, float] | None:
    """What changed since the year before, where both years have enough courses."""
    if now is None or before is None or min(now.of, before.of) < least_n:
        return None
    return difference((now.count, now.of), (before.count, before.of))


def _official(rate: Rate | None, missing: int | None, rule: MeasureRule) -> Rate | None:
    if rate is None or missing is None:
        return None
    return Rate(rate.count, rate.of + (missing if rule.counts_unpaired else 0))


def count_of(value: Any) -> int | None:
    """A cell of a counts frame: a missing one is hidden."""
    return None if pd.isna(value) else int(value)


def rate_of(count: Any, of: Any) -> Rate | None:
    """A rate of two cells; hidden when one of them is."""
    n, total = count_of(count), count_of(of)
    return None if n is None or total is None else Rate(n, total)
