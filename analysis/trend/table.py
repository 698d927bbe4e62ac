"""Trend and status of every client, episode and scale as one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.records import Scale
from analysis.schema import TABLES
from analysis.series import Courses, cases, courses_of
from analysis.settings import Thresholds
from analysis.trend import regimes as two_regimes
from analysis.trend import status as verdict
from analysis.trend.kalman import (
    Z90,
    Numbers,
    States,
    Whole,
    filter_states,
    smooth_states,
)
from analysis.trend.models import cautious_noise, is_judged, noise_of
from analysis.trend.outlook import more_scores_needed
from analysis.trend.steps import find_steps
from analysis.trend.stretches import level_since, moving_since

Truth = npt.NDArray[np.bool_]

# Courses worked out at a time, so that memory stays bounded.
BLOCK = 200_000


def trends(
    series: pd.DataFrame,
    episodes: pd.DataFrame,
    scales: Mapping[str, Scale],
    until: date,
    thresholds: Thresholds,
    models: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Judge where every scale of every episode is heading, from its scores to `until`.

    A row is an episode and scale. gain_per_week is the slope of the local linear trend
    at the latest score, positive when things get better, low and high its 90 %
    interval; p_better, p_flat, p_worse are the chances of the two regimes (regimes.py),
    from which the status follows. With too few scores or weeks there are no numbers and
    the status is too_early. A scale without a reliable change is shown and not judged:
    it has no row here. models: the practice's own, as `fit_models` returns.
    """
    judged = {name: scale for name, scale in scales.items() if is_judged(scale)}
    known = series[series["episode_id"].isin(episodes["episode_id"])]
    courses = courses_of(known, judged, until)
    if not len(courses):
        return TABLES["trends"].empty()
    blocks = [_judge(block, scales, thresholds, models) for block in _blocks(courses)]
    rows = pd.concat(blocks, ignore_index=True)
    rows["until"] = pd.Timestamp(until).as_unit("s")
    return rows[TABLES["trends"].names]


def _blocks(courses: Courses) -> list[Courses]:
    block = np.arange(len(courses)) // BLOCK
    return [courses.choose(block == number) for number in range(block[-1] + 1)]


@dataclass(frozen=True)
class _Facts:
    """What the scale says about each course, one entry per course."""

    reliable_change: Numbers
    delta: Numbers  # slower than this (gain per week) is flat
    interval_days: Whole
    can_gain: Truth


def _judge(
    courses: Courses,
    scales: Mapping[str, Scale],
    thresholds: Thresholds,
    models: pd.DataFrame | None,
) -> pd.DataFrame:
    noise = noise_of(courses.keys["scale"], scales, models)
    facts = _facts(courses, scales, thresholds)
    day, gain, first, n = courses.day, courses.gain, courses.first, courses.n
    filtered = filter_states(day, gain, first, n, noise)
    smoothed = smooth_states(day, first, n, noise, filtered)
    change, delta = facts.reliable_change, facts.delta
    own = two_regimes.regime_noise(noise, change)
    now = two_regimes.follow(courses, own)
    is_step = find_steps(
        courses, change, cautious_noise(noise, change), thresholds.setback
    )
    level_from = level_since(courses, smoothed, change, delta, is_step)
    judged = verdict.Judged(
        n=n,
        weeks=courses.weeks[courses.last],
        chances=two_regimes.chances_of(now, facts.delta),
        stretch_scores=courses.last - level_from + 1,
        stretch_weeks=(day[courses.last] - day[level_from]) / 7.0,
        can_gain=facts.can_gain,
    )
    statuses = verdict.status_of(judged, thresholds)
    rising, falling = moving_since(courses, smoothed, facts.delta)
    since = np.select(
        [statuses == verdict.IMPROVING, statuses == verdict.WORSENING],
        [rising, falling],
        level_from,
    )
    early = np.flatnonzero(statuses == verdict.TOO_EARLY)
    needed = np.full(len(courses), np.nan)
    needed[early] = more_scores_needed(
        judged.take(early),
        now.take(early),
        own.take(early),
        facts.delta[early],
        facts.interval_days[early],
        thresholds,
    )
    is_early = statuses == verdict.TOO_EARLY
    enough = verdict.has_enough(judged, thresholds)
    return courses.keys.assign(
        n=n,
        weeks=judged.weeks,
        **_numbers(filtered.at(courses.last), judged.chances, enough),
        status=pd.Series(statuses, dtype="str"),
        since=courses.date_at(since).mask(is_early),
        more_scores_needed=pd.array(needed, dtype="Int64"),
    )


def _numbers(
    now: States, chances: two_regimes.Chances, enough: Truth
) -> dict[str, Numbers]:
    half = Z90 * np.sqrt(now.slope_var)
    numbers = {
        "gain_per_week": now.slope,
        "low": now.slope - half,
        "high": now.slope + half,
        "p_better": chances.better,
        "p_flat": chances.flat,
        "p_worse": chances.worse,
    }
    return {name: np.where(enough, each, np.nan) for name, each in numbers.items()}


def _facts(
    courses: Courses, scales: Mapping[str, Scale], thresholds: Thresholds
) -> _Facts:
    code, names = pd.factorize(courses.keys["scale"])
    own = [scales[name] for name in names]
    change = np.array([scale.reliable_change for scale in own], float)[code]
    interval = np.array([scale.usual_interval_days for scale in own], np.int64)[code]
    return _Facts(
        change,
        change / thresholds.flat_weeks_per_reliable_change,
        interval,
        _can_gain(courses, scales, change),
    )


def _can_gain(courses: Courses, scales: Mapping[str, Scale], change: Numbers) -> Truth:
    """Whether there is something left to reach: what makes a level stretch a plateau.

    That is to be still a case; where a scale has no cut-off, to be at least a reliable
    change away from its best score.
    """
    latest = courses.value[courses.last]
    is_case = cases(latest, courses.keys["scale"], scales)
    code, names = pd.factorize(courses.keys["scale"])
    ends = {name: (scales[name].low, scales[name].high) for name in names}
    best = np.array([max(ends[n], key=partial(scales[n].gain, 0)) for n in names])[code]
    has_room = np.abs(best - latest) >= change
    return is_case.fillna(pd.Series(has_room)).to_numpy(bool)
