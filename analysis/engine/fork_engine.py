"""The fast engine: a warmed-up server process forks a child per report (Linux)."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from analysis.engine.jobs import Recipe
from analysis.engine.line import Line, LineCut, Message, line_pair
from analysis.engine.local import Ending, EngineLost
from analysis.engine.surroundings import environment

_SPARE_SECONDS = 15.0
# Optional imports of libraries that cost a second in all: a check of internationalised
# web addresses that no notebook asks for, and a debugger that no one would talk to.
SLOW_AND_UNUSED = ("rfc3987_syntax", "debugpy")
_SKIP = f"import sys; sys.modules.update(dict.fromkeys({SLOW_AND_UNUSED})); "


class ForkEngine:
    """The server process and a line to it for each slot.

    It is a fresh process, so that threads of the caller do not matter. held: a file
    descriptor that the server and its children keep open for as long as one of them
    lives (the lock of the run).
    """

    name = "fork"

    def __init__(self, recipe: Recipe, slots: int, held: int | None = None) -> None:
        pairs = [line_pair() for _ in range(slots)]
        self._lines = [ours for ours, _ in pairs]
        theirs = [their.fileno() for _, their in pairs]
        serve = f"from analysis.engine.fork_server import serve; serve({theirs})"
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", _SKIP + serve],
            pass_fds=theirs if held is None else [*theirs, held],
            env=environment(),
            cwd="/",
            start_new_session=True,  # Ctrl-C is for us: we end it in order
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _, their in pairs:
            their.close()
        self._limits = asdict(recipe.limits)
        order = {"warm_up": recipe.warm_up, "imports": recipe.imports}
        self._lines[0].send(order | {"export": recipe.export})

    def wait_until_warm(self) -> None:
        """Wait until reports can be made; raises EngineLost where they cannot."""
        answer = self._answer(self._lines[0])
        if answer["failed"]:
            raise EngineLost(f"its parent process could not start: {answer['failed']}")
        if answer["thread_started_by"]:
            raise EngineLost(
                f"{answer['thread_started_by']} starts a thread, and a process with "
                "threads cannot be forked safely"
            )

    def make(self, slot: int, draft: Path) -> Ending:
        """Make the report of a draft folder; blocks. Raises EngineLost."""
        answer = self._ask(
            self._lines[slot], {"draft": str(draft), "limits": self._limits}
        )
        return Ending(answer["exit"], answer["timed_out"])

    def start_kernel(self, order: Message) -> tuple[Line, int]:
        """Fork a Jupyter kernel: a line that tells of its end, and its number."""
        ours, theirs = line_pair()
        try:
            self._lines[0].send({"line": True}, passing=theirs)
        except LineCut as cut:
            raise EngineLost("its parent process died") from cut
        theirs.close()
        self._lines = [line for line in self._lines if line.fileno() >= 0] + [ours]
        return ours, self._ask(ours, {"kernel": order})["pid"]

    def close(self) -> None:
        """End the server; its children end with it."""
        for line in self._lines:
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
