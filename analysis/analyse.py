"""Tidy tables in, derived tables out: the steps between import and report."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

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


def _fitted(
    known: Tables, all_scales: Mapping[str, Scale], until: date, settings: Settings
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The practice's own models, fitted once: the only thing clients share."""
    rows, found = known["series"], known["episodes"]
    gap = settings.thresholds.episode_gap_days
    return (
        trend.fit_models(rows, found, all_scales, until),
        findings.fit_expected_courses(rows, found, all_scales, until, gap),
    )


def analyse(
    tables: Tables, measures: Mapping[str, Measure], settings: Settings, until: date
) -> dict[str, pd.DataFrame]:
    """Work out every derived table as of `until`; returns them with the tidy ones."""
    known = as_of(tables, until)
    thresholds = settings.thresholds
    known["episodes"] = episodes.find_episodes(
        known["clients"],
        known["sessions"],
        known["administrations"],
        thresholds.episode_gap_days,
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
    all_scales = {
        **scales(measures, settings.intervals),
        **series.goal_scales(known["goals"]),
    }
    known["series"] = series.build_series(
        known["scores"], known["goals"], known["goal_ratings"], all_scales
    )
    known["series"] = _with_episodes(known["series"], known["episodes"])
    own_changes = own_change.fit_own_changes(known, measures, all_scales, until)
    all_scales = own_change.with_own_changes(all_scales, own_changes)
    known["changes"] = change.changes(
        known["series"], known["episodes"], all_scales, until
    )
    fitted = (own_changes, *_fitted(known, all_scales, until, settings))
    known["models"] = pd.concat([part for part in fitted if len(part)] or fitted[:1])
    known["trends"] = trend.trends(
        known["series"],
        known["episodes"],
        all_scales,
        until,
        thresholds,
        known["models"],
    )
    known["signs"] = signs.signs(
        known, all_scales, known["episodes"], until, settings, measures
    )
    known["findings"] = findings.find_all(
        known, all_scales, known["episodes"], until, settings, measures
    )
    return known
