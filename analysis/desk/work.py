"""One longer step of the desk in a process of its own: `python -m analysis.desk.work`.

The task comes as one line of JSON on standard input, what happens leaves as lines of
JSON on standard output. When the input ends, whoever asked is gone or wants the step
stopped: it stops as by Ctrl-C, and what is done stays done.
"""

from __future__ import annotations

import _thread
import json
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from analysis import engine, pipeline
from analysis.desk.practices import Desks
from analysis.desk.saving import save_copies
from analysis.errors import AnalysisError
from analysis.pipeline.guard import private_files
from analysis.pipeline.paths import Paths
from analysis.pipeline.summary import Summary

Task = Mapping[str, Any]
# A report that is being set may hold an interrupt back for so long.
_PATIENCE_SECONDS = 20.0


class Line:
    """Where a step tells what it does, and the engine's progress among it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def tell(self, line: str) -> None:
        """One line for the person; never client data."""
        self.send(said=line)

    def begin(self, due: int, unchanged: int) -> None:
        """So many reports are to be made."""
        self.send(due=due, unchanged=unchanged)

    def note(self, text: str) -> None:
        """Something the reader should know."""
        self.tell(text)

    def done(self, outcome: engine.Outcome) -> None:
        """One report has ended."""
        self.send(report=outcome.job, state=outcome.state, reason=outcome.reason)

    def end(self, result: engine.RunResult) -> None:
        """All reports have ended; the page follows them one by one."""

    def send(self, **content: object) -> None:
        """One event."""
        self._stream.write(json.dumps(content) + "\n")
        self._stream.flush()


def main() -> int:
    """Run the task that stands on standard input."""
    # whatever notebooks print goes elsewhere: standard output is the line
    line = Line(os.fdopen(os.dup(1), "w", encoding="utf-8"))
    os.dup2(2, 1)
    task = json.loads(sys.stdin.readline())
    threading.Thread(target=_stop_with_input, daemon=True).start()
    try:
        with private_files():
            summary = STEPS[task["step"]](_paths(task), task, line)
    except AnalysisError as problem:
        line.send(ended="stopped", problem=str(problem))
    except KeyboardInterrupt:
        line.send(ended="cancelled")
    except Exception as problem:  # a defect, told by kind and place, never by message
        place = traceback.extract_tb(problem.__traceback__)[-1]
        where = f"{Path(place.filename).name}, line {place.lineno}"
        line.send(ended="defect", problem=f"{type(problem).__name__} in {where}")
        return 1
    else:
        line.send(ended="done", lines=summary.lines, aside=summary.set_aside)
    return 0


def _stop_with_input() -> None:
    while os.read(0, 1024):
        pass
    if sys.platform == "win32":
        _thread.interrupt_main()
    else:
        os.kill(os.getpid(), signal.SIGINT)
    time.sleep(_PATIENCE_SECONDS)
    os._exit(1)


def _paths(task: Task) -> Paths:
    desks = Desks.from_plain(task["desks"])
    return desks.paths(is_demo=task["is_demo"])


def _read(paths: Paths, task: Task, line: Line) -> Summary:
    summary = pipeline.run_import(paths, date.today(), line.tell)
    summary.lines += pipeline.run_analyse(paths).lines
    return summary


def _look(paths: Paths, task: Task, line: Line) -> Summary:
    return pipeline.run_analyse(paths, date.fromisoformat(task["until"]))


def _make(paths: Paths, task: Task, line: Line) -> Summary:
    options = pipeline.ReportOptions(
        month=task["month"],
        clients=tuple(task["clients"]),
        audiences=tuple(task["audiences"]),
        progress=line,
    )
    return pipeline.run_reports(paths, options, date.today(), line.tell)


def _caseload(paths: Paths, task: Task, line: Line) -> Summary:
    chosen = pipeline.CaseloadOptions(month=task["month"])
    how = pipeline.ReportOptions(progress=line)
    return pipeline.run_caseload(paths, chosen, how, date.today(), line.tell)


def _save(paths: Paths, task: Task, line: Line) -> Summary:
    return save_copies(
        paths,
        month=task["month"],
        clients=tuple(task["clients"]),
        merged=task["merged"],
        password=task["password"],
        target=Path(task["target"]),
    )


def _demo(paths: Paths, task: Task, line: Line) -> Summary:
    if not any(paths.raw.glob("*.csv")):
        pipeline.run_demo(paths.raw, task["clients"], task["seed"], line.tell)
    return _read(paths, task, line)


STEPS: Mapping[str, Callable[[Paths, Task, Line], Summary]] = {
    "read": _read,
    "look": _look,
    "make": _make,
    "caseload": _caseload,
    "save": _save,
    "demo": _demo,
}


if __name__ == "__main__":
    sys.exit(main())
