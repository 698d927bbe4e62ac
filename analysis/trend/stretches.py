"""Since when: the level stretch or the movement that ends with the latest score."""

from __future__ import annotations

import numpy as np

from analysis.series import Courses
from analysis.trend.kalman import Numbers, States, Whole

# A level stretch stays within this share of the reliable change of today's level,
LEVEL_SHARE = 0.5
# and its smoothed slope within so many times the slope that counts as flat: the trend's
# slope wavers more than the course does.
SLOPE_ROOM = 2.0


def level_since(
    courses: Courses, smoothed: States, change: Numbers, delta: Numbers
) -> Whole:
    """Position from which the level has stayed by today's and the slope has been flat.

    smoothed: states of the local linear trend, one per score. change: reliable change,
    delta: slope up to which a course is flat, one per course.
    """
    today = np.repeat(smoothed.level[courses.last], courses.n)
    room = np.repeat(change * LEVEL_SHARE, courses.n)
    flat = np.repeat(delta * SLOPE_ROOM, courses.n)
    is_level = np.abs(smoothed.level - today) <= room
    return courses.run_to_end(is_level & (np.abs(smoothed.slope) <= flat))


def moving_since(
    courses: Courses, smoothed: States, delta: Numbers
) -> tuple[Whole, Whole]:
    """Positions from which the slope has been above delta, and below -delta."""
    flat = np.repeat(delta, courses.n)
    rising = courses.run_to_end(smoothed.slope > flat)
    falling = courses.run_to_end(smoothed.slope < -flat)
    return rising, falling
