"""How a run tells what it does: a bar on a terminal, plain lines elsewhere, JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Protocol, TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as RichProgress

from analysis.engine.jobs import Outcome, RunResult

_SECONDS_BETWEEN_LINES = 5.0
_SLOWEST_SHOWN = 3


class Progress(Protocol):
    """What a run tells; every text is free of names and of clients' data."""

    def begin(self, due: int, unchanged: int) -> None:
        """So many reports are to be made, so many stand already."""

    def note(self, text: str) -> None:
        """Something the reader should know, such as a slower engine."""

    def done(self, outcome: Outcome) -> None:
        """One report has ended."""

    def end(self, result: RunResult) -> None:
        """The run is over, or was stopped."""


class Silent:
    """Tells nothing."""

    def begin(self, due: int, unchanged: int) -> None:
        """Nothing."""

    def note(self, text: str) -> None:
        """Nothing."""

    def done(self, outcome: Outcome) -> None:
        """Nothing."""

    def end(self, result: RunResult) -> None:
        """Nothing."""


class JsonLines:
    """One JSON object a line, for programs that watch."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def begin(self, due: int, unchanged: int) -> None:
        self._write(event="begin", due=due, unchanged=unchanged)

    def note(self, text: str) -> None:
        self._write(event="note", text=text)

    def done(self, outcome: Outcome) -> None:
        self._write(
            event=outcome.state,
            report=outcome.job,
            seconds=round(outcome.seconds, 3),
            reason=outcome.reason,
        )

    def end(self, result: RunResult) -> None:
        self._write(
            event="end",
            made=len(result.made),
            unchanged=len(result.unchanged),
            failed=len(result.failed),
            seconds=round(result.seconds, 3),
            engine=result.engine,
        )

    def _write(self, **event: object) -> None:
        self._stream.write(json.dumps(event) + "\n")
        self._stream.flush()


class Lines:
    """A line every few seconds, for logs and terminals without a cursor."""

    def __init__(
        self, stream: TextIO, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream = stream
        self._clock = clock
        self._due = self._made = self._failed = 0
        self._started = self._told = 0.0

    def begin(self, due: int, unchanged: int) -> None:
        self._due = due
        self._started = self._told = self._clock()
        if due or unchanged:
            self.note(f"{due} report(s) to make, {unchanged} unchanged.")

    def note(self, text: str) -> None:
        self._stream.write(text + "\n")
        self._stream.flush()

    def done(self, outcome: Outcome) -> None:
        if outcome.state == "failed":
            self._failed += 1
            self.note(f"failed: {outcome.shown}: {outcome.reason}")
        else:
            self._made += 1
        now = self._clock()
        if now - self._told >= _SECONDS_BETWEEN_LINES:
            self._told = now
            self.note(self._state(now))

    def end(self, result: RunResult) -> None:
        if result.made:
            self.note(rate_and_slowest(result))

    def _state(self, now: float) -> str:
        done = self._made + self._failed
        left = self._due - done
        seconds = (now - self._started) / done * left
        rate = done / max(now - self._started, 1e-9) * 60
        return (
            f"{self._made} made, {self._failed} failed, {left} left "
            f"({rate:.0f} a minute, about {_span(seconds)} to go)"
        )


class Bar:
    """A bar with counts, rate and time left."""

    def __init__(self, stream: TextIO) -> None:
        self._bar = RichProgress(
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[failed]} failed"),
            TextColumn("{task.fields[rate]:.0f} a minute"),
            TimeRemainingColumn(),
            TextColumn("{task.description}", markup=False),  # ids are no markup
            console=Console(file=stream),
        )
        self._failed = self._count = 0
        self._started = 0.0

    def begin(self, due: int, unchanged: int) -> None:
        if unchanged:
            self.note(f"{unchanged} report(s) unchanged.")
        self._started = time.monotonic()
        if due:
            self._task = self._bar.add_task("", total=due, failed=0, rate=0.0)
            self._bar.start()

    def note(self, text: str) -> None:
        self._bar.console.print(text, markup=False, highlight=False)

    def done(self, outcome: Outcome) -> None:
        self._count += 1
        if outcome.state == "failed":
            self._failed += 1
            self.note(f"failed: {outcome.shown}: {outcome.reason}")
        rate = self._count / max(time.monotonic() - self._started, 1e-9) * 60
        self._bar.update(
            self._task,
            advance=1,
            failed=self._failed,
            rate=rate,
            description=outcome.shown,
        )

    def end(self, result: RunResult) -> None:
        self._bar.stop()
        if result.made:
            self.note(rate_and_slowest(result))


def rate_and_slowest(result: RunResult) -> str:
    """How fast it went, and which reports took longest."""
    rate = len(result.made) / max(result.seconds, 1e-9) * 60
    slowest = ", ".join(
        f"{job} {seconds:.1f} s" for job, seconds in result.slowest[:_SLOWEST_SHOWN]
    )
    return f"{rate:.0f} reports a minute ({result.engine}); slowest: {slowest}."


def progress_for(stream: TextIO | None = None, *, json_lines: bool = False) -> Progress:
    """A bar where the stream is a terminal, plain lines elsewhere, JSON if wanted."""
    stream = stream or sys.stderr
    if json_lines:
        return JsonLines(stream)
    return Bar(stream) if stream.isatty() else Lines(stream)


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
