"""Single-case overlap indices: how far phase B lies beyond phase A, direction aware.

NAP (Parker & Vannest 2009), Tau and Tau-U (Parker 2011), baseline-corrected Tau
(Tarlow 2017), PND, PEM, PAND, IRD. Intervals of NAP by Newcombe 2006. Every index is
positive (NAP: above one half) when phase B is better.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import stats

from analysis.errors import AnalysisError

Numbers = npt.NDArray[np.float64]
SIGN = {"better": 1.0, "worse": -1.0}
# Fewer scores in a phase give no standard error.
LEAST_IN_PHASE = 2
BISECTIONS = 60
# Corrected scores this close are tied: thirds and sixths are exported rounded.
TIES_WITHIN = 1e-6


@dataclass(frozen=True)
class Index:
    """An index with its standard error and interval; missing ones have a reason.

    n_a, n_b: scores used in each phase; missing scores are left out.
    """

    value: float | None
    n_a: int
    n_b: int
    se: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class Phases:
    """Scores of both phases in order of time, turned so that higher is better."""

    a: Numbers
    b: Numbers

    @property
    def reason(self) -> str:
        """Why nothing can be computed; empty where it can."""
        if not len(self.a) or not len(self.b):
            return "a phase without scores"
        both = np.concatenate([self.a, self.b])
        return "all scores are the same" if np.ptp(both) == 0 else ""


def phases(a: npt.ArrayLike, b: npt.ArrayLike, higher_is: str) -> Phases:
    """Prepare both phases; missing scores are left out."""
    if higher_is not in SIGN:
        raise AnalysisError("Phases need a direction: higher is better, or worse.")
    sign = SIGN[higher_is]
    turned = [sign * np.asarray(phase, float) for phase in (a, b)]
    one, other = (phase[~np.isnan(phase)] for phase in turned)
    return Phases(one, other)


def nap(
    data: Phases,
    se: Literal["unbiased", "hanley", "null"] = "unbiased",
    level: float = 0.95,
) -> Index:
    """Share of pairs (one score of A, one of B) in which B is better; ties count half.

    se: unbiased (Mee 1990), hanley (Hanley & McNeil 1982) or null (no difference).
    """
    m, n = len(data.a), len(data.b)
    if not m or not n:
        return Index(None, m, n, reason=data.reason)
    above = np.sign(data.b[None, :] - data.a[:, None]) / 2 + 0.5
    value = float(above.mean())
    if data.reason or min(m, n) < LEAST_IN_PHASE:
        why = data.reason or f"fewer than {LEAST_IN_PHASE} scores in a phase"
        return Index(value, m, n, reason=why)
    parts = (
        float((above.mean(axis=1) ** 2).mean()),
        float((above.mean(axis=0) ** 2).mean()),
        float((above**2).mean()),
    )
    variance = nap_variance(np.array(value), np.array(m), np.array(n), parts, se)
    low, high = nap_interval(np.array([value]), np.array([m]), np.array([n]), level)
    return Index(value, m, n, float(np.sqrt(variance)), float(low[0]), float(high[0]))


def nap_variance(
    value: Numbers, m: Numbers, n: Numbers, parts: tuple, se: str
) -> Numbers:
    """Sampling variance of NAP; never 0, also where the phases do not overlap.

    parts: mean squared row means, mean squared column means and mean square of the
    comparisons.
    """
    if se == "null":
        return (1 / m + 1 / n + 1 / (m * n)) / 12
    # half a pair short of complete separation
    edge = 0.5 / (m * n)
    rows, columns, squares = parts
    if se == "hanley":
        spread = (
            value * (1 - value)
            + (n - 1) * (rows - value**2)
            + (m - 1) * (columns - value**2)
        )
        return _above_zero(spread, edge) / (m * n)
    spread = value - (m + n - 1) * value**2 + n * rows + m * columns - 2 * squares
    return _above_zero(spread, edge) / ((m - 1) * (n - 1))


def _above_zero(spread: Numbers, edge: Numbers) -> Numbers:
    return np.where(spread > 1e-12, spread, edge * (1 - edge))


def nap_interval(
    value: Numbers, m: Numbers, n: Numbers, level: float = 0.95
) -> tuple[Numbers, Numbers]:
    """Newcombe's interval (method 5): where the score test just keeps the value."""
    z = stats.norm.ppf((1 + level) / 2)
    h = (m + n) / 2 - 1

    def beyond(x: Numbers) -> Numbers:
        spread = x * (1 - x) * (2 + h + (1 + 2 * h) * x * (1 - x))
        return m * n * (value - x) ** 2 * (2 - x) * (1 + x) - z**2 * spread

    low_out, low_in = np.zeros_like(value), value.copy()
    high_in, high_out = value.copy(), np.ones_like(value)
    for _ in range(BISECTIONS):
        low, high = (low_out + low_in) / 2, (high_in + high_out) / 2
        is_out = beyond(low) > 0
        low_out, low_in = np.where(is_out, low, low_out), np.where(is_out, low_in, low)
        is_out = beyond(high) > 0
        high_out = np.where(is_out, high, high_out)
        high_in = np.where(is_out, high_in, high)
    return np.where(value == 0, 0.0, low_in), np.where(value == 1, 1.0, high_in)


def tau(data: Phases, level: float = 0.95) -> Index:
    """Give Tau (A against B): NAP on the scale from -1 to 1."""
    return _doubled(nap(data, level=level))


def _doubled(found: Index) -> Index:
    def turn(share: float | None) -> float | None:
        return None if share is None else 2 * share - 1

    return Index(
        turn(found.value),
        found.n_a,
        found.n_b,
        None if found.se is None else 2 * found.se,
        turn(found.low),
        turn(found.high),
        found.reason,
    )


def tau_u(data: Phases) -> Index:
    """Give Tau-U (A against B less A's trend); as defined, it can leave -1 to 1."""
    m, n = len(data.a), len(data.b)
    if not m or not n:
        return Index(None, m, n, reason=data.reason)
    between = np.sign(data.b[None, :] - data.a[:, None]).sum()
    return Index(float((between - kendall_s(data.a)) / (m * n)), m, n)


def kendall_s(scores: Numbers) -> float:
    """Rises less falls over all pairs of one series."""
    steps = np.sign(scores[None, :] - scores[:, None])
    return float(np.triu(steps, 1).sum())


def theil_sen_line(scores: Numbers) -> tuple[float, float]:
    """Intercept and slope over positions 1, 2, …: medians of residuals and slopes."""
    places = np.arange(1, len(scores) + 1, dtype=float)
    i, j = np.triu_indices(len(scores), 1)
    slope = float(np.median((scores[j] - scores[i]) / (places[j] - places[i])))
    return float(np.median(scores - slope * places)), slope


def tau_bc(
    data: Phases,
    kind: Literal["plain", "kendall"] = "plain",
    only_if_trend: float | None = None,
    ties_within: float = TIES_WITHIN,
    level: float = 0.95,
) -> Index:
    """Give baseline-corrected Tau: the Theil–Sen line of A is taken out of both phases.

    kind "kendall": tau-b with the phase, which is smaller under ties. only_if_trend:
    correct only where A's own trend has a p-value of at most so much. ties_within:
    corrected scores this close are tied (0: as computed, where rounding errors make
    whole scores on the line look different, as in a known R package).
    """
    m, n = len(data.a), len(data.b)
    if data.reason or m < LEAST_IN_PHASE:
        why = data.reason or "too short a baseline to correct for"
        return Index(None, m, n, reason=why)
    corrected = data
    if only_if_trend is None or _trend_p(data.a) <= only_if_trend:
        intercept, slope = theil_sen_line(data.a)
        rise = slope * np.arange(1, m + n + 1)
        residuals = np.concatenate([data.a, data.b]) - rise - intercept
        if ties_within:
            residuals = np.round(residuals / ties_within) * ties_within
        corrected = Phases(residuals[:m], residuals[m:])
    if kind == "plain":
        return tau(corrected, level)
    return _kendall(corrected, level)


def _trend_p(scores: Numbers) -> float:
    """Two-sided p of Kendall's S, normal, with ties and continuity correction."""
    s, n = kendall_s(scores), len(scores)
    _, ties = np.unique(scores, return_counts=True)
    variance = _s_variance(n) - sum(_s_variance(int(t)) for t in ties)
    if variance <= 0:
        return 1.0
    z = max(abs(s) - 1, 0) / np.sqrt(variance)
    return float(2 * stats.norm.sf(z))


def _s_variance(n: int) -> float:
    return n * (n - 1) * (2 * n + 5) / 18


def _kendall(data: Phases, level: float) -> Index:
    m, n = len(data.a), len(data.b)
    if data.reason:
        return Index(None, m, n, reason=data.reason)
    phase = np.repeat([0, 1], [m, n])
    value = float(stats.kendalltau(phase, np.concatenate([data.a, data.b])).statistic)
    se = float(np.sqrt(2 / (m + n) * (1 - value**2)))
    reach = float(stats.norm.ppf((1 + level) / 2)) * se
    # the normal interval can leave -1 to 1, where no tau lies
    low, high = max(value - reach, -1.0), min(value + reach, 1.0)
    return Index(value, m, n, se, low, high)


def pnd(data: Phases) -> Index:
    """Share of B better than the best of A."""
    return _share(data, lambda a, b: (b > a.max()).mean())


def pem(data: Phases) -> Index:
    """Share of B better than A's median; ties count half."""
    return _share(data, lambda a, b: (np.sign(b - np.median(a)) / 2 + 0.5).mean())


def pand(data: Phases) -> Index:
    """Largest share of all scores that can be kept without any overlap."""
    return _share(data, _kept)


def ird(data: Phases) -> Index:
    """Robust improvement rate difference, from PAND by balanced removal."""

    def difference(a: Numbers, b: Numbers) -> float:
        m, n = len(a), len(b)
        return 1 - (m + n) ** 2 / (2 * m * n) * (1 - _kept(a, b))

    return _share(data, difference)


def _kept(a: Numbers, b: Numbers) -> float:
    low = np.concatenate([[-np.inf], np.sort(a)])
    high = np.concatenate([[np.inf], np.sort(b)[::-1]])
    i, j = np.meshgrid(np.arange(len(low)), np.arange(len(high)), indexing="ij")
    apart = low[:, None] < high[None, :]
    return float(np.where(apart, i + j, 0).max() / (len(a) + len(b)))


def _share(data: Phases, rule: Callable[[Numbers, Numbers], float]) -> Index:
    m, n = len(data.a), len(data.b)
    if not m or not n:
        return Index(None, m, n, reason=data.reason)
    return Index(float(rule(data.a, data.b)), m, n)
