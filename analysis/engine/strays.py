"""Processes that a report started and left running (Linux).

The server is their reaper: when the process that started them ends, they become its
children, and are ended here.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path


def end_strays(reaper: int, own: set[int]) -> None:
    """Kill children of `reaper` that are not its own, nor of a session of its own."""
    for pid, parent, session in _processes():
        if parent == reaper and pid not in own and session not in own:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def bury_strays(own: set[int]) -> None:
    """Take in strays that ended, so that none stays behind as a zombie."""
    flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitid(os.P_ALL, 0, flags)) is not None:
            if ended.si_pid in own:
                return  # taken in by its slot, as the next signal is already there
            os.waitpid(ended.si_pid, 0)


def _processes() -> Iterator[tuple[int, int, int]]:
    """Number, parent and session of every process."""
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                text = Path("/proc", name, "stat").read_text(errors="replace")
                # the command's name stands in brackets and may hold anything
                _, parent, _, session = text.rpartition(")")[2].split()[:4]
                yield int(name), int(parent), int(session)
