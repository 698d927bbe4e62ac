"""A process that makes one report after the other, each in a kernel of its own.

A line with a draft folder comes in on standard input, a line goes out when the report
is done. It ends when its input ends.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path

from analysis.engine.making import give_up, load, make_report
from analysis.engine.plain import execute
from analysis.engine.tasks import read_task


def main(export_name: str) -> None:
    """Serve until the input ends."""
    # Whatever prints must not end up between the lines of the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    export = load(export_name)
    for line in sys.stdin:
        order = json.loads(line)
        _limit_memory(order["memory_bytes"])
        task = read_task(Path(order["draft"]))
        try:
            make_report(task, execute, export)  # type: ignore[arg-type]
        except Exception as problem:  # this report failed; the next one may not
            code = give_up(task, problem)
            if code:
                sys.exit(code)
        answers.write("done\n")
        answers.flush()


def _limit_memory(limit: int) -> None:
    """Bound the address space of the kernels, where the system knows how (Linux)."""
    with contextlib.suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if sys.platform == "linux":
            hard = resource.getrlimit(resource.RLIMIT_AS)[1]
            resource.setrlimit(resource.RLIMIT_AS, (_ROOM_BYTES + limit, hard))


# Address space that a kernel takes with its libraries before it does anything.
_ROOM_BYTES = 2 * 1024**3

if __name__ == "__main__":
    main(sys.argv[1])
