"""What a worker of the cluster does: unpack, make the report, lay it on the shelf.

A worker is a process with threads, so that it never forks itself: it keeps one engine,
whose server process forks the reports. Nothing stays on its disk.
"""

from __future__ import annotations

import os
import platform
import queue
import sys
import threading
import time
from pathlib import Path

from analysis import __version__
from analysis.engine.files import digest_of
from analysis.engine.fork_engine import ForkEngine
from analysis.engine.jobs import Job, Limits, Outcome, Recipe, Terms
from analysis.engine.local import Ending, Engine, EngineLost
from analysis.engine.manifest import package_versions
from analysis.engine.parcels import NOTEBOOK, Parcel
from analysis.engine.plain_engine import PlainEngine
from analysis.engine.settling import settle
from analysis.engine.shelf import Receipt, Shelf
from analysis.engine.tasks import Task, write_task
from analysis.engine.temporary import private_folder, remove
from analysis.state import code_key

PDF, EXECUTED = "report.pdf", "executed.ipynb"


def fingerprint() -> dict[str, str]:
    """What must be alike on all machines for reports to be alike, fonts included."""
    return {
        "python": platform.python_version(),
        "code": code_key(),
        "cairn": __version__,
        **package_versions(),
    }


def work(parcel: Parcel, recipe: Recipe, limits: Limits, url: str) -> Receipt:
    """Make one report unless it lies on the shelf already; return its receipt."""
    shelf = Shelf(url)
    known = shelf.receipt(parcel.key)
    if known and not known["reason"]:
        return known
    home = private_folder()
    try:
        return _make(parcel, recipe, limits, shelf, home)
    finally:
        remove(home)


def _make(
    parcel: Parcel, recipe: Recipe, limits: Limits, shelf: Shelf, home: Path
) -> Receipt:
    started = time.monotonic()
    parameters = parcel.unpack(home / "parcel")
    notebook = home / "parcel" / NOTEBOOK
    job = Job(
        id=parcel.job,
        notebook=notebook,
        parameters=parameters,
        executed=home / EXECUTED,
        pdf=home / PDF,
        key=parcel.key,
    )
    task = _task(job, home)
    write_task(task)
    ending = _bench(recipe, limits).make(task.folder)
    seconds = time.monotonic() - started
    outcome = settle(job, task, ending, limits.seconds, seconds)
    receipt = _receipt(job, outcome)
    made = (job.pdf, job.executed)
    shelf.lay(parcel.key, {p.name: p.read_bytes() for p in made if p.exists()}, receipt)
    return receipt


def _receipt(job: Job, outcome: Outcome) -> Receipt:
    """Facts only: no word of a client travels through the scheduler."""
    return {
        "key": job.key,
        "reason": outcome.reason,
        "pdf_sha256": outcome.pdf_sha256,
        "executed_sha256": digest_of(job.executed) or "",
        "seconds": round(outcome.seconds, 3),
    }


def _task(job: Job, home: Path) -> Task:
    draft, temporary = home / "draft", home / "tmp"
    for folder in (draft, temporary):
        folder.mkdir(mode=0o700)
    return Task(
        job=job.id,
        key=job.key,
        notebook=str(job.notebook),
        parameters=job.parameters,
        executed=job.executed.name,
        draft=str(draft),
        temporary=str(temporary),
    )


class _Bench:
    """The one engine of this worker process, and its free slots."""

    def __init__(self, recipe: Recipe, limits: Limits) -> None:
        self._recipe, self._limits = recipe, limits
        self._lock = threading.Lock()
        self._slots: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._count = os.cpu_count() or 1
        for slot in range(self._count):
            self._slots.put(slot)
        self._engine: Engine | None = None

    def make(self, draft: Path) -> Ending:
        """Make the report of a draft folder; EngineLost is told once, then retried."""
        slot = self._slots.get()
        try:
            engine = self._running()
            try:
                return engine.make(slot, draft)
            except EngineLost:
                self._drop(engine)
                raise
        finally:
            self._slots.put(slot)

    def _running(self) -> Engine:
        with self._lock:
            if self._engine is None:
                self._engine = self._start()
            return self._engine

    def _drop(self, engine: Engine) -> None:
        with self._lock:
            if self._engine is engine:
                self._engine = None
                engine.close()

    def _start(self) -> Engine:
        nothing = os.open(os.devnull, os.O_RDONLY)  # stands for the lock of a run
        terms = Terms(self._recipe, self._limits, self._count, "auto", nothing)
        if sys.platform != "linux":
            return PlainEngine(terms)
        engine = ForkEngine(self._recipe)
        try:
            engine.wait_until_warm()
            engine.open(self._count, self._limits, nothing)
        except EngineLost:
            engine.close()
            return PlainEngine(terms)
        return engine


_benches: dict[tuple[Recipe, Limits], _Bench] = {}
_making_benches = threading.Lock()


def _bench(recipe: Recipe, limits: Limits) -> _Bench:
    with _making_benches:
        return _benches.setdefault((recipe, limits), _Bench(recipe, limits))
