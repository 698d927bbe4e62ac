"""The plain engine: papermill with a kernel per report, on every system."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from analysis.engine.jobs import Terms
from analysis.engine.local import Ending, EngineLost
from analysis.engine.surroundings import environment

_ENDING_SECONDS = 2.0


class PlainEngine:
    """A worker process per slot, started when needed, ended when late."""

    name = "plain"

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._workers: list[subprocess.Popen[str] | None] = [None] * terms.slots
        self._closed = False

    def make(self, slot: int, draft: Path) -> Ending:
        """Make the report of a draft folder; blocks. Raises EngineLost."""
        if self._closed:
            raise EngineLost("the run was stopped")
        worker = self._workers[slot] or self._start()
        self._workers[slot] = worker
        limits = self._terms.limits
        order = {"draft": str(draft), "memory_bytes": limits.memory_bytes}
        late = threading.Event()
        clock = threading.Timer(limits.seconds, _stop, [worker, late])
        clock.start()
        answer = _ask(worker, json.dumps(order))
        clock.cancel()
        if answer and not late.is_set():
            return Ending()
        self._workers[slot] = None
        if self._closed:
            raise EngineLost("the run was stopped")
        with contextlib.suppress(subprocess.TimeoutExpired):
            worker.wait(_ENDING_SECONDS)  # it may be ending by itself, with a code
        return Ending(_end(worker), late.is_set())

    def close(self) -> None:
        """End all workers and their kernels."""
        self._closed = True
        for worker in self._workers:
            if worker:
                _end(worker)

    def _start(self) -> subprocess.Popen[str]:
        name = "analysis.engine.plain_worker"
        return subprocess.Popen(
            [sys.executable, "-P", "-m", name, self._terms.recipe.export],
            pass_fds=[] if sys.platform == "win32" else [self._terms.lock],
            env=environment(),
            start_new_session=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )


def _ask(worker: subprocess.Popen[str], order: str) -> str:
    """The worker's answer, or "" where it died."""
    try:
        worker.stdin.write(order + "\n")  # type: ignore[union-attr]
        worker.stdin.flush()  # type: ignore[union-attr]
        return worker.stdout.readline()  # type: ignore[union-attr]
    except (OSError, ValueError):  # it died, or the run was stopped
        return ""


def _stop(worker: subprocess.Popen[str], late: threading.Event) -> None:
    """End a worker whose time is over."""
    late.set()
    _kill(worker)


def _end(worker: subprocess.Popen[str]) -> int:
    """End a worker, and return how it ended."""
    _kill(worker)
    code = worker.wait()
    for pipe in (worker.stdin, worker.stdout):
        with contextlib.suppress(OSError):  # what could not be written any more
            pipe.close()  # type: ignore[union-attr]
    return code


def _kill(worker: subprocess.Popen[str]) -> None:
    """Kill a worker; the kernel it runs ends with it."""
    if sys.platform == "win32":
        worker.kill()
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(worker.pid, signal.SIGKILL)
