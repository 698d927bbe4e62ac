"""What further scores would do: settle what is too early to say, or lift a plateau."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.records import Scale
from analysis.series import Courses
from analysis.settings import Thresholds
from analysis.trend.beliefs import LEVEL, Truth
from analysis.trend.kalman import Numbers, Whole
from analysis.trend.models import noise_of
from analysis.trend.regimes import (
    RegimeNoise,
    Regimes,
    advanced,
    chances_of,
    follow,
    judged,
    mark_of,
    regime_noise,
)
from analysis.trend.status import TOO_EARLY, Judged, status_of

# A status that so many further scores would not settle is not put into a number.
MAX_MORE_SCORES = 12
# A plateau is lifted by a gain of less than so many reliable changes, or by none.
_MOST_GAIN = 3.0
_HALVINGS = 30
_NEVER = 10**9


@dataclass(frozen=True)
class Facts:
    """What is known of each course before its scores are looked at."""

    delta: Numbers  # slower than this (gain per week) is flat
    interval_days: Whole  # usual interval between two scores
    noise: RegimeNoise

    def take(self, at: Whole) -> Facts:
        """The facts of some courses."""
        return Facts(self.delta[at], self.interval_days[at], self.noise.take(at))


def more_scores_needed(
    courses: Courses, verdicts: Judged, facts: Facts, thresholds: Thresholds
) -> Numbers:
    """How many more scores at the usual interval would settle what is too early to say.

    Supposes that it goes on as it most likely is now, without noise; NaN where more
    than MAX_MORE_SCORES would be needed. Found by halving, so that few are tried.
    """
    n = len(courses)
    # where the six weeks spoken of will all lie ahead, the past is followed once
    unmarked = follow(courses, facts.noise, np.full(n, _NEVER))
    fails, settles = np.zeros(n, np.int64), np.full(n, MAX_MORE_SCORES + 1)
    tried = np.full(n, MAX_MORE_SCORES)
    left = np.arange(n)
    while left.size:
        for at in _alike(left, tried, facts.interval_days):
            number = int(tried[at[0]])
            own = courses.choose(np.isin(np.arange(n), at))
            mark = mark_of(_length(own) + number * facts.interval_days[at])
            if (mark >= _length(own)).all():
                now = unmarked.take(at)
            else:
                now = follow(own, facts.noise.take(at), mark)
            ahead = _Ahead(now, _length(own), mark, number)
            is_enough = _settles(ahead, verdicts.take(at), facts.take(at), thresholds)
            settles[at] = np.where(is_enough, number, settles[at])
            fails[at] = np.where(is_enough, fails[at], number)
        left = np.flatnonzero(settles - fails > 1)
        tried = (settles + fails) // 2
    return np.where(settles > MAX_MORE_SCORES, np.nan, settles)


def _alike(left: Whole, tried: Whole, interval_days: Whole) -> list[Whole]:
    """Groups of the courses that are left: by number of scores tried and interval."""
    key = tried[left] * (interval_days.max() + 1) + interval_days[left]
    order = np.argsort(key, kind="stable")
    return np.split(left[order], np.flatnonzero(np.diff(key[order])) + 1)


@dataclass(frozen=True)
class _Ahead:
    """Where courses are, and how many more scores they are to get."""

    now: Regimes
    since: Whole  # day of the latest score, from the course's first
    mark: Whole
    n_more: int


def _settles(
    ahead: _Ahead, verdicts: Judged, facts: Facts, thresholds: Thresholds
) -> Truth:
    """Whether so many more scores would settle each course."""
    now, since, mark = ahead.now, ahead.since, ahead.mark
    best = verdicts.chances
    is_level = best.flat >= np.maximum(best.better, best.worse)
    for _ in range(ahead.n_more):
        until = since + facts.interval_days
        expected = advanced(now, since, until, mark, facts.noise)
        gain = np.where(is_level, expected.level(), expected.moving.mean[LEVEL])
        now, since = judged(expected, gain, facts.noise), until
    chances = chances_of(now, (since - mark) / 7.0, facts.delta)
    weeks = ahead.n_more * facts.interval_days / 7.0
    return status_of(verdicts.later(ahead.n_more, weeks, chances), thresholds) != (
        TOO_EARLY
    )


def _length(courses: Courses) -> Whole:
    """Days from the first score to the latest."""
    return courses.day[courses.last] - courses.day[courses.first]


def plateau_lifts_at(
    courses: Courses,
    scales: Mapping[str, Scale],
    thresholds: Thresholds,
    models: pd.DataFrame | None = None,
) -> Numbers:
    """Gain level the next score would need for the chance of being flat to fall short.

    The next score is taken to come after the scale's usual interval. One number per
    course, on the scale of `courses.gain`; infinite where no score would do it.
    """
    known = [scales[name] for name in courses.keys["scale"]]
    days = np.array([scale.usual_interval_days for scale in known], np.int64)
    change = np.array([scale.reliable_change for scale in known], float)
    delta = change / thresholds.flat_weeks_per_reliable_change
    noise = regime_noise(noise_of(courses.keys["scale"], scales, models), change)
    since = _length(courses)
    mark = mark_of(since + days)
    now = follow(courses, noise, mark)
    expected = advanced(now, since, since + days, mark, noise)

    def is_flat(gain: Numbers) -> Truth:
        then = judged(expected, gain, noise)
        chances = chances_of(then, (since + days - mark) / 7.0, delta)
        return chances.flat >= thresholds.plateau_flat

    low = expected.level()
    high = low + _MOST_GAIN * change
    never = is_flat(high)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        flat = is_flat(middle)
        low, high = np.where(flat, middle, low), np.where(flat, high, middle)
    return np.where(never, np.inf, high)
