"""Mixed models of many short courses: random intercept, or intercept and slope.

Fitted by REML (or ML) from sums per group, so that 100,000 clients take about a second.
Time is centred and scaled inside (on raw time optimisers stop early without a word).
Convergence is checked here, by the gradient and then by a second start, not believed.
Sources: Laird & Ware 1982; Bates et al. 2015 (profiled criterion). Held against lme4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from analysis.methods.mixed_likelihood import (
    Numbers,
    Slopes,
    Solution,
    Sums,
    conditional,
    group_sums,
    optimum,
)

# A random effect with less than this share of the residual variance is singular.
SINGULAR = 1e-4
# Scaled times of one client further apart than this are different times.
SPREAD_OF_TIMES = 1e-9


@dataclass(frozen=True)
class NotFitted:
    """Why there is no model; a full answer, not a failure."""

    reason: str
    n_obs: int
    n_groups: int


@dataclass(frozen=True)
class MixedFit:
    """A fitted model, on the time scale that came in.

    fixed: term (index), estimate, se, low, high (95 %, normal).
    covariance: of intercept and slope (1 x 1 without slopes).
    groups: group (index), n, and for intercept and slope: the total (fixed part and
    own deviation), _low and _high (95 %, with the uncertainty of both parts),
    deviation_, and sd_ (conditional SD of the deviation).
    """

    fixed: pd.DataFrame
    covariance: Numbers
    residual_variance: float
    log_likelihood: float
    method: str
    slopes: Slopes
    n_obs: int
    n_groups: int
    is_converged: bool
    is_singular: bool
    fell_back: bool  # slopes could not be told from noise: random intercept instead
    groups: pd.DataFrame

    @property
    def correlation(self) -> float | None:
        """Correlation of intercept and slope; None where a variance is 0."""
        if self.covariance.shape == (1, 1) or not np.diag(self.covariance).all():
            return None
        sds = np.sqrt(np.diag(self.covariance))
        return float(self.covariance[0, 1] / (sds[0] * sds[1]))


@dataclass(frozen=True)
class _Data:
    """Complete rows, with time centred and scaled: t' = (t - centre) / spread."""

    y: Numbers
    codes: npt.NDArray[np.int64]
    groups: npt.NDArray[np.generic]
    x: tuple[Numbers, ...]
    terms: tuple[str, ...]
    has_time: bool
    centre: float
    spread: float

    @property
    def back(self) -> Numbers:
        """Turn coefficients of 1 and t' into those of 1 and t; others stay."""
        turn = np.eye(max(len(self.x), 2))
        if self.has_time:
            turn[0, 1] = -self.centre / self.spread
            turn[1, 1] = 1 / self.spread
        return turn


def fit_mixed(
    y: npt.ArrayLike,
    group: npt.ArrayLike,
    time: npt.ArrayLike | None = None,
    covariates: pd.DataFrame | None = None,
    slopes: Slopes = "correlated",
    method: Literal["REML", "ML"] = "REML",
) -> MixedFit | NotFitted:
    """Fit y ~ 1 + time + covariates with a random intercept (and slope) per group.

    y, group, time: one entry per observation, in any order; rows with anything
    missing are left out. covariates: numeric columns of the same length. Without
    `time` there is a random intercept only. slopes "independent" keeps the origin of
    time as it came in. Too little data gives NotFitted with the reason.
    """
    wanted: Slopes = slopes if time is not None else "none"
    data = _prepared(y, group, time, covariates, centres=wanted != "independent")
    reason = _too_few(data)
    if reason:
        return NotFitted(reason, len(data.y), len(data.groups))
    sums = group_sums(data.x, data.y, data.codes, wanted, method == "REML")
    fell_back = wanted != "none" and not _tells_slopes(sums)
    if fell_back:
        wanted = "none"
        sums = group_sums(data.x, data.y, data.codes, wanted, method == "REML")
    solution, is_converged = optimum(sums, wanted)
    q = 1 if wanted == "none" else 2
    back = data.back[:q, :q]
    return MixedFit(
        fixed=_fixed(data, solution),
        covariance=back @ solution.relative[:q, :q] @ back.T * solution.variance,
        residual_variance=solution.variance,
        log_likelihood=_log_likelihood(data, sums, solution),
        method=method,
        slopes=wanted,
        n_obs=sums.n,
        n_groups=len(data.groups),
        is_converged=is_converged,
        is_singular=_is_singular(solution, q),
        fell_back=fell_back,
        groups=_groups(data, sums, solution, q),
    )


def _prepared(
    y: npt.ArrayLike,
    group: npt.ArrayLike,
    time: npt.ArrayLike | None,
    covariates: pd.DataFrame | None,
    centres: bool,
) -> _Data:
    columns = {} if time is None else {"time": np.asarray(time, float)}
    if covariates is not None:
        columns |= {str(n): covariates[n].to_numpy(float) for n in covariates}
    outcome = np.asarray(y, float)
    codes, groups = pd.factorize(np.asarray(group), sort=False)
    complete = (codes >= 0) & ~np.isnan(outcome)
    for values in columns.values():
        complete &= ~np.isnan(values)
    codes, kept = pd.factorize(codes[complete])
    columns = {name: values[complete] for name, values in columns.items()}
    centre, spread = 0.0, 1.0
    if time is not None and complete.any():
        times = columns["time"]
        centre = float(times.mean()) if centres else 0.0
        spread = float(times.std()) or 1.0
        columns["time"] = (times - centre) / spread
    return _Data(
        y=outcome[complete],
        codes=codes,
        groups=np.asarray(groups)[kept],
        x=(np.ones(int(complete.sum())), *columns.values()),
        terms=("intercept", *columns),
        has_time=time is not None,
        centre=centre,
        spread=spread,
    )


def _too_few(data: _Data) -> str:
    n, m = len(data.y), len(data.groups)
    if m < 2:
        return "fewer than two groups"
    if n <= m:
        return "no group has two observations"
    if n <= len(data.x) + 1:
        return "fewer observations than effects"
    if np.linalg.matrix_rank(np.column_stack(data.x)) < len(data.x):
        return "the covariates or times do not vary enough"
    if np.ptp(data.y) == 0:
        return "all observations are the same"
    return ""


def _tells_slopes(sums: Sums) -> bool:
    """Whether slopes can be told from noise: more rows than random effects."""
    n, first, second = sums.s
    varies = second - first**2 / n > SPREAD_OF_TIMES
    return bool(varies.sum() > 1 and sums.n > 2 * len(n))


def _log_likelihood(data: _Data, sums: Sums, solution: Solution) -> float:
    criterion = sums.free * (1 + np.log(2 * np.pi * solution.variance))
    criterion += solution.log_det
    if sums.is_reml:
        # on the times as they came in: X = X' T, so that det(T) enters twice
        criterion += float(np.linalg.slogdet(solution.information)[1])
        criterion += 2 * np.log(data.spread)
    return float(-criterion / 2)


def _is_singular(solution: Solution, q: int) -> bool:
    smallest = np.linalg.eigvalsh(solution.relative[:q, :q])[0]
    return bool(smallest < SINGULAR)


def _fixed(data: _Data, solution: Solution) -> pd.DataFrame:
    p = len(data.x)
    back = data.back[:p, :p]
    covariance = back @ np.linalg.inv(solution.information) @ back.T
    beta = back @ solution.beta
    se = np.sqrt(np.diag(covariance) * solution.variance)
    reach = stats.norm.ppf(0.975) * se
    columns = {"estimate": beta, "se": se, "low": beta - reach, "high": beta + reach}
    return pd.DataFrame(columns, index=pd.Index(data.terms, name="term"))


def _groups(data: _Data, sums: Sums, solution: Solution, q: int) -> pd.DataFrame:
    deviation, own, whole = conditional(solution, sums)
    back = data.back[:q, :q]
    deviation = deviation[:, :q] @ back.T
    total = deviation + back @ solution.beta[:q]
    sd_own = np.sqrt(np.einsum("ia,mab,ib->mi", back, own[:, :q, :q], back))
    sd_whole = np.sqrt(np.einsum("ia,mab,ib->mi", back, whole[:, :q, :q], back))
    reach = stats.norm.ppf(0.975) * sd_whole
    frame = pd.DataFrame(index=pd.Index(data.groups, name="group"))
    frame["n"] = sums.s[0].astype(int)
    for i, name in enumerate(("intercept", "slope")[:q]):
        frame[name] = total[:, i]
        frame[f"{name}_low"] = total[:, i] - reach[:, i]
        frame[f"{name}_high"] = total[:, i] + reach[:, i]
        frame[f"deviation_{name}"] = deviation[:, i]
        frame[f"sd_{name}"] = sd_own[:, i]
    return frame.sort_index()
