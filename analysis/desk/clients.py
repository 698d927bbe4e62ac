"""Months and clients to choose from: as the pipeline would make their reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from analysis import state as states
from analysis import store
from analysis.caseload.watch import URGENCY, natural, standing
from analysis.engine import safe_name
from analysis.pipeline.importing import demo_paths
from analysis.pipeline.paths import PDF_NAMES, Paths
from analysis.pipeline.reporting import ReportOptions, clients_due
from analysis.reports import span_of
from analysis.wording import read_wording

_MOST_MONTHS = 24


def months(paths: Paths) -> list[str]:
    """Months with data, the latest first; none before the first import."""
    known = states.read_state(paths.processed)
    if known is None or not known.until:
        return []
    episodes = store.read_table("episodes", paths.processed)
    first = episodes["started_on"].min()
    span = pd.period_range(first, pd.Timestamp(known.latest), freq="M")
    return [str(month) for month in reversed(span[-_MOST_MONTHS:])]


def speaks_from(paths: Paths, month: str) -> date:
    """The day a month's reports speak from."""
    return span_of(month, states.finished_import(paths.processed).latest)[1]


def is_ready(paths: Paths, month: str) -> bool:
    """Whether the tables of that month stand."""
    known = states.finished_import(paths.processed)
    until = min(speaks_from(paths, month), known.latest)
    wanted = replace(known, until=until.isoformat())
    return states.read_state(states.tables_as_of(paths.processed, until)) == wanted


def client_list(paths: Paths, month: str) -> Mapping[str, Any]:
    """Clients who have a report in the month, flagged ones first.

    Each: id, name (as on the report, "" if none), clinician, flags (kinds, the most
    urgent first), made (audiences whose PDF stands). clinicians: id to display name.
    """
    known = states.finished_import(paths.processed)
    settings = (demo_paths(paths) if known.is_demo else paths).read_settings()
    first, until = span_of(month, known.latest)
    tables = states.tables_as_of(paths.processed, until)
    gap_days = settings.thresholds.episode_gap_days
    due = clients_due(tables, first, until, gap_days, ReportOptions())
    names = _names(paths)
    episodes = store.read_table("episodes", tables)
    latest = set(episodes.drop_duplicates("client_id", keep="last")["episode_id"])
    findings = store.read_table("findings", tables)
    flags = _flags(findings[findings["episode_id"].isin(latest)])
    folder = paths.reports / f"{first:%Y-%m}" / "clients"
    rows = [
        {
            "id": client,
            "name": names.get(client, ""),
            "clinician": clinician if isinstance(clinician, str) else "",
            "flags": flags.get(client, []),
            "made": [
                audience
                for audience, name in PDF_NAMES.items()
                if (folder / safe_name(client) / f"{name}.pdf").is_file()
            ],
        }
        for client, clinician in zip(due["client_id"], due["clinician_id"], strict=True)
    ]
    rank = {kind: number for number, kind in enumerate(URGENCY)}
    rows.sort(
        key=lambda row: (
            rank[row["flags"][0]] if row["flags"] else len(rank),
            natural(row["id"]),
        )
    )
    seen = sorted({row["clinician"] for row in rows if row["clinician"]}, key=natural)
    return {
        "month": month,
        "until": until.isoformat(),
        "clients": rows,
        "clinicians": {one: settings.clinician_name(one) for one in seen},
    }


def flag_words() -> Mapping[str, tuple[str, str]]:
    """Word and shape of each kind of flag, as in the lead's report."""
    words = read_wording("lead")
    shapes = words.terms["shape"]
    return {kind: (words.term("kind", kind), shapes[kind]) for kind in URGENCY}


def _names(paths: Paths) -> dict[str, str]:
    clients = store.read_table("clients", paths.processed).dropna(
        subset="name_on_report"
    )
    return dict(zip(clients["client_id"], clients["name_on_report"], strict=True))


def _flags(findings: pd.DataFrame) -> dict[str, list[str]]:
    """Kinds of flags by client, the most urgent first."""
    found = standing(findings)
    by_client: dict[str, set[str]] = {}
    for client, kind in zip(found["client_id"], found["kind"], strict=True):
        by_client.setdefault(client, set()).add(kind)
    return {
        client: [kind for kind in URGENCY if kind in kinds]
        for client, kinds in by_client.items()
    }
