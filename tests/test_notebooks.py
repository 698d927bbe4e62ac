"""A notebook is the table of contents of a report: thin, clean, with parameters."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
# A report's notebook holds no logic; what outgrows that moves into the package.
_LOGIC = (
    ast.FunctionDef,
    ast.ClassDef,
    ast.If,
    ast.For,
    ast.While,
    ast.Try,
    ast.Lambda,
)
_TOURS = {"explore"}  # written to be changed by analysts

pytestmark = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)


def _cells(path: Path) -> list[nbformat.NotebookNode]:
    notebook = nbformat.read(path, as_version=4)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_a_notebook_is_committed_without_outputs(path: Path) -> None:
    assert not any(cell.outputs or cell.execution_count for cell in _cells(path))


def test_a_notebook_has_one_parameters_cell_with_a_comment_on_each_line(
    path: Path,
) -> None:
    tagged = [c for c in _cells(path) if "parameters" in c.metadata.get("tags", [])]
    assert len(tagged) == 1
    lines = tagged[0].source.splitlines()
    assert all(" = " in line and "  # " in line for line in lines)


def test_cells_are_short_and_hold_no_logic(path: Path) -> None:
    if path.stem in _TOURS:
        pytest.skip("a guided tour")
    for cell in _cells(path):
        assert len(cell.source.splitlines()) <= 10
        for node in ast.walk(ast.parse(cell.source)):
            assert not isinstance(node, _LOGIC)


def test_a_notebook_imports_from_the_package_only(path: Path) -> None:
    if path.stem in _TOURS:
        pytest.skip("a guided tour")
    for cell in _cells(path):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.ImportFrom):
                assert node.module == "analysis"
            assert not isinstance(node, ast.Import)
