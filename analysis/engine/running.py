"""A run: what is due, made side by side, each report settled as soon as it ends."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analysis.engine.cluster import SLOTS, is_address
from analysis.engine.dispatch import make_all
from analysis.engine.files import Drafts, digest_of, told
from analysis.engine.jobs import (
    CAIRN_PDF,
    Job,
    Limits,
    Outcome,
    RunResult,
    Terms,
    check_jobs,
    notebook_digest,
)
from analysis.engine.manifest import Entry, Manifest
from analysis.engine.parameters import check_parameters
from analysis.engine.progress import Progress, progress_for
from analysis.engine.starting import Starter, check_engine
from analysis.engine.warmed import WarmingUp, recipe_of
from analysis.lock import LOCK, RunLock

STORE = ".store"  # where workers that share this disk lay their reports
_SLOWEST = 10


def run_jobs(
    jobs: Sequence[Job],
    *,
    manifest: Path,
    workers: int = 0,
    engine: str = "auto",
    timeout_seconds: float = Limits.seconds,
    memory_bytes: int = Limits.memory_bytes,
    force: bool = False,
    progress: Progress | None = None,
    warm_up: Sequence[str] = (),
    export: str = CAIRN_PDF,
    facts: Mapping[str, Any] | None = None,
    warming: WarmingUp | None = None,
    pack: str = "",
    store: str = "",
) -> RunResult:
    """Make every report that is not there yet with the same inputs.

    manifest: manifest.json of the folder of reports; all outputs lie in that folder.
    workers: reports made side by side, 0 for one a core. engine: "fork" (Linux, fast),
    "plain" (papermill with a kernel per report) or "auto". timeout_seconds and
    memory_bytes bound each report. warm_up: "module" to import or "module:function" to
    call before the first report. export: "module:function" that takes the executed
    notebook and the job's id and returns a PDF. facts: JSON written into the manifest,
    such as settings and code version. warming: a fork engine that warms up already.
    pack, store: for the engine of a Dask scheduler ("tcp://…"): what packs a report's
    input, and a URL of storage all its machines reach (a folder beside the reports).

    One failure never stops the others; a run that is stopped goes on where it was.
    Raises AnalysisError before anything is made: wrong parameters, outputs outside the
    folder, another run at work, a folder that cannot be written.
    """
    started = time.monotonic()
    progress = progress or progress_for()
    check_engine(engine)
    check_jobs(jobs, manifest.parent)
    for job in jobs:
        check_parameters(job.notebook, job.parameters)
    with told(manifest.parent):
        manifest.parent.mkdir(parents=True, exist_ok=True)
    with RunLock(manifest.parent / LOCK) as lock:
        book = Manifest(manifest)
        due, unchanged = _split(jobs, book, force=force)
        book.begin(facts or {})
        progress.begin(len(due), len(unchanged))
        terms = Terms(
            replace(
                recipe_of([job.notebook for job in jobs], warm_up, export), pack=pack
            ),
            Limits(timeout_seconds, memory_bytes),
            slots=min(workers or _slots(engine), len(due)),
            engine=engine,
            lock=lock.descriptor,
            store=store or str((manifest.parent / STORE).resolve()),
        )
        ended: list[tuple[Outcome, str]] = []
        try:
            if due:
                _make(due, terms, Starter(terms, progress, warming), book, ended)
        finally:
            book.settle()
            result = _result(ended, unchanged, time.monotonic() - started)
            progress.end(result)
    return result


def _make(
    due: Sequence[Job],
    terms: Terms,
    starter: Starter,
    book: Manifest,
    ended: list[tuple[Outcome, str]],
) -> None:
    """Make reports, and keep each in the manifest and in `ended` as it ends."""

    def record(job: Job, outcome: Outcome) -> None:
        book.record(job.id, _entry(job, outcome, book.folder))

    drafts = Drafts(book.folder)
    try:
        for outcome, name in make_all(due, terms, starter, drafts, record):
            ended.append((outcome, name))
            starter.progress.done(outcome)
    finally:
        drafts.close()


def _slots(engine: str) -> int:
    """Reports under way at once where nothing is asked."""
    return SLOTS if is_address(engine) else cores()


def cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _split(
    jobs: Sequence[Job], book: Manifest, *, force: bool
) -> tuple[list[Job], list[Job]]:
    """Reports that are due, and those that stand already as they would be made.

    The manifest says of the latter that they are unchanged.
    """
    due: list[Job] = []
    unchanged: list[Job] = []
    for job in jobs:
        stands = not force and _stands(job, book.reports.get(job.id, {}))
        (unchanged if stands else due).append(job)
    for job in unchanged:
        book.reports[job.id]["state"] = "unchanged"
    return due, unchanged


def _stands(job: Job, entry: Entry) -> bool:
    return (
        entry.get("state") in ("made", "unchanged")
        and entry.get("key") == job.content_key()
        and entry.get("pdf_sha256") == digest_of(job.pdf)
    )


def _entry(job: Job, outcome: Outcome, folder: Path) -> Entry:
    """What the manifest says of one report."""
    root = folder.resolve()
    entry: Entry = {
        "state": outcome.state,
        "key": job.content_key(),
        "notebook": job.notebook.name,
        "notebook_sha256": notebook_digest(job.notebook),
        "parameters": dict(job.parameters),
        "pdf": job.pdf.resolve().relative_to(root).as_posix(),
        "pdf_sha256": outcome.pdf_sha256,
        "executed": job.executed.resolve().relative_to(root).as_posix(),
        "executed_sha256": outcome.executed_sha256,
        "seconds": round(outcome.seconds, 3),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    if outcome.reason:
        entry["reason"] = outcome.reason
    return entry


def _result(
    ended: list[tuple[Outcome, str]], unchanged: list[Job], seconds: float
) -> RunResult:
    made = [outcome for outcome, _ in ended if outcome.state == "made"]
    failed = [outcome for outcome, _ in ended if outcome.state == "failed"]
    slowest = sorted(made, key=lambda outcome: -outcome.seconds)[:_SLOWEST]
    return RunResult(
        made=tuple(outcome.job for outcome in made),
        unchanged=tuple(job.id for job in unchanged),
        failed=tuple((outcome.job, outcome.reason) for outcome in failed),
        seconds=seconds,
        engine=ended[-1][1] if ended else "",
        slowest=tuple((outcome.job, outcome.seconds) for outcome in slowest),
    )
