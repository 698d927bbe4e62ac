"""Outcomes by month, first against last scores, and moves between severity bands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.caseload.cohort import Cohort, Tables, outcome_scales
from analysis.caseload.outcomes import PARTS, count_of, outcome_flags
from analysis.caseload.records import (
    OUTCOMES,
    ControlChart,
    EffectSize,
    Migration,
    Pairs,
)
from analysis.methods.control_charts import XmR, xmr
from analysis.methods.effect_sizes import Moments, effects_of, paired_moments
from analysis.records import Scale

Numbers = npt.NDArray[np.float64]

# Months drawn, back from the report's day: two years, so that limits are no trial.
MONTHS = 24
# Which way is up: what neither gets better nor worse has no side.
GOOD_WHEN_HIGH = {
    "reliable_improvement": 1,
    "recovery": 1,
    "reliable_recovery": 1,
    "reliable_deterioration": -1,
}
# Points of a scatter; beyond that every so-many-th client is drawn, which is said.
MOST_POINTS = 2_000


def monthly_counts(cohort: Cohort, since: date, until: date) -> pd.DataFrame:
    """Count outcomes of finished courses by the month they ended in.

    From two years back (or `since`, if that is earlier), but not before the first
    finished course. Rows are months (index Period), columns those of the outcomes.
    """
    last = pd.Period(until, "M")
    start = min(pd.Period(since, "M"), last - (MONTHS - 1))
    courses = cohort.finished(start.start_time.date(), until)
    month = courses["end"].dt.to_period("M")
    if not len(courses):
        return outcome_flags(courses).astype("Int64").set_index(month)
    counts = outcome_flags(courses).groupby(month).sum()
    every = pd.period_range(month.min(), last, freq="M")
    # a month in which no course ended has a count of zero and no rate
    return counts.reindex(every, fill_value=0).astype("Int64")


def charts_of(counts: pd.DataFrame) -> tuple[ControlChart, ...]:
    """One XmR chart per outcome, from the monthly counts."""
    return tuple(_chart(name, counts) for name in OUTCOMES)


def _chart(name: str, counts: pd.DataFrame) -> ControlChart:
    numerator, denominator = PARTS[name]
    n = counts[numerator].astype("Float64")
    of = counts[denominator].astype("Float64")
    share = (n / of.where(of > 0)).to_numpy(dtype=float, na_value=np.nan)
    chart = xmr(share)
    points = pd.DataFrame(
        {
            "month": counts.index.to_timestamp(),
            "n": counts[numerator].to_numpy(),
            "of": counts[denominator].to_numpy(),
            "share": share,
            "gap": np.abs(np.diff(share, prepend=np.nan)),
            "signal": _words(chart),
            "side": _sides(chart, share, GOOD_WHEN_HIGH.get(name, 0)),
        }
    )
    lower = None if chart.lower is None else max(chart.lower, 0.0)
    upper = None if chart.upper is None else min(chart.upper, 1.0)
    return ControlChart(name, points, chart.mean, lower, upper, chart.is_trial)


def _sides(chart: XmR, share: Numbers, good: int) -> list[str]:
    """Whether a signal is good or bad news; nothing for what is neither.

    A run of rises or falls is read by its direction, every other signal by its side
    of the mean. good: 1 where a high share is good news, -1 where it is bad news.
    """
    step = np.sign(np.diff(share, prepend=np.nan))
    # the first of a run of rises points where the next one does
    step = np.where(np.isnan(step), np.roll(step, -1), step)
    above = np.sign(share - (np.nan if chart.mean is None else chart.mean))
    of_level = chart.outside | chart.run | chart.near_limit
    way = np.where(of_level, above, np.where(chart.trend, step, 0.0)) * good
    return np.select([way > 0, way < 0], ["better", "worse"], "").tolist()


def _words(chart: XmR) -> list[str]:
    names = ("outside", "run", "trend", "near_limit")
    marks = [getattr(chart, name) for name in names]
    return [
        " ".join(name for name, mark in zip(names, row, strict=True) if mark)
        for row in zip(*marks, strict=True)
    ]


def paired_changes(
    tables: Tables, scales: Mapping[str, Scale], courses: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """First and last scores of finished courses, by outcome scale, most pairs first."""
    changes = tables["changes"]
    rows = changes[
        changes["episode_id"].isin(courses.index) & (changes["n_scores"] >= 2)
    ]
    found = {
        scale.id: rows[rows["scale"] == scale.id].sort_values("episode_id")
        for scale in outcome_scales(scales)
    }
    kept = {name: own for name, own in found.items() if len(own)}
    return dict(sorted(kept.items(), key=lambda item: -len(item[1])))


def pairs_of(
    changes: Mapping[str, pd.DataFrame], scales: Mapping[str, Scale]
) -> tuple[Pairs, ...]:
    """Scatters of first and last scores, thinned evenly where there are very many."""
    return tuple(_pairs(scales[name], rows) for name, rows in changes.items())


def _pairs(scale: Scale, rows: pd.DataFrame) -> Pairs:
    n = len(rows)
    drawn = np.unique(np.linspace(0, n - 1, min(n, MOST_POINTS)).round().astype(int))
    chosen = rows.iloc[drawn]
    points = pd.DataFrame(
        {
            "client_id": chosen["client_id"].to_numpy(),
            "baseline": chosen["baseline"].to_numpy(float),
            "latest": chosen["latest"].to_numpy(float),
            "gain": chosen["gain"].to_numpy(float),
            "improved": chosen["reliable_improvement"].to_numpy(),
            "deteriorated": chosen["reliable_deterioration"].to_numpy(),
            "recovered": chosen["recovery"].to_numpy(),
        }
    )
    return Pairs(scale, points, n, len(points))


def band_order(scale: Scale) -> tuple[str, ...]:
    """Names of the bands, mildest first."""
    rising = [band.label for band in sorted(scale.bands, key=lambda band: band.low)]
    return tuple(rising if scale.higher_is == "worse" else rising[::-1])


def migration_counts(scale: Scale, rows: pd.DataFrame) -> pd.DataFrame:
    """Count pairs by band at baseline (rows) and at the last score (columns)."""
    bands = band_order(scale)
    before = _band_numbers(rows["baseline"].to_numpy(float), scale)
    after = _band_numbers(rows["latest"].to_numpy(float), scale)
    known = (before >= 0) & (after >= 0)
    cell = before[known] * len(bands) + after[known]
    counts = np.bincount(cell, minlength=len(bands) ** 2)
    square = counts.reshape(len(bands), len(bands))
    return pd.DataFrame(square, index=bands, columns=bands).astype("Int64")


def _band_numbers(
    scores: npt.NDArray[np.float64], scale: Scale
) -> npt.NDArray[np.int64]:
    """Position of each score's band in `band_order`; -1 below the first one."""
    bands = sorted(scale.bands, key=lambda band: band.low)
    found = np.searchsorted([band.low for band in bands], scores, side="right") - 1
    turned = found if scale.higher_is == "worse" else len(bands) - 1 - found
    return np.where(found < 0, -1, turned)


def migration_of(scale: Scale, counts: pd.DataFrame, totals: pd.Series) -> Migration:
    """A migration from its counts and totals (n, better, same, worse)."""
    return Migration(
        scale=scale,
        bands=band_order(scale),
        counts=counts,
        n=count_of(totals["n"]),
        n_better=count_of(totals["better"]),
        n_same=count_of(totals["same"]),
        n_worse=count_of(totals["worse"]),
    )


def migration_totals(counts: pd.DataFrame) -> pd.Series:
    """All pairs, and those that moved to a milder, the same or a graver band."""
    square = counts.to_numpy(dtype=int)
    totals = {
        "n": square.sum(),
        "better": np.tril(square, -1).sum(),
        "same": np.trace(square),
        "worse": np.triu(square, 1).sum(),
    }
    return pd.Series(totals, dtype="Int64")


def moments_of(
    changes: Mapping[str, pd.DataFrame], scales: Mapping[str, Scale]
) -> dict[str, Moments]:
    """Means and SDs of first and last scores by scale, turned so that up is better."""
    found = {}
    for name, rows in changes.items():
        sign = scales[name].gain(0, 1)
        moments = paired_moments(sign * rows["baseline"], sign * rows["latest"])
        if moments is not None:
            found[name] = moments
    return found


def effect_sizes_of(
    moments: Mapping[str, Moments], scales: Mapping[str, Scale]
) -> tuple[EffectSize, ...]:
    """Standardise each scale's change by three SDs, each named; gain is positive."""
    made: list[EffectSize] = []
    for name, own in moments.items():
        scale = scales[name]
        sign = scale.gain(0, 1)
        effects = effects_of(own)
        for by, sd, (value, low, high) in (
            ("pre", effects.sd_pre, effects.by_pre),
            ("both", _both(effects.sd_pre, effects.sd_post), effects.by_both),
            ("change", effects.sd_change, effects.by_change),
        ):
            made.append(
                EffectSize(
                    scale=scale,
                    by=by,
                    n=effects.n,
                    value=value,
                    low=low,
                    high=high,
                    mean_gain=effects.mean_change,
                    sd=sd,
                    mean_before=sign * effects.mean_pre,
                    mean_after=sign * effects.mean_post,
                )
            )
    return tuple(made)


def _both(one: float, other: float) -> float:
    return float(np.sqrt((one**2 + other**2) / 2))
