"""The fast engine: a warmed-up server process forks a child per report (Linux)."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from analysis.engine.jobs import Limits, Recipe
from analysis.engine.line import Line, LineCut, Message, line_pair
from analysis.engine.local import Ending, EngineLost
from analysis.engine.surroundings import environment

_SPARE_SECONDS = 15.0
# Optional imports of libraries that cost a second in all: a check of internationalised
# web addresses that no notebook asks for, and a debugger that no one would talk to.
SLOW_AND_UNUSED = ("rfc3987_syntax", "debugpy")
_SKIP = f"import sys; sys.modules.update(dict.fromkeys({SLOW_AND_UNUSED})); "


class ForkEngine:
    """The server process, and a line to it for each slot.

    It is a fresh process, so that threads of the caller do not matter. It warms up
    while the caller does something else; `open` comes before the first report.
    """

    name = "fork"

    def __init__(self, recipe: Recipe) -> None:
        self._hub, theirs = line_pair()
        serve = (
            f"from analysis.engine.fork_server import serve; serve({theirs.fileno()})"
        )
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", _SKIP + serve],
            pass_fds=[theirs.fileno()],
            env=environment(),
            cwd="/",
            start_new_session=True,  # Ctrl-C is for us: we end it in order
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        theirs.close()
        self._lines: list[Line] = []
        self._limits: Message = {}
        self._hub.send(
            {
                "warm_up": recipe.warm_up,
                "imports": recipe.imports,
                "export": recipe.export,
            }
        )

    def wait_until_warm(self) -> None:
        """Wait until reports can be made; raises EngineLost where they cannot."""
        answer = self._answer(self._hub)
        if answer["failed"]:
            raise EngineLost(f"its parent process could not start: {answer['failed']}")
        if answer["thread_started_by"]:
            raise EngineLost(
                f"{answer['thread_started_by']} starts a thread, and a process with "
                "threads cannot be forked safely"
            )

    def open(self, slots: int, limits: Limits, held: int) -> None:
        """Open slots for reports under these limits.

        held: a file descriptor that the server and its children keep open for as long
            as one of them lives (the lock of the run).
        """
        self._limits = asdict(limits)
        self._pass({"hold": True}, held)
        self._lines = [self._new_line() for _ in range(slots)]

    def make(self, slot: int, draft: Path) -> Ending:
        """Make the report of a draft folder; blocks. Raises EngineLost."""
        answer = self._ask(
            self._lines[slot], {"draft": str(draft), "limits": self._limits}
        )
        return Ending(answer["exit"], answer["timed_out"])

    def start_kernel(self, order: Message) -> tuple[Line, int]:
        """Fork a Jupyter kernel: a line that tells of its end, and its number."""
        line = self._new_line()
        # lines of kernels that have ended are closed already
        self._lines = [*(old for old in self._lines if old.fileno() >= 0), line]
        return line, self._ask(line, {"kernel": order})["pid"]

    def _new_line(self) -> Line:
        ours, theirs = line_pair()
        try:
            self._pass({"line": True}, theirs.fileno())
        except EngineLost:
            ours.close()
            raise
        finally:
            theirs.close()
        return ours

    def _pass(self, message: Message, descriptor: int) -> None:
        try:
            self._hub.send(message, passing=descriptor)
        except LineCut as cut:
            raise EngineLost("its parent process died") from cut

    def close(self) -> None:
        """End the server; its children end with it."""
        if not self._lines:  # it has no child, and may still be warming up
            self._process.kill()
        for line in (self._hub, *self._lines):
            line.hang_up()
        try:
            self._process.wait(_SPARE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _ask(self, line: Line, order: Message) -> Message:
        try:
            line.send(order)
        except LineCut as cut:
            raise EngineLost("its parent process died") from cut
        answer = self._answer(line)
        if "thread_started_by" in answer:
            raise EngineLost("its parent process has started a thread")
        return answer

    def _answer(self, line: Line) -> Message:
        try:
            return line.receive()
        except LineCut as cut:
            raise EngineLost("its parent process died") from cut
