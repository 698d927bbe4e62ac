"""The line for an e-mail: numbers, and nothing about anybody."""

from __future__ import annotations

import pytest

from analysis.pipeline.summary import Summary


@pytest.mark.parametrize(
    ("line", "aside", "told"),
    [
        (
            "8 report(s) made, 0 unchanged, 1 failed, in 3.0 s. Open reports/x.html",
            ["report A-1042/progress: ValueError"],
            "cairn reports: 8 report(s) made, 0 unchanged, 1 failed, 1 set aside, "
            "exit 3",
        ),
        (
            "0 report(s) made, 8 unchanged, 0 failed, in 0.1 s. Open reports/x.html",
            [],
            "cairn reports: 0 report(s) made, 8 unchanged, 0 failed, nothing new, "
            "0 set aside, exit 0",
        ),
        (
            "A-1042 was looked at.",
            [],
            "cairn reports: 0 set aside, exit 0",
        ),
    ],
)
def test_one_line_holds_numbers_only(line: str, aside: list[str], told: str) -> None:
    assert Summary([line], aside).one_line("reports") == told
