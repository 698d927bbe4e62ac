"""A run's folder for temporary files: private, and removed also after a kill.

It stands in the system's folder for such files, where paths are short enough for
sockets. Its name says whose it is: the next run on this machine, of any folder of
reports, removes what a killed one left.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
import tempfile
import zlib
from pathlib import Path

_OWNER = re.compile(r"cairn-([0-9a-f]{4})-([0-9]+)-.+")


def private_folder() -> Path:
    """A fresh folder that only this user can open (0700)."""
    sweep()
    return Path(tempfile.mkdtemp(prefix=f"cairn-{_machine()}-{os.getpid()}-"))


def sweep() -> None:
    """Remove folders whose run is gone; those of other machines and users stay."""
    for path in Path(tempfile.gettempdir()).glob("cairn-*"):
        owner = _OWNER.fullmatch(path.name)
        is_ours = owner and owner[1] == _machine() and _is_mine(path)
        if owner and is_ours and not _is_running(int(owner[2])):
            remove(path)


def remove(folder: Path) -> None:
    """Remove one of our own folders, and nothing else whatever it is told."""
    is_ours = _OWNER.fullmatch(folder.name) and not folder.is_symlink()
    if is_ours and folder.parent == Path(tempfile.gettempdir()):
        shutil.rmtree(folder, ignore_errors=True)


def _is_mine(path: Path) -> bool:
    """Whether a folder is this user's: others' may carry any name, or be bait."""
    try:
        about = path.lstat()
    except FileNotFoundError:
        return False
    return not hasattr(os, "getuid") or about.st_uid == os.getuid()


def _machine() -> str:
    """Four hex digits for this machine or container: a folder may be shared."""
    return f"{zlib.crc32(platform.node().encode()) & 0xFFFF:04x}"


def _is_running(process: int) -> bool:
    if sys.platform == "win32":  # there, asking ends the process
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
