"""Opening what a notebook's report is read from: project, month, tables, rules."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from analysis import own_change, series
from analysis.errors import AnalysisError
from analysis.measures import Measure, read_measures, scales
from analysis.records import Scale
from analysis.settings import Settings, read_settings
from analysis.state import finished_import, read_state, tables_as_of


@dataclass(frozen=True)
class Opened:
    """Where a report's tables stand, and the rules in force for it."""

    processed: Path
    tables: Path  # the folder that speaks from `until`
    first: date  # first day of the month
    until: date
    is_demo: bool
    settings: Settings
    measures: Mapping[str, Measure]

    def scales(self, goals: pd.DataFrame, models: pd.DataFrame) -> dict[str, Scale]:
        """Every scale by id: of the measures, and of these goals.

        models: the practice's own, which judge where nothing is published.
        """
        published = scales(self.measures, self.settings.intervals)
        return {
            **own_change.with_own_changes(published, models),
            **series.goal_scales(goals),
        }


def open_month(month: str, processed: str, settings: str) -> Opened:
    """Find the tables as of a month's day and read the rules.

    month: "2026-10"; empty means the month of the latest data. processed, settings:
    folder of the tables and settings file; empty means those of the project the
    notebook stands in. Raises AnalysisError where the tables are not there yet.
    """
    folder = Path(processed) if processed else project_folder() / "data" / "processed"
    chosen = Path(settings) if settings else folder.parents[1] / "settings.toml"
    in_force = read_settings(chosen)
    first, until = span_of(month, finished_import(folder).latest)
    tables = tables_as_of(folder, until)
    known = read_state(tables)
    if known is None or not known.until:
        raise AnalysisError(
            f"The tables as of {until} are not there yet. Run "
            f"`python -m analysis analyse --until {until}` first."
        )
    own = in_force.measures_folder
    measures = read_measures(in_force.folder / own if own else None)
    return Opened(folder, tables, first, until, known.is_demo, in_force, measures)


def span_of(month: str, latest: date) -> tuple[date, date]:
    """First day of the month and the day its report speaks from.

    A month that is not over yet speaks from the latest data: nobody is overdue for a
    week that has not come.
    """
    try:
        first = date.fromisoformat(f"{month}-01") if month else latest.replace(day=1)
    except ValueError as problem:
        raise AnalysisError(
            f"{month!r} is no month. Write year and month, such as 2026-10."
        ) from problem
    if first > latest:
        raise AnalysisError(
            f"There are no data for {first:%B %Y}: the latest are from {latest:%B %Y}."
        )
    return first, min(month_end(first), latest)


def project_folder() -> Path:
    """The nearest folder, from here upwards, that holds data/processed."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "data" / "processed").is_dir():
            return folder
    raise AnalysisError(
        f"Neither {here} nor a folder above it holds data/processed. Start from the "
        "project's folder, or name the tables with the parameter `processed`."
    )


def month_end(month: date) -> date:
    """Last day of the month."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])
