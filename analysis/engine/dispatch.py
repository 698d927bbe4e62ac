"""Hands reports to an engine's slots and takes in what becomes of them."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from analysis.engine.files import Drafts
from analysis.engine.interrupts import uninterrupted
from analysis.engine.jobs import Job, Outcome, Terms
from analysis.engine.local import Ending, EngineLost
from analysis.engine.settling import settle
from analysis.engine.starting import Starter
from analysis.engine.tasks import Task, write_task

Record = Callable[[Job, Outcome], None]

# A report that takes the engine down with it is tried once more, alone, to be sure.
_TRIES = 2


def make_all(
    jobs: Sequence[Job], terms: Terms, starter: Starter, drafts: Drafts, record: Record
) -> Iterator[tuple[Outcome, str]]:
    """Make reports side by side; yield each as it ends, with the engine's name.

    Each is handed to `record` in one go with being moved into place.
    """
    run = _Run(jobs, terms, starter, drafts, record)
    try:
        yield from run.outcomes()
    finally:
        run.close()


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
        terms: Terms,
        starter: Starter,
        drafts: Drafts,
        record: Record,
    ) -> None:
        self._waiting = deque(jobs)
        self._limit = terms.limits.seconds
        self._drafts = drafts
        self._starter = starter
        self._record = record
        self._free = list(range(terms.slots))
        self._running: dict[Future[Ending], _Running] = {}
        self._losses: Counter[str] = Counter()
        self._engine = starter.start()
        self._threads = ThreadPoolExecutor(terms.slots, thread_name_prefix="report")

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
