"""Finding what a notebook's report is read from: project, month, logo."""

from __future__ import annotations

import base64
import calendar
from datetime import date
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.settings import Settings


def logo(settings: Settings) -> str:
    """The practice's logo as SVG text; a PNG is wrapped into an SVG of its own."""
    if not settings.practice.logo:
        return ""
    path = settings.folder / settings.practice.logo
    if not path.exists():
        raise AnalysisError(
            f"The logo {settings.practice.logo} named in settings.toml is not there. "
            "Mend the path in [practice], or remove the line."
        )
    if path.suffix.lower() == ".svg":
        return path.read_text(encoding="utf-8")
    data = base64.b64encode(path.read_bytes()).decode()
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">'
        f'<image width="100" height="100" href="data:image/png;base64,{data}"/></svg>'
    )


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
