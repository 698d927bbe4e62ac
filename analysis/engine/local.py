"""What an engine of one machine is: where a draft goes, and how its process ended."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

# Exit code of a process that cannot even leave its last word (EX_IOERR of sysexits.h).
CANNOT_WRITE = 74


class EngineLost(Exception):
    """The engine itself cannot go on; says why. Reports under way are to be redone."""


@dataclass(frozen=True)
class Ending:
    """How the process that made a report ended, beyond its own last word."""

    exit: int = 0  # negative: ended by that signal
    timed_out: bool = False
    lost: str = ""

    def reason(self, seconds: float) -> str:
        """Why there is no last word."""
        if self.lost:
            return self.lost
        if self.timed_out:
            return f"stopped after {seconds:g} seconds, the time limit"
        if self.exit < 0:
            return f"its process was ended by {_signal_name(-self.exit)}"
        if self.exit == CANNOT_WRITE:
            return "its files could not be written; is the disk full?"
        return f"its process ended by itself (exit code {self.exit})"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # one of the numbers without a name
        return f"signal {number}"


class Engine(Protocol):
    """What makes reports; used by several threads, one slot each."""

    name: str

    def make(self, slot: int, draft: Path) -> Ending:
        """Make the report of a draft folder; blocks. Raises EngineLost."""

    def close(self) -> None:
        """End all processes."""
