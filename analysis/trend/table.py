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
from analysis.trend import status as verdict
from analysis.trend.kalman import (
    Numbers,
    States,
    Whole,
    filter_states,
    smooth_states,
)
from analysis.trend.models import is_judged, noise_of
from analysis.trend.steps import find_steps, last_piece

Truth = npt.NDArray[np.bool_]

# Courses worked out at a time, so that memory stays bounded.
BLOCK = 200_000
# A level stretch stays within this share of the reliable change of today's level.
LEVEL_SHARE = 0.5


@dataclass(frozen=True)
class Facts:
    """What the scale says about each course, one entry per course."""

    reliable_change: Numbers
    delta: Numbers  # slower than this (gain per week) is flat
    interval_days: Whole
    can_gain: Truth


def trends(
    series: pd.DataFrame,
    episodes: pd.DataFrame,
    scales: Mapping[str, Scale],
    until: date,
    thresholds: Thresholds,
    models: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Judge where every scale of every episode is heading, from its scores to `until`.

    A row is an episode and scale; gain_per_week is positive when things get better,
    low and high are its 90 % interval. The trend speaks from the latest score, and
    from the latest step on (n and weeks count from there): a setback, the return from
    it, or a sudden gain lets the level jump. Too few scores or weeks give no numbers
    and the status too_early. A scale without a reliable change is shown and not
    judged: it has no row here. models: the practice's own, as `fit_models` returns.
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


def _judge(
    courses: Courses,
    scales: Mapping[str, Scale],
    thresholds: Thresholds,
    models: pd.DataFrame | None,
) -> pd.DataFrame:
    noise = noise_of(courses.keys["scale"], scales, models)
    facts = _facts(courses, scales, thresholds)
    is_step, _ = find_steps(courses, scales, noise, thresholds)
    first, n = last_piece(courses, is_step)
    filtered = filter_states(courses.day, courses.gain, first, n, noise)
    smoothed = smooth_states(courses.day, first, n, noise, filtered)
    now = filtered.at(courses.last)
    chances = verdict.chances_of(now.slope, np.sqrt(now.slope_var), facts.delta)
    level_from = _level_since(courses, first, n, smoothed, facts)
    judged = verdict.Judged(
        n=n,
        weeks=(courses.day[courses.last] - courses.day[first]) / 7.0,
        chances=chances,
        stretch_scores=courses.last - level_from + 1,
        stretch_weeks=(courses.day[courses.last] - courses.day[level_from]) / 7.0,
        can_gain=facts.can_gain,
    )
    statuses = verdict.status_of(judged, thresholds)
    since = _since(courses, first, n, smoothed, facts, statuses, level_from)
    needed = np.full(len(courses), np.nan)
    early = np.flatnonzero(statuses == verdict.TOO_EARLY)
    needed[early] = verdict.more_scores_needed(
        judged.take(early),
        now.at(early),
        noise.take(early),
        facts.delta[early],
        facts.interval_days[early],
        thresholds,
    )
    return _rows(courses, judged, now, statuses, since, needed, thresholds)


def _blocks(courses: Courses) -> list[Courses]:
    block = np.arange(len(courses)) // BLOCK
    return [courses.choose(block == number) for number in range(block[-1] + 1)]


def _facts(
    courses: Courses, scales: Mapping[str, Scale], thresholds: Thresholds
) -> Facts:
    code, names = pd.factorize(courses.keys["scale"])
    own = [scales[name] for name in names]
    change = np.array([scale.reliable_change for scale in own], float)[code]
    interval = np.array([scale.usual_interval_days for scale in own], np.int64)[code]
    return Facts(
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


def _level_since(
    courses: Courses, first: Whole, n: Whole, smoothed: States, facts: Facts
) -> Whole:
    """Position from which the smoothed level stays by today's and its slope is flat."""
    today = np.repeat(smoothed.level[courses.last], courses.n)
    band = np.repeat(facts.reliable_change * LEVEL_SHARE, courses.n)
    flat = np.repeat(facts.delta, courses.n)
    is_level = np.abs(smoothed.level - today) <= band
    is_level &= np.abs(smoothed.slope) <= flat
    return np.maximum(courses.run_to_end(is_level), first)


def _since(
    courses: Courses,
    first: Whole,
    n: Whole,
    smoothed: States,
    facts: Facts,
    statuses: npt.NDArray[np.object_],
    level_from: Whole,
) -> npt.NDArray[np.datetime64]:
    """Since when each status holds: while the smoothed slope has been on its side."""
    delta = np.repeat(facts.delta, courses.n)
    rising = courses.run_to_end(smoothed.slope > delta)
    falling = courses.run_to_end(smoothed.slope < -delta)
    at = np.select(
        [statuses == verdict.IMPROVING, statuses == verdict.WORSENING],
        [rising, falling],
        level_from,
    )
    at = np.maximum(at, first)
    dates = courses.day[at].astype("datetime64[D]").astype("datetime64[s]")
    dates[statuses == verdict.TOO_EARLY] = np.datetime64("NaT")
    return dates


def _rows(
    courses: Courses,
    judged: verdict.Judged,
    now: States,
    statuses: npt.NDArray[np.object_],
    since: npt.NDArray[np.datetime64],
    needed: Numbers,
    thresholds: Thresholds,
) -> pd.DataFrame:
    few = (judged.n < thresholds.trend_min_scores) | (
        judged.weeks < thresholds.trend_min_weeks - 1e-9
    )
    half = verdict.Z90 * np.sqrt(now.slope_var)
    numbers = {
        "gain_per_week": now.slope,
        "low": now.slope - half,
        "high": now.slope + half,
        "p_better": judged.chances.better,
        "p_flat": judged.chances.flat,
        "p_worse": judged.chances.worse,
    }
    return courses.keys.assign(
        n=judged.n,
        weeks=judged.weeks,
        **{name: np.where(few, np.nan, values) for name, values in numbers.items()},
        status=pd.Series(statuses, dtype="str"),
        since=since,
        more_scores_needed=pd.array(needed, dtype="Int64"),
    )
