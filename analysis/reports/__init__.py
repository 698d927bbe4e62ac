"""What a notebook calls: all facts of a report, worked out before anything is shown."""

from __future__ import annotations

import base64
from datetime import date
from pathlib import Path

import analysis
from analysis import series, store
from analysis.errors import AnalysisError
from analysis.measures import read_measures, scales
from analysis.records import Audience
from analysis.reports.client import client_month, month_end
from analysis.reports.records import ClientMonth
from analysis.settings import Settings, read_settings
from analysis.state import finished_import, read_state, tables_as_of

__all__ = ["ClientMonth", "client_month", "month_end", "read_client_month"]

_AUDIENCES: tuple[Audience, ...] = ("clinician", "client")


def read_client_month(
    client_id: str,
    month: str = "",
    audience: Audience = "clinician",
    *,
    processed: str = "",
    settings: str = "",
    receipt: str = "",
) -> ClientMonth:
    """Read one client's tables and gather the facts of one month's report.

    month: "2026-10"; empty means the month of the latest data. processed, settings:
    folder of the tables and settings file; empty means those of the project the
    notebook stands in. receipt: the report's key, printed in the footer.
    """
    if audience not in _AUDIENCES:
        raise AnalysisError(f"audience must be one of {', '.join(_AUDIENCES)}")
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
    rows = store.read_tables(tables, client=client_id)
    return client_month(
        rows,
        client_id,
        month=first,
        until=until,
        audience=audience,
        settings=in_force,
        measures=measures,
        scales={**scales(measures), **series.goal_scales(rows["goals"])},
        version=analysis.__version__,
        receipt=receipt,
        logo_svg=logo(in_force),
        is_demo=known.is_demo,
    )


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
