"""Level or moving: the chance that a course stands still now.

A course is level (slope 0) or moving (a local linear trend), and may leave either at
any time; a movement that begins draws its slope anew. Filtered by the interacting
multiple model (Blom & Bar-Shalom 1988): a Kalman filter per regime, their states mixed
by the chances of a change before every score. The local linear trend alone cannot hold
that nothing moves: on the simulator the two regimes tell flat from moving courses
clearly better, and their chances mean what they say (docs/validation.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from analysis.series import Courses
from analysis.trend.kalman import Noise, Numbers, States, Whole, predict, turns, update
from analysis.trend.models import cautious_noise

# Set on the simulator by the log score over fifteen kinds of practice; the optimum is
# broad. Chances of leaving a regime, per week:
STARTS_MOVING = 0.012
COMES_TO_REST = 0.03
# Chance that a course begins level.
LEVEL_AT_START = 0.15
# In units of the reliable change: weekly step, prior mean and SD of a movement's slope.
SLOPE_STEP = 0.022
SLOPE_MEAN = 0.05
SLOPE_SD = 0.11
# Part of what one trend for all takes for noise is movement here.
NOISE_SHARE = 1 / 1.1
# No regime is ever ruled out for good.
_SURE = 1e-9


@dataclass(frozen=True)
class Chances:
    """Where the current slope may lie: three chances that add up to 1."""

    better: Numbers
    flat: Numbers
    worse: Numbers

    def take(self, at: Whole) -> Chances:
        """The chances of some courses."""
        return Chances(self.better[at], self.flat[at], self.worse[at])


@dataclass(frozen=True)
class Regimes:
    """Chance of being level, the level if so, and the state if moving; by course."""

    is_level: Numbers
    level: Numbers
    level_var: Numbers
    moving: States

    def take(self, at: Whole) -> Regimes:
        """The regimes of some courses."""
        return Regimes(
            self.is_level[at], self.level[at], self.level_var[at], self.moving.at(at)
        )

    def put(self, at: Whole, others: Regimes) -> None:
        """Write regimes into their places."""
        self.is_level[at] = others.is_level
        self.level[at] = others.level
        self.level_var[at] = others.level_var
        self.moving.put(at, others.moving)


def follow(courses: Courses, noise: Noise) -> Regimes:
    """Follow every course to its latest score; noise as from `regime_noise`."""
    now = _at_start(courses.gain[courses.first], noise)
    for turn, (at, rows) in enumerate(turns(courses.first, courses.n)):
        if turn:
            start = courses.day[courses.first[at]]
            since, until = courses.day[rows - 1] - start, courses.day[rows] - start
            one = noise.take(at)
            expected = carried(now.take(at), since, until, one)
            now.put(at, judged(expected, courses.gain[rows], one))
    return now


def chances_of(regimes: Regimes, delta: Numbers) -> Chances:
    """Chances that the slope is above delta, within it, below -delta."""
    better, worse = beyond(regimes.moving, delta)
    better = (1 - regimes.is_level) * better
    worse = (1 - regimes.is_level) * worse
    return Chances(better, np.clip(1 - better - worse, 0, 1), worse)


def beyond(states: States, delta: Numbers) -> tuple[Numbers, Numbers]:
    """Chances that the slope of a local linear trend is above delta, below -delta."""
    sd = np.sqrt(states.slope_var)
    return (
        special.ndtr((states.slope - delta) / sd),
        special.ndtr((-delta - states.slope) / sd),
    )


def regime_noise(noise: Noise, change: Numbers) -> Noise:
    """The numbers of the two regimes, from those of the trend; change: reliable."""
    return Noise(
        cautious_noise(noise, change) * NOISE_SHARE,
        SLOPE_STEP * change,
        SLOPE_MEAN * change,
        SLOPE_SD * change,
    )


def _at_start(gain: Numbers, noise: Noise) -> Regimes:
    """The first score sets the level of both regimes, as the prior of it is flat."""
    none = np.zeros(len(gain))
    spread = noise.slope_sd**2
    moving = States(gain.copy(), noise.slope.copy(), noise.r**2, none, spread)
    return Regimes(np.full(len(gain), LEVEL_AT_START), gain.copy(), noise.r**2, moving)


def carried(now: Regimes, since: Whole, until: Whole, noise: Noise) -> Regimes:
    """Both regimes just before the next score, after a possible change of regime.

    since, until: days of the last score and the next, from the course's first.
    """
    weeks = (until - since) / 7.0
    starts = now.is_level * -np.expm1(-STARTS_MOVING * weeks)
    rests = (1 - now.is_level) * -np.expm1(-COMES_TO_REST * weeks)
    is_level = now.is_level - starts + rests
    level, level_var = _mixed(
        rests / is_level,
        (now.level, now.level_var),
        (now.moving.level, now.moving.level_var),
    )
    moving = _joined(now, starts / (1 - is_level), noise)
    return Regimes(is_level, level, level_var, predict(moving, since, until, noise.q))


def _mixed(
    share: Numbers, stays: tuple[Numbers, Numbers], comes: tuple[Numbers, Numbers]
) -> tuple[Numbers, Numbers]:
    """Mean and variance of a mixture, with `share` of those that come."""
    mean = (1 - share) * stays[0] + share * comes[0]
    var = (1 - share) * (stays[1] + (stays[0] - mean) ** 2)
    return mean, var + share * (comes[1] + (comes[0] - mean) ** 2)


def _joined(now: Regimes, share: Numbers, noise: Noise) -> States:
    """The moving regime with those that begin to move: their slope is drawn anew."""
    stays, slope_var = now.moving, noise.slope_sd**2
    level, level_var = _mixed(
        share, (stays.level, stays.level_var), (now.level, now.level_var)
    )
    slope, spread = _mixed(
        share, (stays.slope, stays.slope_var), (noise.slope, slope_var)
    )
    cov = (1 - share) * (stays.cov + (stays.level - level) * (stays.slope - slope))
    cov += share * (now.level - level) * (noise.slope - slope)
    return States(level, slope, level_var, cov, spread)


def judged(expected: Regimes, gain: Numbers, noise: Noise) -> Regimes:
    """Both regimes after a score, and what the score says about which one it is."""
    moving, log_moving = update(expected.moving, gain, noise.r)
    spread = expected.level_var + noise.r**2
    surprise = gain - expected.level
    log_level = -0.5 * (np.log(2 * np.pi * spread) + surprise**2 / spread)
    weight = expected.level_var / spread
    log_odds = special.logit(expected.is_level) + log_level - log_moving
    return Regimes(
        np.clip(special.expit(log_odds), _SURE, 1 - _SURE),
        expected.level + weight * surprise,
        expected.level_var * (1 - weight),
        moving,
    )
