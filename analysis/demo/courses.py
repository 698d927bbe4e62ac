"""Courses a client's severity can take, as curves through a few given points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

# What a report can show of a client: every one stands at least once in clients.toml.
COURSES: Mapping[str, str] = {
    "steady_improvement": "improves at an even pace",
    "plateau": "improves fast, then level and still a case",
    "level_from_start": "a case throughout, without movement",
    "setback": "a step back in the last weeks",
    "setback_made_good": "a step back, since made up for",
    "early_dip": "worse within the first four weeks",
    "sudden_gain": "one large step between two sessions, held",
    "worsening": "has been getting worse for weeks",
    "holding": "recovered and stays well",
    "too_early": "two or three scores",
    "drop_out": "ended without agreement",
    "overdue": "open, no score lately",
    "re_referral": "two episodes, more than 90 days apart",
    "risk_now": "risk item flagged in the last month",
    "risk_past": "risk item flagged once, clear since",
    "risk_unknown": "risk item left out at the latest administration",
    "skipped_items": "a few items left out: prorated",
    "too_many_skipped": "so many items left out that there is no score",
    "one_score": "a single score",
    "no_scores": "check-ins and goals only",
    "alliance_drop": "session rating fell since the session before",
    "sixty_scores": "sixty weekly scores",
    "nine_measures": "nine questionnaires at a time",
    "goal_reached": "a goal reached",
    "goal_revised": "a goal replaced by a better one",
    "goal_stalled": "a goal that has not moved for weeks",
    "goal_overdue": "a goal whose date has passed",
    "measures_part": "depression better, anxiety worse",
    "not_a_case": "below every cut-off at the start",
}

# Part of a week's deviation that is still there the week after.
_CARRIED_OVER = 0.35
# Deviations larger than this are not drawn: a simulator, not a stress test.
_LARGEST = 2.5


@dataclass(frozen=True)
class Curves:
    """One course per client: straight lines through points, level before and after.

    weeks, levels: (clients, points), weeks not falling. Where a client has no curve,
    all levels are NaN.
    """

    weeks: np.ndarray
    levels: np.ndarray

    def at(self, horizon: int) -> np.ndarray:
        """Levels in weeks 0 … horizon - 1: (clients, horizon)."""
        week = np.arange(horizon)[None, :]
        level = np.repeat(self.levels[:, :1], horizon, axis=1)
        for point in range(self.weeks.shape[1] - 1):
            start, end = self.weeks[:, [point]], self.weeks[:, [point + 1]]
            width = end - start
            share = np.clip((week - start) / np.where(width > 0, width, 1), 0, 1)
            # two points in one week are a step, padding is one without height
            share = np.where(width > 0, share, week >= end)
            rise = self.levels[:, [point + 1]] - self.levels[:, [point]]
            level = level + share * rise
        return level


def curves(points: Sequence[Sequence[Sequence[float]] | None]) -> Curves:
    """Curves from each client's [[week, level], …]; None where a client has none."""
    longest = max((len(own) for own in points if own), default=1)
    weeks = np.zeros((len(points), longest))
    levels = np.full((len(points), longest), np.nan)
    for row, own in enumerate(points):
        if own:
            padded = list(own) + [own[-1]] * (longest - len(own))
            weeks[row], levels[row] = np.array(padded, dtype=float).T
    return Curves(weeks, levels)


@dataclass(frozen=True)
class Knot:
    """A point of a course: when, and how much of response and step has come in."""

    share: float  # of the course's length
    weeks: float  # added to that
    response: float  # part of the client's whole response
    step: float  # part of the client's step


# Shapes of drawn courses (see docs/validation.md). Level at a knot = start x
# (1 - response x the client's response) + step x the client's step.
SHAPES: Mapping[str, tuple[Knot, ...]] = {
    "steady_improvement": (Knot(0, 0, 0, 0), Knot(1, 0, 1, 0)),
    "decelerating": (
        Knot(0, 0, 0, 0),
        Knot(0.25, 0, 0.55, 0),
        Knot(0.5, 0, 0.8, 0),
        Knot(1, 0, 1, 0),
    ),
    "plateau": (Knot(0, 0, 0, 0), Knot(0, 5, 1, 0), Knot(1, 0, 1, 0)),
    "level_from_start": (Knot(0, 0, 0, 0), Knot(1, 0, 0.15, 0)),
    "worsening": (Knot(0, 0, 0, 0), Knot(0.3, 0, 0, 0), Knot(1, 0, 0, 1)),
    "setback": (
        Knot(0, 0, 0, 0),
        Knot(0.6, 0, 1, 0),
        Knot(0.6, 1, 1, 1),
        Knot(1, 1, 1, 0.9),
    ),
    "setback_made_good": (
        Knot(0, 0, 0, 0),
        Knot(0.4, 0, 0.8, 0),
        Knot(0.4, 1, 0.8, 1),
        Knot(1, 1, 1, 0),
    ),
    "early_dip": (
        Knot(0, 0, 0, 0),
        Knot(0, 1, 0, 0),
        Knot(0, 2, 0, 1),
        Knot(0, 4, 0.2, 0.5),
        Knot(1, 4, 1, 0),
    ),
    "sudden_gain": (
        Knot(0, 0, 0, 0),
        Knot(0.4, 0, 0.15, 0),
        Knot(0.4, 1, 0.9, 0),
        Knot(1, 1, 1, 0),
    ),
}


def shaped(
    knots: tuple[Knot, ...],
    length: np.ndarray,
    start: np.ndarray,
    response: np.ndarray,
    step: np.ndarray,
) -> Curves:
    """Curves of one shape for many clients; all arguments one entry per client."""
    weeks = np.stack([k.share * length + k.weeks for k in knots], axis=1)
    levels = np.stack(
        [start * (1 - k.response * response) + k.step * step for k in knots], axis=1
    )
    return Curves(weeks, levels)


def deviations(rng: np.random.Generator, clients: int, horizon: int) -> np.ndarray:
    """Weekly deviations from a course: AR(1), SD 1, (clients, horizon)."""
    fresh = np.clip(rng.standard_normal((clients, horizon)), -_LARGEST, _LARGEST)
    fresh[:, 1:] *= np.sqrt(1 - _CARRIED_OVER**2)
    for week in range(1, horizon):
        fresh[:, week] += _CARRIED_OVER * fresh[:, week - 1]
    return fresh
