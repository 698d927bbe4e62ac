"""NAP, Tau and Tau-U of very many cases at once, from ranks within cases."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.errors import AnalysisError
from analysis.methods.single_case import (
    LEAST_IN_PHASE,
    SIGN,
    Numbers,
    nap_interval,
    nap_variance,
)

TABLE_COLUMNS = ("n_a", "n_b", "nap", "se", "low", "high", "tau", "tau_u", "reason")


def nap_table(rows: pd.DataFrame, higher_is: str, level: float = 0.95) -> pd.DataFrame:
    """NAP, Tau and Tau-U of very many cases at once; equal to the single functions.

    rows: case, phase ("A" or "B"), time and value, in any order. Returns a row per
    case (index): TABLE_COLUMNS; tau has twice NAP's se and its interval turned alike.
    """
    if higher_is not in SIGN:
        raise AnalysisError("Phases need a direction: higher is better, or worse.")
    known = rows[rows["value"].notna()].sort_values(["case", "time"], kind="stable")
    case, ids = pd.factorize(known["case"], sort=True)
    value = SIGN[higher_is] * known["value"].to_numpy(float)
    is_b = (known["phase"] == "B").to_numpy()
    frame = _compared(case, value, is_b, len(ids))
    m, n = frame["n_a"].to_numpy(float), frame["n_b"].to_numpy(float)
    pairs = np.where(m * n > 0, m * n, np.nan)
    share = frame["wins"].to_numpy() / pairs
    fine = (m >= LEAST_IN_PHASE) & (n >= LEAST_IN_PHASE) & frame["varies"].to_numpy()
    safe_m, safe_n = np.where(fine, m, 2), np.where(fine, n, 2)
    safe = np.where(fine, share, 0.5)
    parts = (
        frame["rows2"].to_numpy() / (safe_m * safe_n**2),
        frame["columns2"].to_numpy() / (safe_m**2 * safe_n),
        frame["squares"].to_numpy() / (safe_m * safe_n),
    )
    variance = nap_variance(safe, safe_m, safe_n, parts, "unbiased")
    low, high = nap_interval(safe, safe_m, safe_n, level)
    trend = _trends(case[~is_b], value[~is_b], len(ids))
    return pd.DataFrame(
        {
            "n_a": m.astype(int),
            "n_b": n.astype(int),
            "nap": share,
            "se": np.where(fine, np.sqrt(variance), np.nan),
            "low": np.where(fine, low, np.nan),
            "high": np.where(fine, high, np.nan),
            "tau": 2 * share - 1,
            "tau_u": 2 * share - 1 - trend / pairs,
            "reason": np.where(fine, "", "too few scores in a phase, or all the same"),
        },
        index=pd.Index(ids, name="case"),
    )


def _compared(
    case: npt.NDArray[np.int64], value: Numbers, is_b: npt.NDArray[np.bool_], k: int
) -> pd.DataFrame:
    """Sums over each case's comparisons, from ranks within the case and the phase."""
    cell = case * 2 + is_b
    whole, own = _ranks(case, value), _ranks(cell, value)
    others = np.bincount(case[~is_b], minlength=k), np.bincount(case[is_b], minlength=k)
    # scores of the other phase below this one, ties half; and the ties themselves
    below = whole[0] - own[0]
    tied = whole[1] - own[1]
    wins = np.where(is_b, below, others[1][case] - below)

    def total(values: Numbers, mask: npt.NDArray[np.bool_]) -> Numbers:
        sums = np.bincount(case[mask], weights=values[mask], minlength=k)
        return sums.astype(float)

    everything = np.ones(len(case), bool)
    spread = pd.Series(value).groupby(case).agg(["min", "max"]).reindex(range(k))
    return pd.DataFrame(
        {
            "n_a": others[0],
            "n_b": others[1],
            "wins": total(wins, is_b),
            "rows2": total(wins**2, ~is_b),
            "columns2": total(wins**2, is_b),
            "squares": total(wins, is_b) - total(tied, everything) / 8,
            "varies": (spread["max"] > spread["min"]).to_numpy(),
        }
    )


def _ranks(group: npt.NDArray[np.int64], value: Numbers) -> tuple[Numbers, Numbers]:
    """Average rank within the group, and how many of the group are tied with it."""
    grouped = pd.Series(value).groupby(group)
    low, high = grouped.rank(method="min"), grouped.rank(method="max")
    return ((low + high) / 2).to_numpy(), (high - low).to_numpy()


def _trends(case: npt.NDArray[np.int64], value: Numbers, k: int) -> Numbers:
    """Kendall's S of every case's first phase, lag by lag over all cases."""
    s = np.zeros(k)
    longest = int(np.bincount(case, minlength=1).max()) if len(case) else 0
    for lag in range(1, longest):
        same = case[lag:] == case[:-lag]
        steps = np.sign(value[lag:] - value[:-lag])[same]
        s += np.bincount(case[lag:][same], weights=steps, minlength=k)
    return s
