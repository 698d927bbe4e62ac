"""Scores against worked examples: tests/golden, one file for each measure.

A file's first line names its source; sums worked out by hand are shown beside the case.
In a case `answers` are in form order ("" is a skipped item) or `given` by item id.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from analysis import score
from analysis.measures import read_measures

FOLDER = Path(__file__).parent / "golden"


def _cases() -> list[Any]:
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["cases"]:
            found.append(
                pytest.param(path.stem, case, id=f"{path.stem}: {case['name']}")
            )
    return found


@pytest.mark.parametrize(("measure", "case"), _cases())
def test_a_worked_example_comes_out(measure: str, case: dict[str, Any]) -> None:
    given = case.get("given")
    answers = given or dict(enumerate(case["answers"], start=1))
    scored = score(measure, answers, **case.get("context", {}))
    if "status" in case:
        assert scored.status == case["status"]
    for name, value in case.get("scores", {}).items():
        wanted = None if value == "none" else pytest.approx(value, abs=1e-9)
        assert scored.scores[name] == wanted, name
    if "bands" in case:
        assert dict(scored.bands) == case["bands"]
    if "risk" in case:
        assert scored.risk == case["risk"]
    for name, value in case.get("flags", {}).items():
        assert scored.flags[name] is value, name
    for name, value in case.get("score_status", {}).items():
        assert scored.score_status[name] == value, name
    assert not set(case.get("undecided", [])) & set(scored.flags)
    if "invalid" in case:
        assert list(scored.invalid) == case["invalid"]


@pytest.mark.parametrize("measure", read_measures())
def test_every_measure_has_a_worked_example_with_its_source(measure: str) -> None:
    text = (FOLDER / f"{measure}.toml").read_text(encoding="utf-8")
    assert text.startswith("# Source: ")
