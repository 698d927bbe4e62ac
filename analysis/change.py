"""Baseline against latest: reliable change, caseness, recovery (Jacobson & Truax)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.episodes import belong
from analysis.records import Scale
from analysis.schema import TABLES
from analysis.series import ROUNDING, Courses, Numbers, cases, courses_of


def changes(
    series: pd.DataFrame,
    episodes: pd.DataFrame,
    scales: Mapping[str, Scale],
    until: date,
) -> pd.DataFrame:
    """Compare first and last valid score of every episode and followed scale.

    A row is an episode and scale; gains are points of improvement. With one score
    there is nothing to compare yet: gain and what follows from it stay empty. So do
    rci and the reliable verdicts where a scale has no reliable change, and caseness
    and recovery where it has no cut-off. Series of episodes not listed are left out.
    """
    followed = [name for name, scale in scales.items() if scale.followed]
    known = series[belong(series, episodes)]
    courses = courses_of(known, scales, until, followed)
    if not len(courses):
        return TABLES["changes"].empty()
    threshold, sem, measure = _facts(courses, scales)
    first, last = courses.first, courses.last
    gain = np.where(courses.n > 1, courses.gain[last] - courses.gain[first], np.nan)
    was_case = cases(courses.value[first], courses.keys["scale"], scales)
    is_case = cases(courses.value[last], courses.keys["scale"], scales)
    better = _verdict(gain >= threshold - ROUNDING, gain, threshold)
    recovered = (was_case & ~is_case).mask(courses.n < 2)
    return courses.keys.assign(
        measure=measure,
        baseline_date=_dates(courses.day[first]),
        baseline=courses.value[first],
        latest_date=_dates(courses.day[last]),
        latest=courses.value[last],
        n_scores=courses.n,
        gain=gain,
        rci=gain / (np.sqrt(2) * sem),
        reliable_change=threshold,
        reliable_improvement=better,
        reliable_deterioration=_verdict(-gain >= threshold - ROUNDING, gain, threshold),
        is_case_at_baseline=was_case,
        is_case_now=is_case,
        recovery=recovered,
        reliable_recovery=recovered & better,
    )[TABLES["changes"].names]


def _facts(
    courses: Courses, scales: Mapping[str, Scale]
) -> tuple[Numbers, Numbers, pd.Series]:
    code, names = pd.factorize(courses.keys["scale"])
    own = [scales[name] for name in names]
    threshold = np.array([scale.reliable_change or np.nan for scale in own], float)
    sem = np.array([scale.sem or np.nan for scale in own], float)
    measure = pd.Series([scale.measure for scale in own], dtype="str")
    return threshold[code], sem[code], measure.take(code).reset_index(drop=True)


def _verdict(
    holds: npt.NDArray[np.bool_], gain: Numbers, threshold: Numbers
) -> pd.Series:
    unknown = np.isnan(gain) | np.isnan(threshold)
    return pd.Series(pd.arrays.BooleanArray(holds, unknown))


def _dates(days: npt.NDArray[np.int64]) -> npt.NDArray[np.datetime64]:
    return days.astype("datetime64[D]").astype("datetime64[s]")
