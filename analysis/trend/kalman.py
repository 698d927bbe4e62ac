"""Exact Kalman filter and smoother for a local linear trend, many courses at once.

State: level and slope (gain per week). Observation: level plus noise (SD r). The slope
takes a random step (SD q) once a week, counted from the course's first score, and the
level follows it: a model in continuous time, so dates, gaps and several scores a week
are used as they are. On a weekly grid it is the local linear trend of statsmodels'
UnobservedComponents (smooth level), missing weeks included. The level's prior is flat:
the first score sets it.

Courses lie end to end in flat arrays; the loop runs over the position in the course,
and each turn takes all courses that are long enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

# 90 % of a normal distribution lies within so many SDs.
Z90 = 1.6448536269514722


@dataclass(frozen=True)
class Noise:
    """The model's numbers, one of each per course, in points (slope: per week)."""

    r: Numbers  # SD of a score around the level
    q: Numbers  # SD of the slope's weekly step
    slope: Numbers  # prior mean of the slope
    slope_sd: Numbers  # prior SD of the slope

    def take(self, at: npt.NDArray[np.int64]) -> Noise:
        """The numbers of some courses."""
        return Noise(self.r[at], self.q[at], self.slope[at], self.slope_sd[at])


@dataclass(frozen=True)
class States:
    """Mean and covariance of (level, slope), flat arrays, one entry per score."""

    level: Numbers
    slope: Numbers
    level_var: Numbers
    cov: Numbers
    slope_var: Numbers

    @classmethod
    def empty(cls, n: int) -> States:
        """Room for n states."""
        return cls(*(np.full(n, np.nan) for _ in range(5)))

    def at(self, rows: npt.NDArray[np.int64]) -> States:
        """The states of some scores."""
        return States(*(values[rows] for values in self.parts))

    def put(self, rows: npt.NDArray[np.int64], states: States) -> None:
        """Write states into their places."""
        for room, values in zip(self.parts, states.parts, strict=True):
            room[rows] = values

    @property
    def parts(self) -> tuple[Numbers, ...]:
        """The five arrays."""
        return (self.level, self.slope, self.level_var, self.cov, self.slope_var)


def filter_states(
    day: Whole, gain: Numbers, first: Whole, n: Whole, noise: Noise
) -> States:
    """Filter courses; entries outside the courses stay NaN.

    day, gain: flat, sorted by day within a course; a NaN gain is a day without a score
    (never the first). first, n: where each course begins and how many entries it has.
    """
    return _filter(day, gain, first, n, noise)[0]


def log_likelihood(
    day: Whole, gain: Numbers, first: Whole, n: Whole, noise: Noise
) -> float:
    """Log-likelihood of all scores after the first of each course."""
    return _filter(day, gain, first, n, noise)[1]


def _filter(
    day: Whole, gain: Numbers, first: Whole, n: Whole, noise: Noise
) -> tuple[States, float]:
    states, total = States.empty(len(gain)), 0.0
    for turn, (courses, rows) in enumerate(turns(first, n)):
        own = noise.take(courses)
        if turn == 0:
            states.put(rows, _first_states(gain[rows], own))
            continue
        start = day[first[courses]]
        since, until = day[rows - 1] - start, day[rows] - start
        expected = predict(states.at(rows - 1), since, until, own.q)
        updated, log_density = update(expected, gain[rows], own.r)
        states.put(rows, updated)
        total += float(log_density.sum())
    return states, total


def turns(first: Whole, n: Whole) -> Iterator[tuple[Whole, Whole]]:
    """By position k: the courses with more than k entries, and their rows there."""
    order = np.argsort(-n, kind="stable")
    longest = n[order]
    for k in range(int(longest[0]) if len(longest) else 0):
        courses = order[: np.searchsorted(-longest, -k, "left")]
        yield courses, first[courses] + k


def _first_states(gain: Numbers, noise: Noise) -> States:
    none = np.zeros(len(gain))
    return States(gain, noise.slope, noise.r**2, none, noise.slope_sd**2)


def predict(state: States, since: Whole, until: Whole, q: Numbers) -> States:
    """Carry states forward, from day to day as counted from the course's first score.

    The slope is constant within a week and takes its step where a week is full; what
    such a step adds to the level grows with the time left after it.
    """
    weeks = (until - since) / 7.0
    count = (until // 7 - since // 7).astype(float)
    part = (until % 7) / 7.0
    left = count * part + count * (count - 1) / 2
    squares = (
        count * part**2
        + part * count * (count - 1)
        + (count - 1) * count * (2 * count - 1) / 6
    )
    drift = q**2
    return States(
        state.level + weeks * state.slope,
        state.slope,
        state.level_var
        + 2 * weeks * state.cov
        + weeks**2 * state.slope_var
        + drift * squares,
        state.cov + weeks * state.slope_var + drift * left,
        state.slope_var + drift * count,
    )


def update(expected: States, gain: Numbers, r: Numbers) -> tuple[States, Numbers]:
    """Take a score into account; returns the states and the score's log-density."""
    seen = ~np.isnan(gain)
    spread = expected.level_var + r**2
    surprise = np.where(seen, gain - expected.level, 0.0)
    weight = np.where(seen, expected.level_var / spread, 0.0)
    slope_weight = np.where(seen, expected.cov / spread, 0.0)
    log_density = np.where(
        seen, -0.5 * (np.log(2 * np.pi * spread) + surprise**2 / spread), 0.0
    )
    return (
        States(
            expected.level + weight * surprise,
            expected.slope + slope_weight * surprise,
            expected.level_var * (1 - weight),
            expected.cov * (1 - weight),
            expected.slope_var - slope_weight * expected.cov,
        ),
        log_density,
    )


def smooth_states(
    day: Whole, first: Whole, n: Whole, noise: Noise, filtered: States
) -> States:
    """Smooth filtered courses: every state given all scores of its course."""
    smoothed = States(*(values.copy() for values in filtered.parts))
    for courses, rows in reversed(list(turns(first, n))[:-1]):
        inner = n[courses] > rows - first[courses] + 1
        courses, rows = courses[inner], rows[inner]
        own = noise.take(courses)
        now = filtered.at(rows)
        start = day[first[courses]]
        since, until = day[rows] - start, day[rows + 1] - start
        expected = predict(now, since, until, own.q)
        later = smoothed.at(rows + 1)
        smoothed.put(rows, _smooth(now, expected, later, (until - since) / 7.0))
    return smoothed


def _smooth(now: States, expected: States, later: States, weeks: Numbers) -> States:
    """One step back (Rauch, Tung & Striebel): now + G (later - expected)."""
    to_level = now.level_var + weeks * now.cov
    slope_to_level = now.cov + weeks * now.slope_var
    det = expected.level_var * expected.slope_var - expected.cov**2
    g11 = (to_level * expected.slope_var - now.cov * expected.cov) / det
    g12 = (now.cov * expected.level_var - to_level * expected.cov) / det
    g21 = (slope_to_level * expected.slope_var - now.slope_var * expected.cov) / det
    g22 = (now.slope_var * expected.level_var - slope_to_level * expected.cov) / det
    level, slope = later.level - expected.level, later.slope - expected.slope
    v11 = later.level_var - expected.level_var
    v12 = later.cov - expected.cov
    v22 = later.slope_var - expected.slope_var
    return States(
        now.level + g11 * level + g12 * slope,
        now.slope + g21 * level + g22 * slope,
        now.level_var + g11**2 * v11 + 2 * g11 * g12 * v12 + g12**2 * v22,
        now.cov + g11 * g21 * v11 + (g11 * g22 + g12 * g21) * v12 + g12 * g22 * v22,
        now.slope_var + g21**2 * v11 + 2 * g21 * g22 * v12 + g22**2 * v22,
    )
