"""Stable courses, and courses with a setback, to set and check the setback rule."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analysis.simulator.practice import Plan, scores_around

Numbers = npt.NDArray[np.float64]

SESSIONS = 12
# The step comes with this score; before it the client is stable.
ONSET = 8
# A setback is found in time within so many sessions.
IN_TIME = 3


def stable_courses(n: int, plan: Plan, random: np.random.Generator) -> Numbers:
    """Scores of clients in whom nothing changes: a row per client, 12 sessions."""
    return scores_around(np.full((n, SESSIONS), plan.start[0]), plan, random)


def improving_courses(
    n: int, plan: Plan, random: np.random.Generator, rate: float
) -> Numbers:
    """Scores of clients who gain `rate` points a week, 12 sessions."""
    gain = plan.scale.gain(0, 1) * rate * np.arange(SESSIONS)
    return scores_around(np.tile(plan.start[0] + gain, (n, 1)), plan, random)


def setback_courses(
    n: int, plan: Plan, random: np.random.Generator, size: float, weeks: int
) -> Numbers:
    """Scores of stable clients who then lose `size` points over so many weeks."""
    week = np.arange(ONSET + IN_TIME)
    lost = size * np.clip((week - ONSET + 1) / weeks, 0, 1)
    level = plan.start[0] - plan.scale.gain(0, 1) * (lost - size / 2)
    return scores_around(np.tile(level, (n, 1)), plan, random)
