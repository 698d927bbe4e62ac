"""Goals, steps and ratings as the rows of raw export files."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from analysis.demo.goals import TARGET, Goals, steps_done
from analysis.demo.group import Group
from analysis.demo.people import knowledge
from analysis.demo.rows import DAY, day_array, text_array
from analysis.demo.visits import Visits

GOAL_COLUMNS = (
    "goal_id",
    "client_id",
    "statement",
    "specific",
    "measurable",
    "achievable",
    "relevant",
    "target",
    "due",
    "set_on",
    "closed_on",
    "status",
    "replaces",
    "reason",
)
_GOAL_DAYS = ("due", "set_on", "closed_on")


def goal_ids(group: Group, goals: Goals) -> np.ndarray:
    """Ids of the goals: client, then the goal's number."""
    return group.client_id[goals.row] + np.array(
        [f"-G{number}" for number in goals.number], dtype=object
    )


def goal_rows(group: Group, visits: Visits, goals: Goals) -> pa.Table:
    """goals: one row per goal; a revised goal and what replaced it are two rows."""
    template = knowledge("goals")["goal"]
    asked = {
        key: np.array([one[key] for one in template], dtype=object)[goals.template]
        for key in (
            "statement",
            "before",
            "reason",
            "specific",
            "measurable",
            "achievable",
            "relevant",
        )
    }
    replaced = goals.status == "replaced"
    columns = {
        "goal_id": text_array(goal_ids(group, goals)),
        "client_id": text_array(group.client_id[goals.row]),
        "statement": text_array(
            np.where(goals.is_first_wording, asked["before"], asked["statement"])
        ),
        **{
            key: text_array(asked[key])
            for key in ("specific", "measurable", "achievable", "relevant")
        },
        "target": pa.array(np.full(len(goals.row), TARGET)),
        "due": day_array(group.start[goals.row] + 7 * goals.due_week),
        "set_on": day_array(visits.day[goals.row, goals.set_week]),
        "closed_on": day_array(
            visits.day[goals.row, goals.closed_week], goals.closed_week >= 0
        ),
        "status": text_array(goals.status),
        "replaces": _replaced_ids(group, goals),
        "reason": text_array(asked["reason"], replaced),
    }
    return pa.table(columns)


def _replaced_ids(group: Group, goals: Goals) -> pa.Array:
    ids = group.client_id[goals.row] + np.array(
        [f"-G{number}" for number in goals.replaces], dtype=object
    )
    return text_array(ids, goals.replaces > 0)


def step_rows(group: Group, visits: Visits, goals: Goals) -> pa.Table:
    """goal steps: one row per step, in order."""
    texts = [one["steps"] for one in knowledge("goals")["goal"]]
    n_of_template = np.array([len(own) for own in texts])
    start_of_template = np.concatenate([[0], np.cumsum(n_of_template)])
    flat = np.array([step for own in texts for step in own], dtype=object)
    n_steps = n_of_template[goals.template]
    done = steps_done(goals, n_steps)
    goal = np.repeat(np.arange(len(goals.row)), n_steps)
    position = np.arange(len(goal)) - np.repeat(np.cumsum(n_steps) - n_steps, n_steps)
    week = done[goal, position]
    return pa.table(
        {
            "goal_id": text_array(goal_ids(group, goals)[goal]),
            "step": text_array(
                flat[start_of_template[goals.template[goal]] + position]
            ),
            "done_on": day_array(visits.day[goals.row[goal], week], week >= 0),
        }
    )


def rating_rows(
    group: Group,
    visits: Visits,
    goals: Goals,
    rated: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> pa.Table:
    """goal ratings: one row per rating; goal attainment is rated for some goals."""
    goal, week, rating = rated
    # first goals only: one is enough for a clinician to rate; 0 is the target reached
    has_attainment = goals.number[goal] == 1
    attainment = np.clip(np.rint((rating - TARGET) / 3), -2, 2).astype(np.int64)
    return pa.table(
        {
            "goal_id": text_array(goal_ids(group, goals)[goal]),
            "date": day_array(visits.day[goals.row[goal], week]),
            "rating": pa.array(rating),
            "gas": pa.array(attainment, mask=~has_attainment),
        }
    )


def told_goals(moved: int) -> dict[str, pa.Table]:
    """Rows of the goals that clients.toml tells day by day, moved by `moved` days."""
    told = knowledge("clients")["goal"]
    names = tuple(name for name in GOAL_COLUMNS if name not in _GOAL_DAYS)
    columns: dict[str, Any] = {name: [one.get(name) for one in told] for name in names}
    for name in _GOAL_DAYS:
        columns[name] = _told_days([one.get(name) for one in told], moved)
    steps = [(g["goal_id"], *[*s, None][:2]) for g in told for s in g["steps"]]
    rated = [(g["goal_id"], *rating) for g in told for rating in g["ratings"]]
    return {
        "goals": pa.table({name: columns[name] for name in GOAL_COLUMNS}),
        "goal_steps": pa.table(
            {
                "goal_id": [goal for goal, _, _ in steps],
                "step": [text for _, text, _ in steps],
                "done_on": _told_days([day for _, _, day in steps], moved),
            }
        ),
        "goal_ratings": pa.table(
            {
                "goal_id": [goal for goal, _, _ in rated],
                "date": _told_days([day for _, day, _ in rated], moved),
                "rating": [rating for _, _, rating in rated],
                "gas": pa.nulls(len(rated), pa.int64()),
            }
        ),
    }


def _told_days(days: list[date | None], moved: int) -> pa.Array:
    return pa.array(
        [
            None if day is None else date.fromordinal(day.toordinal() + moved)
            for day in days
        ],
        type=DAY,
    )
