"""The practice lead's report as a job of the engine, alone or with the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from analysis import engine, store
from analysis import state as states
from analysis.caseload.disclosure import SHARED_MONTHS
from analysis.errors import AnalysisError
from analysis.pipeline.keys import rules_key, tables_key
from analysis.pipeline.paths import Paths, notebook_path
from analysis.settings import Settings

NOTEBOOK = "caseload_outcomes.ipynb"
CASELOAD = "caseload"
RULES = ("nhs", "corc")


@dataclass(frozen=True)
class CaseloadOptions:
    """Which period, of whom, by which rule, for whom."""

    month: str = ""  # last month of the period
    months: int = 12
    programme: str = ""
    rules: tuple[str, ...] = ()  # empty: the one in settings
    share: bool = False
    clinician: str = ""  # whose own view; empty: the practice lead's


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
    eve = states.tables_as_of(paths.processed, first - timedelta(days=1))
    before = tables_key(eve) if states.read_state(eve) else ""
    inputs = (rules_key(paths, settings, notebook), tables_key(tables), before)
    jobs = []
    for number, rule in enumerate(rules):
        name = "caseload" + ("-share" if options.share else "")
        if options.clinician:
            name += f"-{engine.safe_name(options.clinician)}"
        name += f"-{rule}" if number else ""
        parameters = {
            "month": f"{first:%Y-%m}",
            "months": options.months,
            "programme": options.programme,
            "rule": rule,
            "share": options.share,
            "clinician": options.clinician,
        }
        key = states.text_key(*inputs, repr(parameters))
        jobs.append(
            engine.Job(
                id=f"{CASELOAD}/{name}",
                notebook=notebook.resolve(),
                parameters={
                    **parameters,
                    "processed": str(paths.processed.resolve()),
                    "settings": str(paths.settings.resolve()),
                    "receipt": key[:8],
                },
                executed=out / "notebooks" / CASELOAD / f"{name}.ipynb",
                pdf=out / CASELOAD / f"{name}.pdf",
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


def write_caseload_pages(jobs: Sequence[engine.Job], manifest: Path) -> list[str]:
    """Write caseload.html beside each caseload.pdf that stands; say what failed."""
    failed = []
    for job in jobs:
        # a client's id may be "caseload" too; the folder of its reports never is
        if job.pdf.parent.name != CASELOAD:
            continue
        path = job.pdf.with_suffix(".html")
        try:
            engine.put_beside(manifest, job.id, "html", path, partial(_page, job))
        except AnalysisError as problem:
            failed.append(f"page {path.name}: {problem}")
    return failed


def write_site_summaries(jobs: Sequence[engine.Job], manifest: Path) -> list[str]:
    """Write caseload-share.json beside each shared report; say what failed.

    One programme's report is part of the whole one: it has no summary of its own.
    """
    failed = []
    for job in jobs:
        is_whole = job.parameters.get("share") and not job.parameters["programme"]
        if job.pdf.parent.name != CASELOAD or not is_whole:
            continue
        path = job.pdf.with_suffix(".json")
        try:
            engine.put_beside(manifest, job.id, "json", path, partial(_summary, job))
        except AnalysisError as problem:
            failed.append(f"summary {path.name}: {problem}")
    return failed


def _summary(job: engine.Job) -> bytes:
    """What the network is told, from the notebook's own parameters."""
    from analysis import reports
    from analysis.caseload.summary import site_summary, summary_text

    period = reports.read_caseload(**job.parameters).period
    site = period.settings.practice.name
    return summary_text(site_summary(period, site)).encode("utf-8")


def refuse_choices(chosen: CaseloadOptions) -> None:
    """Raise for choices that cannot go together, before anything is read."""
    if chosen.share and chosen.clinician:
        raise AnalysisError(
            "A clinician's own view stays in the practice: leave out --share or "
            "--clinician."
        )
    if chosen.share and chosen.months != SHARED_MONTHS:
        raise AnalysisError(
            "What leaves the practice is about twelve months: from reports on periods "
            "of different lengths single months could be subtracted. Leave out --from "
            "and --to and name the last month with --month."
        )


def _page(job: engine.Job) -> bytes:
    """The interactive page of one report, from the notebook's own parameters."""
    # charts take a second to import, which a run with nothing to make need not wait for
    from analysis import reports
    from analysis.caseload_page import caseload_html
    from analysis.show.caseload import words_for

    report = reports.read_caseload(**job.parameters)
    return caseload_html(report, words_for(report)).encode("utf-8", "replace")


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
