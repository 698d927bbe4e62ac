"""The warmed-up process that forks a child for each report.

It has one thread, knows no client, and talks over one socket per slot: a line with a
draft folder comes in, a line with how the child ended goes out. It ends when the last
socket is closed, and its children end with it.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.engine.fork_child import run_child
from analysis.engine.local import SLOW_AND_UNUSED
from analysis.engine.making import Export, load
from analysis.engine.warming import thread_count, warm_up

_PR_SET_CHILD_SUBREAPER = 36
_LINE_BYTES = 65_536
_LOOK_FOR_STRAYS_SECONDS = 1.0
_KILL_AGAIN_SECONDS = 1.0


@dataclass
class _Slot:
    """One socket: at most one report at a time."""

    socket: socket.socket
    pid: int = 0
    deadline: float = 0.0
    timed_out: bool = False


def serve(descriptors: list[int]) -> None:
    """Read the recipe from the first socket, warm up, then fork until all is done."""
    for name in SLOW_AND_UNUSED:  # left out while this module was imported
        sys.modules.pop(name, None)
    slots = [_Slot(socket.socket(fileno=number)) for number in descriptors]
    recipe = json.loads(slots[0].socket.recv(_LINE_BYTES))
    failed = step = ""
    try:
        step = warm_up(recipe["warm_up"], recipe["imports"])
        export = load(recipe["export"])
        if thread_count() > 1:
            step = step or recipe["export"]
    except Exception as problem:  # told to whoever asked; no client is known yet
        failed = f"{type(problem).__name__}: {problem}"
    _say(slots[0].socket, {"failed": failed, "thread_started_by": step})
    if not failed and not step:
        _Server(slots, export).run()  # type: ignore[arg-type]


def _say(to: socket.socket, message: dict[str, Any]) -> None:
    # the other side may be gone; then this process is about to end as well
    with contextlib.suppress(OSError):
        to.sendall(json.dumps(message).encode() + b"\n")


class _Server:
    def __init__(self, slots: list[_Slot], export: Export) -> None:
        self._slots = {slot.socket.fileno(): slot for slot in slots}
        self._export = export
        self._selector = selectors.DefaultSelector()
        self._me = os.getpid()
        self._next_look = 0.0
        # Orphans of a report become children of this process, which ends them.
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)

    def run(self) -> None:
        wakeup, waker = self._wakers = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._selector.register(wakeup, selectors.EVENT_READ)
        for number in self._slots:
            self._selector.register(number, selectors.EVENT_READ)
        try:
            while self._slots:
                for key, _ in self._selector.select(self._next_deadline()):
                    if key.fd == wakeup:
                        os.read(wakeup, _LINE_BYTES)
                    else:
                        self._listen(self._slots[key.fd])
                self._stop_late()
                self._reap()
        finally:
            for slot in self._slots.values():
                self._kill(slot)
            self._next_look = 0.0
            self._end_strays()

    def _next_deadline(self) -> float | None:
        deadlines = [slot.deadline for slot in self._slots.values() if slot.pid]
        return max(0.0, min(deadlines) - time.monotonic()) if deadlines else None

    def _listen(self, slot: _Slot) -> None:
        line = slot.socket.recv(_LINE_BYTES)
        if not line:  # the run is over or was killed
            self._kill(slot)
            if slot.pid:
                os.waitpid(slot.pid, 0)
            self._selector.unregister(slot.socket)
            del self._slots[slot.socket.fileno()]
            slot.socket.close()
            return
        order = json.loads(line)
        if thread_count() > 1:
            _say(slot.socket, {"thread_started_by": "an earlier report"})
            return
        slot.deadline = time.monotonic() + order["seconds"]
        slot.timed_out = False
        slot.pid = os.fork()
        if not slot.pid:
            self._become_child(Path(order.pop("draft")), order)

    def _become_child(self, draft: Path, limits: dict[str, Any]) -> None:
        try:
            signal.set_wakeup_fd(-1)
            for number in self._wakers:
                os.close(number)
            self._selector.close()
            for slot in self._slots.values():
                slot.socket.close()
            export = self._export
            self._slots.clear()
            run_child(self._me, draft, limits, export)
        finally:
            os._exit(1)

    def _stop_late(self) -> None:
        now = time.monotonic()
        for slot in self._slots.values():
            if slot.pid and now > slot.deadline:
                slot.timed_out = True
                slot.deadline = now + _KILL_AGAIN_SECONDS
                self._kill(slot)

    def _kill(self, slot: _Slot) -> None:
        """Kill a child and all it has started; it may not lead a group yet."""
        for kill in (os.killpg, os.kill):
            if slot.pid:
                with contextlib.suppress(ProcessLookupError):
                    kill(slot.pid, signal.SIGKILL)

    def _reap(self) -> None:
        """Take in ended children; with each goes everything it had started."""
        for slot in self._slots.values():
            if not slot.pid:
                continue
            flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
            if os.waitid(os.P_PID, slot.pid, flags) is None:
                continue
            # Still a zombie, so the number of its group cannot be anyone else's.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(slot.pid, signal.SIGKILL)
            _, status = os.waitpid(slot.pid, 0)
            slot.pid = 0
            code = os.waitstatus_to_exitcode(status)
            _say(slot.socket, {"exit": code, "timed_out": slot.timed_out})
        self._end_strays()
        self._bury_strays()

    def _end_strays(self) -> None:
        """End what a report started and left running, in a session of its own."""
        now = time.monotonic()
        is_busy = any(slot.pid for slot in self._slots.values())
        if is_busy and now < self._next_look:
            return
        self._next_look = now + _LOOK_FOR_STRAYS_SECONDS
        own = {slot.pid for slot in self._slots.values() if slot.pid}
        for pid, parent, session in _processes():
            if parent == self._me and pid not in own and session not in own:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def _bury_strays(self) -> None:
        """Take in orphans that ended, so that none stays behind as a zombie."""
        own = {slot.pid for slot in self._slots.values() if slot.pid}
        flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitid(os.P_ALL, 0, flags)) is not None:
                if ended.si_pid in own:
                    break
                os.waitpid(ended.si_pid, 0)


def _processes() -> Iterator[tuple[int, int, int]]:
    """Number, parent and session of every process (Linux)."""
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                text = Path("/proc", name, "stat").read_text(errors="replace")
                # the command's name stands in brackets and may hold anything
                _, parent, _, session = text.rpartition(")")[2].split()[:4]
                yield int(name), int(parent), int(session)
