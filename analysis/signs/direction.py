"""Where the evidence for a sign is heading: chances of several scales, averaged.

Every scale, questionnaire, check-in or goal, is followed by the same two regimes as in
`trend`, without a leaning to better or worse. The chances that it gets better, stays
level, gets worse are averaged by weight over the scales that speak to a sign: scales
that contradict each other leave no direction likely, and the sign is not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.records import RC_PER_SEM, Scale
from analysis.series import Courses
from analysis.trend import Noise, chances_of, follow, regime_noise

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Truth = npt.NDArray[np.bool_]

DIRECTIONS = ("moving", "steady", "slipping", "not_known")
MOVING, STEADY, SLIPPING, NOT_KNOWN = range(4)
# From this chance on a direction is named. On simulated check-ins 6 % of flat ones are
# then called moving after 8 weeks of one question, 1 % with three. Strengths by chance.
KNOWN = 0.55
STRENGTHS = ((0.85, "strong"), (0.7, "clear"), (KNOWN, "faint"))
# Scales without a reliable change (check-ins, goals): for signs, and for signs only,
# so much of the range stands in; on 0 to 10 that is 3 points (for goals of the
# Goal-Based Outcomes about 2.45 points on the mean of three are reliable).
SHARE_OF_RANGE = 0.3
# Habits and hope move slowly: what takes up to twice as long as flat allows for the
# status of a scale still is movement of a sign.
PATIENCE = 2.0
MIN_SCORES = 3
# Older evidence says nothing about now.
MAX_AGE_DAYS = 56


@dataclass(frozen=True)
class Heading:
    """Chances of every course (rows) at one day: better, flat, worse; NaN: unknown."""

    chances: Numbers

    @property
    def is_known(self) -> Truth:
        """Whether there were scores enough, and recent ones."""
        return ~np.isnan(self.chances[:, 0])


def unit_of(scale: Scale) -> float:
    """The reliable change of a scale, else its stand-in for signs."""
    return scale.reliable_change or SHARE_OF_RANGE * (scale.high - scale.low)


def heading_at(
    courses: Courses, scales: Mapping[str, Scale], day: int, weeks_to_change: float
) -> Heading:
    """Where every course was heading on a day (since 1970), from its scores by then.

    weeks_to_change: slower than a reliable change in so many weeks, times PATIENCE, is
    steady.
    """
    known = courses.up_to(day)
    chances = np.full((len(courses), 3), np.nan)
    kept = np.flatnonzero(courses.day[courses.first] <= day)
    is_usable = (known.n >= MIN_SCORES) & (day - known.day[known.last] <= MAX_AGE_DAYS)
    code, names = pd.factorize(known.keys["scale"])
    unit = np.array([unit_of(scales[name]) for name in names], float)[code]
    now = chances_of(follow(known, _neutral(unit)), unit / weeks_to_change / PATIENCE)
    columns = np.column_stack([now.better, now.flat, now.worse])
    chances[kept[is_usable]] = columns[is_usable]
    return Heading(chances)


def _neutral(unit: Numbers) -> Noise:
    """The regimes' numbers without a leaning: a slope is as likely up as down."""
    none = np.zeros(len(unit))
    own = regime_noise(Noise(unit / RC_PER_SEM, none, none, none), unit)
    return Noise(own.r, own.q, none, own.slope_sd)


def directions_of(chances: Numbers) -> tuple[Whole, Numbers]:
    """Direction and its chance, by row; not known where none reaches KNOWN."""
    best = np.where(np.isnan(chances), 0.0, chances)
    direction, chance = best.argmax(axis=1), best.max(axis=1)
    return np.where(chance >= KNOWN, direction, NOT_KNOWN), chance


def average(group: Whole, n_groups: int, chances: Numbers, weight: Numbers) -> Numbers:
    """Chances averaged by group and weight; NaN for groups without evidence."""
    total = np.bincount(group, weights=weight, minlength=n_groups)
    sums = [
        np.bincount(group, weights=weight * column, minlength=n_groups)
        for column in chances.T
    ]
    known = np.where(total > 0, total, np.nan)
    return np.column_stack(sums) / known[:, None]
