"""Where the evidence for a sign is heading: slopes of several scales, pooled.

Every scale, questionnaire, check-in or goal, is smoothed by the same local linear trend
as in `trend`, with a neutral prior. Slopes are put into units of the scale's reliable
change and averaged by weight and precision; where scales part more than their spread
allows, the spread of the average grows (Birge ratio), so that signs that contradict
each other end as not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.records import RC_PER_SEM, Scale
from analysis.series import Courses
from analysis.trend import Noise, States, beyond, filter_states
from analysis.trend.models import NOISE_PER_SEM, SLOPE_SD, SLOPE_STEP

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Truth = npt.NDArray[np.bool_]

DIRECTIONS = ("moving", "steady", "slipping", "not_known")
MOVING, STEADY, SLIPPING, NOT_KNOWN = range(4)
# From this chance on a direction is named; strengths by chance.
KNOWN = 0.5
STRENGTHS = ((0.85, "strong"), (0.7, "clear"), (KNOWN, "faint"))
# Scales without a reliable change (check-ins, goals): for signs, and for signs only,
# so much of the range stands in; on 0 to 10 that is 3 points (for goals of the
# Goal-Based Outcomes about 2.45 points on the mean of three are reliable).
SHARE_OF_RANGE = 0.3
MIN_SCORES = 3
# Older evidence says nothing about now.
MAX_AGE_DAYS = 56


@dataclass(frozen=True)
class Slopes:
    """Slope of every course at one day, in reliable changes per week."""

    mean: Numbers
    var: Numbers
    is_usable: Truth  # recent, and of enough scores
    last: Whole  # position of the latest score by that day, -1 where none


def unit_of(scale: Scale) -> float:
    """The reliable change of a scale, else its stand-in for signs."""
    return scale.reliable_change or SHARE_OF_RANGE * (scale.high - scale.low)


def slopes_at(
    courses: Courses, scales: Mapping[str, Scale], days: tuple[int, ...]
) -> list[Slopes]:
    """Slope of every course as it stood on each of these days (since 1970)."""
    unit = _units(courses, scales)
    noise = Noise(
        NOISE_PER_SEM * unit / RC_PER_SEM,
        SLOPE_STEP * unit,
        np.zeros(len(unit)),
        SLOPE_SD * unit,
    )
    states = filter_states(courses.day, courses.gain, courses.first, courses.n, noise)
    found = []
    for day in days:
        last = _last_by(courses, day)
        at = np.maximum(last, 0)
        recent = (last >= 0) & (day - courses.day[at] <= MAX_AGE_DAYS)
        enough = at - courses.first + 1 >= MIN_SCORES
        mean, var = states.slope[at] / unit, states.slope_var[at] / unit**2
        found.append(Slopes(mean, var, recent & enough, last))
    return found


def _units(courses: Courses, scales: Mapping[str, Scale]) -> Numbers:
    """What counts as a reliable change on every course's scale, or stands in for it."""
    code, names = pd.factorize(courses.keys["scale"])
    return np.array([unit_of(scales[name]) for name in names], float)[code]


def _last_by(courses: Courses, day: int) -> Whole:
    """Position of each course's latest score up to a day; -1 where there is none."""
    known = np.where(courses.day <= day, np.arange(len(courses.day)), -1)
    return np.maximum.reduceat(known, courses.first)


def directions_of(mean: Numbers, var: Numbers, delta: float) -> tuple[Whole, Numbers]:
    """Direction and its chance; not known where no direction reaches KNOWN.

    NaN means no evidence. delta: flat up to here, in reliable changes per week.
    """
    better, worse = beyond(_slope_only(mean, var), np.full(len(mean), delta))
    table = np.column_stack([better, 1 - better - worse, worse])
    best = np.where(np.isnan(table), 0.0, table)
    direction, chance = best.argmax(axis=1), best.max(axis=1)
    return np.where(chance >= KNOWN, direction, NOT_KNOWN), chance


def _slope_only(mean: Numbers, var: Numbers) -> States:
    none = np.zeros(len(mean))
    return States(none, mean, none, none, var)


def pool(
    group: Whole, n_groups: int, mean: Numbers, var: Numbers, weight: Numbers
) -> tuple[Numbers, Numbers]:
    """Pooled slope and its variance by group; NaN for groups without evidence.

    Each slope counts by its weight over its variance.
    """
    share = weight / var
    total = _sum(group, share, n_groups)
    with np.errstate(invalid="ignore", divide="ignore"):
        pooled = _sum(group, share * mean, n_groups) / total
        spread = _sum(group, share**2 * var, n_groups) / total**2
        apart = _sum(group, (mean - pooled[group]) ** 2 / var, n_groups)
        n = _sum(group, np.ones(len(group)), n_groups)
        birge = np.where(n > 1, apart / np.maximum(n - 1, 1), 1.0)
    return pooled, spread * np.maximum(birge, 1.0)


def _sum(group: Whole, values: Numbers, n_groups: int) -> Numbers:
    return np.bincount(group, weights=values, minlength=n_groups).astype(float)
