"""What a run tells while it runs."""

from __future__ import annotations

import io
import json

from analysis.engine import JsonLines, Lines, Outcome, Progress, RunResult, progress_for
from analysis.engine.progress import Bar

RESULT = RunResult(
    made=("A", "B"),
    unchanged=("C",),
    failed=(("D", "MemoryError in In [3]"),),
    seconds=30.0,
    engine="fork",
    slowest=(("B", 2.25), ("A", 0.5)),
)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def tell(progress: Progress) -> None:
    """One run of three reports, told from begin to end."""
    progress.begin(due=3, unchanged=1)
    progress.note("The fast engine cannot be used.")
    progress.done(Outcome("A", "made", seconds=0.5))
    progress.done(Outcome("D", "failed", "MemoryError in In [3]", 0.1))
    progress.done(Outcome("B", "made", seconds=2.25))
    progress.end(RESULT)


def test_lines_tell_counts_rate_and_time_left_every_few_seconds() -> None:
    # begin at 0 s; reports end at 2, 4 and 6 s: only the last is 5 s after the start
    clock = iter([0.0, 2.0, 4.0, 6.0])
    stream = io.StringIO()
    tell(Lines(stream, clock=lambda: next(clock)))
    assert stream.getvalue().splitlines() == [
        "3 report(s) to make, 1 unchanged.",
        "The fast engine cannot be used.",
        "failed: D: MemoryError in In [3]",
        # 3 in 6 s are 30 a minute, none is left
        "2 made, 1 failed, 0 left (30 a minute, about 0 s to go)",
        # 2 made in 30 s are 4 a minute
        "4 reports a minute (fork); slowest: B 2.2 s, A 0.5 s.",
    ]


def test_lines_tell_long_times_in_minutes_and_hours() -> None:
    for due, words in ((101, "10 min"), (1001, "1.7 h"), (11, "60 s")):
        clock = iter([0.0, 6.0])
        stream = io.StringIO()
        lines = Lines(stream, clock=lambda times=clock: next(times))
        lines.begin(due=due, unchanged=0)
        lines.done(Outcome("A", "made"))
        # 6 s each: 100 are 600 s, 1000 are 6000 s, 10 are 60 s
        assert f"about {words} to go" in stream.getvalue()


def test_json_tells_every_event_on_a_line_of_its_own() -> None:
    stream = io.StringIO()
    tell(JsonLines(stream))
    events = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [event["event"] for event in events] == [
        "begin",
        "note",
        "made",
        "failed",
        "made",
        "end",
    ]
    assert events[3]["reason"] == "MemoryError in In [3]"
    assert events[-1]["made"] == 2


def test_a_terminal_gets_a_bar() -> None:
    stream = Terminal()
    progress = progress_for(stream)
    assert isinstance(progress, Bar)
    tell(progress)
    text = stream.getvalue()
    assert "3/3" in text
    assert "1 failed" in text
    assert "slowest: B" in text


def test_elsewhere_there_are_lines_and_json_if_wanted() -> None:
    assert isinstance(progress_for(io.StringIO()), Lines)
    assert isinstance(progress_for(Terminal(), json_lines=True), JsonLines)


def test_a_run_with_nothing_to_do_is_told_too() -> None:
    nothing = RunResult(unchanged=("C",), seconds=0.1)
    for progress in (Bar(Terminal()), Lines(io.StringIO())):
        progress.begin(due=0, unchanged=1)
        progress.end(nothing)
