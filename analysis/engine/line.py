"""Messages between two processes: JSON, one at a time, over a socket pair (Linux)."""

from __future__ import annotations

import contextlib
import json
import select
import socket
from typing import Any

Message = dict[str, Any]

_LARGEST = 1024**2


class LineCut(Exception):
    """The other side is gone."""


class Line:
    """One end of a socket pair."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end

    def send(self, message: Message, *, passing: int | None = None) -> None:
        """Send a message, and with it a file descriptor if there is one to pass."""
        ends = [] if passing is None else [passing]
        try:
            socket.send_fds(self._end, [json.dumps(message).encode()], ends)
        except OSError as problem:
            raise LineCut from problem

    def receive(self) -> Message:
        """Wait for the next message. Raises LineCut when none can come any more."""
        return self.receive_passed()[0]

    def receive_passed(self) -> tuple[Message, int]:
        """The next message, and the file descriptor that came with it, or -1."""
        try:
            raw, ends, _, _ = socket.recv_fds(self._end, _LARGEST, 1)
        except OSError as problem:
            raise LineCut from problem
        if not raw:
            raise LineCut
        return json.loads(raw), ends[0] if ends else -1

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until something has come, or the other side has gone."""
        return bool(select.select([self._end], [], [], seconds)[0])

    def fileno(self) -> int:
        """The file descriptor."""
        return self._end.fileno()

    def hang_up(self) -> None:
        """Close this end, also under a thread that waits on it."""
        with contextlib.suppress(OSError):  # the other side may have been first
            self._end.shutdown(socket.SHUT_RDWR)
        self._end.close()

    def close(self) -> None:
        """Close this process's copy of the end; copies elsewhere stay open."""
        self._end.close()


def line_pair() -> tuple[Line, Line]:
    """Two ends; messages stay apart, whatever their length."""
    ours, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
    return Line(ours), Line(theirs)
