"""At rest, moved or moving: the chance that a course stood still these six weeks.

The question is by how much the level has risen since a mark six weeks ago (since the
first score of a shorter course). Four regimes are weighed against each other: at rest
since the mark; come to rest after it; just taken a step; moving along a local linear
trend. A course may leave any of them at any time. Filtered by the interacting multiple
model (Blom & Bar-Shalom 1988): a Kalman filter per regime, their states mixed by the
chances of a change before every score. A trend alone cannot hold that nothing moves,
and takes a step for a slope (docs/validation.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from analysis.series import Courses
from analysis.trend.beliefs import Belief, carried, first_belief, mixed, updated
from analysis.trend.kalman import Noise, Numbers, Whole, turns
from analysis.trend.models import cautious_noise

# A status speaks of so many weeks up to the latest score.
SPOKEN_OF_WEEKS = 6
# Set on the simulators over several kinds of practice; the optimum is broad. Chances
# of a change of regime, per week:
STARTS_MOVING = 0.007
COMES_TO_REST = 0.03
TAKES_A_STEP = 0.035
# Chance that a course begins at rest.
REST_AT_START = 0.04
# In units of the reliable change: size of a step (SD), weekly step of the slope, prior
# mean and SD of a movement's slope.
STEP_SD = 1.5
SLOPE_STEP = 0.013
SLOPE_MEAN = 0.01
SLOPE_SD = 0.09
# In units of the noise that one trend for all has.
NOISE_SHARE = 1.0
# No regime is ever ruled out for good.
_UNLIKELY = 1e-9


@dataclass(frozen=True)
class RegimeNoise(Noise):
    """The numbers of the regimes, one of each per course, in points."""

    step: Numbers  # SD of a step

    def take(self, at: Whole) -> RegimeNoise:
        """The numbers of some courses."""
        return RegimeNoise(**{name: each[at] for name, each in vars(self).items()})


@dataclass(frozen=True)
class Chances:
    """Where the slope of the last six weeks may lie: three chances that add up to 1."""

    better: Numbers
    flat: Numbers
    worse: Numbers

    def take(self, at: Whole) -> Chances:
        """The chances of some courses."""
        return Chances(self.better[at], self.flat[at], self.worse[at])


@dataclass(frozen=True)
class Regimes:
    """Chance of each regime (rows, adding up to 1) and what is believed under it."""

    chance: Numbers
    still: Belief  # at rest since the mark
    rested: Belief  # at rest, after it moved or stepped
    stepped: Belief  # took a step right before the latest score
    moving: Belief

    def take(self, at: Whole | slice) -> Regimes:
        """The regimes of some courses."""
        return Regimes(self.chance[:, at], *(each.take(at) for each in self.beliefs))

    def put(self, at: Whole | slice, others: Regimes) -> None:
        """Write regimes into their places."""
        self.chance[:, at] = others.chance
        for own, other in zip(self.beliefs, others.beliefs, strict=True):
            own.put(at, other)

    @property
    def beliefs(self) -> tuple[Belief, ...]:
        """What is believed under each regime, in the order of `chance`."""
        return (self.still, self.rested, self.stepped, self.moving)

    def level(self) -> Numbers:
        """Mean of the level now."""
        return np.sum([c * b.mean[0] for c, b in self.pairs()], axis=0)

    def pairs(self) -> Sequence[tuple[Numbers, Belief]]:
        """Each regime's chance with what is believed under it."""
        return tuple(zip(self.chance, self.beliefs, strict=True))


def regime_noise(noise: Noise, change: Numbers) -> RegimeNoise:
    """The numbers of the regimes, from those of the trend; change: reliable."""
    return RegimeNoise(
        r=cautious_noise(noise, change) * NOISE_SHARE,
        q=SLOPE_STEP * change,
        slope=SLOPE_MEAN * change,
        slope_sd=SLOPE_SD * change,
        step=STEP_SD * change,
    )


def mark_of(days: Whole) -> Whole:
    """Day of the mark; days: day spoken from, both counted from the first score."""
    return np.maximum(days - 7 * SPOKEN_OF_WEEKS, 0)


def follow(courses: Courses, noise: RegimeNoise, mark: Whole) -> Regimes:
    """Follow every course to its latest score.

    mark: day of the mark, counted from the first score, one per course. A mark that
    still lies ahead after the latest score is passed by `advanced`.
    """
    now = _at_start(courses.gain[courses.first], noise)
    for turn, (at, rows) in enumerate(turns(courses.first, courses.n)):
        if turn:
            start = courses.day[courses.first[at]]
            since, until = courses.day[rows - 1] - start, courses.day[rows] - start
            one = noise.take(at)
            expected = advanced(now.take(at), since, until, mark[at], one)
            now.put(at, judged(expected, courses.gain[rows], one))
    return now


def _at_start(gain: Numbers, noise: Noise) -> Regimes:
    none = np.full(len(gain), _UNLIKELY)
    rest = np.full(len(gain), REST_AT_START)
    beliefs = [first_belief(gain, noise.r) for _ in range(4)]
    beliefs[-1] = beliefs[-1].moving(noise.slope, noise.slope_sd)
    return Regimes(np.stack([rest, none, none, 1 - rest - 2 * none]), *beliefs)


def advanced(
    now: Regimes, since: Whole, until: Whole, mark: Whole, noise: RegimeNoise
) -> Regimes:
    """The regimes just before the next score; sets the mark on the way to it.

    since, until: days of the last score and the next, from the course's first.
    """
    passes = (since <= mark) & (mark < until)
    here = np.flatnonzero(passes)
    if not here.size:
        return _changed(now, since, until, noise)
    before = now.take(here)
    there = _changed(before, since[here], mark[here], noise.take(here))
    new = Regimes(now.chance.copy(), *(_copy(each) for each in now.beliefs))
    new.put(here, _marked(there))
    return _changed(new, np.where(passes, mark, since), until, noise)


def _copy(belief: Belief) -> Belief:
    return Belief(belief.mean.copy(), belief.cov.copy())


def _marked(now: Regimes) -> Regimes:
    """Set the mark: whatever is at rest now is at rest since the mark."""
    total, still = mixed(now.pairs()[:3])
    everywhere = np.ones(len(total), bool)
    none = np.full(len(total), _UNLIKELY)
    still = still.marked(everywhere)
    moving = now.moving.marked(everywhere)
    return Regimes(
        np.stack([total, none, none, now.chance[3]]), still, still, still, moving
    )


def _changed(now: Regimes, since: Whole, until: Whole, noise: RegimeNoise) -> Regimes:
    """The regimes after some days without a score, in which each may have ended."""
    weeks = (until - since) / 7.0
    starts, rests, steps = (
        -np.expm1(-rate * weeks)
        for rate in (STARTS_MOVING, COMES_TO_REST, TAKES_A_STEP)
    )
    stays = np.maximum(1 - starts - steps, 0.0)
    still, moving = now.chance[0], now.chance[3]
    # a step is over with the score after it
    after, rested = mixed(now.pairs()[1:3])
    halted = now.moving.at_rest()
    slope, slope_sd = noise.slope, noise.slope_sd
    at_rest = mixed([(after * stays, rested), (moving * rests, halted)])
    stepped = mixed(
        [(still * steps, now.still), (after * steps, rested), (moving * steps, halted)]
    )
    on_the_move = mixed(
        [
            (moving * np.maximum(1 - rests - steps, 0.0), now.moving),
            (still * starts, now.still.moving(slope, slope_sd)),
            (after * starts, rested.moving(slope, slope_sd)),
        ]
    )
    chance = np.stack([still * stays, at_rest[0], stepped[0], on_the_move[0]])
    return Regimes(
        chance / chance.sum(0),
        now.still,
        at_rest[1],
        stepped[1].shaken(noise.step),
        carried(on_the_move[1], since, until, noise.q),
    )


def judged(expected: Regimes, gain: Numbers, noise: Noise) -> Regimes:
    """The regimes after a score, and what the score says about which one it is."""
    found = [updated(each, gain, noise.r) for each in expected.beliefs]
    log = np.stack([log_density for _, log_density in found])
    chance = np.maximum(expected.chance, _UNLIKELY) * np.exp(log - log.max(0))
    return Regimes(chance / chance.sum(0), *(belief for belief, _ in found))


def chances_of(regimes: Regimes, weeks: Numbers, delta: Numbers) -> Chances:
    """Chances that the slope since the mark is above delta, within it, below -delta.

    weeks: from the mark to the latest score.
    """
    better, worse = np.zeros(len(delta)), np.zeros(len(delta))
    for chance, belief in regimes.pairs()[1:]:
        rise, sd = belief.rise()
        better += chance * special.ndtr((rise - delta * weeks) / sd)
        worse += chance * special.ndtr((-delta * weeks - rise) / sd)
    return Chances(better, np.clip(1 - better - worse, 0, 1), worse)
