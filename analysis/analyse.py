"""Tidy tables in, derived tables out: the steps between import and report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis import change, episodes, findings, own_change, series, signs, trend
from analysis.measures import Measure, scales
from analysis.membership import one_of
from analysis.records import Scale
from analysis.scoring import score_all
from analysis.settings import Settings

Tables = Mapping[str, pd.DataFrame]

# Rows dated after the report's day are not known yet on that day.
_DATED = (
    "sessions",
    "administrations",
    "goal_ratings",
    "events",
    "notes",
)
# A start, an end, a closing or a step that lies ahead has not happened yet.
_AHEAD = (
    ("clients", "started_on"),
    ("clients", "ended_on"),
    ("goals", "closed_on"),
    ("goal_steps", "done_on"),
)


def as_of(tables: Tables, until: date) -> dict[str, pd.DataFrame]:
    """The tables as they would have stood on the evening of `until`.

    A report until March does not change when April arrives: everything later is cut
    off here, once, before anything is computed.
    """
    day = pd.Timestamp(until)
    known = dict(tables)
    for name in _DATED:
        known[name] = known[name][known[name]["date"] <= day]
    known["goals"] = known["goals"][~(known["goals"]["set_on"] > day)]
    for name, column in _AHEAD:
        rows = known[name]
        known[name] = rows.assign(**{column: rows[column].where(rows[column] <= day)})
    if "end_reason" in known["clients"]:
        rows = known["clients"]
        reason = rows["end_reason"].where(rows["ended_on"].notna())
        known["clients"] = rows.assign(end_reason=reason)
    for child, parent, key in (
        ("responses", "administrations", "administration_id"),
        ("totals", "administrations", "administration_id"),
        ("goal_steps", "goals", "goal_id"),
        ("goal_ratings", "goals", "goal_id"),
    ):
        known[child] = known[child][one_of(known[child][key], known[parent][key])]
    return {name: rows.reset_index(drop=True) for name, rows in known.items()}


def _with_episodes(rows: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Give the rows without an episode (goal ratings) the one they belong to."""
    unknown = rows["episode_id"].isna()
    given = episodes.assign(rows[unknown], found)["episode_id"]
    return rows.assign(episode_id=rows["episode_id"].fillna(given))


@dataclass(frozen=True)
class Experience:
    """What the practice's own models are fitted to, of all clients or of some.

    baselines: complete baseline forms by scale; courses: those of two scores or more
    on followed scales; is_closed: whether the episode of each course is over.
    """

    baselines: Mapping[str, pd.DataFrame]
    courses: series.Courses
    is_closed: npt.NDArray[np.bool_]


def analyse(
    tables: Tables, measures: Mapping[str, Measure], settings: Settings, until: date
) -> dict[str, pd.DataFrame]:
    """Work out every derived table as of `until`; returns them with the tidy ones."""
    known = scored(tables, measures, settings, until)
    lived = experience(known, measures, settings, until)
    models = fitted([lived], measures, settings, until)
    return judged(known, models, measures, settings, until)


def scored(
    tables: Tables, measures: Mapping[str, Measure], settings: Settings, until: date
) -> dict[str, pd.DataFrame]:
    """Episodes, scores, risks and series as of `until`, with the tidy tables."""
    known = as_of(tables, until)
    known["episodes"] = episodes.find_episodes(
        known["clients"],
        known["sessions"],
        known["administrations"],
        settings.thresholds.episode_gap_days,
    )
    for name in ("sessions", "administrations"):
        rows = known[name].drop(columns="episode_id", errors="ignore")
        known[name] = episodes.assign(rows, known["episodes"])
    known["scores"], known["risks"] = score_all(
        known["administrations"],
        known["responses"],
        known["totals"],
        known["clients"],
        measures,
    )
    known["series"] = series.build_series(
        known["scores"],
        known["goals"],
        known["goal_ratings"],
        _scales(known, measures, settings),
    )
    known["series"] = _with_episodes(known["series"], known["episodes"])
    return known


def experience(
    known: Tables, measures: Mapping[str, Measure], settings: Settings, until: date
) -> Experience:
    """What these clients, scored, add to the practice's own models."""
    all_scales = scales(measures, settings.intervals)
    followed = {name: one for name, one in all_scales.items() if one.followed}
    rows, found = known["series"], known["episodes"]
    courses = series.courses_of(rows[episodes.belong(rows, found)], followed, until)
    courses = courses.choose(courses.n > 1)
    gap = settings.thresholds.episode_gap_days
    closed = found[~episodes.are_open(found, until, gap)]
    return Experience(
        own_change.baselines(known, measures, all_scales),
        courses,
        episodes.belong(courses.keys, closed).to_numpy(bool),
    )


def fitted(
    parts: Sequence[Experience],
    measures: Mapping[str, Measure],
    settings: Settings,
    until: date,
) -> pd.DataFrame:
    """The practice's own models, fitted once: the only thing clients share.

    parts: the experience of all clients together, or of some each, by client.
    """
    all_scales = scales(measures, settings.intervals)
    own = own_change.fit_from([part.baselines for part in parts], until)
    all_scales = own_change.with_own_changes(all_scales, own)
    closed = [part.courses.choose(part.is_closed) for part in parts]
    fits = (
        own,
        trend.fit_courses(
            series.joined([part.courses for part in parts]), all_scales, until
        ),
        findings.fit_closed_courses(series.joined(closed), all_scales, until),
    )
    return pd.concat([part for part in fits if len(part)] or fits[:1])


def judged(
    scored_tables: Tables,
    models: pd.DataFrame,
    measures: Mapping[str, Measure],
    settings: Settings,
    until: date,
) -> dict[str, pd.DataFrame]:
    """Changes, trends, signs and findings of scored clients, with their tables."""
    known = {**scored_tables, "models": models}
    all_scales = _scales(known, measures, settings)
    all_scales = own_change.with_own_changes(all_scales, models)
    known["changes"] = change.changes(
        known["series"], known["episodes"], all_scales, until
    )
    known["trends"] = trend.trends(
        known["series"],
        known["episodes"],
        all_scales,
        until,
        settings.thresholds,
        models,
    )
    known["signs"] = signs.signs(
        known, all_scales, known["episodes"], until, settings, measures
    )
    known["findings"] = findings.find_all(
        known, all_scales, known["episodes"], until, settings, measures
    )
    return known


def _scales(
    known: Tables, measures: Mapping[str, Measure], settings: Settings
) -> dict[str, Scale]:
    own_goals = series.goal_scales(known["goals"])
    return {**scales(measures, settings.intervals), **own_goals}
