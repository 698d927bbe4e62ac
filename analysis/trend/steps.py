"""Where courses take a step: there a level stretch begins and a chart's line may jump.

Candidates are setbacks and the returns from them (docs/rules.md, section 5) and sudden
gains (section 6). A course that rises or falls steadily looks like a step to both
rules; so only those count where two levels fit the scores around clearly better than
one line does.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analysis.methods.sudden_change import MIN_PER_SIDE, ROUNDING, WINDOW, judge
from analysis.series import Courses
from analysis.trend.kalman import Numbers, Whole
from analysis.trend.setbacks import find_setbacks

Truth = npt.NDArray[np.bool_]

# Scores on either side that two levels and a line are fitted to.
AROUND = 6
# How much better two levels have to fit: difference of the sums of squares in units of
# r squared. On the simulator about 5 in 100 steady courses take a step by this rule,
# and half of the true steps of a reliable change that have scores behind them do.
CLEARLY = 5.0


def find_steps(
    courses: Courses,
    change: Numbers,
    r: Numbers,
    threshold: float,
    further: Truth | None = None,
) -> Truth:
    """Mark, flat, every score with which a new level began.

    change: reliable change, r: noise SD in points, one per course; threshold: of a
    setback; further: more candidates, flat. Of two steps in a row the first counts.
    """
    is_step = find_setbacks(courses, r, threshold).is_step.copy()
    is_step[_sudden_gains(courses, change)] = True
    if further is not None:
        is_step |= further
    is_step[courses.first] = False
    at = np.flatnonzero(is_step)
    is_step[at[~_is_clear(courses, at, r)]] = False
    is_step[1:] &= ~is_step[:-1]
    return is_step


def pieces(courses: Courses, is_step: Truth) -> tuple[Whole, Whole]:
    """First position and length of every stretch between steps, in order."""
    begins = is_step.copy()
    begins[courses.first] = True
    first = np.flatnonzero(begins)
    return first, np.diff(np.append(first, len(begins)))


def latest_step(courses: Courses, is_step: Truth) -> Whole:
    """Position of the latest step of every course; without one, of its first score."""
    steps = np.where(is_step, np.arange(len(is_step)), -1)
    return np.maximum(np.maximum.reduceat(steps, courses.first), courses.first)


def _sudden_gains(courses: Courses, change: Numbers) -> Whole:
    """Positions of the first score after a sudden gain."""
    points = np.repeat(change, courses.n)[:-1]
    last = np.repeat(courses.last, courses.n)[:-1]
    is_large = np.diff(courses.gain) >= points - ROUNDING
    at = np.flatnonzero(is_large & (np.arange(len(last)) + MIN_PER_SIDE <= last))
    before = _scores_around(courses, at, range(1 - WINDOW, 1))
    after = _scores_around(courses, at, range(1, WINDOW + 1))
    rises = courses.value[at + 1] > courses.value[at]
    verdict = judge(before, after, points[at], np.where(rises, 1.0, -1.0))
    return at[verdict["is_sudden"].to_numpy() == 1] + 1


def _scores_around(courses: Courses, at: Whole, offsets: range) -> Numbers:
    """Scores at these offsets from each position, NaN outside its own course."""
    owner = courses.owner[at]
    there = at[:, None] + np.array(offsets)
    first, last = courses.first[owner, None], courses.last[owner, None]
    inside = (there >= first) & (there <= last)
    return np.where(inside, courses.value[np.clip(there, first, last)], np.nan)


def _is_clear(courses: Courses, at: Whole, r: Numbers) -> Truth:
    """Whether two levels that meet at each position beat one line through all."""
    offsets = range(-AROUND, AROUND)
    value = _scores_around(courses, at, offsets)
    day = courses.day[np.clip(at[:, None] + np.array(offsets), 0, len(courses.day) - 1)]
    known = ~np.isnan(value)
    levels = _squares(value[:, :AROUND]) + _squares(value[:, AROUND:])
    week = _centred(np.where(known, day / 7.0, np.nan))
    score = _centred(value)
    slope = (week * score).sum(1) / np.maximum((week**2).sum(1), ROUNDING)
    line = ((score - slope[:, None] * week) ** 2).sum(1)
    return line - levels > CLEARLY * r[courses.owner[at]] ** 2


def _squares(values: Numbers) -> Numbers:
    """Sum of squared deviations from the mean of each row."""
    return (_centred(values) ** 2).sum(1)


def _centred(values: Numbers) -> Numbers:
    """Each row less its mean; 0 where there is no score."""
    known = ~np.isnan(values)
    mean = np.where(known, values, 0.0).sum(1) / np.maximum(known.sum(1), 1)
    return np.where(known, values - mean[:, None], 0.0)
