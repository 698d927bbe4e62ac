"""Shares of people: intervals, bounds for missing outcomes, funnel limits, many tests.

Sources: Wilson 1927; Spiegelhalter 2005 (funnel plots, additive overdispersion on the
arcsine scale); Benjamini & Hochberg 1995. A share is a number from 0 to 1 everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats
from statsmodels.stats.multitest import multipletests

Numbers = npt.NDArray[np.float64]

# The two lines of a funnel plot: 1.96 and 3.09 standard errors.
WARNING_LEVEL = 0.95
ACTION_LEVEL = 0.998
# Below this many units the spread between them says nothing about overdispersion.
MIN_UNITS_FOR_OVERDISPERSION = 10
# Share of units pulled in at each end before the overdispersion is taken.
WINSORISED = 0.10


def wilson(
    count: npt.ArrayLike, of: npt.ArrayLike, level: float = 0.95
) -> tuple[Numbers, Numbers]:
    """Give the Wilson score interval of each share; NaN where `of` is 0."""
    count, of = np.broadcast_arrays(np.asarray(count, float), np.asarray(of, float))
    z2 = stats.norm.ppf((1 + level) / 2) ** 2
    n = np.where(of > 0, of, np.nan)
    share = count / n
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = np.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n**2))) / (1 + z2 / n)
    # exactly 0 and 1 at the ends: rounding must not leave a share below nobody
    low = np.where(count == 0, np.where(of > 0, 0.0, np.nan), middle - half)
    high = np.where((count == of) & (of > 0), 1.0, middle + half)
    return low, high


def difference(now: tuple[int, int], before: tuple[int, int]) -> tuple[float, float]:
    """Give the 95 % interval of the first share less the second (count, of each).

    Newcombe 1998, method 10: the two Wilson intervals joined.
    """
    shares = now[0] / now[1], before[0] / before[1]
    (low1, high1), (low0, high0) = (wilson(*pair) for pair in (now, before))
    apart = shares[0] - shares[1]
    below = np.hypot(shares[0] - low1, high0 - shares[1])
    above = np.hypot(high1 - shares[0], shares[1] - low0)
    return float(apart - below), float(apart + above)


def missing_bounds(
    count: npt.ArrayLike, of: npt.ArrayLike, missing: npt.ArrayLike
) -> tuple[Numbers, Numbers]:
    """Give the share if none, and if all, of those without an outcome had it.

    `of` counts people with a known outcome, `missing` those without one who would
    belong to the denominator. NaN where nobody does.
    """
    count, of, missing = (np.asarray(x, float) for x in (count, of, missing))
    everyone = np.where(of + missing > 0, of + missing, np.nan)
    return count / everyone, (count + missing) / everyone


def exact_limits(
    of: npt.ArrayLike, centre: float, level: float
) -> tuple[Numbers, Numbers]:
    """Give exact binomial funnel limits around `centre` for groups of `of` people.

    A group is outside when its share lies strictly beyond a limit; that happens by
    chance in at most (1 - level) / 2 of average groups on each side.
    """
    n = np.asarray(of, float)
    people = np.where(n > 0, n, np.nan)
    tail = (1 - level) / 2
    low = stats.binom.ppf(tail, people, centre) / people
    high = stats.binom.ppf(1 - tail, people, centre) / people
    return low, high


def arcsine_limits(
    of: npt.ArrayLike, centre: float, level: float, tau2: float = 0.0
) -> tuple[Numbers, Numbers]:
    """Give funnel limits on the arcsine scale, widened by `tau2` between groups."""
    n = np.asarray(of, float)
    people = np.where(n > 0, n, np.nan)
    reach = stats.norm.ppf((1 + level) / 2) * np.sqrt(1 / (4 * people) + tau2)
    angle = np.arcsin(np.sqrt(centre))
    low = np.sin(np.clip(angle - reach, 0, None)) ** 2
    high = np.sin(np.clip(angle + reach, None, np.pi / 2)) ** 2
    return low, high


@dataclass(frozen=True)
class Overdispersion:
    """How much more groups differ than chance makes them.

    phi: mean squared z (1 = chance alone); tau2: variance between groups on the
    arcsine scale. Both None where `n_units` is too small to tell.
    """

    n_units: int
    phi: float | None
    tau2: float | None

    @property
    def is_estimable(self) -> bool:
        """Whether there were enough groups."""
        return self.tau2 is not None


def overdispersion(
    count: npt.ArrayLike, of: npt.ArrayLike, centre: float
) -> Overdispersion:
    """Estimate additive overdispersion of shares after winsorising 10 % at each end."""
    count, of = np.asarray(count, float), np.asarray(of, float)
    count, of = count[of > 0], of[of > 0]
    units = len(of)
    if units < MIN_UNITS_FOR_OVERDISPERSION or not 0 < centre < 1:
        return Overdispersion(units, None, None)
    angle = np.arcsin(np.sqrt(count / of)) - np.arcsin(np.sqrt(centre))
    z = angle * np.sqrt(4 * of)
    z = np.clip(z, *np.quantile(z, [WINSORISED, 1 - WINSORISED]))
    phi = float(np.mean(z**2))
    weights = 4 * of
    between = weights.sum() - (weights**2).sum() / weights.sum()
    tau2 = max(0.0, (units * phi - (units - 1)) / between) if between > 0 else 0.0
    return Overdispersion(units, phi, float(tau2))


def benjamini_hochberg(p_values: npt.ArrayLike) -> Numbers:
    """Adjust p-values for the false discovery rate; missing ones stay missing."""
    p = np.asarray(p_values, float)
    adjusted = np.full(p.shape, np.nan)
    known = ~np.isnan(p)
    if known.any():
        adjusted[known] = multipletests(p[known], method="fdr_bh")[1]
    return adjusted
