"""Where the line of a chart jumps, and setbacks that were made good.

The status speaks from steps that are beyond doubt (steps.py). A reader who sees the
dots asks for more: a line that runs smoothly through a leap of the scores looks wrong,
however short the leap was. So the line also jumps where a setback begins or is made
good, if two neighbouring scores differ there by more than noise makes of them.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from analysis.series import Courses
from analysis.trend.kalman import Z90, Numbers, Whole
from analysis.trend.setbacks import Truth, find_setbacks


def jumps(courses: Courses, is_step: Truth, r: Numbers, threshold: float) -> Truth:
    """Mark, flat, every score with which the line of the chart begins anew.

    is_step: steps that are beyond doubt; each is told at the widest leap of the scores
    beside it. r: noise SD in points, one per course; threshold: of a setback.
    """
    leap = np.abs(np.diff(courses.gain, prepend=courses.gain[:1]))
    leap[courses.first] = 0.0
    setbacks = find_setbacks(courses, r, threshold)
    wide = leap > Z90 * np.sqrt(2) * np.repeat(r, courses.n)
    told = np.flatnonzero(setbacks.is_step)
    told = told[wide[_at_widest(told, leap)]]
    begins = np.zeros(len(leap), bool)
    begins[_at_widest(np.union1d(np.flatnonzero(is_step), told), leap)] = True
    begins[courses.first] = False
    at = np.flatnonzero(begins)
    for before, after in pairwise(at):  # of two in a row the wider leap counts
        if after - before == 1 and begins[before]:
            begins[before if leap[before] < leap[after] else after] = False
    return begins


def _at_widest(at: Whole, leap: Numbers) -> Whole:
    """Of each position and its neighbours the one with the widest leap."""
    around = np.clip(at[:, None] + np.array([0, 1, -1]), 0, len(leap) - 1)
    return np.asarray(around[np.arange(len(at)), leap[around].argmax(axis=1)], np.int64)


def made_good(courses: Courses, r: Numbers, threshold: float) -> tuple[Whole, Whole]:
    """Setbacks of the past: positions of their first scores and of their last ones.

    A setback is made good by the first score back within one measurement error of the
    level before; one that still stands is a finding of its own and not told here.
    """
    back = find_setbacks(courses, r, threshold).made_good_from
    at = np.flatnonzero(back >= 0)
    return back[at], at - 1
