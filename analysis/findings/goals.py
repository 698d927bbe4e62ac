"""Goals: reached, and those that have not moved for weeks."""

from __future__ import annotations

import pandas as pd

from analysis.episodes import assign
from analysis.findings.practice import Practice
from analysis.findings.rows import found

# Steps are meant to be small enough for a week or two: three times that is long.
STALLED_WEEKS = 6
# A rise of the rating that counts as movement.
MOVEMENT = 1.0
OPEN = "open"
REACHED = "reached"


def find_goals_met(practice: Practice) -> pd.DataFrame:
    """Find goals that were closed as reached, or rated at their target.

    A goal that was closed without a status counts as reached unless another one
    replaces it: a revision is no end, and no failure either.
    """
    goals = _goals(practice)
    closed = goals["closed_on"] <= practice.today
    says = goals["status"].fillna(REACHED) == REACHED
    was_met = closed & says & ~_is_replaced(goals)
    at_target = goals["status"].fillna(OPEN).isin([OPEN, REACHED]) & (
        goals["rating"] >= goals["target"]
    )
    rows = goals.assign(
        date=goals["closed_on"].where(was_met, goals["rated_on"]),
        closed_on=goals["closed_on"].where(was_met),
    )
    return found("goal_met", _told(practice, rows[was_met | at_target]))


def find_goals_stalled(practice: Practice) -> pd.DataFrame:
    """Find open goals without a step done or a rating risen for six weeks.

    Since when: the last movement, else the day the goal was set. rating: the latest.
    """
    goals = _goals(practice)
    is_open = (
        goals["status"].fillna(OPEN).eq(OPEN)
        & ~(goals["closed_on"] <= practice.today)
        & ~_is_replaced(goals)
        & ~(goals["rating"] >= goals["target"])
    )
    moved = goals[["set_on", "stepped_on", "rose_on"]].max(axis=1)
    weeks = (practice.today - moved).dt.days // 7
    rows = goals.assign(date=moved, weeks=weeks)[is_open & (weeks >= STALLED_WEEKS)]
    rows = _told(practice, rows.assign(date=practice.today)).assign(date=rows["date"])
    is_current = practice.is_open.reindex(rows["episode_id"]).fillna(False)
    return found("goal_stalled", rows[is_current.to_numpy(bool)])


def _goals(practice: Practice) -> pd.DataFrame:
    """A row per goal set by now, with latest rating and dates of movement."""
    goals = practice.tables["goals"]
    goals = goals[~(goals["set_on"] > practice.today)].set_index("goal_id", drop=False)
    ratings = practice.tables["goal_ratings"].dropna(subset="rating")
    ratings = ratings[ratings["date"] <= practice.today]
    ratings = ratings.sort_values(["goal_id", "date"], kind="stable")
    latest = ratings.drop_duplicates("goal_id", keep="last").set_index("goal_id")
    steps = practice.tables["goal_steps"]
    done = steps[steps["done_on"] <= practice.today].groupby("goal_id")["done_on"]
    return goals.assign(
        rating=latest["rating"].reindex(goals.index),
        rated_on=latest["date"].reindex(goals.index),
        rose_on=_last_rise(ratings).reindex(goals.index),
        stepped_on=done.max().reindex(goals.index),
    ).reset_index(drop=True)


def _last_rise(ratings: pd.DataFrame) -> pd.Series:
    """Day of the last rating a point or more above the best before it, by goal."""
    best = ratings.groupby("goal_id")["rating"].cummax()
    before = best.groupby(ratings["goal_id"]).shift()
    rose = ratings[ratings["rating"] >= before + MOVEMENT]
    return rose.groupby("goal_id")["date"].max()


def _is_replaced(goals: pd.DataFrame) -> pd.Series:
    return goals["goal_id"].isin(goals["replaces"].dropna())


def _told(practice: Practice, rows: pd.DataFrame) -> pd.DataFrame:
    """Add scale and episode; goals of clients without an episode are left out."""
    told = assign(rows, practice.episodes).assign(scale="goal." + rows["goal_id"])
    return told[told["episode_id"].notna()]
