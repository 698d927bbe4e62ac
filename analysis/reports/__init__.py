"""What a notebook calls: all facts of a report, worked out before anything is shown."""

from __future__ import annotations

from pathlib import Path

import analysis
from analysis import series, store
from analysis.errors import AnalysisError
from analysis.measures import read_measures, scales
from analysis.records import Audience
from analysis.reports.caseload import CaseloadReport, read_caseload
from analysis.reports.client import client_month
from analysis.reports.logo import logo
from analysis.reports.reading import project_folder, span_of
from analysis.reports.records import ClientMonth
from analysis.settings import read_settings
from analysis.state import finished_import, read_state, tables_as_of

__all__ = [
    "CaseloadReport",
    "ClientMonth",
    "client_month",
    "read_caseload",
    "read_client_month",
    "span_of",
]

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
        scales={
            **scales(measures, in_force.intervals),
            **series.goal_scales(rows["goals"]),
        },
        version=analysis.__version__,
        receipt=receipt,
        logo_svg=logo(in_force),
        is_demo=known.is_demo,
    )
