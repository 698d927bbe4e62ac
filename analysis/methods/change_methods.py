"""Published ways to call one client's change reliable, side by side, for analysts.

JT Jacobson & Truax 1991; GLN Gulliksen, Lord & Novick (Hsu 1989); HLL Hsu, Linn &
Lord (Hsu 1989, 1999); EN Edwards & Nunnally (Speer 1992); NK Nunnally & Kotsch 1983;
HA Hageman & Arrindell 1999. Scores are turned so that higher is better before anything
is computed: every index is positive when the client got better.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from analysis.errors import AnalysisError

Numbers = npt.NDArray[np.float64]
Method = Literal["JT", "GLN", "HLL", "EN", "NK", "HA"]
Kind = Literal["a", "b", "c"]

METHODS: tuple[Method, ...] = ("JT", "GLN", "HLL", "EN", "NK", "HA")
# Scores on the cut-off itself are clinical, as published cut-offs say ("10 or more");
# "neither" is what a known R package does.
AtCutoff = Literal["clinical", "neither"]
# Pairs below which means and SDs of the sample say nothing.
LEAST_PAIRS = 3


@dataclass(frozen=True)
class Norms:
    """What scores are held against: clinical and functional group, reliability.

    reliability_post: of the second occasion (NK). source: where the numbers are from.
    """

    mean: float
    sd: float
    reliability: float
    functional_mean: float | None = None
    functional_sd: float | None = None
    reliability_post: float | None = None
    source: str = "external"

    def __post_init__(self) -> None:
        """Refuse numbers with which any change would be reliable, or none could."""
        given = (self.reliability, self.reliability_post)
        if any(r is not None and not 0 < r < 1 for r in given):
            raise AnalysisError(
                "A reliability must lie between 0 and 1, both excluded."
            )
        spreads = (self.sd, self.functional_sd)
        if any(sd is not None and not sd > 0 for sd in spreads):
            raise AnalysisError("An SD must be above 0.")

    @property
    def sem(self) -> float:
        """Standard error of measurement: SD * sqrt(1 - reliability)."""
        return float(self.sd * np.sqrt(1 - self.reliability))


def sample_norms(
    pre: npt.ArrayLike,
    reliability: float,
    functional_mean: float | None = None,
    functional_sd: float | None = None,
    reliability_post: float | None = None,
) -> Norms:
    """Take mean and SD (n - 1) from the sample's own first scores."""
    x = np.asarray(pre, float)
    x = x[~np.isnan(x)]
    if len(x) < LEAST_PAIRS:
        raise AnalysisError(
            f"{len(x)} first score(s) give no norms: {LEAST_PAIRS} are the least. Give "
            "mean, SD and reliability from the measure's manual instead."
        )
    return Norms(
        float(x.mean()),
        float(x.std(ddof=1)),
        reliability,
        functional_mean,
        functional_sd,
        reliability_post,
        source=f"sample, n = {len(x)}",
    )


def cutoff(
    kind: Kind,
    norms: Norms,
    higher_is: str,
    b_uses: Literal["functional", "clinical"] = "functional",
    method: Method = "JT",
) -> float:
    """Give the clinical cut-off a, b or c (Jacobson & Truax 1991).

    a: 2 SD out of the clinical mean; b: within 2 SD of the functional mean, with the
    functional group's SD (b_uses "clinical": as a known R package does); c: half-way,
    by the SDs. HA shrinks every SD by its group's reliability.
    """
    sign = _sign(higher_is)
    m1, s1 = sign * norms.mean, norms.sd * _shrink(norms, norms.sd, method)
    if kind == "a":
        return float(sign * (m1 + 2 * s1))
    if norms.functional_mean is None or norms.functional_sd is None:
        raise AnalysisError(f"Cut-off {kind} needs mean and SD of a functional group.")
    m0 = sign * norms.functional_mean
    s0 = norms.functional_sd * _shrink(norms, norms.functional_sd, method)
    if kind == "b":
        return float(sign * (m0 - 2 * (s0 if b_uses == "functional" else s1)))
    return float(sign * (s1 * m0 + s0 * m1) / (s1 + s0))


def _shrink(norms: Norms, sd: float, method: Method) -> float:
    """HA: root of the reliability a group with this SD has at the common SEM."""
    if method != "HA":
        return 1.0
    return float(np.sqrt(_reliability_at(norms, sd)))


def _reliability_at(norms: Norms, sd: float) -> float:
    reliability = 1 - norms.sem**2 / sd**2 if sd > 0 else 0.0
    if reliability <= 0:
        raise AnalysisError(
            "Hageman–Arrindell cannot be used: a group varies less than its "
            "measurement error."
        )
    return reliability


def _sign(higher_is: str) -> float:
    if higher_is not in ("better", "worse"):
        raise AnalysisError("Change needs a direction: higher is better, or worse.")
    return 1.0 if higher_is == "better" else -1.0


def rci(
    pre: npt.ArrayLike,
    post: npt.ArrayLike,
    norms: Norms,
    higher_is: str,
    method: Method = "JT",
) -> Numbers:
    """Give each pair's reliable change index; positive is improvement.

    Missing where a score is missing. HLL and HA also take means (and SDs) of all pairs
    handed in, so that they need a sample.
    """
    sign = _sign(higher_is)
    x, y = sign * np.asarray(pre, float), sign * np.asarray(post, float)
    m1, s1, r = sign * norms.mean, norms.sd, norms.reliability
    expected = r * (x - m1) + m1
    if method == "JT":
        return (y - x) / (norms.sem * np.sqrt(2))
    if method == "GLN":
        return (y - expected) / (s1 * np.sqrt(1 - r**2))
    if method == "HLL":
        m2 = _sample(x, y).mean_post
        return (y - m2 - r * (x - m1)) / (s1 * np.sqrt(1 - r**2))
    if method == "EN":
        return (y - expected) / norms.sem
    if method == "NK":
        if norms.reliability_post is None:
            raise AnalysisError("Nunnally–Kotsch needs the reliability after therapy.")
        spread = r**2 * s1**2 * (1 - r) + s1**2 * (1 - norms.reliability_post)
        return (y - expected) / np.sqrt(spread)
    return _hageman_arrindell(x, y, norms)


@dataclass(frozen=True)
class _Sample:
    """Moments of complete pairs."""

    mean_pre: float
    sd_pre: float
    mean_post: float
    sd_post: float
    correlation: float


def _sample(x: Numbers, y: Numbers) -> _Sample:
    both = ~(np.isnan(x) | np.isnan(y))
    if both.sum() < LEAST_PAIRS:
        raise AnalysisError(
            f"This method needs at least {LEAST_PAIRS} complete pairs; Jacobson–Truax "
            "with norms from the manual works for one."
        )
    x, y = x[both], y[both]
    r = float(np.corrcoef(x, y)[0, 1]) if np.ptp(x) and np.ptp(y) else 0.0
    return _Sample(
        float(x.mean()), float(x.std(ddof=1)), float(y.mean()), float(y.std(ddof=1)), r
    )


def difference_reliability(norms: Norms, sample: _Sample) -> float:
    """Reliability of the difference score (HA), from both SDs and the common SEM."""
    s1, s2, r12 = sample.sd_pre, sample.sd_post, sample.correlation
    r1, r2 = _reliability_at(norms, s1), _reliability_at(norms, s2)
    shared = 2 * s1 * s2 * r12
    observed, true = s1**2 + s2**2 - shared, s1**2 * r1 + s2**2 * r2 - shared
    if true <= 0 or observed <= 0:
        raise AnalysisError(
            "Hageman–Arrindell cannot be used: clients differ in their change by no "
            "more than measurement error."
        )
    return true / observed


def _hageman_arrindell(x: Numbers, y: Numbers, norms: Norms) -> Numbers:
    sample = _sample(x, y)
    rdd = difference_reliability(norms, sample)
    mean = sample.mean_post - sample.mean_pre
    return ((y - x) * rdd + mean * (1 - rdd)) / (np.sqrt(2 * rdd) * norms.sem)


def critical_value(method: Method, significance: float = 0.05) -> float:
    """Two-sided normal quantile (1.959964 at 5 %); HA's is one-sided (1.644854)."""
    tail = significance if method == "HA" else significance / 2
    return float(stats.norm.ppf(1 - tail))


def classify(
    pre: npt.ArrayLike,
    post: npt.ArrayLike,
    norms: Norms,
    higher_is: str,
    method: Method = "JT",
    kind: Kind = "c",
    significance: float = 0.05,
    at_cutoff: AtCutoff = "clinical",
    b_uses: Literal["functional", "clinical"] = "functional",
) -> pd.DataFrame:
    """Judge every pair: reliable change by `method`, crossing of cut-off `kind`.

    Returns (index of `pre` where it has one) gain, rci, clinical_pre, functional_pre,
    clinical_post, functional_post, improved, deteriorated (index strictly beyond the
    critical value), is_normal_throughout and category: recovered, improved,
    unchanged, deteriorated, harmed; missing where a score is. Recovered: clinical
    before, functional after, improved. Harmed: functional before, clinical after,
    deteriorated (under HA too, whose R version calls any reliable loss of a client
    who started functional harmed).
    """
    sign = _sign(higher_is)
    x, y = sign * np.asarray(pre, float), sign * np.asarray(post, float)
    index = pre.index if isinstance(pre, pd.Series) else None
    border = sign * cutoff(kind, norms, higher_is, b_uses, method)
    change = rci(pre, post, norms, higher_is, method)
    z = critical_value(method, significance)
    clinical = np.less_equal if at_cutoff == "clinical" else np.less
    facts = pd.DataFrame(
        {
            "gain": y - x,
            "rci": change,
            "clinical_pre": clinical(x, border),
            "functional_pre": x > border,
            "clinical_post": clinical(y, border),
            "functional_post": y > border,
            "improved": change > z,
            "deteriorated": change < -z,
        },
        index=index,
    )
    if method == "HA":
        facts["functional_post"] = _ha_functional(x, y, norms, border, z)
    return facts.assign(
        is_normal_throughout=facts["functional_pre"] & facts["functional_post"],
        category=_categories(facts),
    )


def _ha_functional(
    x: Numbers, y: Numbers, norms: Norms, border: float, z: float
) -> npt.NDArray[np.bool_]:
    """HA: functional after only where the estimated true score is beyond doubt."""
    sample = _sample(x, y)
    r2 = _reliability_at(norms, sample.sd_post)
    true = sample.mean_post + (y - sample.mean_post) * r2
    return np.asarray((true - border) / (np.sqrt(r2) * norms.sem) > z)


def _categories(facts: pd.DataFrame) -> pd.Series:
    recovered = facts["clinical_pre"] & facts["functional_post"] & facts["improved"]
    harmed = facts["functional_pre"] & facts["clinical_post"] & facts["deteriorated"]
    words = np.select(
        [recovered, harmed, facts["improved"], facts["deteriorated"]],
        ["recovered", "harmed", "improved", "deteriorated"],
        "unchanged",
    )
    return pd.Series(words, index=facts.index).where(facts["rci"].notna())


def crossings(facts: pd.DataFrame) -> pd.Series:
    """Judge the cut-off alone: improved, deteriorated or unchanged, by crossing it."""
    up = facts["clinical_pre"] & facts["functional_post"]
    down = facts["functional_pre"] & facts["clinical_post"]
    words = np.select([up, down], ["improved", "deteriorated"], "unchanged")
    return pd.Series(words, index=facts.index).where(facts["rci"].notna())
