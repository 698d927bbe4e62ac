"""The likelihood of a mixed model with at most two random effects, from group sums.

For random effects with relative covariance G and a group's cross-products S = Z'Z,
everything needed is a closed form of 2 x 2 matrices: H = I + S G, the weights
w = H^-1 Z'v of each column v (covariates and outcome), and sums of w w' and w v'.
Without slopes the second random effect is zero throughout.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import optimize

Numbers = npt.NDArray[np.float64]
Slopes = Literal["correlated", "independent", "none"]

# Slope of the criterion per observation that counts as flat.
GRADIENT_TOLERANCE = 1e-6
# Two starts must agree to so much of the criterion.
CRITERION_TOLERANCE = 1e-6
# A relative SD below this lies at the boundary.
AT_BOUND = 1e-9


@dataclass(frozen=True)
class Sums:
    """Cross-products of every group, and those over all observations.

    s: (3, m) entries 11, 12, 22 of Z'Z. v: (2, m, k) of Z'[x_1 … x_p, y].
    total: (k, k) of [x … y]'[x … y].
    """

    s: Numbers
    v: Numbers
    total: Numbers
    n: int
    is_reml: bool

    @property
    def p(self) -> int:
        """Number of fixed effects."""
        return len(self.total) - 1

    @property
    def free(self) -> int:
        """Observations, less the fixed effects under REML."""
        return self.n - (self.p if self.is_reml else 0)


def group_sums(
    x: Sequence[Numbers],
    y: Numbers,
    codes: npt.NDArray[np.int64],
    slopes: Slopes,
    is_reml: bool,
) -> Sums:
    """Add up the cross-products; x[0] is 1, x[1] is time where slopes vary."""
    columns = [*x, y]
    m = int(codes.max()) + 1

    def per_group(values: Numbers) -> Numbers:
        return np.bincount(codes, weights=values, minlength=m).astype(float)

    first = np.column_stack([per_group(column) for column in columns])
    s = np.zeros((3, m))
    s[0] = first[:, 0]
    second = np.zeros_like(first)
    if slopes != "none":
        second = np.column_stack([per_group(x[1] * column) for column in columns])
        s[1], s[2] = second[:, 0], second[:, 1]
    design = np.column_stack(columns)
    return Sums(s, np.stack([first, second]), design.T @ design, len(y), is_reml)


@dataclass(frozen=True)
class Solution:
    """The model at one relative Cholesky factor of the random effects."""

    factor: Numbers  # (2, 2) lower triangle
    criterion: float  # minus twice the profiled log-likelihood, up to a constant
    gradient: Numbers  # (2, 2), of the criterion by the factor
    beta: Numbers  # (p,)
    information: Numbers  # (p, p): X'V^-1 X times the residual variance
    variance: float  # of the residuals
    log_det: float

    @property
    def relative(self) -> Numbers:
        """Covariance of the random effects over the residual variance."""
        return self.factor @ self.factor.T


def at(factor: Numbers, sums: Sums) -> Solution:
    """Solve for fixed effects, residual variance and gradient at one factor."""
    g = factor @ factor.T
    weights, det, log_det = _weights(g, sums)
    stacked, plain = weights.reshape(2, -1, sums.p + 1), sums.v
    # sums over groups of v' C v = v' G w, for every pair of columns
    crossed = np.einsum("ab,amj,bmk->jk", g, plain, stacked, optimize=True)
    reduced = sums.total - (crossed + crossed.T) / 2
    information, xy = reduced[:-1, :-1], reduced[:-1, -1]
    beta = np.linalg.solve(information, xy)
    rest = float(reduced[-1, -1] - beta @ xy)
    criterion = log_det + sums.free * np.log(rest)
    if sums.is_reml:
        criterion += float(np.linalg.slogdet(information)[1])
    by_g = _gradient(g, det, stacked, beta, information, rest, sums)
    return Solution(
        factor=factor,
        criterion=float(criterion),
        gradient=2 * by_g @ factor,
        beta=beta,
        information=information,
        variance=rest / sums.free,
        log_det=log_det,
    )


def _weights(g: Numbers, sums: Sums) -> tuple[Numbers, Numbers, float]:
    """H^-1 v for every group and column, det H, and the sum of log det H."""
    s11, s12, s22 = sums.s
    h11 = 1 + s11 * g[0, 0] + s12 * g[0, 1]
    h12 = s11 * g[0, 1] + s12 * g[1, 1]
    h21 = s12 * g[0, 0] + s22 * g[0, 1]
    h22 = 1 + s12 * g[0, 1] + s22 * g[1, 1]
    det = h11 * h22 - h12 * h21
    v1, v2 = sums.v
    weights = np.empty_like(sums.v)
    weights[0] = (h22 / det)[:, None] * v1 - (h12 / det)[:, None] * v2
    weights[1] = (h11 / det)[:, None] * v2 - (h21 / det)[:, None] * v1
    return weights, det, float(np.log(det).sum())


def _gradient(
    g: Numbers,
    det: Numbers,
    weights: Numbers,
    beta: Numbers,
    information: Numbers,
    rest: float,
    sums: Sums,
) -> Numbers:
    """Derivative of the criterion by the relative covariance (2 x 2)."""
    s11, s12, s22 = sums.s
    inner = s11 * s22 - s12**2
    off = float(((s12 - inner * g[0, 1]) / det).sum())
    first = float(((s11 + inner * g[1, 1]) / det).sum())
    second = float(((s22 + inner * g[0, 0]) / det).sum())
    slope = np.array([[first, off], [off, second]])
    residual = weights[:, :, -1] - weights[:, :, :-1] @ beta
    slope = slope - sums.free / rest * (residual @ residual.T)
    if sums.is_reml:
        fixed = weights[:, :, :-1]
        inverse = np.linalg.inv(information)
        slope = slope - np.einsum(
            "amp,pr,bmr->ab", fixed, inverse, fixed, optimize=True
        )
    return slope


# Which entries of the factor are free, and where two searches start (relative SDs).
_FREE: dict[str, list[tuple[int, int]]] = {
    "none": [(0, 0)],
    "independent": [(0, 0), (1, 1)],
    "correlated": [(0, 0), (1, 0), (1, 1)],
}
_STARTS: dict[str, tuple[list[float], list[float]]] = {
    "none": ([1.0], [0.2]),
    "independent": ([1.0, 0.3], [0.2, 1.0]),
    "correlated": ([1.0, 0.0, 0.3], [0.3, 0.1, 1.0]),
}


def optimum(sums: Sums, slopes: Slopes) -> tuple[Solution, bool]:
    """Find the best factor, and whether that is verified.

    Verified: the gradient is flat (at a bound: nothing is gained by moving inwards);
    else a second start must end at the same criterion.
    """
    first, second = _STARTS[slopes]
    found = _search(sums, slopes, first)
    if is_flat(found, sums, slopes):
        return found, True
    again = _search(sums, slopes, second)
    best = min(found, again, key=lambda solution: solution.criterion)
    agree = abs(found.criterion - again.criterion) < CRITERION_TOLERANCE
    return best, agree or is_flat(best, sums, slopes)


def _search(sums: Sums, slopes: Slopes, start: Sequence[float]) -> Solution:
    places = _FREE[slopes]

    def solve(theta: Numbers) -> Solution:
        factor = np.zeros((2, 2))
        for place, value in zip(places, theta, strict=True):
            factor[place] = value
        return at(factor, sums)

    def criterion(theta: Numbers) -> tuple[float, Numbers]:
        solution = solve(theta)
        slope = np.array([solution.gradient[place] for place in places])
        return solution.criterion / sums.n, slope / sums.n

    found = optimize.minimize(
        criterion,
        np.asarray(start),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0, None) if row == column else (None, None) for row, column in places],
        options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 200},
    )
    return solve(found.x)


def is_flat(solution: Solution, sums: Sums, slopes: Slopes) -> bool:
    """Whether no free entry of the factor would lower the criterion."""
    for place in _FREE[slopes]:
        slope = solution.gradient[place] / sums.n
        is_bound = place[0] == place[1] and solution.factor[place] <= AT_BOUND
        if abs(slope) > GRADIENT_TOLERANCE and not (is_bound and slope >= 0):
            return False
    return True


def conditional(solution: Solution, sums: Sums) -> tuple[Numbers, Numbers, Numbers]:
    """Deviations of every group, their covariance and that of the whole.

    Returns deviation (m, 2); its conditional covariance (m, 2, 2), as lme4 gives it;
    and the prediction error of fixed part plus deviation (m, 2, 2), which adds what
    the uncertain fixed effects contribute (Henderson 1975).
    """
    g = solution.relative
    weights, det, _ = _weights(g, sums)
    residual = weights[:, :, -1] - weights[:, :, :-1] @ solution.beta
    deviation = (g @ residual).T
    s11, s12, s22 = sums.s
    g_det = float(np.linalg.det(g))
    shrink = np.empty((len(det), 2, 2))
    shrink[:, 0, 0] = (g[0, 0] + g_det * s22) / det
    shrink[:, 1, 1] = (g[1, 1] + g_det * s11) / det
    shrink[:, 0, 1] = shrink[:, 1, 0] = (g[0, 1] - g_det * s12) / det
    pulled = np.einsum("ab,bmp->map", g, weights[:, :, :-1])
    lever = np.eye(2, sums.p) - pulled
    added = np.einsum(
        "map,pr,mbr->mab", lever, np.linalg.inv(solution.information), lever
    )
    variance = solution.variance
    return deviation, shrink * variance, (shrink + added) * variance
