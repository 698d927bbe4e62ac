"""A longer step under way: started, listened to, stopped."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

News = Callable[[Mapping[str, Any]], None]
# Processes of the step that outlive it for a moment hold the line open.
_STRAGGLERS_SECONDS = 3.0
# After this long without a reaction to the wish to stop, the process is ended.
_PATIENCE_SECONDS = 30.0


class Worker:
    """One step in a process of its own.

    news: called from a thread with each event, last of all with {"ended": how}: done,
    stopped (the user can mend it), cancelled, defect, killed (from outside).
    """

    def __init__(self, task: Mapping[str, Any], home: Path, news: News) -> None:
        self._news = news
        self._ending: dict[str, Any] = {}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "analysis.desk.work"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=home,
            encoding="utf-8",
        )
        # by the line, never as an argument: others on the machine can read those
        self._write(json.dumps(task) + "\n")
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        threading.Thread(target=self._wait, daemon=True).start()

    @property
    def is_running(self) -> bool:
        """Whether the step has not ended yet."""
        return self._process.poll() is None

    def cancel(self) -> None:
        """Ask the step to stop; what is done stays done."""
        if self._process.stdin is not None:
            _closed(self._process.stdin)
        timer = threading.Timer(_PATIENCE_SECONDS, self._process.kill)
        timer.daemon = True
        timer.start()

    def kill(self) -> None:
        """End the step at once, as a crash would."""
        self._process.kill()

    def _write(self, text: str) -> None:
        stream = self._process.stdin
        if stream is None:
            return
        try:
            stream.write(text)
            stream.flush()
        except BrokenPipeError:
            return  # it is gone already: _wait tells

    def _listen(self) -> None:
        for text in self._process.stdout or ():
            event = json.loads(text)
            if "ended" in event:
                self._ending = event
            else:
                self._news(event)

    def _wait(self) -> None:
        self._process.wait()
        self._listener.join(_STRAGGLERS_SECONDS)
        for stream in (self._process.stdin, self._process.stdout):
            # a straggler's listener still holds its end; it goes with this process
            if stream is not None and not self._listener.is_alive():
                _closed(stream)
        self._news(self._ending or {"ended": "killed"})


def _closed(stream: IO[str]) -> None:
    with contextlib.suppress(BrokenPipeError):  # what it did not read, nobody needs
        stream.close()
