"""Estimates of several sites put together: random effects, never a ranking.

DerSimonian & Laird 1986 (variance between sites), Hartung & Knapp 2001 with the t
distribution for the interval, Higgins, Thompson & Spiegelhalter 2009 (interval in which
a further site would lie).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

# Between fewer sites than this their differences cannot be estimated.
LEAST_SITES = 3


@dataclass(frozen=True)
class Pooled:
    """One estimate over sites; low, high: 95 %; further_*: where a site would lie."""

    n_sites: int
    estimate: float
    low: float
    high: float
    further_low: float | None  # None under three sites
    further_high: float | None
    tau2: float  # variance between sites
    i2: float  # share of the variance that lies between sites


def pool(estimates: npt.ArrayLike, variances: npt.ArrayLike) -> Pooled | None:
    """Pool independent estimates with known variances; None without any.

    With two sites the interval is that of common effect, for two sites cannot tell
    how sites differ.
    """
    y, v = np.asarray(estimates, float), np.asarray(variances, float)
    sites = len(y)
    if not sites:
        return None
    tau2 = between(y, v) if sites >= LEAST_SITES else 0.0
    weight = 1 / (v + tau2)
    middle = float((weight * y).sum() / weight.sum())
    plain = float(1 / weight.sum())
    if sites < LEAST_SITES:
        reach = stats.norm.ppf(0.975) * np.sqrt(plain)
        bounds = float(middle - reach), float(middle + reach)
        return Pooled(sites, middle, *bounds, None, None, tau2, 0.0)
    # never narrower than without the correction
    scale = max(1.0, float((weight * (y - middle) ** 2).sum() / (sites - 1)))
    reach = stats.t.ppf(0.975, sites - 1) * np.sqrt(plain * scale)
    further = stats.t.ppf(0.975, sites - 2) * np.sqrt(tau2 + plain)
    q = float((((y - _fixed(y, v)) ** 2) / v).sum())
    return Pooled(
        n_sites=sites,
        estimate=middle,
        low=float(middle - reach),
        high=float(middle + reach),
        further_low=float(middle - further),
        further_high=float(middle + further),
        tau2=tau2,
        i2=max(0.0, 1 - (sites - 1) / q) if q > 0 else 0.0,
    )


def between(y: npt.NDArray[np.float64], v: npt.NDArray[np.float64]) -> float:
    """Variance between sites by the method of moments."""
    weight = 1 / v
    q = float((weight * (y - _fixed(y, v)) ** 2).sum())
    spread = weight.sum() - (weight**2).sum() / weight.sum()
    return max(0.0, float((q - (len(y) - 1)) / spread))


def _fixed(y: npt.NDArray[np.float64], v: npt.NDArray[np.float64]) -> float:
    return float((y / v).sum() / (1 / v).sum())


def logit_of(count: float, of: float) -> tuple[float, float]:
    """Log odds of a share and its variance; half a person is added to each side."""
    yes, no = count + 0.5, of - count + 0.5
    return float(np.log(yes / no)), 1 / yes + 1 / no


def share_of(logit: float) -> float:
    """The share that has these log odds."""
    return float(1 / (1 + np.exp(-logit)))
