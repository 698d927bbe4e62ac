"""Generalised least squares with correlated errors inside groups, by REML or ML.

Correlation of two scores of one group: none; ar1, car1: phi to the power of the time
between them; cs: the same for all pairs. Held against nlme's gls.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import optimize, stats

Numbers = npt.NDArray[np.float64]
Correlation = Literal["none", "ar1", "car1", "cs"]

# Nearer to 1 the error is a random walk and the line is not told from it.
BOUNDARY = 0.95
GRID = 41  # starting points of the search for phi: the likelihood may have two hills


@dataclass(frozen=True)
class GlsFit:
    """A fitted line: fixed (term: estimate, se, low, high by t), and its errors.

    at_boundary: phi beyond 0.95, where the figures depend on the optimiser.
    """

    fixed: pd.DataFrame
    phi: float | None
    sigma: float
    log_likelihood: float
    n_obs: int
    at_boundary: bool


@dataclass(frozen=True)
class _Data:
    y: Numbers
    x: Numbers
    gap: Numbers  # time since the score before in the group; missing for the first
    group: npt.NDArray[np.int64]
    is_reml: bool


def fit_gls(
    y: npt.ArrayLike,
    time: npt.ArrayLike,
    group: npt.ArrayLike | None = None,
    correlation: Correlation = "ar1",
    method: Literal["REML", "ML"] = "REML",
) -> GlsFit | None:
    """Fit y ~ 1 + time; without `group` all scores belong to one.

    Rows with anything missing are left out, order does not matter. None with fewer
    than 4 scores or one distinct time. ar1 needs whole times; car1 takes any.
    """
    data = _prepared(y, time, group, method == "REML")
    if len(data.y) < 4 or np.ptp(data.x[:, 1]) == 0:
        return None
    phi = None if correlation == "none" else _best_phi(data, correlation)
    return _described(data, correlation, phi)


def _prepared(
    y: npt.ArrayLike, time: npt.ArrayLike, group: npt.ArrayLike | None, is_reml: bool
) -> _Data:
    rows = pd.DataFrame({"y": np.asarray(y, float), "time": np.asarray(time, float)})
    rows["group"] = 0 if group is None else pd.factorize(np.asarray(group))[0]
    rows = rows.dropna().sort_values(["group", "time"], kind="stable")
    gap = rows.groupby("group")["time"].diff().to_numpy(float)
    t = rows["time"].to_numpy()
    return _Data(
        rows["y"].to_numpy(),
        np.column_stack([np.ones(len(t)), t]),
        gap,
        rows["group"].to_numpy(),
        is_reml,
    )


def _whitened(
    data: _Data, correlation: Correlation, phi: float | None
) -> tuple[Numbers, float]:
    """Design and outcome made independent, and the log determinant of their errors."""
    both = np.column_stack([data.x, data.y])
    if phi is None:
        return both, 0.0
    if correlation == "cs":
        return _exchangeable(both, data.group, phi)
    later = ~np.isnan(data.gap)
    carried = np.where(later, _power(phi, np.where(later, data.gap, 1.0)), 0.0)
    before = np.vstack([np.zeros(both.shape[1]), both[:-1]])
    left = 1 - carried**2
    turned = (both - carried[:, None] * before) / np.sqrt(left)[:, None]
    return turned, float(np.log(left).sum())


def _power(phi: float, gap: Numbers) -> Numbers:
    if phi >= 0:
        return phi**gap
    return np.where(np.round(gap) % 2 == 0, 1.0, -1.0) * np.abs(phi) ** gap


def _exchangeable(
    both: Numbers, group: npt.NDArray[np.int64], rho: float
) -> tuple[Numbers, float]:
    n = np.bincount(group).astype(float)
    means = np.column_stack(
        [np.bincount(group, weights=column) / n for column in both.T]
    )
    outer = np.sqrt((1 - rho) / (1 + (n - 1) * rho))
    turned = both - (1 - outer)[group][:, None] * means[group]
    log_det = (n - 1) * np.log(1 - rho) + np.log(1 + (n - 1) * rho)
    return turned / np.sqrt(1 - rho), float(log_det.sum())


def _criterion(data: _Data, correlation: Correlation, phi: float | None) -> float:
    """Minus twice the log-likelihood, profiled over line and variance."""
    turned, log_det = _whitened(data, correlation, phi)
    x, y = turned[:, :-1], turned[:, -1]
    beta = np.linalg.lstsq(x, y, rcond=None)[0]
    rest = float(((y - x @ beta) ** 2).sum())
    free = len(y) - (x.shape[1] if data.is_reml else 0)
    value = free * (1 + np.log(2 * np.pi * rest / free)) + log_det
    if data.is_reml:
        value += float(np.linalg.slogdet(x.T @ x)[1])
    return float(value)


def _best_phi(data: _Data, correlation: Correlation) -> float:
    low, high = _range(data, correlation)
    grid = np.linspace(low, high, GRID)[1:-1]
    values = [_criterion(data, correlation, float(phi)) for phi in grid]
    at = int(np.argmin(values))
    step = grid[1] - grid[0]
    found = optimize.minimize_scalar(
        lambda phi: _criterion(data, correlation, phi),
        bounds=(max(grid[at] - step, low + 1e-9), min(grid[at] + step, high - 1e-9)),
        method="bounded",
        options={"xatol": 1e-10},
    )
    return float(found.x)


def _range(data: _Data, correlation: Correlation) -> tuple[float, float]:
    if correlation == "car1":
        return 0.0, 1.0
    if correlation == "cs":
        return -1 / (np.bincount(data.group).max() - 1), 1.0
    return -1.0, 1.0


def _described(data: _Data, correlation: Correlation, phi: float | None) -> GlsFit:
    turned, _ = _whitened(data, correlation, phi)
    x, y = turned[:, :-1], turned[:, -1]
    beta = np.linalg.lstsq(x, y, rcond=None)[0]
    n, p = x.shape
    # nlme reports standard errors with n - p whatever the method
    rest = float(((y - x @ beta) ** 2).sum())
    sigma2 = rest / (n - p if data.is_reml else n)
    se = np.sqrt(np.diag(np.linalg.inv(x.T @ x)) * rest / (n - p))
    reach = stats.t.ppf(0.975, n - p) * se
    fixed = pd.DataFrame(
        {"estimate": beta, "se": se, "low": beta - reach, "high": beta + reach},
        index=pd.Index(["intercept", "time"], name="term"),
    )
    return GlsFit(
        fixed=fixed,
        phi=phi,
        sigma=float(np.sqrt(sigma2)),
        log_likelihood=-_criterion(data, correlation, phi) / 2,
        n_obs=n,
        at_boundary=phi is not None and abs(phi) > BOUNDARY,
    )
