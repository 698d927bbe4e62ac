"""The practice lead's report as a job of the engine, alone or with the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from analysis import engine, store
from analysis import state as states
from analysis.errors import AnalysisError
from analysis.pipeline.keys import rules_key, tables_key
from analysis.pipeline.paths import Paths, notebook_path
from analysis.settings import Settings

NOTEBOOK = "caseload_outcomes.ipynb"
RULES = ("nhs", "corc")


@dataclass(frozen=True)
class CaseloadOptions:
    """Which period, of whom, by which rule, for whom."""

    month: str = ""  # last month of the period
    months: int = 12
    programme: str = ""
    rules: tuple[str, ...] = ()  # empty: the one in settings
    share: bool = False


def caseload_jobs(
    paths: Paths,
    settings: Settings,
    tables: Path,
    first: date,
    options: CaseloadOptions,
    out: Path,
) -> list[engine.Job]:
    """One job for each rule; the first is caseload.pdf, others carry their rule."""
    notebook = notebook_path(NOTEBOOK, settings.reports.caseload_notebook, settings)
    rules = options.rules or (settings.reports.caseload_rule,)
    inputs = (rules_key(paths, settings, notebook), tables_key(tables))
    jobs = []
    for number, rule in enumerate(rules):
        name = "caseload" + ("-share" if options.share else "")
        name += f"-{rule}" if number else ""
        parameters = {
            "month": f"{first:%Y-%m}",
            "months": options.months,
            "programme": options.programme,
            "rule": rule,
            "share": options.share,
        }
        key = states.text_key(*inputs, repr(parameters))
        jobs.append(
            engine.Job(
                id=f"caseload/{name}",
                notebook=notebook.resolve(),
                parameters={
                    **parameters,
                    "processed": str(paths.processed.resolve()),
                    "settings": str(paths.settings.resolve()),
                    "receipt": key[:8],
                },
                executed=out / "notebooks" / "caseload" / f"{name}.ipynb",
                pdf=out / "caseload" / f"{name}.pdf",
                key=key,
            )
        )
    return jobs


def refuse_programme(tables: Path, programme: str) -> None:
    """Raise where the programme asked for is not in the tables."""
    known = set(store.read_table("episodes", tables)["programme"].dropna())
    if programme and programme not in known:
        raise AnalysisError(
            f"Unknown programme: {programme}. Programmes are taken as exported: "
            f"{', '.join(sorted(known)) or 'none is recorded'}."
        )


def months_between(since: str, until: str) -> int:
    """Months of a period, both named ones included; both as 2026-10."""
    try:
        first = date.fromisoformat(f"{since}-01")
        last = date.fromisoformat(f"{until}-01")
    except ValueError as problem:
        raise AnalysisError(
            "--from and --to take year and month, such as 2025-11 and 2026-10."
        ) from problem
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if months < 1:
        raise AnalysisError("--from must not lie after --to.")
    return months
