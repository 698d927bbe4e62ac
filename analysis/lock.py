"""One run at a time per folder of tables or reports: Linux, macOS, Windows."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from types import TracebackType

from analysis.errors import AnalysisError

# The file in a folder of reports that a run holds.
LOCK = ".lock"
# A run that was killed lets go as soon as its last process is gone.
_PATIENCE_SECONDS = 5.0
_LOOK_AGAIN_SECONDS = 0.1
# Windows locks bytes, and locked bytes cannot be read: lock one behind the text.
_LOCKED_BYTE = 4096


class RunLock:
    """Held while a run writes to a folder; the system frees it when the run dies.

    Processes of the run that are given `descriptor` keep the lock alive, so that a new
    run waits until the last process of a killed one is gone.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.descriptor = -1

    def __enter__(self) -> RunLock:
        try:
            self.descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as problem:
            raise AnalysisError(
                f"{self._path} could not be written ({problem.strerror}). Give "
                "yourself the right to write there, or choose another folder."
            ) from problem
        until = time.monotonic() + _PATIENCE_SECONDS
        while not _taken(self.descriptor):
            if time.monotonic() > until:
                holder = self._holder()
                os.close(self.descriptor)
                raise AnalysisError(
                    f"Another run is writing to {self._path.parent} (process {holder})."
                    " Wait until it is done, or choose another folder."
                )
            time.sleep(_LOOK_AGAIN_SECONDS)
        os.ftruncate(self.descriptor, 0)
        os.write(self.descriptor, str(os.getpid()).encode())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # The file stays: removing it would let two runs lock two files of one name.
        os.close(self.descriptor)

    def _holder(self) -> str:
        text = os.read(self.descriptor, 32).decode("ascii", "replace")
        return text if text.isdigit() else "unknown"


def _taken(descriptor: int) -> bool:
    if sys.platform == "win32":
        import msvcrt

        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as problem:
        raise AnalysisError(
            f"The folder cannot be locked ({problem.strerror}): its file system does "
            "not allow it. Choose a folder on another disk."
        ) from problem
    return True
