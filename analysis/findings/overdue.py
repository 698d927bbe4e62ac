"""Overdue: no score in twice the usual interval; absence is itself a signal."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.episodes import belong
from analysis.evidence import gathered
from analysis.findings.life_wins import CHECK_IN
from analysis.findings.practice import Practice
from analysis.findings.rows import found, no_findings

KIND = "overdue"
# Fewer gaps than this do not show a rhythm of the client's own.
_MIN_GAPS = 3


def find_overdue(practice: Practice) -> pd.DataFrame:
    """Find open episodes without a score in twice the usual interval.

    The usual interval of a measure is the practice's (settings), else the client's own
    median gap, else the published one; of several measures the shortest counts. Which
    measures are late by their own interval stands in `measures`. A check-in kept is no
    score: who still sends check-ins can be overdue.
    """
    rows = _last_scores(practice)
    rows = rows[practice.is_open.reindex(rows["episode_id"]).to_numpy(bool)]
    if not len(rows):
        return no_findings()
    limit = practice.settings.thresholds.overdue_intervals
    rows["days"] = (practice.today - rows["last_date"]).dt.days
    rows["is_late"] = rows["days"] > limit * rows["usual_days"]
    episode = rows.groupby("episode_id", as_index=False).agg(
        client_id=("client_id", "first"),
        last_date=("last_date", "max"),
        days=("days", "min"),
        usual_days=("usual_days", "min"),
    )
    is_overdue = episode["days"] > limit * episode["usual_days"]
    episode = episode[is_overdue].reset_index(drop=True)
    late = rows[rows["is_late"] & belong(rows, episode)]
    n_late = late.groupby("episode_id").size().reindex(episode["episode_id"])
    wait = np.floor(limit * episode["usual_days"]) + 1
    return found(
        KIND,
        episode.assign(
            date=episode["last_date"] + pd.to_timedelta(wait, unit="D"),
            usual_days=episode["usual_days"].round().astype("int64"),
            measures=gathered(late["measure"], n_late.to_numpy()),
        ),
        audience="clinician",
    )


def _last_scores(practice: Practice) -> pd.DataFrame:
    """A row per episode and measure: latest score and usual interval in days."""
    scores = practice.tables["scores"]
    known = practice.has(scores)
    valid = known & scores["score"].notna() & (scores["date"] <= practice.today)
    valid &= scores["measure"] != CHECK_IN
    days = scores.loc[valid, ["client_id", "episode_id", "measure", "date"]]
    days = days.drop_duplicates().sort_values(["episode_id", "measure", "date"])
    key = ["episode_id", "measure"]
    gap = days.groupby(key, sort=False)["date"].diff().dt.days
    grouped = days.assign(gap=gap).groupby(key, sort=False)
    rows = grouped.agg(
        client_id=("client_id", "first"),
        last_date=("date", "max"),
        own=("gap", "median"),
        n_gaps=("gap", "count"),
    ).reset_index()
    published = rows["measure"].map(_published(practice)).astype(float)
    own = rows["own"].where(rows["n_gaps"] >= _MIN_GAPS, published)
    chosen = rows["measure"].map(dict(practice.settings.intervals)).astype(float)
    return rows.assign(usual_days=chosen.fillna(own).fillna(published).clip(lower=1))


def _published(practice: Practice) -> dict[str, int]:
    return {s.measure: s.usual_interval_days for s in practice.scales.values()}
