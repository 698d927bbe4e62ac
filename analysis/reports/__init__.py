"""What a notebook calls: all facts of a report, worked out before anything is shown."""

from __future__ import annotations

import analysis
from analysis import slices
from analysis.errors import AnalysisError
from analysis.records import Audience
from analysis.reports.caseload import CaseloadReport, read_caseload
from analysis.reports.client import client_month
from analysis.reports.logo import logo
from analysis.reports.quality import QualityReport, read_quality
from analysis.reports.reading import Opened, open_month, span_of
from analysis.reports.records import ClientMonth

__all__ = [
    "CaseloadReport",
    "ClientMonth",
    "Opened",
    "QualityReport",
    "client_month",
    "open_month",
    "read_caseload",
    "read_client_month",
    "read_quality",
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
    opened = open_month(month, processed, settings)
    rows = slices.read_client(opened.tables, client_id)
    return client_month(
        rows,
        client_id,
        month=opened.first,
        until=opened.until,
        audience=audience,
        settings=opened.settings,
        measures=opened.measures,
        scales=opened.scales(rows["goals"], rows["models"]),
        version=analysis.__version__,
        receipt=receipt,
        logo_svg=logo(opened.settings),
        is_demo=opened.is_demo,
    )
