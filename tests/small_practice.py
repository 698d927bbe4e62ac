"""Small practices for tests, written as text: a line per course."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import pandas as pd

from analysis import change, episodes, series, trend
from analysis.records import Band, Cutoff, Scale
from analysis.schema import TABLES
from analysis.settings import Settings

PHQ = Scale(
    id="phq9.total",
    measure="phq9",
    label="Depression",
    instrument="PHQ-9",
    low=0,
    high=27,
    higher_is="worse",
    bands=(
        Band(0, "minimal"),
        Band(5, "mild"),
        Band(10, "moderate"),
        Band(20, "severe"),
    ),
    caseness=Cutoff("caseness", 10, ">=", "caseness"),
    reliable_change=6.0,
)
# The same scale turned round: a rise is good news, below 18 is a case.
WELL = Scale(
    id="well.total",
    measure="well",
    label="Well-being",
    instrument="WELL",
    low=0,
    high=27,
    higher_is="better",
    bands=(Band(0, "low"), Band(8, "fair"), Band(18, "good"), Band(23, "high")),
    caseness=Cutoff("low", 17, "<=", "low well-being"),
    reliable_change=6.0,
)
MOOD = Scale(
    id="checkin.mood",
    measure="checkin",
    label="Mood",
    instrument="Check-in",
    low=0,
    high=10,
    higher_is="better",
)
SCALES: Mapping[str, Scale] = {scale.id: scale for scale in (PHQ, WELL, MOOD)}
START = date(2026, 1, 5)
DEFAULTS = Settings()


def turned(values: Sequence[float]) -> list[float]:
    """The same course on the scale that is turned round."""
    return [27 - value for value in values]


def day(number: int) -> pd.Timestamp:
    """So many days after the start."""
    return pd.Timestamp(START + timedelta(days=number)).as_unit("s")


def rows(
    values: Sequence[float],
    scale: str = "phq9.total",
    client: str = "A",
    days: Sequence[int] | None = None,
) -> pd.DataFrame:
    """Scores of one course as rows of `series`: weekly unless days are given."""
    at = [7 * k for k in range(len(values))] if days is None else list(days)
    return pd.DataFrame(
        {
            "client_id": pd.Series([client] * len(values), dtype="str"),
            "episode_id": pd.Series([f"{client}#1"] * len(values), dtype="str"),
            "scale": pd.Series([scale] * len(values), dtype="str"),
            "date": pd.Series([day(number) for number in at], dtype="datetime64[s]"),
            "value": [float(value) for value in values],
        }
    )


def practice(
    courses: pd.DataFrame,
    until: date,
    scales: Mapping[str, Scale] = SCALES,
    settings: Settings = DEFAULTS,
    **given: pd.DataFrame,
) -> dict[str, pd.DataFrame]:
    """All tables of a practice that has just these scores, as of `until`."""
    tables = {name: table.empty() for name, table in TABLES.items()} | given
    known = courses[courses["date"] <= pd.Timestamp(until)]
    administrations = known.assign(
        administration_id=[f"a{number}" for number in range(len(known))],
        measure=known["scale"].str.split(".").str[0],
    )
    tables["administrations"] = administrations
    tables["episodes"] = episodes.find_episodes(
        tables["clients"],
        tables["sessions"],
        administrations,
        settings.thresholds.episode_gap_days,
    )
    tables["scores"] = administrations.assign(
        score=administrations["value"], status="ok", is_superseded=False
    )
    ratings = series.build_series(
        TABLES["scores"].empty(),
        tables["goals"],
        tables["goal_ratings"],
        series.goal_scales(tables["goals"]),
    )
    ratings = episodes.assign(ratings, tables["episodes"])
    parts = [part for part in (known, ratings) if len(part)]
    tables["series"] = pd.concat(parts) if parts else TABLES["series"].empty()
    found = tables["episodes"]
    tables["changes"] = change.changes(tables["series"], found, scales, until)
    tables["trends"] = trend.trends(
        tables["series"], found, scales, until, settings.thresholds
    )
    return tables
