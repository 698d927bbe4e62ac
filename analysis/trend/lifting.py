"""Which next score would take a plateau flag away."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.records import Scale
from analysis.series import Courses
from analysis.settings import Thresholds
from analysis.trend.kalman import Numbers, filter_states, predict
from analysis.trend.models import noise_of
from analysis.trend.status import chances_of
from analysis.trend.steps import find_steps, last_piece

# Halvings of the bracket around the slope at which a course is flat no more.
_HALVINGS = 40


def plateau_lifts_at(
    courses: Courses,
    scales: Mapping[str, Scale],
    thresholds: Thresholds,
    models: pd.DataFrame | None = None,
) -> Numbers:
    """Gain level the next score would need so that a flat course is flat no more.

    The next score is taken to come after the scale's usual interval. One number per
    course, on the scale of `courses.gain`.
    """
    noise = noise_of(courses.keys["scale"], scales, models)
    is_step, _ = find_steps(courses, scales, noise, thresholds)
    first, n = last_piece(courses, is_step)
    filtered = filter_states(courses.day, courses.gain, first, n, noise)
    own = [scales[name] for name in courses.keys["scale"]]
    days = np.array([scale.usual_interval_days for scale in own], np.int64)
    change = np.array([scale.reliable_change for scale in own], float)
    delta = change / thresholds.flat_weeks_per_reliable_change
    since = courses.day[courses.last] - courses.day[first]
    expected = predict(filtered.at(courses.last), since, since + days, noise.q)
    weight = expected.cov / (expected.level_var + noise.r**2)
    sd = np.sqrt(expected.slope_var - weight * expected.cov)
    slope = _slope_no_longer_flat(sd, delta, thresholds.plateau_flat)
    return expected.level + (slope - expected.slope) / weight


def _slope_no_longer_flat(sd: Numbers, delta: Numbers, least: float) -> Numbers:
    """Smallest slope at which the chance of being flat falls below `least`."""
    low, high = np.zeros(len(sd)), delta + 10 * sd
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        is_flat = chances_of(middle, sd, delta).flat >= least
        low, high = np.where(is_flat, middle, low), np.where(is_flat, high, middle)
    return high
