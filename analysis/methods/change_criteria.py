"""Change by percentage, by a minimal important difference, and by a growth curve.

Sources: minimal important difference: Jaeschke 1989; group categories: Claus et al.
2020 (clinicalsignificance); growth curve: Speer & Greenbaum 1995, but testing a
client's whole slope against 0: the deviation from the average slope, as some software
tests it, calls people who improve at the average pace unchanged.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from analysis.errors import AnalysisError
from analysis.methods.mixed_models import MixedFit, NotFitted

Numbers = npt.NDArray[np.float64]
_SIGN = {"better": 1.0, "worse": -1.0}
# Decimals such as 0.3 - 0.1 must not fall short of an inclusive threshold.
ROUNDING = 1e-9


def by_percentage(
    pre: npt.ArrayLike,
    post: npt.ArrayLike,
    higher_is: str,
    improvement: float,
    deterioration: float | None = None,
) -> pd.DataFrame:
    """Judge change as a share of the first score; thresholds are inclusive.

    improvement, deterioration: shares (0.5 = half; the second defaults to the first).
    Returns share (of gain, positive is better) and category. From a first score of 0
    there is no share: no change is unchanged, a loss is deteriorated, a gain is
    undefined, and never is anybody both.
    """
    x, gain = _gain(pre, post, higher_is)
    least_loss = improvement if deterioration is None else deterioration
    share = np.divide(gain, np.abs(x), out=np.full(len(x), np.nan), where=x != 0)
    words = np.select(
        [
            np.isnan(gain),
            (x == 0) & (gain == 0),
            (x == 0) & (gain < 0),
            x == 0,
            share >= improvement - ROUNDING,
            share <= -least_loss + ROUNDING,
        ],
        ["", "unchanged", "deteriorated", "undefined", "improved", "deteriorated"],
        "unchanged",
    )
    return _frame(pre, {"share": share, "category": words})


def by_anchor(
    pre: npt.ArrayLike,
    post: npt.ArrayLike,
    higher_is: str,
    improvement: float,
    deterioration: float | None = None,
) -> pd.DataFrame:
    """Judge change against a minimal important difference, in points, inclusive."""
    _, gain = _gain(pre, post, higher_is)
    least_loss = improvement if deterioration is None else deterioration
    words = np.select(
        [
            np.isnan(gain),
            gain >= improvement - ROUNDING,
            gain <= -least_loss + ROUNDING,
        ],
        ["", "improved", "deteriorated"],
        "unchanged",
    )
    return _frame(pre, {"gain": gain, "category": words})


def _gain(
    pre: npt.ArrayLike, post: npt.ArrayLike, higher_is: str
) -> tuple[Numbers, Numbers]:
    if higher_is not in _SIGN:
        raise AnalysisError("Change needs a direction: higher is better, or worse.")
    x, y = np.asarray(pre, float), np.asarray(post, float)
    return x, _SIGN[higher_is] * (y - x)


def _frame(pre: npt.ArrayLike, columns: dict[str, npt.ArrayLike]) -> pd.DataFrame:
    index = pre.index if isinstance(pre, pd.Series) else None
    frame = pd.DataFrame(columns, index=index)
    return frame.assign(category=frame["category"].where(frame["category"] != ""))


@dataclass(frozen=True)
class GroupChange:
    """A group's mean gain with its interval, against a minimal important difference.

    category: large (interval beyond it), probable (mean beyond it, interval beyond 0),
    not_shown (beyond 0, may or may not reach it), irrelevant (beyond 0, short of it),
    not_significant (interval holds 0). direction: better, worse or none.
    """

    n: int
    gain: float
    low: float
    high: float
    category: str
    direction: str


def group_within(
    pre: npt.ArrayLike,
    post: npt.ArrayLike,
    higher_is: str,
    difference: float,
    level: float = 0.95,
) -> GroupChange | None:
    """Mean gain of pairs with its t interval; None under two pairs."""
    gain = _gain(pre, post, higher_is)[1]
    gain = gain[~np.isnan(gain)]
    if len(gain) < 2:
        return None
    se = float(gain.std(ddof=1) / np.sqrt(len(gain)))
    reach = float(stats.t.ppf((1 + level) / 2, len(gain) - 1)) * se
    return _judged(len(gain), float(gain.mean()), reach, difference)


def group_between(
    reference: npt.ArrayLike,
    comparison: npt.ArrayLike,
    higher_is: str,
    difference: float,
    level: float = 0.95,
) -> GroupChange | None:
    """How much better the comparison group ends (Welch interval); None under 2 + 2."""
    if higher_is not in _SIGN:
        raise AnalysisError("Change needs a direction: higher is better, or worse.")
    one, other = np.asarray(reference, float), np.asarray(comparison, float)
    one, other = one[~np.isnan(one)], other[~np.isnan(other)]
    if min(len(one), len(other)) < 2:
        return None
    parts = [group.var(ddof=1) / len(group) for group in (one, other)]
    total = sum(parts)
    freedom = total**2 / sum(
        part**2 / (len(group) - 1)
        for part, group in zip(parts, (one, other), strict=True)
    )
    reach = float(stats.t.ppf((1 + level) / 2, freedom) * np.sqrt(total))
    gain = float(_SIGN[higher_is] * (other.mean() - one.mean()))
    return _judged(len(one) + len(other), gain, reach, difference)


def _judged(n: int, gain: float, reach: float, difference: float) -> GroupChange:
    low, high = gain - reach, gain + reach
    if low <= 0 <= high:
        return GroupChange(n, gain, low, high, "not_significant", "none")
    # the nearer and the farther end of the interval, seen from 0
    near, far = sorted((abs(low), abs(high)))
    if near > difference:
        category = "large"
    elif abs(gain) >= difference:
        category = "probable"
    else:
        category = "not_shown" if far >= difference else "irrelevant"
    direction = "better" if gain > 0 else "worse"
    return GroupChange(n, gain, low, high, category, direction)


def by_growth(
    fit: MixedFit | NotFitted, higher_is: str, level: float = 0.95
) -> pd.DataFrame:
    """Judge every client's whole slope (average and own deviation) against 0.

    fit: of `mixed_models.fit_mixed` with slopes, on all occasions. Returns group
    (index), gain_per_time, low, high and category (improved, unchanged, deteriorated);
    empty where no slopes could be fitted.
    """
    if isinstance(fit, NotFitted) or "slope" not in fit.groups:
        empty = ("gain_per_time", "low", "high", "category")
        return pd.DataFrame({name: [] for name in empty})
    sign = _SIGN[higher_is]
    slope = sign * fit.groups["slope"]
    spread = (fit.groups["slope_high"] - fit.groups["slope_low"]) / 2
    reach = spread * stats.norm.ppf((1 + level) / 2) / stats.norm.ppf(0.975)
    low, high = slope - reach, slope + reach
    words = np.select([low > 0, high < 0], ["improved", "deteriorated"], "unchanged")
    columns = {"gain_per_time": slope, "low": low, "high": high, "category": words}
    return pd.DataFrame(columns, index=fit.groups.index)
