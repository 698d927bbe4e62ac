"""Control charts: XmR with the NHS rules, and EWMA for a person's own check-ins.

Sources: NHS England, Making Data Count (XmR limits, four signals, trial limits under
12 points); Roberts 1959 and Lucas & Saccucci 1990 (EWMA).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]

# Limits of single values from the mean moving range: 3 / d2 with d2 = 1.128.
XMR_FACTOR = 2.66
# A moving range beyond this many times the mean one is a special cause (D4 for n = 2).
SCREEN_FACTOR = 3.267
RUN = 7  # in a row on one side, or rising, or falling
NEAR = 2 / 3  # of the way from the mean to a limit
TRIAL_POINTS = 12  # limits from fewer points are trial limits


@dataclass(frozen=True)
class XmR:
    """Limits and signals of a series of single values.

    outside, run, trend, near_limit: one truth per value, all of the pattern marked.
    Without two values there are no limits: mean and limits are None.
    """

    mean: float | None
    lower: float | None
    upper: float | None
    outside: Truths
    run: Truths
    trend: Truths
    near_limit: Truths
    is_trial: bool

    @property
    def any_signal(self) -> Truths:
        """Values that are part of any signal."""
        return self.outside | self.run | self.trend | self.near_limit


def xmr(values: npt.ArrayLike, screens: bool = False) -> XmR:
    """Chart values in order of time; missing ones are left out of limits and runs.

    screens: leave out moving ranges beyond 3.267 times their mean, once, before the
    limits are drawn (a choice of some NHS tools; off in others).
    """
    x = np.asarray(values, float)
    known = ~np.isnan(x)
    seen = x[known]
    marks = {name: np.zeros(len(x), bool) for name in _PATTERNS}
    if len(seen) < 2:
        return XmR(None, None, None, is_trial=True, **marks)
    mean = float(seen.mean())
    reach = XMR_FACTOR * _mean_range(seen, screens)
    for name, found in _signals(seen, mean, reach).items():
        marks[name][known] = found
    trial = len(seen) < TRIAL_POINTS
    return XmR(mean, mean - reach, mean + reach, is_trial=trial, **marks)


_PATTERNS = ("outside", "run", "trend", "near_limit")


def _mean_range(seen: Numbers, screens: bool) -> float:
    ranges = np.abs(np.diff(seen))
    if screens:
        ranges = ranges[ranges <= SCREEN_FACTOR * ranges.mean()]
    return float(ranges.mean())


def _signals(seen: Numbers, mean: float, reach: float) -> dict[str, Truths]:
    side = np.sign(seen - mean)
    step = np.sign(np.diff(seen))
    trend = np.zeros(len(seen), bool)
    for direction in (1, -1):
        steps = _in_row(step == direction, RUN - 1)
        trend[1:] |= steps
        trend[:-1] |= steps
    return {
        "outside": np.abs(seen - mean) > reach,
        "run": _in_row(side == 1, RUN) | _in_row(side == -1, RUN),
        "trend": trend,
        "near_limit": _two_of_three(seen - mean > NEAR * reach)
        | _two_of_three(mean - seen > NEAR * reach),
    }


def _in_row(holds: Truths, length: int) -> Truths:
    """Mark values that are part of `length` or more in a row."""
    edges = np.diff(np.concatenate([[0], holds.astype(int), [0]]))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    marked = np.zeros(len(holds), bool)
    for start, end in zip(starts, ends, strict=True):
        marked[start:end] = end - start >= length
    return marked


def _two_of_three(near: Truths) -> Truths:
    """Mark values near a limit that have another such within two steps."""
    padded = np.concatenate([[False] * 2, near, [False] * 2])
    n = len(near)
    neighbours = [padded[shift : shift + n] for shift in (0, 1, 3, 4)]
    return near & np.any(neighbours, axis=0)


@dataclass(frozen=True)
class Ewma:
    """Smoothed values with their limits, one per day; signal: -1 below, +1 above."""

    smoothed: Numbers
    lower: Numbers
    upper: Numbers
    signal: npt.NDArray[np.int64]


def ewma(
    values: npt.ArrayLike,
    centre: float,
    sd: float,
    weight: float = 0.2,
    width: float = 2.7,
) -> Ewma:
    """Follow day averages against the usual `centre` and `sd`.

    weight: of the newest day (λ); width: of the limits (L). A missing day keeps the
    smoothed value and does not count as a day.
    """
    x = np.asarray(values, float)
    smoothed = np.empty(len(x))
    level, n, days = centre, 0, np.empty(len(x))
    for i, value in enumerate(x):
        if not np.isnan(value):
            level = weight * value + (1 - weight) * level
            n += 1
        smoothed[i], days[i] = level, n
    spread = weight / (2 - weight) * (1 - (1 - weight) ** (2 * days))
    reach = width * sd * np.sqrt(spread)
    signal = np.where(np.abs(smoothed - centre) > reach, np.sign(smoothed - centre), 0)
    return Ewma(smoothed, centre - reach, centre + reach, signal.astype(np.int64))


def usual_spread(
    days: npt.ArrayLike, practice_sd: float, practice_days: float = 7.0
) -> float:
    """A person's own SD, shrunken toward the practice's while days are few.

    The practice counts as `practice_days` days: with one day of one's own the SD is
    the practice's, with many it is one's own.
    """
    own = np.asarray(days, float)
    own = own[~np.isnan(own)]
    free = max(len(own) - 1, 0)
    own_variance = float(own.var(ddof=1)) if free else 0.0
    pooled = (practice_days * practice_sd**2 + free * own_variance) / (
        practice_days + free
    )
    return float(np.sqrt(pooled))
