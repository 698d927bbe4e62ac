"""Parameters are checked before anything runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from engine_cases import write_notebook

from analysis.engine import check_parameters, declared_parameters
from analysis.errors import AnalysisError

CELL = """
client_id = "DEMO-001"  # whom the report is about
audience = "client"  # one of: client, clinician
measures: list[str] = []
weeks = 6
share = 0.5
demo = False
note: str | None = None
limit: "Optional[int]" = None
until = some_function()
options = {"a": 1}
rule = "nhs"  # one of: nhs, corc; a remark may follow
"""


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parameters")
    return write_notebook(folder / "client.ipynb", parameters=CELL)


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"client_id": "0012"},
        {"client_id": "A'; import os #\n{x} \u202e 😀"},
        {"audience": "clinician"},
        {"measures": ["phq9", "gad7"]},
        {"measures": []},
        {"weeks": 12},
        {"share": 1},
        {"share": 0.25},
        {"demo": True},
        {"note": None},
        {"note": "x"},
        {"limit": None},
        {"limit": 3},
        {"until": "2026-03-31"},
        {"until": None},
        {"options": {"b": [1, 2]}},
        {"rule": "corc"},
    ],
)
def test_what_the_notebook_declares_is_taken(
    notebook: Path, parameters: dict[str, Any]
) -> None:
    check_parameters(notebook, parameters)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"cleint_id": "A-1"}, "cleint_id is not known; did you mean client_id?"),
        ({"zzz": 1}, "zzz is not known; it takes client_id, audience"),
        ({"n=1;print(1)": 1}, "must be a Python name"),
        ({"client_id": 12}, "client_id must be text"),
        ({"client_id": None}, "client_id must be text"),
        ({"audience": "doctor"}, "audience must be one of client, clinician"),
        ({"rule": "own"}, "rule must be one of nhs, corc"),
        ({"measures": "phq9"}, "measures must be a list"),
        ({"measures": ["phq9", 7]}, "measures must be a list of text"),
        ({"weeks": 6.0}, "weeks must be a whole number"),
        ({"weeks": True}, "weeks must be a whole number"),
        ({"weeks": "6"}, "weeks must be a whole number"),
        ({"share": "1"}, "share must be a number"),
        ({"share": True}, "share must be a number"),
        ({"share": float("nan")}, "share must be plain text, numbers"),
        ({"demo": 1}, "demo must be True or False"),
        ({"note": 5}, "note must be text"),
        ({"limit": "3"}, "limit must be a whole number"),
        ({"until": object()}, "until must be plain text, numbers"),
        ({"client_id": "\ud800"}, "client_id must be plain text, numbers"),
        ({"options": [1]}, "options must be a mapping"),
    ],
)
def test_anything_else_is_refused(
    notebook: Path, parameters: dict[str, Any], message: str
) -> None:
    with pytest.raises(AnalysisError) as problem:
        check_parameters(notebook, parameters)
    assert message in str(problem.value)


def test_all_problems_are_told_at_once(notebook: Path) -> None:
    with pytest.raises(AnalysisError) as problem:
        check_parameters(notebook, {"weeks": "6", "demo": 1, "wekes": 1})
    assert len(str(problem.value).splitlines()) == 4


def test_a_value_is_never_repeated_in_the_message(notebook: Path) -> None:
    with pytest.raises(AnalysisError) as problem:
        check_parameters(notebook, {"weeks": "feels hopeless", "audience": "secret"})
    assert "hopeless" not in str(problem.value)
    assert "secret" not in str(problem.value)


def test_the_declared_parameters_keep_their_order(notebook: Path) -> None:
    assert list(declared_parameters(notebook))[:3] == [
        "client_id",
        "audience",
        "measures",
    ]


def test_a_notebook_changed_on_the_disk_is_read_again(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "n.ipynb", parameters="a = 1")
    check_parameters(path, {"a": 2})
    write_notebook(path, parameters="b = 1")
    check_parameters(path, {"b": 2})


def test_a_notebook_without_a_parameters_cell_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps({"cells": [], "nbformat": 4}))
    with pytest.raises(AnalysisError, match="no cell tagged `parameters`"):
        check_parameters(path, {})


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"cells": [1]}', "not json"])
def test_a_file_that_is_no_notebook_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "n.ipynb"
    path.write_text(text)
    with pytest.raises(AnalysisError, match="no Jupyter notebook"):
        check_parameters(path, {})


def test_a_notebook_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AnalysisError, match="cannot be read"):
        check_parameters(tmp_path / "n.ipynb", {})


def test_a_parameters_cell_with_magic_is_refused(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "n.ipynb", parameters="a = 1\n%matplotlib")
    with pytest.raises(AnalysisError, match="its line 2"):
        check_parameters(path, {"a": 2})
