"""True courses of invented clients: what a detector should see through the noise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

# Weeks over which a true step takes place where it is not abrupt.
GRADUAL_WEEKS = 3


@dataclass(frozen=True)
class Course:
    """Draws for n clients; each kind uses what it needs. Points and weeks; RC = 1."""

    rate: Numbers  # reliable changes a week while something moves
    total: Numbers  # size of a bounded gain, in reliable changes
    turn: Numbers  # week at which the course turns
    pause: Numbers  # weeks a plateau lasts before it resumes
    step: Numbers  # size of a step, in reliable changes
    is_gradual: npt.NDArray[np.bool_]

    @classmethod
    def draw(cls, n: int, weeks: Numbers, random: np.random.Generator) -> Course:
        """Draw n clients; turns lie between week 3 and four weeks before the end."""
        late = np.maximum(weeks - 4, 4)
        return cls(
            rate=random.uniform(0.06, 0.2, n),
            total=random.uniform(0.7, 2.0, n),
            turn=random.uniform(3, late),
            pause=random.uniform(6, 10, n),
            step=random.uniform(1.0, 1.5, n),
            is_gradual=random.random(n) < 0.5,
        )


def _linear(c: Course, t: Numbers) -> Numbers:
    return c.rate[:, None] * t


def _decelerating(c: Course, t: Numbers) -> Numbers:
    return c.total[:, None] * (1 - np.exp(-t / c.turn[:, None]))


def _broken_stick(c: Course, t: Numbers) -> Numbers:
    return 1.5 * c.rate[:, None] * np.minimum(t, c.turn[:, None])


def _flat(c: Course, t: Numbers) -> Numbers:
    return np.zeros((len(c.rate), t.shape[-1]))


def _worsening(c: Course, t: Numbers) -> Numbers:
    return -0.7 * c.rate[:, None] * t


def _setback(c: Course, t: Numbers) -> Numbers:
    took = np.where(c.is_gradual, GRADUAL_WEEKS, 1)[:, None]
    fallen = np.clip((t - c.turn[:, None]) / took, 0, 1)
    return 0.3 * c.rate[:, None] * t - c.step[:, None] * fallen


def _sudden_gain(c: Course, t: Numbers) -> Numbers:
    return c.step[:, None] * (t >= c.turn[:, None])


def _resuming(c: Course, t: Numbers) -> Numbers:
    turn, again = c.turn[:, None] / 2, c.turn[:, None] / 2 + c.pause[:, None]
    return c.rate[:, None] * (np.minimum(t, turn) + np.maximum(t - again, 0))


KINDS: Mapping[str, Callable[[Course, Numbers], Numbers]] = {
    "linear": _linear,
    "decelerating": _decelerating,
    "broken_stick": _broken_stick,
    "flat": _flat,
    "worsening": _worsening,
    "setback": _setback,
    "sudden_gain": _sudden_gain,
    "resuming": _resuming,
}


def gain_courses(kind: Whole, course: Course, times: Numbers) -> Numbers:
    """True gain since the start, in reliable changes: a row per client.

    kind: number of the kind in KINDS, per client. times: weeks, one column each.
    """
    gains = np.zeros((len(kind), len(times)))
    for number, shape in enumerate(KINDS.values()):
        own = kind == number
        part = Course(*(values[own] for values in vars(course).values()))
        gains[own] = shape(part, times[None, :])
    return gains
