"""A second simulator: other shapes, rates and errors, for rules set on the first.

Nothing was set on a single draw of it: rates are skewed, gains halve in so many weeks,
setbacks are partly regained, steps stand on slow slopes, people differ in how much
their scores waver, and now and then a score is wild.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.simulator.practice import TRUTH_WEEKS, Plan, Simulated
from analysis.simulator.truth import KINDS, Numbers, Whole

# Reliable changes per point of the scale on which the rates below are easy to read.
_UNIT = 1 / 6


@dataclass(frozen=True)
class Errors:
    """How scores differ from the true level, beside the noise of the plan."""

    spread: float = 0.15  # SD of the log of a person's own noise
    tails: float | None = 8.0  # degrees of freedom of the noise; None: normal


def simulate_other(
    n: int, plan: Plan, random: np.random.Generator, errors: Errors | None = None
) -> Simulated:
    """Invent n clients; `shares` of the plan are not used: every kind is as likely."""
    kind = random.integers(0, len(KINDS), n)
    weeks = random.integers(plan.weeks[0], plan.weeks[1] + 1, n).astype(float)
    draws = _Draws.draw(n, weeks, random)
    first = _firsts(n, plan, random)
    times = np.arange(0, plan.weeks[1] * 7 + 1, plan.every_days) / 7.0
    days = np.tile(np.rint(times * 7), (n, 1))
    days[:, 1:] += random.integers(
        -plan.jitter_days, plan.jitter_days + 1, (n, len(times) - 1)
    )
    level = _levels(kind, draws, first, times[None, :], plan)
    score = _scores(level, plan, random, errors or Errors())
    score[times[None, :] > weeks[:, None]] = np.nan
    missed = random.random(score.shape) < plan.missed
    missed[:, 0] = False
    score[missed] = np.nan
    end = weeks[:, None]
    ends = np.hstack([np.maximum(end - TRUTH_WEEKS, 0), end])
    risen = np.diff(_levels(kind, draws, first, ends, plan), axis=1)[:, 0]
    slope = plan.scale.gain(0, 1) * risen / (ends[:, 1] - ends[:, 0])
    return Simulated(plan, kind, days, level, score, slope, draws.turn[:, 0])


@dataclass(frozen=True)
class _Draws:
    """What each client's course is made of; columns, so that times go across."""

    end: Numbers
    rate: Numbers  # points a week
    total: Numbers  # of a gain that fades
    half_life: Numbers  # weeks
    turn: Numbers  # week
    size: Numbers  # of a step, points
    ramp: Numbers  # weeks a step takes
    slow: Numbers  # points a week beside a step
    regained: Numbers  # share of a setback that is made good
    wobble: Numbers  # points a week of those in whom nothing much moves

    @classmethod
    def draw(cls, n: int, weeks: Numbers, random: np.random.Generator) -> _Draws:
        columns = {
            "end": weeks,
            "rate": random.lognormal(np.log(0.6), 0.35, n),
            "total": random.gamma(6, 1.3, n),
            "half_life": random.uniform(2, 7, n),
            "turn": random.uniform(0.25, 0.75, n) * weeks,
            "size": random.uniform(4.8, 12, n),
            "ramp": random.choice([0.01, 1, 2, 3], n),
            "slow": random.uniform(0, 0.25, n),
            "regained": random.uniform(0, 0.5, n) * (random.random(n) < 0.3),
            "wobble": random.normal(0, 0.04, n),
        }
        return cls(**{name: each[:, None] for name, each in columns.items()})


def _gains(d: _Draws, t: Numbers) -> Mapping[str, Numbers]:
    """Gain of every client by time, had each been of this kind."""
    lost = d.size * np.clip((t - d.turn) / d.ramp, 0, 1)
    made_good = d.regained * d.size * np.clip((t - d.turn - 3) / 4, 0, 1)
    gained = 0.85 * d.size * np.clip((t - d.turn) / np.minimum(d.ramp, 1), 0, 1)
    pause, again = 0.3 * d.end, 0.3 * d.end + 0.45 * d.turn + 2
    return {
        "linear": d.rate * t,
        "decelerating": d.total * (1 - 0.5 ** (t / d.half_life)),
        "broken_stick": 1.2 * d.rate * np.minimum(t, d.turn),
        "flat": d.wobble * t,
        "worsening": -0.8 * d.rate * t,
        "setback": d.slow * t - lost + made_good,
        "sudden_gain": d.slow * t + gained,
        "resuming": 1.1 * d.rate * (np.minimum(t, pause) + np.maximum(t - again, 0)),
    }


def _levels(
    kind: Whole, draws: _Draws, first: Numbers, times: Numbers, plan: Plan
) -> Numbers:
    every = _gains(draws, times)
    own = np.select(
        [kind[:, None] == list(KINDS).index(k) for k in every], [*every.values()]
    )
    scale = plan.scale
    points = own * _UNIT * (scale.reliable_change or 1.0)
    low = scale.low + 0.02 * (scale.high - scale.low)
    return np.clip(first[:, None] + scale.gain(0, 1) * points, low, scale.high)


def _firsts(n: int, plan: Plan, random: np.random.Generator) -> Numbers:
    low, width = plan.scale.low, plan.scale.high - plan.scale.low
    return np.clip(
        random.normal(*plan.start, n), low + 0.15 * width, low + 0.95 * width
    )


def _scores(
    level: Numbers, plan: Plan, random: np.random.Generator, errors: Errors
) -> Numbers:
    """Scores as filled in: own noise with memory, whole steps, floor and ceiling."""
    if errors.tails is None:
        noise = random.normal(size=level.shape)
    else:
        widest = np.sqrt(errors.tails / (errors.tails - 2))
        noise = random.standard_t(errors.tails, level.shape) / widest
    memory = plan.autocorrelation
    for k in range(1, level.shape[1]):
        noise[:, k] = memory * noise[:, k - 1] + np.sqrt(1 - memory**2) * noise[:, k]
    own = plan.noise * np.exp(errors.spread * random.normal(size=(len(level), 1)))
    scale = plan.scale
    steps = np.rint((level + own * noise - scale.low) / scale.step)
    return np.clip(scale.low + steps * scale.step, scale.low, scale.high)
