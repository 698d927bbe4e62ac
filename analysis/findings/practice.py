"""What every detector looks at: the tables, and what is known of each course."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.episodes import are_open, belong
from analysis.measures import Measure
from analysis.methods.sudden_change import sudden_changes
from analysis.records import Scale
from analysis.series import Courses, cases, courses_of
from analysis.settings import Settings

Tables = Mapping[str, pd.DataFrame]

_JUDGED = ("n", "gain_per_week", "low", "high", "p_flat", "status", "since")


@dataclass(frozen=True)
class Practice:
    """The rows of one client or of all: a finding never looks at another client."""

    tables: Tables
    scales: Mapping[str, Scale]
    episodes: pd.DataFrame
    until: date
    settings: Settings
    measures: Mapping[str, Measure]

    @property
    def today(self) -> pd.Timestamp:
        """The day the findings speak from."""
        return pd.Timestamp(self.until)

    @property
    def day_number(self) -> int:
        """The day the findings speak from, as days since 1970."""
        return (self.until - date(1970, 1, 1)).days

    @property
    def models(self) -> pd.DataFrame | None:
        """The practice's own models, where they were fitted."""
        return self.tables.get("models")

    @cached_property
    def is_open(self) -> pd.Series:
        """Whether an episode goes on, by episode id."""
        gap = self.settings.thresholds.episode_gap_days
        open_now = are_open(self.episodes, self.until, gap)
        return pd.Series(
            open_now.to_numpy(bool), index=pd.Index(self.episodes["episode_id"])
        )

    def has(self, rows: pd.DataFrame) -> pd.Series:
        """Which rows (episode_id) belong to the episodes looked at."""
        return belong(rows, self.episodes)

    @cached_property
    def courses(self) -> Courses:
        """The courses findings are made of: one score speaks for its measure."""
        wanted = [
            name
            for name, scale in self.scales.items()
            if scale.is_headline and scale.followed and scale.measure != "checkin"
        ]
        series = self.tables["series"]
        return courses_of(series[self.has(series)], self.scales, self.until, wanted)

    @cached_property
    def facts(self) -> pd.DataFrame:
        """A row per course: its keys, its change, its trend (trend_…), is_open."""
        keys = self.courses.keys
        on = ["episode_id", "scale"]
        changes = self.tables["changes"].drop(columns="client_id")
        trends = self.tables["trends"][[*on, *_JUDGED]]
        trends = trends.rename(columns={name: f"trend_{name}" for name in _JUDGED})
        facts = keys.merge(changes, on=on, how="left").merge(trends, on=on, how="left")
        is_open = self.is_open.reindex(keys["episode_id"]).fillna(False)
        return facts.assign(is_open=is_open.to_numpy(bool))

    @cached_property
    def is_case(self) -> pd.Series:
        """Whether each score is a case; empty where its scale has no cut-off."""
        courses = self.courses
        names = courses.keys["scale"].take(courses.owner).reset_index(drop=True)
        return cases(courses.value, names, self.scales)

    @cached_property
    def sudden_changes(self) -> pd.DataFrame:
        """Sudden gains and losses of all courses; position: first score after."""
        courses = self.courses
        rows = pd.DataFrame(
            {
                "course": courses.owner,
                "scale": courses.keys["scale"].array.take(courses.owner),
                "date": np.arange(len(courses.day)),
                "value": courses.value,
            }
        )
        names = courses.keys["scale"].unique()
        judged = [s for name in names if (s := self.scales[name]).reliable_change]
        points = {scale.id: float(scale.reliable_change or 0) for scale in judged}
        direction = {scale.id: scale.higher_is for scale in judged}
        found = sudden_changes(rows, points, direction, by=("course", "scale"))
        return found.rename(columns={"date": "position"})

    def per_course(self, name: str) -> np.ndarray:
        """A number that the scale gives (NaN where it gives none), for every course."""
        code, unique = pd.factorize(self.courses.keys["scale"])
        given = [getattr(self.scales[scale], name) for scale in unique]
        known = [np.nan if value is None else float(value) for value in given]
        return np.array(known, float)[code]
