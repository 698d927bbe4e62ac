"""Small notebooks and jobs for the engine's tests."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode

from analysis import engine

EXPORT = "engine_stub:export"
TESTS = Path(__file__).parent
PARAMETERS = 'client_id = "DEMO"  # whom the report is about'
# A report that does little: it tells what it was given.
SMALL = ("print(client_id)",)


def write_notebook(path: Path, *cells: str, parameters: str = PARAMETERS) -> Path:
    """Write a notebook of code cells behind a parameters cell."""
    first = nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]})
    others = [nbformat.v4.new_code_cell(cell) for cell in cells]
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=[first, *others]), path)
    return path


def job(
    folder: Path, client: str, notebook: Path, parameters: Mapping[str, Any] = {}
) -> engine.Job:
    """A client's report in a folder of reports."""
    return engine.Job(
        id=f"{client}/progress",
        notebook=notebook,
        parameters={"client_id": client, **parameters},
        executed=folder / "notebooks" / client / "progress.ipynb",
        pdf=folder / "clients" / client / "progress.pdf",
    )


def run(folder: Path, jobs: list[engine.Job], **options: Any) -> engine.RunResult:
    """Run jobs with the stub exporter, in silence."""
    chosen: dict[str, Any] = {
        "manifest": folder / "manifest.json",
        "workers": 2,
        "engine": "fork",
        "export": EXPORT,
        "progress": engine.Silent(),
    }
    with pytest.MonkeyPatch.context() as patch:  # its processes find the stub there
        patch.setenv("PYTHONPATH", str(TESTS))
        return engine.run_jobs(jobs, **(chosen | options))


def executed(folder: Path, client: str) -> NotebookNode:
    """The executed notebook of a client."""
    path = folder / "notebooks" / client / "progress.ipynb"
    return nbformat.read(path, as_version=4)


def printed(folder: Path, client: str) -> str:
    """What the executed notebook printed."""
    return "".join(
        output.text
        for cell in executed(folder, client).cells
        for output in cell.get("outputs", [])
        if output.output_type == "stream"
    )


def many_small_jobs(folder: Path, count: int) -> list[engine.Job]:
    """Jobs for a run that is stopped and goes on."""
    notebook = folder.parent / "small.ipynb"
    if not notebook.exists():
        write_notebook(notebook, *SMALL, "import time; time.sleep(0.05)")
    return [job(folder, f"C-{number}", notebook) for number in range(count)]


if __name__ == "__main__":  # a run in a process of its own, for tests that kill it
    where = Path(sys.argv[1])
    run(where, many_small_jobs(where, int(sys.argv[2])), engine=sys.argv[3])
