"""How good the data are, read for the analyst's report."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

import analysis
from analysis import store
from analysis.errors import AnalysisError
from analysis.quality import Quality, data_quality
from analysis.reports.logo import logo
from analysis.reports.reading import open_month
from analysis.settings import Settings

_TABLES = (
    "clients",
    "episodes",
    "sessions",
    "administrations",
    "responses",
    "scores",
    "goals",
)


@dataclass(frozen=True)
class QualityReport:
    """The look at the data with what the page around it needs."""

    quality: Quality
    settings: Settings
    is_demo: bool
    version: str
    receipt: str
    logo_svg: str


def read_quality(
    month: str = "", *, processed: str = "", settings: str = "", receipt: str = ""
) -> QualityReport:
    """Read imports.csv and the tables as of a month's day; parameters as elsewhere."""
    opened = open_month(month, processed, settings)
    imports = opened.processed / "imports.csv"
    if not imports.exists():
        raise AnalysisError(
            f"{imports} is not there. Run `python -m analysis import` again."
        )
    quality = data_quality(
        pd.read_csv(imports, keep_default_na=False),
        store.read_tables(opened.tables, _TABLES),
        opened.measures,
        opened.until,
        opened.settings.intervals,
    )
    return QualityReport(
        quality=quality,
        settings=opened.settings,
        is_demo=opened.is_demo,
        version=analysis.__version__,
        receipt=receipt,
        logo_svg=logo(opened.settings),
    )
