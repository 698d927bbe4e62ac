"""A folder of tables changed all at once: old ones or new ones, never a mixture.

What is new is written into a folder beside the old, and moved into place when it is
complete. A run that is killed before leaves the old as it was; one that is killed while
it moves is finished by whoever looks next.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from analysis.errors import AnalysisError

# Stands in the folder only once everything in it is complete and on the disk.
_COMPLETE = ".landing"
_PREFIX = ".staged-"
# What a folder that is replaced is called until it is removed.
_REPLACED = ".replaced"


@contextlib.contextmanager
def staged(folder: Path, last: str) -> Iterator[Path]:
    """Give a folder to write into; at the end of the block all of it takes its place.

    last: the file that is moved last, as its presence says that the rest is whole.
    Where the block raises, `folder` stays as it was.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=folder))
    except OSError as problem:
        raise _not_written(folder, problem) from problem
    try:
        yield draft
        finish(folder, last)
        try:
            _sync(draft)
            draft.rename(folder / _COMPLETE)
        except OSError as problem:
            raise _not_written(folder, problem) from problem
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    finish(folder, last)


def finish(folder: Path, last: str) -> None:
    """Move what a run had completed when it was killed; usually there is nothing."""
    complete = folder / _COMPLETE
    if not complete.is_dir():
        return
    try:
        names = sorted(os.listdir(complete), key=lambda name: (name == last, name))
        for name in names:
            _move(complete / name, folder / name)
        complete.rmdir()
        _sync(folder)
    except FileNotFoundError:
        return  # another process finished it in the same moment
    except OSError as problem:
        raise _not_written(folder, problem) from problem


def sweep(folder: Path) -> None:
    """Remove what killed runs had begun. To be called by the only run at work."""
    for path in folder.glob(f"{_PREFIX}*"):
        shutil.rmtree(path, ignore_errors=True)
    for path in folder.glob(f"{_REPLACED}-*"):
        shutil.rmtree(path, ignore_errors=True)


def _move(path: Path, target: Path) -> None:
    """Put a file or folder in the place of an older one."""
    if target.is_dir() and not target.is_symlink():
        away = target.with_name(f"{_REPLACED}-{target.name}")
        shutil.rmtree(away, ignore_errors=True)
        target.rename(away)
        path.rename(target)
        shutil.rmtree(away, ignore_errors=True)
    else:
        os.replace(path, target)


def _sync(folder: Path) -> None:
    """Wait until the names in a folder stand on the disk, where the system can."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _not_written(folder: Path, problem: OSError) -> AnalysisError:
    return AnalysisError(
        f"{folder} could not be written ({problem.strerror}). The tables that stood "
        "there before are unchanged. Free some room or choose another folder with "
        "--processed."
    )
