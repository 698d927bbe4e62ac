"""One period of the practice's caseload, read for the practice lead's report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

import analysis
from analysis import store
from analysis.caseload import CaseloadPeriod, caseload_period
from analysis.errors import AnalysisError
from analysis.reports.logo import logo
from analysis.reports.reading import open_month
from analysis.settings import Settings
from analysis.state import read_state, tables_as_of

# Tables the caseload counts from.
_TABLES = (
    "clients",
    "episodes",
    "sessions",
    "scores",
    "risks",
    "series",
    "changes",
    "trends",
    "signs",
    "findings",
    "goals",
    "goal_ratings",
)


@dataclass(frozen=True)
class CaseloadReport:
    """The numbers of a period with what the page around them needs."""

    period: CaseloadPeriod
    names: dict[str, str]  # what measures are called, by id
    is_demo: bool
    version: str
    receipt: str
    logo_svg: str

    @property
    def is_shared(self) -> bool:
        """For readers outside the practice."""
        return self.period.is_shared

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.period.settings


def read_caseload(
    month: str = "",
    months: int = 12,
    *,
    programme: str = "",
    rule: str = "",
    share: bool = False,
    processed: str = "",
    settings: str = "",
    receipt: str = "",
) -> CaseloadReport:
    """Read the tables and count one period: `months` up to the end of `month`.

    rule: nhs or corc, empty for the one in settings. share: for readers outside the
    practice. processed, settings: as for a client's report.
    """
    if months < 1:
        raise AnalysisError("months must be a whole number from 1 upwards")
    opened = open_month(month, processed, settings)
    rows = store.read_tables(opened.tables, _TABLES)
    period = caseload_period(
        rows,
        opened.scales(rows["goals"]),
        opened.settings,
        since=months_before(opened.first, months - 1),
        until=opened.until,
        programme=programme or None,
        rule=rule or opened.settings.reports.caseload_rule,
        share=share,
        before=_month_before(opened.processed, opened.first),
    )
    return CaseloadReport(
        period=period,
        names={measure.id: measure.instrument for measure in opened.measures.values()},
        is_demo=opened.is_demo,
        version=analysis.__version__,
        receipt=receipt,
        logo_svg=logo(opened.settings),
    )


def _month_before(folder: Path, first: date) -> Mapping[str, pd.DataFrame] | None:
    """Tables as of the month before, where they were worked out: for flags lifted."""
    tables = tables_as_of(folder, first - timedelta(days=1))
    known = read_state(tables)
    if known is None or not known.until:
        return None
    return store.read_tables(tables, _TABLES)


def months_before(first: date, months: int) -> date:
    """First day of the month so many months before."""
    for _ in range(months):
        first = (first - timedelta(days=1)).replace(day=1)
    return first
