"""What keeps a run from telling more than it should: private files, silent defects."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from analysis import landing
from analysis.schema import TABLES

# For whoever mends a defect, on data of their own.
SHOW_MESSAGES = "CAIRN_SHOW_ERRORS"
# No right for anybody but the user: the default lets a whole machine read reports.
_OTHERS = 0o077
# Names that `store` and `importers` give to what they have not finished.
_HALF_WRITTEN = re.compile(rf"\.(part|quarantine|{'|'.join(TABLES)})-\w{{8}}")
_HALF_WRITTEN_SECONDS = 3600.0


@contextlib.contextmanager
def private_files() -> Iterator[None]:
    """Give what is written inside the block to this user alone (Unix).

    A folder that several people share keeps its own rules where it has any (ACLs).
    """
    before = os.umask(_OTHERS)
    os.umask(before | _OTHERS)
    try:
        yield
    finally:
        os.umask(before)


def sweep_leftovers(processed: Path) -> None:
    """Remove half-written tables of runs that were killed; they hold client data.

    What is younger than an hour may be another run's that is still at work.
    """
    landing.sweep(processed)
    latest = time.time() - _HALF_WRITTEN_SECONDS
    for path in processed.rglob(".*-*"):
        if not _HALF_WRITTEN.fullmatch(path.name) or path.lstat().st_mtime > latest:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def guard_streams() -> None:
    """Tell defects without their messages; print any letter on any terminal."""
    sys.excepthook = tell_defect
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def tell_defect(
    kind: type[BaseException], problem: BaseException, trace: TracebackType | None
) -> None:
    """Print where a defect of ours is, and of what kind.

    Messages of Python and its libraries quote the value they stumble over, which may
    be a client's words.
    """
    if os.environ.get(SHOW_MESSAGES):
        traceback.print_exception(kind, problem, trace)
        return
    for cause in reversed(_chain(problem)):
        sys.stderr.writelines(traceback.format_tb(cause.__traceback__))
        sys.stderr.write(f"{type(cause).__name__}\n")
    sys.stderr.write(
        "cairn: this is a defect of ours. Please report the lines above; they hold no "
        "client data. The error's own message is left out, as it may: set "
        f"{SHOW_MESSAGES}=1 to see it.\n"
    )


def _chain(problem: BaseException) -> list[BaseException]:
    """The problem, then what it was caused by, and so on."""
    chain: list[BaseException] = []
    cause: BaseException | None = problem
    while cause is not None and cause not in chain:
        chain.append(cause)
        hidden = None if cause.__suppress_context__ else cause.__context__
        cause = cause.__cause__ or hidden
    return chain
