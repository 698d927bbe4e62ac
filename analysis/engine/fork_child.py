"""A forked process that makes one report and ends: apart from everything else."""

from __future__ import annotations

import ctypes
import gc
import os
import resource
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from analysis.engine import inprocess
from analysis.engine.making import Export, give_up, make_report
from analysis.engine.surroundings import move_into
from analysis.engine.tasks import Task, read_task

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)
# The parent counts the seconds; this stops a child that has lost its parent's clock.
_SPARE_CPU_SECONDS = 30
# A runaway loop that prints fills memory or disk long before its time is up.
_LARGEST_FILE_BYTES = 1024**3
_MANY_OBJECTS = 50_000


def run_child(
    parent: int, draft: Path, limits: Mapping[str, Any], export: Export
) -> None:
    """Make the report of one draft folder, then end this process; never returns.

    The exit code says nothing: the handshake in the draft folder does.
    """
    code = 1
    try:
        leave_parent(parent)
        _set_limits(limits)
        task = read_task(draft)
        _start_afresh(task)
        try:
            make_report(task, _execute, export)
            code = 0
        except Exception as problem:  # the parent hears of it, and goes on with others
            code = give_up(task, problem)
    finally:
        os._exit(code)


def _execute(task: Task) -> tuple[NotebookNode | None, str]:
    """Run the notebook; who may read our files is not for it to say."""
    mask = os.umask(0o077)
    os.umask(mask)
    try:
        return inprocess.execute(task)
    finally:
        os.umask(mask)


def leave_parent(parent: int) -> None:
    """Own session, no inherited signal handlers, an end with the parent."""
    os.setsid()
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the line above took effect
        os._exit(1)


def _set_limits(limits: Mapping[str, Any]) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file is client data
    seconds = int(limits["seconds"]) + _SPARE_CPU_SECONDS
    _lower(resource.RLIMIT_CPU, seconds)
    _lower(resource.RLIMIT_FSIZE, _LARGEST_FILE_BYTES)
    _lower(resource.RLIMIT_AS, _address_space() + int(limits["memory_bytes"]))


def _lower(which: int, limit: int) -> None:
    """Set a limit, or keep a lower one that is already in force."""
    hard = resource.getrlimit(which)[1]
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(which, (limit, limit))


def _address_space() -> int:
    """Bytes of address space taken already, most of it shared with the parent."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()


def _start_afresh(task: Task) -> None:
    """Environment, folder and memory as for a short-lived new process."""
    move_into(Path(task.temporary))
    os.chdir(Path(task.notebook).parent)
    # A short life: collecting often costs more than it frees.
    gc.set_threshold(_MANY_OBJECTS, 20, 100)
