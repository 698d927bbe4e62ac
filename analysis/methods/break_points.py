"""Piecewise levels or lines with break points chosen by BIC (Bai & Perron 2003)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Shape = Literal["level", "trend"]


@dataclass(frozen=True)
class Breaks:
    """The best piecewise fit for each number of breaks, and the one BIC prefers.

    rss, bic: by number of breaks, from 0. last_of_segments: for the preferred number,
    the positions (from 1) of the last score of every segment but the last. sup_f: the
    largest F of one break against none, times the coefficients of a segment (as
    strucchange gives it); None where no break fits in.
    """

    n: int
    rss: tuple[float, ...]
    bic: tuple[float, ...]
    n_breaks: int
    last_of_segments: tuple[int, ...]
    one_break_after: int | None
    sup_f: float | None


def find_breaks(
    value: npt.ArrayLike,
    time: npt.ArrayLike | None = None,
    shape: Shape = "level",
    least: int = 3,
    most: int | None = None,
) -> Breaks | None:
    """Split a series into segments of at least `least` scores.

    Scores in order of time, missing ones left out; `time` is needed for lines. most:
    the largest number of breaks tried (default: as many as fit). None with fewer than
    `least` scores.
    """
    y, t = _prepared(value, time)
    n, k = len(y), 1 if shape == "level" else 2
    if n < max(least, k + 1):
        return None
    cost = _costs(y, t, shape, least)
    fits = n // least - 1 if most is None else min(most, n // least - 1)
    totals, paths = _partitions(cost, max(fits, 0), least)
    bic = [_bic(rss, n, breaks, k) for breaks, rss in enumerate(totals)]
    best = int(np.argmin(bic))
    sup_f = None
    if len(totals) > 1:
        left = totals[1] / (n - 2 * k)
        sup_f = (totals[0] - totals[1]) / left if left > 0 else float("inf")
    return Breaks(
        n=n,
        rss=tuple(totals),
        bic=tuple(bic),
        n_breaks=best,
        last_of_segments=paths[best],
        one_break_after=paths[1][0] if len(paths) > 1 else None,
        sup_f=sup_f,
    )


def _prepared(
    value: npt.ArrayLike, time: npt.ArrayLike | None
) -> tuple[Numbers, Numbers]:
    y = np.asarray(value, float)
    t = np.arange(1.0, len(y) + 1) if time is None else np.asarray(time, float)
    known = ~(np.isnan(y) | np.isnan(t))
    order = np.argsort(t[known], kind="stable")
    return y[known][order], t[known][order]


def _bic(rss: float, n: int, breaks: int, k: int) -> float:
    """BIC with a parameter for each coefficient, each break and the variance."""
    parameters = (breaks + 1) * (k + 1)
    floor = np.finfo(float).tiny  # a perfect fit has no logarithm
    return float(n * (np.log(max(rss, floor) / n) + 1 + np.log(2 * np.pi))) + float(
        parameters * np.log(n)
    )


def _costs(y: Numbers, t: Numbers, shape: Shape, least: int) -> Numbers:
    """Residual sum of squares of every segment i to j; infinite where too short."""
    n = len(y)
    cost = np.full((n, n), np.inf)
    for i in range(n):
        for j in range(i + least - 1, n):
            own, at = y[i : j + 1], t[i : j + 1]
            rest = own - own.mean()
            spread = ((at - at.mean()) ** 2).sum()
            if shape == "trend" and spread > 0:
                rest = rest - (rest @ (at - at.mean())) / spread * (at - at.mean())
            cost[i, j] = rest @ rest
    return cost


def _partitions(
    cost: Numbers, most: int, least: int
) -> tuple[list[float], list[tuple[int, ...]]]:
    """Cheapest split of all scores into 1, 2, … segments, by dynamic programming."""
    n = len(cost)
    best, ends = [cost[0].copy()], [np.zeros(n, int)]
    for _ in range(most):
        previous = best[-1]
        totals = previous[:-1, None] + cost[1:, :]
        best.append(totals.min(axis=0))
        ends.append(totals.argmin(axis=0))
    totals_of_all, paths = [], []
    for breaks in range(most + 1):
        if not np.isfinite(best[breaks][-1]):
            break
        totals_of_all.append(float(best[breaks][-1]))
        path, last = [], n - 1
        for step in range(breaks, 0, -1):
            last = int(ends[step][last])
            path.append(last + 1)
        paths.append(tuple(reversed(path)))
    return totals_of_all, paths
