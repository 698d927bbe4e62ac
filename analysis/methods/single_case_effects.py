"""Single-case effect sizes: standardised means, log ratios, percent of goal obtained.

Sources: Hedges 1981 (SMD); Pustejovsky 2018 (log response ratio); Bonett & Price 2020
(ratio of medians); Patrona, Ferron et al. 2022 (percent of goal obtained). Positive is
improvement; percent of goal obtained is positive on the way to the goal.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import stats

from analysis.methods.single_case import Index, Phases, phases

Numbers = npt.NDArray[np.float64]


def smd(
    data: Phases,
    sd: Literal["baseline", "pooled"] = "baseline",
    corrects: bool = True,
    level: float = 0.95,
) -> Index:
    """Difference of the phase means over a named SD, small samples corrected."""
    m, n = len(data.a), len(data.b)
    if min(m, n) < 3:
        return Index(None, m, n, reason="fewer than 3 scores in a phase")
    sa, sb = data.a.std(ddof=1), data.b.std(ddof=1)
    df = m - 1 if sd == "baseline" else m + n - 2
    pooled = np.sqrt(((m - 1) * sa**2 + (n - 1) * sb**2) / (m + n - 2))
    divisor = sa if sd == "baseline" else pooled
    if divisor == 0:
        return Index(None, m, n, reason="no spread to standardise by")
    factor = 1 - 3 / (4 * df - 1) if corrects else 1.0
    value = factor * (data.b.mean() - data.a.mean()) / divisor
    spread = sb**2 / (n * sa**2) if sd == "baseline" else 1 / n
    se = factor * np.sqrt(1 / m + spread + value**2 / (2 * df))
    return _with_interval(value, se, m, n, level)


def _with_interval(value: float, se: float, m: int, n: int, level: float) -> Index:
    reach = stats.norm.ppf((1 + level) / 2) * se
    ends = float(value - reach), float(value + reach)
    return Index(float(value), m, n, float(se), *ends)


def log_response_ratio(
    a: npt.ArrayLike, b: npt.ArrayLike, higher_is: str, level: float = 0.95
) -> Index:
    """Log ratio of the phase means, bias corrected, turned so that positive is better.

    Needs scores on a ratio scale with means above 0.
    """
    sign, plain = _plain(a, b, higher_is)
    m, n = len(plain.a), len(plain.b)
    if min(m, n) < 2:
        return Index(None, m, n, reason="fewer than 2 scores in a phase")
    ma, mb = plain.a.mean(), plain.b.mean()
    if ma <= 0 or mb <= 0:
        return Index(None, m, n, reason="a phase mean of 0 or below has no logarithm")
    va = plain.a.var(ddof=1) / (m * ma**2)
    vb = plain.b.var(ddof=1) / (n * mb**2)
    value = sign * (np.log(mb) + vb / 2 - np.log(ma) - va / 2)
    return _with_interval(value, np.sqrt(va + vb), m, n, level)


def log_ratio_of_medians(
    a: npt.ArrayLike, b: npt.ArrayLike, higher_is: str, level: float = 0.95
) -> Index:
    """Log ratio of the phase medians, turned so that positive is better."""
    sign, plain = _plain(a, b, higher_is)
    m, n = len(plain.a), len(plain.b)
    if min(m, n) < 2:
        return Index(None, m, n, reason="fewer than 2 scores in a phase")
    ends = [np.median(phase) for phase in (plain.a, plain.b)]
    if min(ends) <= 0 or min(plain.a.min(), plain.b.min()) <= 0:
        return Index(None, m, n, reason="scores of 0 or below have no logarithm")
    value = sign * float(np.log(ends[1]) - np.log(ends[0]))
    variance = sum(_median_variance(np.log(phase)) for phase in (plain.a, plain.b))
    return _with_interval(value, np.sqrt(variance), m, n, level)


def _median_variance(scores: Numbers) -> float:
    """Variance of a median from two order statistics (Price & Bonett 2001)."""
    ordered, n = np.sort(scores), len(scores)
    rank = max(1, int(np.floor((n + 1) / 2 - np.sqrt(n))))
    tail = stats.binom.cdf(rank - 1, n, 0.5)
    z = stats.norm.isf(tail)
    return float(((ordered[n - rank] - ordered[rank - 1]) / (2 * z)) ** 2)


def percent_of_goal(
    a: npt.ArrayLike,
    b: npt.ArrayLike,
    goal: float,
    se: Literal["published", "delta"] = "published",
    level: float = 0.95,
) -> Index:
    """Percent of the way from the mean of A to the goal that the mean of B has gone.

    The direction is the goal's, so none is needed. se "published" treats both parts of
    the ratio as independent (cautious short of the goal); "delta" lets them share A.
    """
    _, plain = _plain(a, b, "better")
    m, n = len(plain.a), len(plain.b)
    if min(m, n) < 2:
        return Index(None, m, n, reason="fewer than 2 scores in a phase")
    ma, mb = plain.a.mean(), plain.b.mean()
    way = goal - ma
    if way == 0:
        return Index(None, m, n, reason="the goal was already reached in phase A")
    share = (mb - ma) / way
    weight = 1 + share**2 if se == "published" else (1 - share) ** 2
    variance = plain.b.var(ddof=1) / n + weight * plain.a.var(ddof=1) / m
    error = 100 * np.sqrt(variance) / abs(way)
    return _with_interval(100 * share, error, m, n, level)


def _plain(a: npt.ArrayLike, b: npt.ArrayLike, higher_is: str) -> tuple[float, Phases]:
    """Scores as they are (ratios have no turned side), and the sign of improvement."""
    phases(a, b, higher_is)  # refuses a missing direction
    return (1.0 if higher_is == "better" else -1.0), phases(a, b, "better")
