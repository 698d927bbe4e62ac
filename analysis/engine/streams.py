"""Standard output and error of a notebook that runs in this process."""

from __future__ import annotations

import ctypes
import io
import os
import sys
import tempfile
import threading
from typing import Any


class CellStream(io.TextIOBase):
    """Standard output or error of a cell.

    Text written in Python is collected here. What C code and other processes write to
    the file descriptor goes to a file, and is added when the cell ends.
    """

    encoding = "UTF-8"
    errors = "replace"

    def __init__(self, name: str, descriptor: int, publish: Any) -> None:
        self.name = name
        self._publish = publish
        self._lock = threading.RLock()
        self._text: list[str] = []
        self._descriptor = descriptor
        self._caught = tempfile.TemporaryFile()  # noqa: SIM115 open till the end
        os.dup2(self._caught.fileno(), descriptor)
        os.set_blocking(descriptor, True)
        self._read = 0

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() takes text, not {type(text).__name__}")
        with self._lock:
            self._text.append(text)
        return len(text)

    def flush(self) -> None:
        with self._lock:
            text, self._text = "".join(self._text), []
            if text:
                self._publish("stream", {"name": self.name, "text": text})

    def settle(self) -> None:
        """Publish all that was written so far, on either way."""
        self.flush()
        _flush_c_streams()
        self._caught.seek(self._read)
        raw = self._caught.read()
        self._read += len(raw)
        self._caught.seek(0, os.SEEK_END)
        if raw:
            self.write(raw.decode("utf-8", "replace"))
            self.flush()


def _flush_c_streams() -> None:
    ctypes.CDLL(None).fflush(None)


def take_over_streams(publish: Any) -> tuple[CellStream, CellStream]:
    sys.stdout.flush()
    sys.stderr.flush()
    out, error = CellStream("stdout", 1, publish), CellStream("stderr", 2, publish)
    sys.stdout, sys.stderr = out, error
    return out, error
