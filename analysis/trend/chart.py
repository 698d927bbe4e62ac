"""The smoothed course of one scale: the line a chart draws through the scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from analysis.records import Scale, Smoothed
from analysis.series import Courses, courses_of
from analysis.settings import Thresholds
from analysis.trend.jumps import jumps, made_good
from analysis.trend.kalman import Z90, Whole, filter_states, smooth_states
from analysis.trend.models import cautious_noise, is_judged, noise_of
from analysis.trend.steps import find_steps, pieces

# The line is broken where no score came for longer (long gaps).
LONGEST_GAP_DAYS = 42
_EPOCH = date(1970, 1, 1)


def smooth(
    points: pd.DataFrame,
    scale: Scale,
    thresholds: Thresholds,
    steps: Sequence[date] = (),
    models: pd.DataFrame | None = None,
) -> Smoothed | None:
    """Smooth one course, in the scale's own direction, with its 90 % band.

    points: one row per score of one episode (date, value). The level jumps where the
    scores take a step rather than a slope; `steps` are further days to look at. Dates
    are those of the scores and every seventh day after the first of a stretch: between
    two of them the line is straight. NaN parts two stretches, and fills gaps of more
    than six weeks. None with too few scores for a trend, or for a scale that is shown
    and not judged.
    """
    course = _course(points, scale)
    if not is_judged(scale) or course.day.size < thresholds.trend_min_scores:
        return None
    noise = noise_of(course.keys["scale"], {scale.id: scale}, models)
    given = np.isin(course.day, [(day - _EPOCH).days for day in steps])
    change = np.array([scale.reliable_change], float)
    r = cautious_noise(noise, change)
    is_step = find_steps(course, change, r, thresholds.setback, given)
    is_step = jumps(course, is_step, r, thresholds.setback)
    gridded, first, n = _on_grid(course, *pieces(course, is_step))
    each = noise.take(np.zeros(len(first), np.int64))
    day, gain = gridded.day, gridded.gain
    filtered = filter_states(day, gain, first, n, each)
    states = smooth_states(day, first, n, each, filtered)
    half = Z90 * np.sqrt(states.level_var)
    bounds = [states.level, states.level - half, states.level + half]
    sign = scale.gain(0, 1)
    hidden = _in_long_gap(day, gain, first)
    lines = [np.where(hidden, np.nan, line * sign) for line in bounds]
    return _record(day, lines, first, scale)


def past_setbacks(
    points: pd.DataFrame,
    scale: Scale,
    thresholds: Thresholds,
    models: pd.DataFrame | None = None,
) -> tuple[tuple[date, date], ...]:
    """Days of the first and the last score of every setback that was made good.

    points: one row per score of one episode (date, value). Nothing for a scale that is
    shown and not judged.
    """
    course = _course(points, scale)
    if not is_judged(scale) or not course.day.size:
        return ()
    noise = noise_of(course.keys["scale"], {scale.id: scale}, models)
    r = cautious_noise(noise, np.array([scale.reliable_change], float))
    spans = zip(*made_good(course, r, thresholds.setback), strict=True)
    return tuple((_day(course, first), _day(course, last)) for first, last in spans)


def _day(course: Courses, at: int) -> date:
    return _EPOCH + timedelta(days=int(course.day[at]))


def _course(points: pd.DataFrame, scale: Scale) -> Courses:
    rows = pd.DataFrame(
        {
            "client_id": "one",
            "episode_id": "one",
            "scale": scale.id,
            "date": points["date"].to_numpy(),
            "value": points["value"].to_numpy(float),
        }
    )
    return courses_of(rows, {scale.id: scale}, date.max)


def _on_grid(course: Courses, first: Whole, n: Whole) -> tuple[Courses, Whole, Whole]:
    """Add days without a score, so that every seventh day of a stretch has a state."""
    days, gains = [], []
    for start, length in zip(first, n, strict=True):
        scored = course.day[start : start + length]
        grid = np.union1d(scored, np.arange(scored[0], scored[-1] + 1, 7))
        gain = np.full(len(grid), np.nan)
        gain[np.searchsorted(grid, scored)] = course.gain[start : start + length]
        days.append(grid)
        gains.append(gain)
    lengths = np.array([len(grid) for grid in days])
    day, gain = np.concatenate(days), np.concatenate(gains)
    return (
        replace(course, day=day, gain=gain, value=gain),
        np.append(0, np.cumsum(lengths)[:-1]),
        lengths,
    )


def _in_long_gap(day: Whole, gain: np.ndarray, first: Whole) -> np.ndarray:
    """Days without a score inside a gap that is too long to draw through."""
    scored = np.flatnonzero(~np.isnan(gain))
    at = np.searchsorted(scored, np.arange(len(day)))
    after = day[scored[np.minimum(at, len(scored) - 1)]]
    before = day[scored[np.maximum(at - 1, 0)]]
    return np.isnan(gain) & (after - before > LONGEST_GAP_DAYS)


def _record(
    day: Whole, lines: list[np.ndarray], first: Whole, scale: Scale
) -> Smoothed:
    breaks = first[1:]
    days = np.insert(day, breaks, day[breaks])
    level, low, high = (
        np.clip(np.insert(line, breaks, np.nan), scale.low, scale.high)
        for line in lines
    )
    return Smoothed(
        dates=tuple(_EPOCH + timedelta(days=int(d)) for d in days),
        level=tuple(level.tolist()),
        low=tuple(np.minimum(low, high).tolist()),
        high=tuple(np.maximum(low, high).tolist()),
    )
