"""Tables to PDFs: which reports are due, their keys, and the run of the engine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

import analysis
from analysis import engine, slices, store
from analysis import state as states
from analysis.engine import Progress
from analysis.episodes import are_open
from analysis.errors import AnalysisError
from analysis.pipeline.analysing import run_analyse
from analysis.pipeline.caseload import (
    CaseloadOptions,
    caseload_jobs,
    refuse_choices,
    refuse_programme,
    write_caseload_pages,
    write_site_summaries,
)
from analysis.pipeline.importing import demo_paths, run_import
from analysis.pipeline.keeping_apart import keep_apart
from analysis.pipeline.keys import client_keys, package_versions, rules_key
from analysis.pipeline.paths import PDF_NAMES, Paths, notebook_path, writable
from analysis.pipeline.quality import quality_job
from analysis.pipeline.site import write_index
from analysis.pipeline.sources import ImportOptions
from analysis.pipeline.summary import Summary, Tell
from analysis.reports import span_of
from analysis.settings import Settings

NOTEBOOK = "client_progress.ipynb"
# Modules every report needs: imported once, before the first report is made.
WARM_UP = (
    "analysis.reports",
    "analysis.show",
    "analysis.page.exporter",
    "analysis.page.typesetter:load_fonts",
    "analysis.look.letters:read_coverage",
    "analysis.pipeline.rehearsing:rehearse_report",
)


@dataclass(frozen=True)
class ReportOptions:
    """Which reports, and how they are made."""

    month: str = ""
    clients: tuple[str, ...] = ()
    clinicians: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    workers: int = 0  # 0: as many as there are cores
    engine: str = "auto"
    force: bool = False
    imports: ImportOptions = field(default_factory=ImportOptions)
    store: str = ""  # of the machines of a cluster
    progress: Progress | None = None  # None: a bar, or lines


def run_reports(
    paths: Paths, options: ReportOptions, today: date, tell: Tell
) -> Summary:
    """Import and analyse if stale, then make the month's PDFs that are not made yet.

    Without a choice of clients or clinicians the caseload report and the report on the
    data are made too.
    """
    with _warming(paths, options) as warming:
        ready = _ready(paths, options.month, options.imports, today, tell)
        # known is who stands in the latest tables, also where the month lies before
        latest = store.read_table("episodes", ready.paths.processed)
        _refuse_unknown(latest, options)
        return _make(ready, _jobs(ready, options, tell), options, warming)


def _jobs(ready: _Ready, options: ReportOptions, tell: Tell) -> list[engine.Job]:
    """Jobs of the month: clients, and for all of them the two on the whole practice."""
    gap_days = ready.settings.thresholds.episode_gap_days
    due = clients_due(ready.tables, ready.first, ready.until, gap_days, options)
    tell(f"{len(due)} client(s) have a report for {ready.first:%B %Y}.")
    jobs = client_jobs(
        ready.paths, ready.settings, ready.tables, due, ready.first, options, ready.out
    )
    if options.clients or options.clinicians:
        return jobs
    quality = quality_job(
        ready.paths, ready.settings, ready.tables, ready.first, ready.out
    )
    return [*jobs, *_caseload_jobs(ready, CaseloadOptions()), quality]


def run_caseload(
    paths: Paths,
    chosen: CaseloadOptions,
    options: ReportOptions,
    today: date,
    tell: Tell,
) -> Summary:
    """Import and analyse if stale, then make the practice lead's report."""
    refuse_choices(chosen)
    with _warming(paths, options) as warming:
        ready = _ready(paths, chosen.month, options.imports, today, tell)
        refuse_programme(ready.tables, chosen.programme)
        return _make(ready, _caseload_jobs(ready, chosen), options, warming)


def _warming(paths: Paths, options: ReportOptions) -> engine.WarmingUp:
    """The engine warming up while exports are read: the first report need not wait."""
    settings = paths.read_settings()
    notebook = notebook_path(NOTEBOOK, settings.reports.client_notebook, settings)
    return engine.WarmingUp([notebook], WARM_UP, engine=options.engine)


def _caseload_jobs(ready: _Ready, chosen: CaseloadOptions) -> list[engine.Job]:
    """The caseload's jobs, with the month before analysed for flags lifted since."""
    eve = ready.first - timedelta(days=1)
    if store.read_table("episodes", ready.tables)["started_on"].min().date() <= eve:
        run_analyse(ready.paths, eve)
    return caseload_jobs(
        ready.paths, ready.settings, ready.tables, ready.first, chosen, ready.out
    )


@dataclass(frozen=True)
class _Ready:
    """Tables as of the month's day, and where its reports go."""

    paths: Paths
    settings: Settings
    imported: Summary
    is_demo: bool
    tables: Path
    first: date
    until: date
    out: Path


def _ready(
    paths: Paths, month: str, imports: ImportOptions, today: date, tell: Tell
) -> _Ready:
    imported = run_import(paths, today, tell, imports)
    for line in imported.lines:
        tell(line)
    known = states.finished_import(paths.processed)
    paths = demo_paths(paths) if known.is_demo else paths
    first, until = span_of(month, known.latest)
    for line in (*run_analyse(paths).lines, *run_analyse(paths, until).lines):
        tell(line)
    out = writable(paths.reports / f"{first:%Y-%m}", "--reports")
    keep_apart(out, is_demo=known.is_demo, tell=tell)
    return _Ready(
        paths=paths,
        settings=paths.read_settings(),
        imported=imported,
        is_demo=known.is_demo,
        tables=states.tables_as_of(paths.processed, until),
        first=first,
        until=until,
        out=out,
    )


def _make(
    ready: _Ready,
    jobs: list[engine.Job],
    options: ReportOptions,
    warming: engine.WarmingUp,
) -> Summary:
    slices.write_slices(ready.tables)
    result = engine.run_jobs(
        jobs,
        workers=options.workers,
        engine=options.engine,
        manifest=ready.out / "manifest.json",
        force=options.force,
        warm_up=WARM_UP,
        warming=warming,
        progress=options.progress,
        pack="analysis.pipeline.parcels:pack",
        store=options.store,
        facts={
            "version": analysis.__version__,
            "code": states.code_key(),
            "packages": package_versions(),
            "settings": settings_facts(ready.settings),
            "data_until": ready.until.isoformat(),
            "is_demo": ready.is_demo,
        },
    )
    failed: list[str] = []
    try:
        failed = write_caseload_pages(jobs, ready.out / "manifest.json")
        failed += write_site_summaries(jobs, ready.out / "manifest.json")
    finally:  # the door to what was made opens in any case
        _write_index(ready)
    summary = closing(ready.imported, result, ready.out)
    summary.set_aside += failed
    return summary


def _write_index(ready: _Ready) -> None:
    write_index(
        ready.tables,
        ready.out,
        ready.settings,
        ready.first,
        ready.until,
        is_demo=ready.is_demo,
    )


def settings_facts(settings: Settings) -> dict[str, Any]:
    """Settings in force for the manifest: rules and choices, nobody's name."""
    return {
        "thresholds": asdict(settings.thresholds),
        "reports": asdict(settings.reports),
        "intervals": dict(settings.intervals),
        "locale": settings.practice.locale,
        "timezone": settings.practice.timezone,
        "paper": settings.practice.paper,
    }


def closing(imported: Summary, result: engine.RunResult, out: Path) -> Summary:
    """The closing summary of a run: made, unchanged, failed."""
    made, same, failed = len(result.made), len(result.unchanged), len(result.failed)
    summary = Summary(set_aside=list(imported.set_aside))
    summary.lines.append(
        f"{made} report(s) made, {same} unchanged, {failed} failed, in "
        f"{result.seconds:.1f} s. Open {out / 'index.html'}"
    )
    summary.set_aside += [f"report {name}: {why}" for name, why in result.failed]
    return summary


def clients_due(
    tables: Path, first: date, until: date, gap_days: int, options: ReportOptions
) -> pd.DataFrame:
    """Clients whose latest episode reaches into the month: client_id, clinician_id.

    Raises AnalysisError where a client asked for has no open episode in the month.
    """
    episodes = store.read_table("episodes", tables)
    # an episode that was silent for too long has lapsed: nobody waits for its report
    reaches = are_open(episodes, until, gap_days) | (
        episodes["last_contact"] >= pd.Timestamp(first)
    )
    begun = episodes["started_on"] <= pd.Timestamp(until)
    due = episodes[reaches & begun].drop_duplicates("client_id", keep="last")
    if options.clinicians:
        due = due[due["clinician_id"].isin(options.clinicians)]
    if options.clients:
        due = due[due["client_id"].isin(options.clients)]
        without = sorted(set(options.clients) - set(due["client_id"]))
        if without:
            raise AnalysisError(
                f"No report for {', '.join(without)} in {first:%B %Y}: no episode of "
                "care reaches into that month. Choose another with --month."
            )
    return due[["client_id", "clinician_id"]].sort_values("client_id")


def _refuse_unknown(episodes: pd.DataFrame, options: ReportOptions) -> None:
    for asked, column, word in (
        (options.clients, "client_id", "client"),
        (options.clinicians, "clinician_id", "clinician"),
    ):
        unknown = sorted(set(asked) - set(episodes[column].dropna()))
        if unknown:
            raise AnalysisError(
                f"Unknown {word}: {', '.join(unknown)}. Ids are taken as exported; the "
                f"tables hold {episodes[column].nunique()} {word}s."
            )


def client_jobs(
    paths: Paths,
    settings: Settings,
    tables: Path,
    due: pd.DataFrame,
    first: date,
    options: ReportOptions,
    out: Path,
) -> list[engine.Job]:
    """One job per client and audience, with the key of all that goes into it."""
    notebook = notebook_path(NOTEBOOK, settings.reports.client_notebook, settings)
    rules = rules_key(paths, settings, notebook)
    keys = client_keys(tables)
    audiences = options.audiences or settings.reports.audiences
    return [
        _job(paths, notebook, client, audience, first, out, (rules, keys[client]))
        for client in due["client_id"]
        for audience in audiences
    ]


def _job(
    paths: Paths,
    notebook: Path,
    client: str,
    audience: str,
    first: date,
    out: Path,
    inputs: Iterable[str],
) -> engine.Job:
    folder = engine.safe_name(client)
    name = PDF_NAMES[audience]
    month = f"{first:%Y-%m}"
    key = states.text_key(*inputs, client, audience, month)
    return engine.Job(
        id=f"{client}/{name}",
        notebook=notebook.resolve(),
        parameters={
            "client_id": client,
            "month": month,
            "audience": audience,
            "processed": str(paths.processed.resolve()),
            "settings": str(paths.settings.resolve()),
            "receipt": key[:8],
        },
        executed=out / "notebooks" / folder / f"{name}.ipynb",
        pdf=out / "clients" / folder / f"{name}.pdf",
        key=key,
    )
