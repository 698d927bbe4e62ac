"""Standardised change from pre to post, each with the SD it is divided by named.

The same data give different figures under different SDs, so none is called "Cohen's d"
here. Sources: Becker 1988 (pre SD), Bonett 2008 (both SDs), Cumming & Finch 2001
(d_z by the noncentral t), Morris & DeShon 2002 (repeated measures).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, stats
from scipy.special import gammaln

LARGE = 1000


@dataclass(frozen=True)
class PairedEffects:
    """Change (post - pre) of complete pairs; None where it cannot be computed.

    by_pre: over the SD at pre, with low and high; by_both: over the root mean square
    of both SDs, with low and high; by_change (d_z): over the SD of the change, with
    low and high (noncentral t); by_mean_sd: over the mean of both SDs; by_repeated:
    d_z * sqrt(2 (1 - r)); hedges_change: d_z times the small-sample factor.
    """

    n: int
    mean_pre: float
    sd_pre: float
    mean_post: float
    sd_post: float
    correlation: float
    mean_change: float
    sd_change: float
    by_pre: tuple[float, float, float]
    by_both: tuple[float, float, float]
    by_change: tuple[float, float, float]
    by_mean_sd: float
    by_repeated: float
    hedges_change: float


@dataclass(frozen=True)
class Moments:
    """Means and SDs of complete pairs: all that a standardised change needs."""

    n: int
    mean_pre: float
    mean_post: float
    sd_pre: float
    sd_post: float
    sd_change: float

    @property
    def correlation(self) -> float:
        """Of pre and post, from the three SDs."""
        both = self.sd_pre**2 + self.sd_post**2 - self.sd_change**2
        return float(np.clip(both / (2 * self.sd_pre * self.sd_post), -1, 1))


def paired_effects(
    pre: npt.ArrayLike, post: npt.ArrayLike, level: float = 0.95
) -> PairedEffects | None:
    """Standardise the change of pairs; None under three pairs or without spread."""
    moments = paired_moments(pre, post)
    return None if moments is None else effects_of(moments, level)


def paired_moments(pre: npt.ArrayLike, post: npt.ArrayLike) -> Moments | None:
    """Means and SDs of complete pairs; None under three pairs or without spread."""
    x, y = np.asarray(pre, float), np.asarray(post, float)
    both = ~(np.isnan(x) | np.isnan(y))
    x, y = x[both], y[both]
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0 or np.ptp(y - x) == 0:
        return None
    means = float(x.mean()), float(y.mean())
    return Moments(len(x), *means, *(float(v.std(ddof=1)) for v in (x, y, y - x)))


def effects_of(moments: Moments, level: float = 0.95) -> PairedEffects:
    """Standardise the change that these moments describe."""
    n, s1, s2 = moments.n, moments.sd_pre, moments.sd_post
    mean, sd = moments.mean_post - moments.mean_pre, moments.sd_change
    r = moments.correlation
    rms = np.sqrt((s1**2 + s2**2) / 2)
    d_pre, d_rms, d_z = mean / s1, mean / rms, mean / sd
    v_pre = 2 * (1 - r) / n + d_pre**2 / (2 * (n - 1))
    spread = s1**4 + s2**4 + 2 * r**2 * s1**2 * s2**2
    v_rms = d_rms**2 * spread / (8 * rms**4 * (n - 1)) + sd**2 / (rms**2 * (n - 1))
    return PairedEffects(
        n=n,
        mean_pre=moments.mean_pre,
        sd_pre=s1,
        mean_post=moments.mean_post,
        sd_post=s2,
        correlation=r,
        mean_change=mean,
        sd_change=sd,
        by_pre=_normal(d_pre, v_pre, level),
        by_both=_normal(d_rms, v_rms, level),
        by_change=_noncentral(float(d_z), n, level),
        by_mean_sd=float(mean / ((s1 + s2) / 2)),
        by_repeated=float(d_z * np.sqrt(2 * (1 - r))),
        hedges_change=float(d_z * _small_sample(n - 1)),
    )


def _normal(value: float, variance: float, level: float) -> tuple[float, float, float]:
    reach = stats.norm.ppf((1 + level) / 2) * np.sqrt(variance)
    return float(value), float(value - reach), float(value + reach)


def _small_sample(df: int) -> float:
    """Hedges' exact factor: gamma(df/2) / (sqrt(df/2) gamma((df-1)/2))."""
    return float(np.exp(gammaln(df / 2) - gammaln((df - 1) / 2)) / np.sqrt(df / 2))


def _noncentral(d_z: float, n: int, level: float) -> tuple[float, float, float]:
    """Interval of d_z by turning the noncentral t distribution round.

    Above LARGE pairs by its normal limit, where the exact one is out of reach of
    double precision and the two agree to three digits.
    """
    t, df = d_z * np.sqrt(n), n - 1
    se = np.sqrt(1 + t**2 / (2 * df))
    if n > LARGE:
        return _normal(d_z, se**2 / n, level)

    def solve(probability: float) -> float:
        def miss(shift: float) -> float:
            found = stats.nct.cdf(t, df, shift)
            # far out the series breaks down: the share there is 0 or 1
            return (float(shift < t) if np.isnan(found) else found) - probability

        return float(optimize.brentq(miss, t - 9 * se, t + 9 * se, xtol=1e-10))

    tail, root = (1 - level) / 2, np.sqrt(n)
    return d_z, solve(1 - tail) / root, solve(tail) / root
