"""One period of the practice's caseload, read for the practice lead's report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
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

# Tables the caseload counts from, whole.
_TABLES = (
    "episodes",
    "sessions",
    "changes",
    "models",
    "trends",
    "signs",
    "findings",
    "goals",
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
    viewer: str = ""  # the clinician whose own view it is; empty: the practice lead's

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
    clinician: str = "",
    processed: str = "",
    settings: str = "",
    receipt: str = "",
) -> CaseloadReport:
    """Read the tables and count one period: `months` up to the end of `month`.

    rule: nhs or corc, empty for the one in settings. share: for readers outside the
    practice. clinician: id of the one whose own view it is: their clients on the list,
    their point alone named among the others. processed, settings: as for a client's
    report.
    """
    if share and clinician:
        raise AnalysisError(
            "A clinician's own view stays in the practice: leave out one of share and "
            "clinician."
        )
    if months < 1:
        raise AnalysisError("months must be a whole number from 1 upwards")
    opened = open_month(month, processed, settings)
    since = months_before(opened.first, months - 1)
    rows = _tables_of(opened.tables, since, opened.settings)
    period = caseload_period(
        rows,
        opened.scales(rows["goals"], rows["models"]),
        opened.settings,
        since=since,
        until=opened.until,
        programme=programme or None,
        rule=rule or opened.settings.reports.caseload_rule,
        share=share,
        before=_month_before(opened.processed, opened.first),
    )
    if clinician:
        period = own_view(period, clinician)
    return CaseloadReport(
        period=period,
        names={measure.id: measure.instrument for measure in opened.measures.values()},
        is_demo=opened.is_demo,
        version=analysis.__version__,
        receipt=receipt,
        logo_svg=logo(opened.settings),
        viewer=clinician,
    )


def own_view(period: CaseloadPeriod, clinician: str) -> CaseloadPeriod:
    """A period as one clinician may see it: the list holds their own clients only.

    Raises AnalysisError for a clinician whom the period does not know.
    """
    watch = period.watch
    own = [look for look in watch.by_clinician if look.clinician_id == clinician]
    known = {str(g) for f in period.funnels for g in f.points["group"]}
    if not own and clinician not in known:
        raise AnalysisError(
            f"Unknown clinician: {clinician}. Ids are taken as exported; "
            f"{len(watch.by_clinician)} have open clients in this period."
        )
    clients = tuple(one for one in watch.clients if one.clinician_id == clinician)
    table = watch.table[watch.table["clinician_id"] == clinician]
    n_open = sum(look.n_open for look in own)
    kinds = Counter(one.kind for one in clients)
    return replace(
        period,
        watch=replace(
            watch,
            clients=clients,
            n_open=n_open,
            n_flagged=len(clients),
            n_by_kind={kind: kinds[kind] for kind in watch.n_by_kind},
            # what chance gives is told of the whole list
            n_judged=None,
            expected_by_chance=None,
            lifted=tuple(o for o in watch.lifted if o.clinician_id == clinician),
            by_clinician=(),
            table=table,
        ),
    )


def _tables_of(
    folder: Path, since: date, settings: Settings
) -> Mapping[str, pd.DataFrame]:
    """Tables to count from; of single scores only those of people here since then.

    Of people who left before, sessions and first and last scores are all that is
    counted: years of single scores need not be read. Without any session, days with a
    score stand in for them, and all are.
    """
    rows = store.read_tables(folder, _TABLES)
    here = None
    if len(rows["sessions"]):
        gap = timedelta(days=settings.thresholds.episode_gap_days)
        episodes = rows["episodes"]
        left = episodes["ended_on"].fillna(episodes["last_contact"] + gap)
        here = episodes.loc[~(left < pd.Timestamp(since)), "client_id"]
    return {**rows, "series": store.read_table("series", folder, here)}


def _month_before(folder: Path, first: date) -> Mapping[str, pd.DataFrame] | None:
    """Findings as of the month before, where they were worked out."""
    tables = tables_as_of(folder, first - timedelta(days=1))
    known = read_state(tables)
    if known is None or not known.until:
        return None
    return store.read_tables(tables, ("findings",))


def months_before(first: date, months: int) -> date:
    """First day of the month so many months before."""
    for _ in range(months):
        first = (first - timedelta(days=1)).replace(day=1)
    return first
