"""Our figures beside those of R packages, on an invented practice that ships here."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm
from statsmodels.tools.sm_exceptions import ModelWarning
from statsmodels.tsa.statespace.initialization import Initialization

from analysis.errors import AnalysisError
from analysis.methods.gls_models import Correlation, fit_gls
from analysis.methods.mixed_likelihood import Slopes
from analysis.methods.mixed_models import MixedFit, fit_mixed
from analysis.methods.trends_for_analysts import ols_table
from analysis.trend import Noise, filter_states

FOLDER = Path(__file__).parent
_MIXED: dict[str, Slopes] = {
    "lme4 random_slope": "correlated",
    "lme4 random_slope_uncorrelated": "independent",
    "lme4 random_intercept": "none",
}
_GLS: dict[str, Correlation] = {
    "nlme gls AR1": "ar1",
    "nlme gls CAR1": "car1",
    "nlme gls CS": "cs",
}
_KEYS = ["check", "key", "number"]


def compared() -> pd.DataFrame:
    """Every figure twice: check, key, number, theirs, ours."""
    rows = pd.read_csv(FOLDER / "practice.csv", dtype={"id": str})
    theirs = pd.read_csv(FOLDER / "golden.csv", dtype={"key": str})
    ours = pd.DataFrame(
        [*_mixed(rows), *_gls(rows), *_lines(rows)], columns=[*_KEYS, "ours"]
    )
    both = theirs.rename(columns={"value": "theirs"}).merge(ours, on=_KEYS, how="left")
    return pd.concat([both, _trend(rows)], ignore_index=True)


def golden_comparisons() -> pd.DataFrame:
    """A row per check: how many figures, and by how much the worst differs.

    worst is relative to the largest figure of its kind.
    """
    both = compared()
    largest = both.groupby(["check", "number"])["theirs"].transform(_largest)
    both["worst"] = (both["ours"] - both["theirs"]).abs() / largest
    table = both.groupby("check", sort=False)["worst"].agg(["count", "max"])
    return table.rename(columns={"count": "figures", "max": "worst difference"})


def _largest(values: pd.Series) -> float:
    return float(values.abs().max())


_Figure = tuple[str, str, str, float]


def _mixed(rows: pd.DataFrame) -> Iterator[_Figure]:
    for check, slopes in _MIXED.items():
        fit = fit_mixed(rows["score"], rows["id"], rows["session"], slopes=slopes)
        if not isinstance(fit, MixedFit):
            raise AnalysisError(f"practice.csv has no model: {fit.reason}")
        for term in ("intercept", "time"):
            for number in ("estimate", "se"):
                yield check, term, number, float(fit.fixed.loc[term, number])
        yield check, "model", "log_likelihood", fit.log_likelihood
        if slopes == "correlated":
            for client, slope in fit.groups["slope"].items():
                yield "lme4 client slopes", str(client), "slope", float(slope)


def _gls(rows: pd.DataFrame) -> Iterator[_Figure]:
    for check, correlation in _GLS.items():
        fit = fit_gls(rows["score"], rows["session"], rows["id"], correlation)
        if fit is None:
            raise AnalysisError("practice.csv is too short for a line")
        for number in ("estimate", "se"):
            yield check, "time", number, float(fit.fixed[number].iloc[1])


def _lines(rows: pd.DataFrame) -> Iterator[_Figure]:
    lines = ols_table(rows["id"], rows["session"], rows["score"])
    for number in ("slope", "se"):
        for client, value in lines[number].items():
            yield "lm per client", str(client), number, float(value)


def _trend(rows: pd.DataFrame) -> pd.DataFrame:
    """The trend's slope beside statsmodels' UnobservedComponents, for ten clients."""
    found = []
    for client, own in list(rows.groupby("id"))[:10]:
        known = own.sort_values("session").dropna(subset="score")
        week = known["session"].to_numpy(int) - int(known["session"].iloc[0])
        gain = np.full(week[-1] + 1, np.nan)
        gain[week] = -known["score"].to_numpy(float)
        figures = (_peer_slope(gain), _own_slope(gain))
        found.append(("statsmodels trend", client, "slope", *figures))
    return pd.DataFrame(found, columns=[*_KEYS, "theirs", "ours"])


# Noise, weekly step of the slope, its prior mean and SD: in points of the PHQ-9.
_R, _Q, _SLOPE, _SLOPE_SD = 2.38, 0.162, 0.3, 0.78


def _own_slope(gain: np.ndarray) -> float:
    noise = Noise(*(np.array([each]) for each in (_R, _Q, _SLOPE, _SLOPE_SD)))
    day, first = np.arange(len(gain)) * 7, np.array([0])
    states = filter_states(day, gain, first, np.array([len(gain)]), noise)
    return float(states.slope[-1])


def _peer_slope(gain: np.ndarray) -> float:
    model = sm.tsa.UnobservedComponents(gain, "local linear trend")
    start = Initialization(2)
    start.set((0, 1), "diffuse")
    start.set((1, 2), "known", constant=[_SLOPE], stationary_cov=[[_SLOPE_SD**2]])
    model.ssm.initialize(start)
    with warnings.catch_warnings():
        # it says that a variance of 0 is fixed, which is what is asked for
        warnings.simplefilter("ignore", ModelWarning)
        result = model.filter([_R**2, 0.0, _Q**2], cov_type="none")
    return float(result.filtered_state[1, -1])
