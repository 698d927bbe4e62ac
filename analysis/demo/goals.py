"""Goals of a group: what clients set out to do, step by step, and how it goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.demo.group import HORIZON, Group, SetGoals
from analysis.demo.visits import Visits

TARGET = 8
_LASTS = 14  # weeks a goal is meant to take
_ALMOST = 0.98  # a step counts as done just before the whole of its share is


@dataclass(frozen=True)
class Fate:
    """What becomes of a goal: progress from 0 to 1 by weeks since it was set.

    progress = most x (1 - exp(-weeks / pace)), or linear where `is_straight`.
    """

    most: float
    pace: float
    due: int  # weeks from setting it to its date
    closes: int | None  # weeks after which it is closed, if the client stays so long
    status: str  # once closed
    is_straight: bool = False


FATES: Mapping[str, Fate] = {
    "moving": Fate(0.95, 13, _LASTS, None, ""),
    "reached": Fate(1.0, 10, 12, 10, "reached", is_straight=True),
    "stalled": Fate(0.3, 1.5, _LASTS + 4, None, ""),
    # replaced after six weeks by a better one, which then moves
    "revised": Fate(0.15, 2, _LASTS, 6, "replaced"),
    "overdue": Fate(0.55, 6, 8, None, ""),
    "stopped": Fate(0.2, 4, _LASTS, 8, "stopped"),
}
_AFTER_REVISION = "moving"


@dataclass(frozen=True)
class Goals:
    """One entry per goal; weeks are weeks of the client's therapy, -1 where none."""

    row: np.ndarray
    template: np.ndarray
    number: np.ndarray
    is_first_wording: np.ndarray  # the wording that is revised later
    replaces: np.ndarray  # number of the goal it revises, 0 for none
    set_week: np.ndarray
    due_week: np.ndarray
    closed_week: np.ndarray
    status: np.ndarray
    progress: np.ndarray  # (goals, HORIZON), NaN while the goal does not run


def pursue(group: Group, visits: Visits) -> Goals:
    """Follow every goal from the week it is set to the last week of the client."""
    last = visits.last()
    is_open = group.weeks > last + 1
    asked = group.goals
    set_goals, is_first, replaces = _with_revisions(asked)
    keep = set_goals.week <= last[set_goals.row]
    set_goals = SetGoals(*(getattr(set_goals, n)[keep] for n in _FIELDS))
    is_first, replaces = is_first[keep], replaces[keep]
    row, week = set_goals.row, set_goals.week
    fates = [FATES[fate] for fate in set_goals.fate]
    due = week + np.array([f.due for f in fates], dtype=np.int64)
    is_moving = set_goals.fate == _AFTER_REVISION
    # a moving goal's date lies ahead: client and clinician have just agreed on it
    due = np.where(is_moving & is_open[row], np.maximum(due, last[row] + 3), due)
    closed, status = _closing(fates, week, last[row], is_open[row])
    progress = _progress(fates, week, np.where(closed >= 0, closed, last[row]))
    return Goals(
        row,
        set_goals.template,
        set_goals.number,
        is_first,
        replaces,
        week,
        due,
        closed,
        status,
        progress,
    )


_FIELDS = ("row", "template", "fate", "week", "number")


def _with_revisions(asked: SetGoals) -> tuple[SetGoals, np.ndarray, np.ndarray]:
    """The goals asked for, and after each revised one the goal that replaces it."""
    revised = asked.fate == "revised"
    n_new = int(revised.sum())
    closes = FATES["revised"].closes or 0
    follow = SetGoals(
        asked.row[revised],
        asked.template[revised],
        np.full(n_new, _AFTER_REVISION),
        asked.week[revised] + closes,
        _next_number(asked, revised),
    )
    both = SetGoals(
        *(np.concatenate([getattr(asked, n), getattr(follow, n)]) for n in _FIELDS)
    )
    is_first = np.concatenate([revised, np.zeros(n_new, dtype=bool)])
    replaces = np.concatenate([np.zeros(len(asked.row), int), asked.number[revised]])
    order = np.lexsort((both.number, both.row))
    both = SetGoals(*(getattr(both, n)[order] for n in _FIELDS))
    return both, is_first[order], replaces[order]


def _next_number(asked: SetGoals, revised: np.ndarray) -> np.ndarray:
    """Numbers after the client's own: goals are listed client by client."""
    row = asked.row[revised]
    first = np.searchsorted(row, row)
    return np.bincount(asked.row)[row] + np.arange(len(row)) - first + 1


def _closing(
    fates: list[Fate], week: np.ndarray, last: np.ndarray, is_open: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Week of closing (-1: open) and status; the end of therapy closes every goal."""
    planned = np.array([HORIZON if f.closes is None else f.closes for f in fates])
    closes = week + planned
    in_time = closes <= last
    closed = np.where(in_time, closes, np.where(is_open, -1, last))
    own = np.array([f.status for f in fates], dtype=object)
    status = np.where(in_time, own, np.where(is_open, "open", "stopped"))
    return closed, status


def _progress(fates: list[Fate], week: np.ndarray, end: np.ndarray) -> np.ndarray:
    since = np.arange(HORIZON)[None, :] - week[:, None]
    pace = np.array([f.pace for f in fates])[:, None]
    most = np.array([f.most for f in fates])[:, None]
    is_straight = np.array([f.is_straight for f in fates], dtype=bool)[:, None]
    passed = np.maximum(since, 0) / pace
    value = most * np.where(is_straight, np.minimum(passed, 1), 1 - np.exp(-passed))
    runs = (since >= 0) & (np.arange(HORIZON)[None, :] <= end[:, None])
    return np.where(runs, value, np.nan)


def ratings(
    rng: np.random.Generator, goals: Goals, visits: Visits
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ratings 0 to 10: goal, week, rating; every other week and on closing."""
    week = np.arange(HORIZON)[None, :]
    every_other = (week - goals.set_week[:, None]) % 2 == 0
    closes = week == goals.closed_week[:, None]
    asked = visits.attended[goals.row] & (every_other | closes)
    asked &= ~np.isnan(goals.progress)
    goal, when = np.nonzero(asked)
    start = rng.integers(1, 4, len(goals.row))[goal]
    exact = start + goals.progress[goal, when] * (TARGET - start)
    noise = 0.35 * rng.standard_normal(len(goal))
    is_reached = (goals.status == "reached")[goal] & closes[goal, when]
    rating = np.where(is_reached, TARGET, exact + noise)
    return goal, when, np.clip(np.rint(rating), 0, 10).astype(np.int64)


def steps_done(goals: Goals, how_many: np.ndarray) -> np.ndarray:
    """Week in which each step is done, (goals, most steps); -1 while it is not.

    how_many: steps of each goal. Steps share the way to the target evenly.
    """
    done = np.full((len(how_many), int(how_many.max(initial=0))), -1)
    progress = np.nan_to_num(goals.progress, nan=-1.0)
    for step in range(done.shape[1]):
        needed = _ALMOST * (step + 1) / how_many
        there = progress >= needed[:, None]
        is_done = there.any(axis=1) & (step < how_many)
        done[:, step] = np.where(is_done, there.argmax(axis=1), -1)
    return done
