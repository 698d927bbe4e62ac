"""Engines of one machine: where a draft is sent, and how its process ended.

`ForkEngine` forks from a warmed-up server (Linux), `PlainEngine` starts a kernel per
report (everywhere). Both are used by several threads, one slot each.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from analysis.engine.jobs import Recipe
from analysis.engine.making import CANNOT_WRITE
from analysis.engine.surroundings import environment

_SPARE_SECONDS = 15.0
# Optional imports of libraries that cost a second in all: a check of internationalised
# web addresses that no notebook asks for, and a debugger that no one would talk to.
SLOW_AND_UNUSED = ("rfc3987_syntax", "debugpy")
_SKIP = f"import sys; sys.modules.update(dict.fromkeys({SLOW_AND_UNUSED})); "


class EngineLost(Exception):
    """The engine itself cannot go on; says why. Reports under way are to be redone."""


@dataclass(frozen=True)
class Ending:
    """How the process that made a report ended, beyond its own last word."""

    exit: int = 0  # negative: ended by that signal
    timed_out: bool = False
    lost: str = ""

    def reason(self, seconds: float) -> str:
        """Why there is no last word."""
        if self.lost:
            return self.lost
        if self.timed_out:
            return f"stopped after {seconds:g} seconds, the time limit"
        if self.exit < 0:
            return f"its process was ended by {_signal_name(-self.exit)}"
        if self.exit == CANNOT_WRITE:
            return "its files could not be written; is the disk full?"
        return f"its process ended by itself (exit code {self.exit})"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # one of the numbers without a name
        return f"signal {number}"


class Engine(Protocol):
    """What makes reports."""

    name: str

    def make(self, slot: int, draft: Path) -> Ending:
        """Make the report of a draft folder; blocks. Raises EngineLost."""

    def close(self) -> None:
        """End all processes."""


class ForkEngine:
    """A server process that forks a child per report; one socket per slot."""

    name = "fork"

    def __init__(self, recipe: Recipe, slots: int, lock: int) -> None:
        pairs = [socket.socketpair(type=socket.SOCK_SEQPACKET) for _ in range(slots)]
        self._sockets = [ours for ours, _ in pairs]
        theirs = [their.fileno() for _, their in pairs]
        serve = f"from analysis.engine.fork_server import serve; serve({theirs})"
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", _SKIP + serve],
            pass_fds=[*theirs, lock],
            env=environment(),
            cwd="/",
            start_new_session=True,  # Ctrl-C is for us: we end it in order
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _, their in pairs:
            their.close()
        self._limits = asdict(recipe.limits)
        order = {"warm_up": recipe.warm_up, "imports": recipe.imports}
        self._send(0, order | {"export": recipe.export})

    def wait_until_warm(self) -> None:
        """Wait until reports can be made; raises EngineLost where they cannot."""
        answer = self._receive(0)
        if answer["failed"]:
            raise EngineLost(f"its parent process could not start: {answer['failed']}")
        if answer["thread_started_by"]:
            raise EngineLost(
                f"{answer['thread_started_by']} starts a thread, and a process with "
                "threads cannot be forked safely"
            )

    def make(self, slot: int, draft: Path) -> Ending:
        self._send(slot, {"draft": str(draft), **self._limits})
        answer = self._receive(slot)
        if "thread_started_by" in answer:
            raise EngineLost("its parent process has started a thread")
        return Ending(answer["exit"], answer["timed_out"])

    def close(self) -> None:
        for ours in self._sockets:
            _hang_up(ours)
        try:
            self._process.wait(_SPARE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _send(self, slot: int, message: dict[str, Any]) -> None:
        try:
            self._sockets[slot].sendall(json.dumps(message).encode())
        except OSError as problem:
            raise EngineLost("its parent process died") from problem

    def _receive(self, slot: int) -> dict[str, Any]:
        try:
            line = self._sockets[slot].recv(65_536)
        except OSError as problem:
            raise EngineLost("its parent process died") from problem
        if not line:
            raise EngineLost("its parent process died")
        answer: dict[str, Any] = json.loads(line)
        return answer


def _hang_up(ours: socket.socket) -> None:
    """Close a socket, also under a thread that waits on it."""
    with contextlib.suppress(OSError):  # the other side may have been first
        ours.shutdown(socket.SHUT_RDWR)
    ours.close()


class PlainEngine:
    """A worker process per slot, started when needed, ended when late."""

    name = "plain"

    def __init__(self, recipe: Recipe, slots: int, lock: int) -> None:
        self._recipe = recipe
        self._lock = lock
        self._workers: list[subprocess.Popen[str] | None] = [None] * slots
        self._closed = False

    def make(self, slot: int, draft: Path) -> Ending:
        worker = self._workers[slot] or self._start()
        self._workers[slot] = worker
        limits = self._recipe.limits
        late = threading.Event()

        def stop() -> None:
            late.set()
            _kill(worker)

        clock = threading.Timer(limits.seconds, stop)
        clock.start()
        order = {"draft": str(draft), "memory_bytes": limits.memory_bytes}
        answer = _ask(worker, json.dumps(order))
        clock.cancel()
        if answer:
            return Ending()
        self._workers[slot] = None
        if self._closed:
            raise EngineLost("the run was stopped")
        return Ending(_end(worker), late.is_set())

    def close(self) -> None:
        self._closed = True
        for worker in self._workers:
            if worker:
                _end(worker)

    def _start(self) -> subprocess.Popen[str]:
        name = "analysis.engine.plain_worker"
        return subprocess.Popen(
            [sys.executable, "-P", "-m", name, self._recipe.export],
            pass_fds=[] if sys.platform == "win32" else [self._lock],
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
    except OSError:
        return ""


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
