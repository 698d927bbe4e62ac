"""Single cases by lines: PET, piecewise regression, and every part of Tau-U.

Sources: White & Haring 1980 (trend line of the baseline); Huitema & McKean 2000
(piecewise regression); Parker, Vannest, Davis & Sauber 2011, Tarlow 2017 (Tau-U).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from analysis.errors import AnalysisError
from analysis.methods.single_case import Index, Phases, kendall_s

Numbers = npt.NDArray[np.float64]
# Fisher's z of a correlation has a spread of 1 / sqrt(n - 3).
_LOST_BY_FISHER = 3
TERMS = ("intercept", "trend", "level change", "slope change")


def pet(data: Phases) -> Index:
    """Share of B better than the least-squares line of A, carried on; ties do not."""
    m, n = len(data.a), len(data.b)
    if m < 2 or not n:
        return Index(None, m, n, reason="too short a baseline for a line")
    slope, intercept = np.polyfit(np.arange(m), data.a, 1)
    expected = intercept + slope * np.arange(m, m + n)
    return Index(float((data.b > expected + 1e-9).mean()), m, n)


def tau_u_rows(
    data: Phases, method: Literal["all", "parker"] = "all", level: float = 0.95
) -> dict[str, Index]:
    """Give Tau-U part by part: A against B, both trends, and their sums.

    Positive is better. A baseline that improves by itself counts against the change.
    all: every sum over all pairs it is made of, so that no value leaves -1 to 1
    (Tarlow); parker: A against B less trend A over the pairs between the phases only.
    Intervals by Fisher's z over the scores used; none with three scores or fewer.
    """
    m, n = len(data.a), len(data.b)
    if not m or not n:
        return {name: Index(None, m, n, reason=data.reason) for name in _PARTS}
    sums = np.array(
        [
            np.sign(data.b[None, :] - data.a[:, None]).sum(),
            kendall_s(data.a),
            kendall_s(data.b),
        ]
    )
    pairs = np.array([m * n, m * (m - 1) / 2, n * (n - 1) / 2])
    found = {}
    for name, (signs, n_used) in _PARTS.items():
        counted = np.abs(signs) * pairs
        if method == "parker" and name == "A against B less trend A":
            counted = np.array([pairs[0], 0, 0])
        scores = np.dot(n_used, [m, n])
        found[name] = _index(float(np.dot(signs, sums)), counted.sum(), scores, level)
    return {name: Index(one[0], m, n, None, *one[1:]) for name, one in found.items()}


# Signs of A against B, trend A, trend B; and which phases' scores are used.
_PARTS = {
    "A against B": ((1, 0, 0), (1, 1)),
    "trend A": ((0, 1, 0), (1, 0)),
    "trend B": ((0, 0, 1), (0, 1)),
    "A against B less trend A": ((1, -1, 0), (1, 1)),
    "A against B and trend B": ((1, 0, 1), (1, 1)),
    "A against B and trend B less trend A": ((1, -1, 1), (1, 1)),
}


def _index(
    s: float, pairs: float, scores: int, level: float
) -> tuple[float | None, float | None, float | None, str]:
    if not pairs:
        return None, None, None, "fewer than 2 scores in a phase"
    value = s / pairs
    if abs(value) >= 1 or scores <= _LOST_BY_FISHER:
        return value, None, None, "no interval: too few scores, or no overlap at all"
    reach = stats.norm.ppf((1 + level) / 2) / np.sqrt(scores - _LOST_BY_FISHER)
    z = np.arctanh(value)
    return value, float(np.tanh(z - reach)), float(np.tanh(z + reach)), ""


def piecewise(
    a: npt.ArrayLike,
    b: npt.ArrayLike,
    times: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Fit level and slope of A, and how both change with the first score of B.

    times: of all scores in order, A first; counted 0, 1, … where not given. Returns a
    row per term (intercept at the first score, trend, level change, slope change) with
    estimate, se, t, p, low, high, in points of the scale itself. NaN where there is
    too little to tell: fewer than two times in a phase or no score to spare.
    """
    y = np.concatenate([np.asarray(a, float), np.asarray(b, float)])
    time = np.arange(len(y), dtype=float) if times is None else np.asarray(times, float)
    if len(time) != len(y):
        raise AnalysisError(f"{len(y)} scores need as many times, not {len(time)}.")
    in_b = (np.arange(len(y)) >= len(np.asarray(a))).astype(float)
    known = ~np.isnan(y) & ~np.isnan(time)
    y, time, in_b = y[known], time[known], in_b[known]
    empty = pd.DataFrame(np.nan, index=list(TERMS), columns=_COLUMNS)
    if not in_b.any() or in_b.all():
        return empty
    since = time - time[in_b == 1][0]
    design = np.column_stack([np.ones(len(y)), time - time[0], in_b, in_b * since])
    df = len(y) - len(TERMS)
    if df < 1 or np.linalg.matrix_rank(design) < len(TERMS):
        return empty
    return _fit(design, y, df, level)


_COLUMNS = ["estimate", "se", "t", "p", "low", "high"]


def _fit(design: Numbers, y: Numbers, df: int, level: float) -> pd.DataFrame:
    estimate, *_ = np.linalg.lstsq(design, y, rcond=None)
    rest = y - design @ estimate
    spread = float(rest @ rest) / df
    se = np.sqrt(spread * np.diag(np.linalg.inv(design.T @ design)))
    with np.errstate(divide="ignore", invalid="ignore"):
        t = estimate / se
    reach = stats.t.ppf((1 + level) / 2, df) * se
    columns = (estimate, se, t, 2 * stats.t.sf(np.abs(t), df))
    ends = (estimate - reach, estimate + reach)
    return pd.DataFrame(
        np.column_stack([*columns, *ends]), index=list(TERMS), columns=_COLUMNS
    )
