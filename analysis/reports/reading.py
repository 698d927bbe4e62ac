"""Finding what a notebook's report is read from: project and month."""

from __future__ import annotations

import calendar
from datetime import date
from pathlib import Path

from analysis.errors import AnalysisError


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
