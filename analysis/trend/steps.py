"""Where a course takes a step: there the level may jump and the trend begins anew."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.methods.sudden_change import MIN_PER_SIDE, ROUNDING, WINDOW, judge
from analysis.records import Scale
from analysis.series import Courses
from analysis.settings import Thresholds
from analysis.trend.kalman import Noise, Numbers, Whole
from analysis.trend.setbacks import Setbacks, find_setbacks

Truth = npt.NDArray[np.bool_]


def find_steps(
    courses: Courses,
    scales: Mapping[str, Scale],
    noise: Noise,
    thresholds: Thresholds,
) -> tuple[Truth, Setbacks]:
    """Mark, flat, every score with which a new level began; and tell the setbacks.

    Steps for the worse, and the return from them, are setbacks (statistics, section
    5); steps for the better are sudden gains (section 6). Of two steps in a row the
    first counts.
    """
    setbacks = find_setbacks(courses, noise.r, thresholds.setback)
    is_step = setbacks.is_step.copy()
    is_step[_sudden_gains(courses, scales)] = True
    is_step[1:] &= ~is_step[:-1]
    return is_step, setbacks


def last_piece(courses: Courses, is_step: Truth) -> tuple[Whole, Whole]:
    """First position and length of each course's stretch since its latest step."""
    position = np.where(is_step, np.arange(len(is_step)), -1)
    latest = np.maximum.reduceat(position, courses.first)
    first = np.maximum(latest, courses.first)
    return first, courses.last - first + 1


def pieces(courses: Courses, is_step: Truth) -> tuple[Whole, Whole]:
    """First position and length of every stretch between steps, in order."""
    begins = is_step.copy()
    begins[courses.first] = True
    first = np.flatnonzero(begins)
    return first, np.diff(np.append(first, len(begins)))


def _sudden_gains(courses: Courses, scales: Mapping[str, Scale]) -> Whole:
    """Positions of the first score after a sudden gain."""
    threshold = _per_score(courses, scales)
    last = np.repeat(courses.last, courses.n)
    here = np.arange(len(courses.gain))
    rise = np.append(np.diff(courses.gain), 0.0)
    at = np.flatnonzero((rise >= threshold - ROUNDING) & (here + MIN_PER_SIDE <= last))
    if not len(at):
        return at
    owner = courses.owner[at]
    before = _window(courses, at, owner, range(1 - WINDOW, 1))
    after = _window(courses, at, owner, range(1, WINDOW + 1))
    sign = np.sign(
        rise[at] / np.where(courses.value[at + 1] > courses.value[at], 1, -1)
    )
    verdict = judge(before, after, threshold[at], sign)
    return at[verdict["is_sudden"].to_numpy() == 1] + 1


def _per_score(courses: Courses, scales: Mapping[str, Scale]) -> Numbers:
    code, names = pd.factorize(courses.keys["scale"])
    points = [float(scales[name].reliable_change or np.inf) for name in names]
    return np.repeat(np.array(points)[code], courses.n)


def _window(courses: Courses, at: Whole, owner: Whole, offsets: range) -> Numbers:
    """Scores at these offsets from each position, NaN outside its own course."""
    there = at[:, None] + np.array(offsets)
    first, last = courses.first[owner, None], courses.last[owner, None]
    inside = (there >= first) & (there <= last)
    return np.where(inside, courses.value[np.clip(there, first, last)], np.nan)
