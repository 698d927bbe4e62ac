"""The ten signs of progress and the goals of every episode, as one table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.extensions import ExtensionArray

from analysis.episodes import assign, belong
from analysis.evidence import json_lists, json_objects
from analysis.measures import Measure
from analysis.records import Scale
from analysis.schema import TABLES
from analysis.series import Courses, courses_of
from analysis.settings import Settings
from analysis.signs import direction as evidence
from analysis.signs.sources import WEIGHTS, links, read_signs

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

# "Before" is so long ago; a step done since then is evidence of now.
LOOK_BACK_DAYS = 28
# More scales than this are not listed as the evidence of one sign.
MAX_PARTS = 5


@dataclass(frozen=True)
class Pairs:
    """Every course beside every sign it speaks to (flat arrays)."""

    course: Whole
    group: Whole  # episode number * number of signs + number of the sign
    weight: Numbers


def signs(
    tables: Mapping[str, pd.DataFrame],
    scales: Mapping[str, Scale],
    episodes: pd.DataFrame,
    until: date,
    settings: Settings,
    measures: Mapping[str, Measure],
) -> pd.DataFrame:
    """Read the direction of every sign in every episode begun by `until`.

    moving, steady, slipping or not known, from the scales that speak to the sign
    (direction.py); a goal step done in the last four weeks moves a sign that
    uses steps and does not slip. strength: strong, clear or faint; direction_before:
    the same four weeks earlier.
    evidence: JSON list of {scale, from, to, direction, n}, the weightiest first: means
    of four weeks before and now, in the scale's own direction.
    """
    known = links(scales, measures)
    begun = episodes[episodes["started_on"] <= pd.Timestamp(until)]
    begun = begun.sort_values("episode_id", ignore_index=True)
    if not len(begun):
        return TABLES["signs"].empty()
    series = tables["series"]
    series = series[belong(series, begun)]
    courses = courses_of(series, scales, until, set(known["scale"]))
    pairs = _pairs(courses, known, begun)
    today = (until - date(1970, 1, 1)).days
    headings = [
        evidence.heading_at(courses, scales, day)
        for day in (today, today - LOOK_BACK_DAYS)
    ]
    steps = _steps_done(tables, begun, until)
    (now, chance), (before, _) = (
        _judge(pairs, heading, len(begun), done)
        for heading, done in zip(headings, steps, strict=True)
    )
    table = begun[["client_id", "episode_id"]].iloc[
        np.repeat(np.arange(len(begun)), _n_signs())
    ]
    ages, parts = _evidence(courses, pairs, headings[0], len(table))
    ids = [sign.id for sign in read_signs()]
    return table.assign(
        until=pd.Timestamp(until).as_unit("s"),
        sign=_words(ids, np.tile(np.arange(len(ids)), len(begun))),
        direction=_words(evidence.DIRECTIONS, now),
        direction_before=_words(evidence.DIRECTIONS, before),
        strength=_words(evidence.STRENGTHS, _strength(now, chance)),
        evidence_age_days=pd.array(
            np.where(ages < 0, np.nan, today - ages), dtype="Int64"
        ),
        evidence=parts.array,
    )[TABLES["signs"].names].reset_index(drop=True)


def _n_signs() -> int:
    return len(read_signs())


def _pairs(courses: Courses, known: pd.DataFrame, begun: pd.DataFrame) -> Pairs:
    episode = pd.Index(begun["episode_id"]).get_indexer(courses.keys["episode_id"])
    one = pd.DataFrame(
        {
            "course": np.arange(len(courses)),
            "episode": episode.astype(np.int64),
            "scale": courses.keys["scale"],
        }
    ).merge(known, on="scale")
    group = one["episode"] * _n_signs() + one["sign"]
    order = np.lexsort((one["course"], -one["weight"], group))
    return Pairs(
        one["course"].to_numpy(np.int64)[order],
        group.to_numpy(np.int64)[order],
        one["weight"].to_numpy(float)[order],
    )


def _judge(
    pairs: Pairs, heading: evidence.Heading, n_episodes: int, done: Whole
) -> tuple[Whole, Numbers]:
    """Direction of every episode and sign, and its chance."""
    n_groups = n_episodes * _n_signs()
    used = heading.is_known[pairs.course]
    course, group, weight = pairs.course[used], pairs.group[used], pairs.weight[used]
    change, spread = evidence.pool(
        group, n_groups, heading.change[course], heading.spread[course], weight
    )
    only_context = np.ones(n_groups, bool)
    only_context[group[weight > WEIGHTS["context"]]] = False
    change[only_context] = np.nan
    direction, chance = evidence.directions_of(change, spread)
    uses_steps = np.array([sign.uses_steps for sign in read_signs()])
    moved = (done[:, None] > 0) & uses_steps
    moved &= (direction != evidence.SLIPPING).reshape(-1, _n_signs())
    moved &= (direction != evidence.MOVING).reshape(-1, _n_signs())
    direction[moved.ravel()] = evidence.MOVING
    chance[moved.ravel()] = evidence.KNOWN
    return direction, chance


def _steps_done(
    tables: Mapping[str, pd.DataFrame], begun: pd.DataFrame, until: date
) -> tuple[Whole, Whole]:
    """Goal steps done in the last four weeks and in the four before, by episode."""
    steps = tables["goal_steps"][["goal_id", "done_on"]].dropna(subset="done_on")
    goals = tables["goals"][["goal_id", "client_id"]]
    done = steps.rename(columns={"done_on": "date"}).merge(goals, on="goal_id")
    done = assign(done, begun)
    ago = (pd.Timestamp(until) - done["date"]).dt.days.to_numpy(np.int64)
    at = pd.Index(begun["episode_id"]).get_indexer(done["episode_id"])
    recent = (at >= 0) & (ago >= 0) & (ago < LOOK_BACK_DAYS)
    earlier = (at >= 0) & (ago >= LOOK_BACK_DAYS) & (ago < 2 * LOOK_BACK_DAYS)
    return (
        np.bincount(at[recent], minlength=len(begun)),
        np.bincount(at[earlier], minlength=len(begun)),
    )


def _strength(direction: Whole, chance: Numbers) -> Whole:
    """Number of the strength in STRENGTHS; -1 where no direction is known."""
    number = len(evidence.STRENGTHS) - np.searchsorted(
        np.array(list(evidence.STRENGTHS.values())[::-1]), chance, "right"
    )
    return np.where(direction == evidence.NOT_KNOWN, -1, number)


def _words(words: Iterable[str], number: Whole) -> ExtensionArray:
    """Words by their number; -1 is missing."""
    return pd.array(list(words), dtype="str").take(number, allow_fill=True)


def _evidence(
    courses: Courses,
    pairs: Pairs,
    heading: evidence.Heading,
    n_groups: int,
) -> tuple[Whole, pd.Series]:
    """Day of the newest evidence (-1: none) and the JSON list, by episode and sign."""
    newest = np.full(n_groups, -1)
    np.maximum.at(newest, pairs.group, courses.day[courses.last][pairs.course])
    rank = np.arange(len(pairs.group)) - np.searchsorted(pairs.group, pairs.group)
    shown = rank < MAX_PARTS
    direction, _ = evidence.directions_of(heading.change, heading.spread)
    parts = json_objects(
        pd.DataFrame(
            {
                "scale": courses.keys["scale"],
                "from": np.round(heading.start, 1),
                "to": np.round(heading.end, 1),
                "direction": _words(evidence.DIRECTIONS, direction),
                "n": courses.n,
            }
        )
    )
    sizes = np.bincount(pairs.group[shown], minlength=n_groups)
    return newest, json_lists(parts.take(pairs.course[shown]), sizes)
