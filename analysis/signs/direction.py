"""Where the evidence for a sign is heading: four weeks now against four weeks before.

For every scale, questionnaire, check-in or goal, the mean of its latest four weeks is
held against the mean of the first four of the last twelve (of all weeks, where there
are fewer): the two numbers that are printed. The scale's noise gives the spread of
their difference. Differences, in units of the reliable change, are averaged over the
scales that speak to a sign, by weight and precision; where scales part more than their
spread allows, the spread of the average grows (Birge ratio), so that signs that
contradict each other end as not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from analysis.records import RC_PER_SEM, Scale
from analysis.series import Courses
from analysis.trend import NOISE_PER_SEM

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Truth = npt.NDArray[np.bool_]

DIRECTIONS = ("moving", "steady", "slipping", "not_known")
MOVING, STEADY, SLIPPING, NOT_KNOWN = range(4)
# From this chance on a direction is named. Of single weekly questions on which nothing
# changes 7 % are then called moving and 7 % slipping, of three together 1 % each.
KNOWN = 0.6
STRENGTHS = {"strong": 0.85, "clear": 0.7, "faint": KNOWN}
# Scales without a reliable change (check-ins, goals): for signs, and for signs only,
# so much of the range stands in; on 0 to 10 that is 3 points (for goals of the
# Goal-Based Outcomes about 2.45 points on the mean of three are reliable).
SHARE_OF_RANGE = 0.3
# A difference within this share of it is level: 1 of 10 points, 2 of the PHQ-9.
LEVEL_SHARE = 1 / 3
WINDOW_DAYS = 84
EDGE_DAYS = 28
MIN_SCORES = 3
MIN_DAYS = 14
# Older evidence says nothing about now.
MAX_AGE_DAYS = 56


@dataclass(frozen=True)
class Heading:
    """Where every course came from and got to by one day, one entry per course.

    start and end in the scale's own direction; change (for the better) and its spread
    in units of the reliable change, NaN where too few or too old scores tell nothing.
    """

    start: Numbers
    end: Numbers
    change: Numbers
    spread: Numbers

    @property
    def is_known(self) -> Truth:
        """Whether there were scores enough, and recent ones."""
        return ~np.isnan(self.change)


def unit_of(scale: Scale) -> float:
    """The reliable change of a scale, else its stand-in for signs."""
    return scale.reliable_change or SHARE_OF_RANGE * (scale.high - scale.low)


def heading_at(courses: Courses, scales: Mapping[str, Scale], day: int) -> Heading:
    """Where every course was heading on a day (since 1970), from its scores by then."""
    known = courses.day <= day
    last = np.maximum.reduceat(np.where(known, courses.day, -1), courses.first)
    since = np.maximum(courses.day[courses.first], last - WINDOW_DAYS)
    span = last - since
    edge = np.minimum(EDGE_DAYS, span / 2)
    begins = known & (courses.day >= _each(courses, since))
    early = begins & (courses.day < _each(courses, since + edge))
    late = known & (courses.day > _each(courses, last - edge))
    n_early, start = _mean(courses, early)
    n_late, end = _mean(courses, late)
    usable = (
        (np.add.reduceat(begins, courses.first, dtype=np.int64) >= MIN_SCORES)
        & (span >= MIN_DAYS)
        & (day - last <= MAX_AGE_DAYS)
    )
    code, names = pd.factorize(courses.keys["scale"])
    unit = np.array([unit_of(scales[name]) for name in names], float)[code]
    change = np.where(usable, courses.sign * (end - start) / unit, np.nan)
    with np.errstate(divide="ignore"):
        spread = NOISE_PER_SEM / RC_PER_SEM * np.sqrt(1 / n_early + 1 / n_late)
    return Heading(start, end, change, spread)


def _each(courses: Courses, values: Numbers | Whole) -> Numbers:
    return np.repeat(values, courses.n).astype(float)


def _mean(courses: Courses, chosen: Truth) -> tuple[Whole, Numbers]:
    """How many scores of each course are chosen, and their mean."""
    n = np.add.reduceat(chosen, courses.first, dtype=np.int64)
    total = np.add.reduceat(np.where(chosen, courses.value, 0.0), courses.first)
    return n, np.divide(total, n, out=np.full(len(n), np.nan), where=n > 0)


def directions_of(change: Numbers, spread: Numbers) -> tuple[Whole, Numbers]:
    """Direction and its chance; not known where none reaches KNOWN, or for NaN."""
    better = special.ndtr((change - LEVEL_SHARE) / spread)
    worse = special.ndtr((-LEVEL_SHARE - change) / spread)
    chances = np.column_stack([better, 1 - better - worse, worse])
    best = np.where(np.isnan(chances), 0.0, chances)
    direction, chance = best.argmax(axis=1), best.max(axis=1)
    return np.where(chance >= KNOWN, direction, NOT_KNOWN), chance


def pool(
    group: Whole, n_groups: int, change: Numbers, spread: Numbers, weight: Numbers
) -> tuple[Numbers, Numbers]:
    """Pooled change and its spread by group; NaN for groups without evidence."""

    def total(values: Numbers) -> Numbers:
        return np.bincount(group, weights=values, minlength=n_groups).astype(float)

    share = weight / spread**2
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = total(share)
        pooled = total(share * change) / shares
        var = total((share * spread) ** 2) / shares**2
        apart = total(((change - pooled[group]) / spread) ** 2)
        birge = apart / np.maximum(total(np.ones(len(group))) - 1, 1)
    return pooled, np.sqrt(var * np.maximum(birge, 1.0))
