"""Small wins beside the scores: steps, goals, signs, check-ins, skills."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis import episodes as episodes_of_care
from analysis.findings.practice import Practice

# Points on a goal's 0-10 rating that count as a win.
GOAL_POINTS = 2.0
# Check-ins further apart than this are no streak: weekly, with some days' grace.
STREAK_GAP_DAYS = 10
# Weeks in a row worth naming.
STREAKS = (4, 8, 12, 26, 52)
SKILL_SCALE = "checkin.coping_skill_used"
CHECK_IN = "checkin"
# Weeks that are compared with as many before them.
SKILL_WEEKS = 4

_NAMES = ("client_id", "episode_id", "date", "scale", "rule", "what", "before", "after")


def step_done(practice: Practice) -> pd.DataFrame:
    """A step of a goal that was done; before and after count the steps done."""
    steps = practice.tables["goal_steps"]
    done = steps[steps["done_on"].notna() & (steps["done_on"] <= practice.today)]
    done = done.sort_values(["goal_id", "done_on", "position"], kind="stable")
    n_done = done.groupby("goal_id").cumcount()
    rows = done.rename(columns={"done_on": "date", "step": "what"})
    return _of_goals(
        practice, rows.assign(before=n_done, after=n_done + 1), "step_done"
    )


def goal_up(practice: Practice) -> pd.DataFrame:
    """A goal's rating up by 2 or more from its first; told again every 2 points."""
    ratings = practice.tables["goal_ratings"]
    rows = ratings[ratings["rating"].notna() & (ratings["date"] <= practice.today)]
    rows = rows.sort_values(["goal_id", "date"], kind="stable")
    start = rows.groupby("goal_id")["rating"].transform("first")
    level = np.floor((rows["rating"] - start) / GOAL_POINTS)
    best = level.groupby(rows["goal_id"]).cummax()
    is_new = (level > 0) & (best > best.groupby(rows["goal_id"]).shift())
    rows = rows.assign(before=start, after=rows["rating"], what=None)[is_new]
    rows = rows.drop_duplicates("goal_id", keep="last")
    return _of_goals(practice, rows, "goal_up")


def sign_moving(practice: Practice) -> pd.DataFrame:
    """A sign of progress that was steady four weeks ago and moves now."""
    signs = practice.tables["signs"]
    turned = (signs["direction"] == "moving") & (signs["direction_before"] == "steady")
    rows = signs[turned & practice.has(signs)]
    return rows.assign(
        date=rows["until"],
        scale=None,
        rule="sign_moving",
        what=rows["sign"],
        before=np.nan,
        after=np.nan,
    )[list(_NAMES)]


def check_in_streak(practice: Practice) -> pd.DataFrame:
    """Weeks in a row with a check-in, when a round number of them is full."""
    rows = practice.tables["administrations"]
    rows = rows[(rows["measure"] == CHECK_IN) & (rows["date"] <= practice.today)]
    rows = rows[practice.has(rows)]
    days = rows[["client_id", "episode_id", "date"]].drop_duplicates()
    days = days.sort_values(["episode_id", "date"], ignore_index=True)
    gap = days.groupby("episode_id")["date"].diff().dt.days
    run = (~(gap <= STREAK_GAP_DAYS)).cumsum()
    start = days.groupby(run)["date"].transform("first")
    weeks = (days["date"] - start).dt.days // 7 + 1
    full = pd.Series(np.searchsorted(STREAKS, weeks, "right"), index=days.index)
    is_new = full > full.groupby(run).shift(fill_value=0)
    reached = np.array([0, *STREAKS])[full]
    wins = days.assign(
        scale=None, rule="check_in_streak", what="", before=np.nan, after=reached
    )[is_new]
    return wins.drop_duplicates("episode_id", keep="last")[list(_NAMES)]


def skill_weeks(practice: Practice) -> pd.DataFrame:
    """A coping skill used in more of the last four weeks than of the four before."""
    rows = practice.tables["series"]
    rows = rows[(rows["scale"] == SKILL_SCALE) & (rows["value"] > 0)]
    rows = rows[practice.has(rows)]
    week = (practice.today - rows["date"]).dt.days // 7
    rows = rows.assign(week=week)[week.between(0, 2 * SKILL_WEEKS - 1)]
    weeks = rows.drop_duplicates(["episode_id", "week"])
    is_recent = weeks["week"] < SKILL_WEEKS
    counts = (
        weeks.assign(after=is_recent, before=~is_recent)
        .groupby(["client_id", "episode_id"], as_index=False)
        .agg(date=("date", "max"), after=("after", "sum"), before=("before", "sum"))
    )
    more = counts[(counts["before"] > 0) & (counts["after"] > counts["before"])]
    return more.assign(scale=SKILL_SCALE, rule="skill_weeks", what="")[list(_NAMES)]


def _of_goals(practice: Practice, rows: pd.DataFrame, rule: str) -> pd.DataFrame:
    """Rows about goals (goal_id, date, …), with client and the day's episode."""
    goals = practice.tables["goals"][["goal_id", "client_id", "statement"]]
    known = rows.merge(goals, on="goal_id", how="inner")
    known = episodes_of_care.assign(known, practice.episodes)
    known = known[known["episode_id"].notna()]
    return known.assign(
        scale="goal." + known["goal_id"],
        rule=rule,
        what=known["what"].fillna(known["statement"]),
    )[list(_NAMES)]
