"""Hands reports to an engine's slots and takes in what becomes of them."""

from __future__ import annotations

import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from analysis.engine.files import Drafts
from analysis.engine.fork_engine import ForkEngine
from analysis.engine.interrupts import uninterrupted
from analysis.engine.jobs import Job, Outcome, Recipe
from analysis.engine.local import Ending, Engine, EngineLost
from analysis.engine.lock import RunLock
from analysis.engine.plain_engine import PlainEngine
from analysis.engine.progress import Progress
from analysis.engine.settling import settle
from analysis.engine.tasks import Task, write_task
from analysis.errors import AnalysisError

Record = Callable[[Job, Outcome], None]

ENGINES = ("auto", "fork", "plain")
# A report that takes the engine down with it is tried once more, alone, to be sure.
_TRIES = 2


def check_engine(name: str) -> None:
    """Refuse the name of an engine that does not exist."""
    if name not in ENGINES:
        raise AnalysisError(
            f"There is no engine {name!r}; there are {', '.join(ENGINES)}."
        )


def make_all(
    jobs: Sequence[Job],
    recipe: Recipe,
    drafts: Drafts,
    slots: int,
    engine: str,
    lock: RunLock,
    record: Record,
    progress: Progress,
) -> Iterator[tuple[Outcome, str]]:
    """Make reports side by side; yield each as it ends, with the engine's name.

    Each is handed to `record` in one go with being moved into place.
    """
    slots = min(slots, len(jobs))
    starter = _Starter(recipe, slots, engine, lock, progress)
    run = _Run(jobs, recipe, drafts, slots, starter, record)
    try:
        yield from run.outcomes()
    finally:
        run.close()


class _Starter:
    """Starts the engine asked for, or says why it is another one."""

    def __init__(
        self, recipe: Recipe, slots: int, engine: str, lock: RunLock, progress: Progress
    ) -> None:
        self._recipe, self._slots, self._lock = recipe, slots, lock
        self._wanted = engine
        self._progress = progress

    def start(self) -> Engine:
        if self._wanted == "plain":
            return self._plain()
        if sys.platform != "linux":
            return self._fall_back("forking is safe on Linux only")
        engine = ForkEngine(self._recipe, self._slots, self._lock.descriptor)
        try:
            engine.wait_until_warm()
        except EngineLost as lost:
            engine.close()
            return self._fall_back(str(lost))
        return engine

    def _fall_back(self, why: str) -> Engine:
        if self._wanted == "fork":
            raise AnalysisError(
                f"The fork engine cannot be used: {why}. Take --engine plain or auto."
            )
        self._progress.note(
            f"The fast engine cannot be used: {why}. Reports are made by papermill, a "
            "kernel each: the same pages, about ten times slower."
        )
        self._wanted = "plain"
        return self._plain()

    def _plain(self) -> Engine:
        return PlainEngine(self._recipe, self._slots, self._lock.descriptor)


@dataclass(frozen=True)
class _Running:
    job: Job
    task: Task
    slot: int
    since: float


class _Run:
    """The state of one run: what waits, what runs, which slots are free."""

    def __init__(
        self,
        jobs: Sequence[Job],
        recipe: Recipe,
        drafts: Drafts,
        slots: int,
        starter: _Starter,
        record: Record,
    ) -> None:
        self._waiting = deque(jobs)
        self._limit = recipe.limits.seconds
        self._drafts = drafts
        self._starter = starter
        self._record = record
        self._free = list(range(slots))
        self._running: dict[Future[Ending], _Running] = {}
        self._losses: Counter[str] = Counter()
        self._engine = starter.start()
        self._threads = ThreadPoolExecutor(slots, thread_name_prefix="report")

    def outcomes(self) -> Iterator[tuple[Outcome, str]]:
        """Every report's outcome, in the order of ending."""
        while self._waiting or self._running:
            while self._may_start():
                self._start(self._waiting.popleft())
            ended, _ = wait(self._running, return_when=FIRST_COMPLETED)
            lost = False
            for future in ended:
                running = self._running.pop(future)
                self._free.append(running.slot)
                try:
                    ending = future.result()
                except EngineLost:
                    lost = True
                    yield from self._after_loss(running)
                else:
                    yield self._settle(running, ending), self._engine.name
            if lost:
                yield from self._restart()

    def close(self) -> None:
        """End all processes and threads, also in the middle of a run."""
        self._engine.close()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _may_start(self) -> bool:
        if not self._waiting or not self._free:
            return False
        suspects = any(self._losses[r.job.id] for r in self._running.values())
        is_suspect = self._losses[self._waiting[0].id] > 0
        return not self._running or not (suspects or is_suspect)

    def _start(self, job: Job) -> None:
        draft, temporary = self._drafts.new()
        task = Task(
            job=job.id,
            key=job.content_key(),
            notebook=str(job.notebook.resolve()),
            parameters=job.parameters,
            executed=str(job.executed),
            draft=str(draft.resolve()),
            temporary=str(temporary),
        )
        write_task(task)
        slot = self._free.pop()
        future = self._threads.submit(self._engine.make, slot, task.folder)
        self._running[future] = _Running(job, task, slot, time.monotonic())

    def _settle(self, running: _Running, ending: Ending) -> Outcome:
        seconds = time.monotonic() - running.since
        with uninterrupted():
            outcome = settle(running.job, running.task, ending, self._limit, seconds)
            self._record(running.job, outcome)
        self._drafts.clear(running.task.folder)
        return outcome

    def _after_loss(self, running: _Running) -> Iterator[tuple[Outcome, str]]:
        """Try a report again whose engine was lost, unless it was lost twice."""
        self._losses[running.job.id] += 1
        if self._losses[running.job.id] < _TRIES:
            self._drafts.clear(running.task.folder)
            self._waiting.appendleft(running.job)
            return
        reason = "the process that starts reports died while this one was made"
        yield self._settle(running, Ending(lost=reason)), self._engine.name

    def _restart(self) -> Iterator[tuple[Outcome, str]]:
        """Take in what else was under way, and start the engine anew."""
        self._engine.close()
        for future, running in list(self._running.items()):
            del self._running[future]
            self._free.append(running.slot)
            try:
                ending = future.result()
            except EngineLost:
                yield from self._after_loss(running)
            else:
                yield self._settle(running, ending), self._engine.name
        self._engine = self._starter.start()
