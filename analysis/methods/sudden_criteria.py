"""The three criteria of sudden gains, interval by interval (Tang & DeRubeis 1999)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

Numbers = npt.NDArray[np.float64]

WINDOW = 3  # scores before and after that the third criterion looks at
MIN_PER_SIDE = 2
# Full windows have 3 + 3 - 2 = 4 degrees of freedom.
FULL_DF = 2 * WINDOW - 2
# Thresholds are inclusive; decimals such as 0.3 - 0.1 must not fall short of 0.2.
ROUNDING = 1e-9


@dataclass(frozen=True)
class SuddenRule:
    """The criteria in force; None switches the second or third one off."""

    share: float | None = 0.25  # of the score before the change
    alpha: float | None = 0.05  # two-sided, for the third criterion's t
    adjusts_t: bool = True  # fewer scores, larger t; False: always 3 + 3


PUBLISHED = SuddenRule()


def judge(
    before: Numbers,
    after: Numbers,
    points: npt.ArrayLike,
    sign: npt.ArrayLike,
    rule: SuddenRule = PUBLISHED,
) -> pd.DataFrame:
    """Judge intervals by each criterion.

    before, after: (n, 3), scores N-2, N-1, N and N+1, N+2, N+3; missing is NaN.
    sign: +1 to look for rises, -1 for falls. Returns size_ok, share_ok, mean_ok and
    is_sudden: 1 yes, 0 no, NaN cannot be known. One certain no makes the whole a no.
    """
    sign = np.broadcast_to(np.asarray(sign, float), len(before))
    change = sign * (after[:, 0] - before[:, -1])
    verdict = {"size_ok": _truth(change >= np.asarray(points) - ROUNDING, change)}
    if rule.share is not None:
        needed = rule.share * np.abs(before[:, -1])
        verdict["share_ok"] = _truth(change >= needed - ROUNDING, change)
    if rule.alpha is not None:
        verdict["mean_ok"] = _means_differ(before, after, sign, rule)
    votes = np.column_stack(list(verdict.values()))
    is_sudden = np.where((votes == 0).any(axis=1), 0.0, votes.sum(axis=1))
    verdict["is_sudden"] = np.where(is_sudden > 0, 1.0, is_sudden)
    return pd.DataFrame(verdict)


def _truth(holds: npt.NDArray[np.bool_], known: Numbers) -> Numbers:
    return np.where(np.isnan(known), np.nan, holds.astype(float))


def _means_differ(
    before: Numbers, after: Numbers, sign: Numbers, rule: SuddenRule
) -> Numbers:
    n_before, mean_before, squares_before = moments(before)
    n_after, mean_after, squares_after = moments(after)
    df = n_before + n_after - 2
    enough = (n_before >= MIN_PER_SIDE) & (n_after >= MIN_PER_SIDE)
    safe_df = np.where(enough, df, FULL_DF)
    pooled = np.sqrt((squares_before + squares_after) / safe_df)
    by_df = stats.t.ppf(1 - (rule.alpha or 0) / 2, np.arange(1, FULL_DF + 1))
    t = by_df[safe_df.astype(int) - 1] if rule.adjusts_t else by_df[-1]
    differ = sign * (mean_after - mean_before) > t * pooled
    return np.where(enough, differ.astype(float), np.nan)


def moments(window: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Count, mean and sum of squared deviations of each row; mean 0 without scores."""
    known = ~np.isnan(window)
    n = known.sum(axis=1).astype(float)
    mean = np.where(known, window, 0).sum(axis=1) / np.maximum(n, 1)
    deviation = np.where(known, window - mean[:, None], 0)
    return n, mean, (deviation**2).sum(axis=1)


def judge_sessions(
    scores: npt.ArrayLike,
    points: float,
    sign: float,
    rule: SuddenRule = PUBLISHED,
) -> pd.DataFrame:
    """Judge every testable interval of a table with a column per session.

    scores: (n, K), NaN where a session has no score. Sessions count from 1; intervals
    2->3 to (K-2)->(K-1) can be judged, so with fewer than 4 sessions there are none.
    Returns row, session (before the change) and the columns of `judge`.
    """
    values = _two_dimensional(scores)
    n, sessions = values.shape
    ends = np.arange(MIN_PER_SIDE, sessions - MIN_PER_SIDE + 1)
    padded = np.pad(values, ((0, 0), (WINDOW, WINDOW)), constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * WINDOW, axis=1)
    chosen = windows[:, ends].reshape(-1, 2 * WINDOW)
    verdict = judge(chosen[:, :WINDOW], chosen[:, WINDOW:], points, sign, rule)
    verdict.insert(0, "row", np.repeat(np.arange(n), len(ends)))
    verdict.insert(1, "session", np.tile(ends, n))
    return verdict


def _two_dimensional(scores: npt.ArrayLike) -> Numbers:
    values = np.asarray(scores, float)
    if values.ndim != 2:
        raise ValueError("scores must be a table: a row per person")
    return values
