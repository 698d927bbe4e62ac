"""Every dated number of a client as one long table, whatever it came from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.membership import one_of
from analysis.records import Scale
from analysis.schema import TABLES

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Truth = npt.NDArray[np.bool_]

_COUNTS = ("ok", "prorated")
# Thresholds are inclusive: 0.3 - 0.1 must not fall short of a reliable change of 0.2.
ROUNDING = 1e-9


def build_series(
    scores: pd.DataFrame,
    goals: pd.DataFrame,
    goal_ratings: pd.DataFrame,
    scales: Mapping[str, Scale],
) -> pd.DataFrame:
    """Put scores, check-in answers and goal ratings into one table.

    A row is a client, scale and day (episode_id, value). Only valid scores count (ok
    or prorated, not superseded) and only scales that are known; of two ratings of a
    goal on one day the later row counts. Goal ratings have no episode yet, as nobody
    asked for one when they were made: `episodes.assign` gives it.
    """
    valid = (
        scores["status"].isin(_COUNTS)
        & ~scores["is_superseded"].fillna(False).astype(bool)
        & scores["score"].notna()
        & one_of(scores["scale"], scales)
    )
    columns = ["client_id", "episode_id", "scale", "date"]
    scored = scores.loc[valid, [*columns, "score"]].rename(columns={"score": "value"})
    rated = _ratings(goals, goal_ratings, scales)
    parts = [part for part in (scored, rated) if len(part)]
    if not parts:
        return TABLES["series"].empty()
    rows = pd.concat(parts, ignore_index=True)
    rows = rows.drop_duplicates(["client_id", "scale", "date"], keep="last")
    order = ["client_id", "scale", "date"]
    return rows.sort_values(order, ignore_index=True)[TABLES["series"].names]


def _ratings(
    goals: pd.DataFrame, goal_ratings: pd.DataFrame, scales: Mapping[str, Scale]
) -> pd.DataFrame:
    owners = goals[["goal_id", "client_id"]].drop_duplicates("goal_id")
    rated = goal_ratings[["goal_id", "date", "rating"]].dropna(subset="rating")
    rated = rated.merge(owners, on="goal_id", how="inner")
    rated = rated.assign(
        scale="goal." + rated["goal_id"],
        episode_id=pd.Series(None, index=rated.index, dtype="str"),
    ).rename(columns={"rating": "value"})
    rated = rated[one_of(rated["scale"], scales)]
    return rated[TABLES["series"].names]


def goal_scales(goals: pd.DataFrame) -> dict[str, Scale]:
    """Make the scale of every goal: 0 (not started) to 10 (reached), higher is better.

    There is no cut-off and no reliable change: no source gives one for a single goal.
    """
    statements = goals["statement"] if "statement" in goals else goals["goal_id"]
    return {
        f"goal.{goal_id}": Scale(
            id=f"goal.{goal_id}",
            measure="goal",
            label="Goal" if pd.isna(statement) else str(statement),
            instrument="Goal rating",
            low=0.0,
            high=10.0,
            higher_is="better",
            is_headline=False,
        )
        for goal_id, statement in zip(goals["goal_id"], statements, strict=True)
    }


@dataclass(frozen=True)
class Courses:
    """Many courses (one episode, one scale each), end to end in flat arrays.

    keys: a row per course (client_id, episode_id, scale). Course i holds the scores
    first[i] to first[i] + n[i] - 1, one a day, by time. gain is the value turned so
    that a rise is good news; only differences of it mean anything.
    """

    keys: pd.DataFrame
    first: Whole
    n: Whole
    day: Whole  # days since 1970
    value: Numbers
    gain: Numbers
    sign: Numbers  # one per course: 1 where a rise of the value is good news, else -1

    def __len__(self) -> int:
        return len(self.first)

    @property
    def last(self) -> Whole:
        """Position of each course's latest score."""
        return self.first + self.n - 1

    @property
    def owner(self) -> Whole:
        """Number of the course of every score."""
        return np.repeat(np.arange(len(self)), self.n)

    @property
    def weeks(self) -> Numbers:
        """Weeks since the first score of its course, for every score."""
        return (self.day - np.repeat(self.day[self.first], self.n)) / 7.0

    def run_to_end(self, holds: Truth) -> Whole:
        """First position of the run of `holds` that ends with the latest score.

        holds is flat, one truth per score. Where it does not hold for the latest score,
        the position of that score.
        """
        breaks = np.where(holds, -1, np.arange(len(holds)))
        after_break = np.maximum.reduceat(breaks, self.first) + 1
        return np.minimum(np.maximum(after_break, self.first), self.last)

    def date_at(self, positions: Whole) -> pd.Series:
        """The dates of some scores."""
        days = self.day[positions].astype("datetime64[D]")
        return pd.Series(days.astype("datetime64[s]"))

    def choose(self, chosen: Truth) -> Courses:
        """Some of the courses."""
        scores = np.repeat(chosen, self.n)
        n = self.n[chosen]
        return Courses(
            self.keys[chosen].reset_index(drop=True),
            np.cumsum(n) - n,
            n,
            self.day[scores],
            self.value[scores],
            self.gain[scores],
            self.sign[chosen],
        )


def courses_of(
    series: pd.DataFrame,
    scales: Mapping[str, Scale],
    until: date,
    wanted: Collection[str] | None = None,
) -> Courses:
    """Line up the scores up to `until` as courses, in order of episode and scale.

    Left out: scores after `until`, missing ones, rows without an episode, scales
    without a direction, and scales not in `wanted` where that is given. Of two rows
    for one day the later one counts.
    """
    chosen = [
        name
        for name, scale in scales.items()
        if scale.higher_is != "neither" and (wanted is None or name in wanted)
    ]
    usable = (
        one_of(series["scale"], chosen)
        & (series["date"] <= pd.Timestamp(until))
        & series["value"].notna()
        & series["episode_id"].notna()
    )
    rows = series.loc[usable, ["client_id", "episode_id", "scale", "date", "value"]]
    episode, episodes = pd.factorize(rows["episode_id"], sort=True)
    scale, names = pd.factorize(rows["scale"], sort=True)
    day = rows["date"].to_numpy("datetime64[D]").astype(np.int64)
    course = episode.astype(np.int64) * max(len(names), 1) + scale
    order = _order(course, day)
    course, day = course[order], day[order]
    ends = np.ones(len(day), bool)  # of several rows for one day the last stays
    ends[:-1] = (course[1:] != course[:-1]) | (day[1:] != day[:-1])
    order, course, day = order[ends], course[ends], day[ends]
    first = np.flatnonzero(np.append(True, course[1:] != course[:-1])[: len(course)])
    value = rows["value"].to_numpy(float)[order]
    turned = np.array([scales[name].gain(0, 1) for name in names], float)
    at = order[first]
    keys = pd.DataFrame(
        {
            "client_id": rows["client_id"].array.take(at),
            "episode_id": episodes.take(episode[at]),
            "scale": names.take(scale[at]),
        }
    )
    n = np.diff(np.append(first, len(day)))
    sign = turned[scale[at]]
    return Courses(keys, first, n, day, value, value * np.repeat(sign, n), sign)


def joined(parts: Sequence[Courses]) -> Courses:
    """Courses of some clients each as one, in order of episode and scale."""
    n = np.concatenate([part.n for part in parts])
    whole = Courses(
        pd.concat([part.keys for part in parts], ignore_index=True),
        np.cumsum(n) - n,
        n,
        np.concatenate([part.day for part in parts]),
        np.concatenate([part.value for part in parts]),
        np.concatenate([part.gain for part in parts]),
        np.concatenate([part.sign for part in parts]),
    )
    some = [part.keys["episode_id"] for part in parts if len(part)]
    ends = [(one.iloc[-1], other.iloc[0]) for one, other in pairwise(some)]
    if all(last < first for last, first in ends):
        return whole
    # a client whose id begins with another's may stand before or after it
    order = whole.keys.sort_values(["episode_id", "scale"]).index.to_numpy()
    n = whole.n[order]
    first = np.cumsum(n) - n
    at = np.arange(n.sum()) + np.repeat(whole.first[order] - first, n)
    return Courses(
        whole.keys.iloc[order].reset_index(drop=True),
        first,
        n,
        whole.day[at],
        whole.value[at],
        whole.gain[at],
        whole.sign[order],
    )


def cases(values: Numbers, names: pd.Series, scales: Mapping[str, Scale]) -> pd.Series:
    """Whether each score of each scale is a case; empty where there is no cut-off."""
    verdict = np.zeros(len(values), bool)
    known = np.zeros(len(values), bool)
    codes, unique = pd.factorize(names)
    for code, name in enumerate(unique):
        if scales[name].caseness is None:
            continue
        own = np.flatnonzero(codes == code)
        levels, level = np.unique(values[own], return_inverse=True)
        is_case = np.array([scales[name].is_case(float(v)) for v in levels], bool)
        verdict[own], known[own] = is_case[level], True
    return pd.Series(pd.arrays.BooleanArray(verdict, ~known))


def _order(course: Whole, day: Whole) -> Whole:
    """Sort by course and day; rows that come sorted, as stored, are left alone."""
    key = course * 2**23 + np.clip(day, -(2**22), 2**22 - 1)
    if (key[1:] >= key[:-1]).all():
        return np.arange(len(key))
    return np.argsort(key, kind="stable")
