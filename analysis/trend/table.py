"""Trend and status of every client, episode and scale as one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.episodes import belong
from analysis.records import Scale
from analysis.schema import TABLES
from analysis.series import Courses, cases, courses_of
from analysis.settings import Thresholds
from analysis.trend import regimes
from analysis.trend import status as verdict
from analysis.trend.kalman import (
    Z90,
    Noise,
    Numbers,
    States,
    Whole,
    filter_states,
    smooth_states,
)
from analysis.trend.models import cautious_noise, is_judged, noise_of
from analysis.trend.outlook import Facts, more_scores_needed
from analysis.trend.steps import find_steps, latest_step, pieces
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
    interval; p_better, p_flat, p_worse are the chances of the slope over the last six
    weeks (regimes.py), from which the status follows. With too few scores or weeks
    there are no numbers and the status is too_early. A scale without a reliable change
    is shown and not judged: it has no row here. models: the practice's own, as
    `fit_models` returns.
    """
    judged = {name: scale for name, scale in scales.items() if is_judged(scale)}
    known = series[belong(series, episodes)]
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
    """What the scale and its model say about each course, one entry per course."""

    reliable_change: Numbers
    can_gain: Truth
    noise: Noise  # of the local linear trend
    regimes: Facts


def _judge(
    courses: Courses,
    scales: Mapping[str, Scale],
    thresholds: Thresholds,
    models: pd.DataFrame | None,
) -> pd.DataFrame:
    facts = _facts(courses, scales, thresholds, models)
    filtered = filter_states(
        courses.day, courses.gain, courses.first, courses.n, facts.noise
    )
    spans = _spans(courses, facts, thresholds)
    judged = _judged(courses, spans, facts)
    statuses = verdict.status_of(judged, thresholds)
    since = courses.date_at(np.choose(_SPAN[statuses].to_numpy(), spans))
    enough = verdict.has_enough(judged, thresholds)
    return courses.keys.assign(
        n=judged.n,
        weeks=judged.weeks,
        **_numbers(filtered.at(courses.last), judged.chances, enough),
        status=pd.Series(statuses, dtype="str"),
        since=since.mask(statuses == verdict.TOO_EARLY),
        more_scores_needed=_needed(courses, judged, statuses, facts, thresholds),
    )


def _spans(
    courses: Courses, facts: _Facts, thresholds: Thresholds
) -> tuple[Whole, Whole, Whole]:
    """Positions since which each course is level, rises, falls; not before a step.

    The line they are read from jumps at steps, as the line of the chart does.
    """
    change, delta = facts.reliable_change, facts.regimes.delta
    r = cautious_noise(facts.noise, change)
    is_step = find_steps(courses, change, r, thresholds.setback)
    first, n = pieces(courses, is_step)
    noise = facts.noise.take(courses.owner[first])
    filtered = filter_states(courses.day, courses.gain, first, n, noise)
    smoothed = smooth_states(courses.day, first, n, noise, filtered)
    step = latest_step(courses, is_step)
    level = level_since(courses, smoothed, change, delta)
    rising, falling = moving_since(courses, smoothed, delta)
    return np.maximum(level, step), np.maximum(rising, step), np.maximum(falling, step)


# Which of the three spans speaks for a status.
_SPAN = pd.Series(
    {
        verdict.PLATEAU: 0,
        verdict.HOLDING: 0,
        verdict.TOO_EARLY: 0,
        verdict.IMPROVING: 1,
        verdict.WORSENING: 2,
    }
)


def _judged(
    courses: Courses,
    spans: tuple[Whole, Whole, Whole],
    facts: _Facts,
) -> verdict.Judged:
    level, last = spans[0], courses.last
    length = courses.day[last] - courses.day[courses.first]
    mark = regimes.mark_of(length)
    now = regimes.follow(courses, facts.regimes.noise, mark)
    since_mark = (length - mark) / 7.0
    return verdict.Judged(
        n=courses.n,
        weeks=courses.weeks[last],
        chances=regimes.chances_of(now, since_mark, facts.regimes.delta),
        stretch_scores=last - level + 1,
        stretch_weeks=(courses.day[last] - courses.day[level]) / 7.0,
        can_gain=facts.can_gain,
    )


def _needed(
    courses: Courses,
    judged: verdict.Judged,
    statuses: npt.NDArray[np.object_],
    facts: _Facts,
    thresholds: Thresholds,
) -> pd.Series:
    is_early = np.asarray(statuses == verdict.TOO_EARLY, bool)
    early = np.flatnonzero(is_early)
    needed = np.full(len(statuses), np.nan)
    needed[early] = more_scores_needed(
        courses.choose(is_early),
        judged.take(early),
        facts.regimes.take(early),
        thresholds,
    )
    return pd.Series(pd.array(needed, dtype="Int64"))


def _numbers(
    now: States, chances: regimes.Chances, enough: Truth
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
    courses: Courses,
    scales: Mapping[str, Scale],
    thresholds: Thresholds,
    models: pd.DataFrame | None,
) -> _Facts:
    code, names = pd.factorize(courses.keys["scale"])
    own = [scales[name] for name in names]
    change = np.array([scale.reliable_change for scale in own], float)[code]
    interval = np.array([scale.usual_interval_days for scale in own], np.int64)[code]
    noise = noise_of(courses.keys["scale"], scales, models)
    return _Facts(
        reliable_change=change,
        can_gain=_can_gain(courses, scales, change),
        noise=noise,
        regimes=Facts(
            delta=change / thresholds.flat_weeks_per_reliable_change,
            interval_days=interval,
            noise=regimes.regime_noise(noise, change),
        ),
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
