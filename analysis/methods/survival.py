"""Kaplan–Meier: how long people stay (Kaplan & Meier 1958), through statsmodels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight


@dataclass(frozen=True)
class KaplanMeier:
    """A staying curve.

    curve: time, staying (share still there just after), low, high (95 %, log-log),
    at_risk, left; starts at time 0 with everybody. median: the first time at which
    half or fewer stay, None where that is not reached.
    """

    curve: pd.DataFrame
    n: int
    median: float | None


COLUMNS = ("time", "staying", "low", "high", "at_risk", "left")


def kaplan_meier(
    time: npt.ArrayLike, has_left: npt.ArrayLike, level: float = 0.95
) -> KaplanMeier:
    """Estimate staying from times and whether people left then (else still there).

    Rows with a missing time, or before time 0, are left out. Nobody gives an empty
    curve.
    """
    when, event = np.asarray(time, float), np.asarray(has_left, bool)
    known = ~np.isnan(when) & (when >= 0)
    when, event = when[known], event[known]
    if not len(when):
        return KaplanMeier(pd.DataFrame({name: [] for name in COLUMNS}), 0, None)
    start = pd.DataFrame([[0.0, 1.0, 1.0, 1.0, len(when), 0]], columns=list(COLUMNS))
    if not event.any():
        return KaplanMeier(start, len(when), None)
    # statsmodels leaves out who left at time 0 unless time is moved: add one
    fit = SurvfuncRight(when + 1, event.astype(int))
    staying = np.asarray(fit.surv_prob, float)
    low, high = _interval(staying, np.asarray(fit.surv_prob_se, float), level)
    steps = pd.DataFrame(
        {
            "time": np.asarray(fit.surv_times, float) - 1,
            "staying": staying,
            "low": low,
            "high": high,
            "at_risk": np.asarray(fit.n_risk).astype(int),
            "left": np.asarray(fit.n_events).astype(int),
        }
    )
    below = steps.loc[staying <= 0.5 + 1e-12, "time"]
    median = float(below.iloc[0]) if len(below) else None
    return KaplanMeier(pd.concat([start, steps], ignore_index=True), len(when), median)


def _interval(
    staying: npt.NDArray[np.float64], se: npt.NDArray[np.float64], level: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Log-log interval: stays inside 0 and 1; a share of 0 or 1 has none but itself."""
    inside = (staying > 0) & (staying < 1)
    s = np.where(inside, staying, 0.5)
    reach = stats.norm.ppf((1 + level) / 2) * np.where(inside, se, 0)
    turned = np.exp(reach / (s * np.log(s)))
    return np.where(inside, s ** (1 / turned), staying), np.where(
        inside, s**turned, staying
    )
