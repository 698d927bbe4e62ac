"""The warmed-up process that forks a child for each report or kernel.

It has one thread, knows no client, and talks over one line per slot: a draft folder
comes in, how the child ended goes out. It ends when the last line is cut, and its
children end with it.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from analysis.engine.fork_child import run_child
from analysis.engine.fork_engine import SLOW_AND_UNUSED
from analysis.engine.fork_kernel import run_kernel
from analysis.engine.line import Line, LineCut, Message
from analysis.engine.making import Export, load
from analysis.engine.strays import bury_strays, end_strays
from analysis.engine.warming import thread_count, warm_up

_PR_SET_CHILD_SUBREAPER = 36
_LOOK_FOR_STRAYS_SECONDS = 1.0
_KILL_AGAIN_SECONDS = 1.0


@dataclass(eq=False)
class _Slot:
    """One line: at most one child at a time."""

    line: Line
    pid: int = 0
    deadline: float = math.inf
    timed_out: bool = False


def serve(descriptor: int) -> None:
    """Read the recipe from the hub, warm up, then fork until all lines are cut."""
    for name in SLOW_AND_UNUSED:  # left out while this module was imported
        sys.modules.pop(name, None)
    hub = Line(socket.socket(fileno=descriptor))
    recipe = hub.receive()
    failed = step = ""
    export: Export | None = None
    try:
        step = warm_up(recipe["warm_up"], recipe["imports"])
        if recipe["export"]:
            export = load(recipe["export"])  # type: ignore[assignment]
        if thread_count() > 1:
            step = step or recipe["export"]
    except Exception as problem:  # told to whoever asked; no client is known yet
        failed = f"{type(problem).__name__}: {problem}"
    _say(hub, {"failed": failed, "thread_started_by": step})
    if not failed and not step:
        _Server(hub, export).run()


def _say(line: Line, message: Message) -> None:
    # the other side may be gone; then this process is about to end as well
    with contextlib.suppress(LineCut):
        line.send(message)


class _Server:
    def __init__(self, hub: Line, export: Export | None) -> None:
        self._slots = [_Slot(hub)]
        self._export = export
        self._selector = selectors.DefaultSelector()
        self._me = os.getpid()
        self._next_look = 0.0
        # Orphans of a report become children of this process, which ends them.
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)

    def run(self) -> None:
        """Serve until every line is cut."""
        wakeup, waker = self._wakers = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._selector.register(wakeup, selectors.EVENT_READ)
        self._selector.register(
            self._slots[0].line, selectors.EVENT_READ, self._slots[0]
        )
        try:
            while self._slots:
                for key, _ in self._selector.select(self._next_deadline()):
                    if key.data is None:
                        os.read(wakeup, 65_536)
                    else:
                        self._listen(key.data)
                self._stop_late()
                self._reap()
        finally:
            for slot in self._slots:
                _kill(slot)
            end_strays(self._me, set())

    def _next_deadline(self) -> float | None:
        deadline = min((slot.deadline for slot in self._slots), default=math.inf)
        if deadline == math.inf:
            return None
        return max(0.0, deadline - time.monotonic())

    def _listen(self, slot: _Slot) -> None:
        try:
            order, passed = slot.line.receive_passed()
        except LineCut:  # the run is over or was killed
            self._drop(slot)
            return
        if "hold" in order:
            return  # kept open, here and in children, until the last of us ends
        if "line" in order:
            new = _Slot(Line(socket.socket(fileno=passed)))
            self._slots.append(new)
            self._selector.register(new.line, selectors.EVENT_READ, new)
        elif thread_count() > 1:
            _say(slot.line, {"thread_started_by": "an earlier report"})
        elif "kernel" in order:
            self._fork(slot, lambda: run_kernel(self._me, order["kernel"]))
            _say(slot.line, {"pid": slot.pid})
        else:
            self._fork_report(slot, order)

    def _fork_report(self, slot: _Slot, order: Message) -> None:
        limits, draft, export = order["limits"], Path(order["draft"]), self._export
        if export is None:
            raise ValueError("a server without an exporter makes no reports")
        slot.deadline = time.monotonic() + limits["seconds"]
        slot.timed_out = False
        self._fork(slot, lambda: run_child(self._me, draft, limits, export))

    def _fork(self, slot: _Slot, become: Callable[[], None]) -> None:
        slot.pid = os.fork()
        if slot.pid:
            return
        try:
            signal.set_wakeup_fd(-1)
            for number in self._wakers:
                os.close(number)
            self._selector.close()
            for other in self._slots:
                other.line.close()
            self._slots.clear()
            become()
        finally:
            os._exit(1)

    def _drop(self, slot: _Slot) -> None:
        _kill(slot)
        if slot.pid:
            os.waitpid(slot.pid, 0)
        self._selector.unregister(slot.line)
        self._slots.remove(slot)
        slot.line.close()

    def _stop_late(self) -> None:
        now = time.monotonic()
        for slot in self._slots:
            if slot.pid and now > slot.deadline:
                slot.timed_out = True
                slot.deadline = now + _KILL_AGAIN_SECONDS
                _kill(slot)

    def _reap(self) -> None:
        """Take in ended children; with each goes everything it had started."""
        for slot in self._slots:
            flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
            if not slot.pid or os.waitid(os.P_PID, slot.pid, flags) is None:
                continue
            # Still a zombie, so the number of its group cannot be anyone else's.
            _kill(slot)
            _, status = os.waitpid(slot.pid, 0)
            slot.pid, slot.deadline = 0, math.inf
            code = os.waitstatus_to_exitcode(status)
            _say(slot.line, {"exit": code, "timed_out": slot.timed_out})
        self._clear_strays()

    def _clear_strays(self) -> None:
        own = {slot.pid for slot in self._slots if slot.pid}
        now = time.monotonic()
        if not own or now >= self._next_look:
            self._next_look = now + _LOOK_FOR_STRAYS_SECONDS
            end_strays(self._me, own)
        bury_strays(own)


def _kill(slot: _Slot) -> None:
    """Kill a child and all it has started; it may not lead a group yet."""
    for kill in (os.killpg, os.kill):
        if slot.pid:
            with contextlib.suppress(ProcessLookupError):
                kill(slot.pid, signal.SIGKILL)
