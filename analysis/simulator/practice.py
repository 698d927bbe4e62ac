"""Invented practices with known truth: scores with noise, rounding, gaps, limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from analysis.records import Cutoff, Scale
from analysis.simulator.truth import KINDS, Course, Numbers, Whole, gain_courses

START = date(2024, 1, 1)
# The truth is the mean true slope over so many last weeks.
TRUTH_WEEKS = 6

# What the figures of the documentation speak of: integers 0 to 27, reliable change 6.
PHQ_LIKE = Scale(
    id="sim.total",
    measure="sim",
    label="Simulated",
    instrument="SIM",
    low=0,
    high=27,
    higher_is="worse",
    caseness=Cutoff("case", 10, ">=", "a case"),
    reliable_change=6.0,
)


@dataclass(frozen=True)
class Plan:
    """What kind of practice: shares of courses, length, noise."""

    scale: Scale = PHQ_LIKE
    weeks: tuple[int, int] = (8, 24)  # shortest and longest course
    every_days: int = 7
    jitter_days: int = 0  # sessions up to so many days off
    start: tuple[float, float] = (15.0, 4.0)  # mean and SD of the true first level
    noise: float = 2.2  # SD of a score around the true level
    autocorrelation: float = 0.2
    missed: float = 0.08  # share of sessions without a score
    shares: Mapping[str, float] = field(
        default_factory=lambda: dict.fromkeys(KINDS, 1.0)
    )


@dataclass(frozen=True)
class Simulated:
    """Scores and the truth behind them; a row of every array is a client.

    days: day of each score since the start. level and score: true level and what was
    filled in, NaN where the client missed it or the course has ended. slope: true
    gain per week over the last six weeks, in points.
    """

    plan: Plan
    kind: Whole
    days: Numbers
    level: Numbers
    score: Numbers
    slope: Numbers
    turn: Numbers  # week of the step or turn, for kinds that have one

    @property
    def kinds(self) -> np.ndarray:
        """Name of each client's kind."""
        return np.array(list(KINDS))[self.kind]


def simulate(n: int, plan: Plan, random: np.random.Generator) -> Simulated:
    """Invent n clients. The same generator state gives the same clients."""
    names = list(KINDS)
    shares = np.array([plan.shares.get(name, 0.0) for name in names])
    kind = random.choice(len(names), n, p=shares / shares.sum())
    weeks = random.integers(plan.weeks[0], plan.weeks[1] + 1, n).astype(float)
    course = Course.draw(n, weeks, random)
    start = _starts(n, plan, random)
    times = np.arange(0, plan.weeks[1] * 7 + 1, plan.every_days) / 7.0
    days = np.tile(np.rint(times * 7), (n, 1)) + _jitter(n, len(times), plan, random)
    level = _levels(kind, course, start, times, plan)
    slope = _slopes(kind, course, start, weeks, plan)
    score = scores_around(level, plan, random)
    score[times[None, :] > weeks[:, None]] = np.nan
    missed = random.random(score.shape) < plan.missed
    missed[:, 0] = False
    score[missed] = np.nan
    return Simulated(plan, kind, days, level, score, slope, course.turn)


def _starts(n: int, plan: Plan, random: np.random.Generator) -> Numbers:
    scale = plan.scale
    room = 0.25 * (scale.high - scale.low)
    drawn = random.normal(*plan.start, n)
    return np.clip(drawn, scale.low + room, scale.high - room / 2)


def _jitter(n: int, n_times: int, plan: Plan, random: np.random.Generator) -> Numbers:
    jitter = random.integers(-plan.jitter_days, plan.jitter_days + 1, (n, n_times))
    jitter[:, 0] = 0
    return jitter.astype(float)


def _levels(
    kind: Whole, course: Course, start: Numbers, times: Numbers, plan: Plan
) -> Numbers:
    scale = plan.scale
    gains = gain_courses(kind, course, times) * (scale.reliable_change or 1.0)
    level = start[:, None] + scale.gain(0, 1) * gains
    return np.clip(level, scale.low + 1, scale.high)


def _slopes(
    kind: Whole, course: Course, start: Numbers, weeks: Numbers, plan: Plan
) -> Numbers:
    """Mean true gain per week over the last six weeks of each course."""
    times = np.arange(0, plan.weeks[1] + 1, dtype=float)
    level = _levels(kind, course, start, times, plan)
    rows = np.arange(len(kind))
    last = weeks.astype(int)
    first = np.maximum(last - TRUTH_WEEKS, 0)
    change = level[rows, last] - level[rows, first]
    return plan.scale.gain(0, 1) * change / (last - first)


def scores_around(level: Numbers, plan: Plan, random: np.random.Generator) -> Numbers:
    """Scores as filled in: the level, AR(1) noise, whole steps, floor and ceiling."""
    noise = random.normal(0, plan.noise, level.shape)
    for k in range(1, level.shape[1]):
        noise[:, k] = plan.autocorrelation * noise[:, k - 1] + noise[:, k] * np.sqrt(
            1 - plan.autocorrelation**2
        )
    scale = plan.scale
    steps = np.rint((level + noise - scale.low) / scale.step)
    return np.clip(scale.low + steps * scale.step, scale.low, scale.high)


def as_series(simulated: Simulated) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The scores as the tables `series` and `episodes`: what a detector is given."""
    row, column = np.nonzero(~np.isnan(simulated.score))
    names = np.array([f"S{number:07d}" for number in range(len(simulated.kind))])
    dates = np.datetime64(START, "s") + (
        simulated.days[row, column].astype("timedelta64[D]").astype("timedelta64[s]")
    )
    client = pd.Series(names.take(row), dtype="str")
    series = pd.DataFrame(
        {
            "client_id": client,
            "episode_id": client + "#1",
            "scale": simulated.plan.scale.id,
            "date": dates,
            "value": simulated.score[row, column],
        }
    )
    episodes = pd.DataFrame(
        {"episode_id": pd.Series(names, dtype="str") + "#1", "client_id": names}
    )
    return series, episodes
