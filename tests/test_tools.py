"""The tools' own commands, and what an analyst adds to a notebook."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import papermill
import pikepdf
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from analysis.pipeline.paths import Paths

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


def run(*command: str, folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.slow
def test_papermill_and_nbconvert_make_the_same_pdf_by_their_own_commands(
    practice: Paths, tmp_path: Path
) -> None:
    run(
        "papermill",
        str(NOTEBOOKS / "client_progress.ipynb"),
        "out.ipynb",
        *("-r", "client_id", "A-1042"),
        *("-r", "processed", str(practice.processed)),
        *("-r", "settings", str(practice.settings)),
        folder=tmp_path,
    )
    run("nbconvert", "--to", "cairnpdf", "out.ipynb", folder=tmp_path)
    with pikepdf.open(tmp_path / "out.pdf") as pdf:
        assert 3 <= len(pdf.pages) <= 5
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.Lang == "en-GB"


@pytest.mark.slow
def test_what_an_analyst_adds_appears_in_the_pdf_and_code_does_not(
    practice: Paths, tmp_path: Path
) -> None:
    notebook = nbformat.read(NOTEBOOKS / "client_progress.ipynb", as_version=4)
    notebook.cells = [
        *notebook.cells[:2],
        new_markdown_cell(
            "## A look of my own\n\nWith *emphasis* and a list:\n\n- one"
        ),
        new_code_cell(
            "import pandas as pd, seaborn as sns\n"
            "table = pd.DataFrame({'week': [1, 2], 'PHQ-9': [18, 17]})\n"
            "table"
        ),
        new_code_cell("table.style.format('{:.1f}').hide(axis='index')"),
        new_code_cell("sns.lineplot(table, x='week', y='PHQ-9');"),
    ]
    path = tmp_path / "mine.ipynb"
    nbformat.write(notebook, path)
    papermill.execute_notebook(
        str(path),
        str(tmp_path / "out.ipynb"),
        {
            "client_id": "A-1042",
            "processed": str(practice.processed),
            "settings": str(practice.settings),
        },
        progress_bar=False,
    )
    run("nbconvert", "--to", "cairnpdf", "out.ipynb", folder=tmp_path)
    executed = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    added = [cell for cell in executed.cells if cell.get("outputs")][-3:]
    assert [sorted(cell.outputs[-1].data)[0] for cell in added]
    with pikepdf.open(tmp_path / "out.pdf") as pdf:
        kinds = _kinds(pdf.Root.StructTreeRoot)
    assert kinds.count("/Table") >= 2
    assert "/Figure" in kinds
    assert "/L" in kinds


def _kinds(node: pikepdf.Object) -> list[str]:
    found = [str(node.S)] if "/S" in node else []
    parts = node.get("/K", [])
    for part in parts if isinstance(parts, pikepdf.Array) else [parts]:
        if isinstance(part, pikepdf.Dictionary):
            found += _kinds(part)
    return found
