"""What further scores would do: settle what is too early to say, or lift a plateau."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.records import Scale
from analysis.series import Courses
from analysis.settings import Thresholds
from analysis.trend.kalman import Noise, Numbers, Whole
from analysis.trend.models import noise_of
from analysis.trend.regimes import (
    Regimes,
    carried,
    chances_of,
    follow,
    judged,
    regime_noise,
)
from analysis.trend.status import TOO_EARLY, Judged, status_of

# A status that so many further scores would not settle is not put into a number.
MAX_MORE_SCORES = 12
# A plateau is lifted by a gain of less than so many reliable changes, or by none.
_MOST_GAIN = 3.0
_HALVINGS = 30


def more_scores_needed(
    verdicts: Judged,
    now: Regimes,
    noise: Noise,
    delta: Numbers,
    interval_days: Whole,
    thresholds: Thresholds,
) -> Numbers:
    """How many more scores at the usual interval would settle what is too early to say.

    Supposes that it goes on as it most likely is now, without noise; NaN where more
    than MAX_MORE_SCORES would be needed.
    """
    needed = np.full(len(verdicts.n), np.nan)
    since = np.rint(verdicts.weeks * 7).astype(np.int64)
    best = chances_of(now, delta)
    is_level = best.flat >= np.maximum(best.better, best.worse)
    for k in range(1, MAX_MORE_SCORES + 1):
        until = since + interval_days
        expected = carried(now, since, until, noise)
        gain = np.where(is_level, expected.level, expected.moving.level)
        now, since = judged(expected, gain, noise), until
        chances = chances_of(now, delta)
        then = verdicts.later(k, interval_days * k / 7.0, chances)
        settled = status_of(then, thresholds) != TOO_EARLY
        needed = np.where(np.isnan(needed) & settled, k, needed)
    return needed


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
    since = courses.day[courses.last] - courses.day[courses.first]
    expected = carried(follow(courses, noise), since, since + days, noise)

    def is_flat(gain: Numbers) -> np.ndarray:
        chances = chances_of(judged(expected, gain, noise), delta)
        return chances.flat >= thresholds.plateau_flat

    low, high = expected.level, expected.level + _MOST_GAIN * change
    never = is_flat(high)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        flat = is_flat(middle)
        low, high = np.where(flat, middle, low), np.where(flat, high, middle)
    return np.where(never, np.inf, high)
