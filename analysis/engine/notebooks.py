"""Executed notebooks: written whole, kept with a reason when they fail."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbformat import NotebookNode

from analysis.engine.files import write_synced
from analysis.engine.tasks import Task

KERNEL = "python3"
LANGUAGE = "python"
_NOTE_TAG = "cairn-failure"


def literal(path: str) -> str:
    """A path that papermill, which fills {names} in paths, leaves alone."""
    return path.replace("{", "{{").replace("}", "}}")


def save(notebook: NotebookNode, task: Task) -> None:
    """Write the executed notebook as a draft."""
    notebook.metadata.papermill["output_path"] = task.executed
    content = nbformat.writes(notebook).encode("utf-8")
    write_synced(task.draft_notebook, content + b"\n")


def mark_failed(notebook: NotebookNode, reason: str) -> None:
    """Say at the top of a notebook why no report was made of it."""
    note = nbformat.v4.new_markdown_cell(f"**No report was made of this:** {reason}")
    note.metadata["tags"] = [_NOTE_TAG]
    note.metadata["papermill"] = {}
    notebook.cells.insert(0, note)
    for cell in notebook.cells:
        ran = cell.cell_type != "code" or cell.execution_count
        if not ran and cell.source.strip():
            cell.metadata["papermill"] = {"status": "pending"}


class Trail:
    """Cells written down one by one, so that a process may die without losing them."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8")

    def start(self, index: int) -> None:
        """Note that a cell starts."""
        self._write({"cell": index})

    def finish(self, index: int, cell: NotebookNode) -> None:
        """Keep what a cell put out."""
        outputs, count = cell.outputs, cell.execution_count
        self._write({"cell": index, "count": count, "outputs": outputs})

    def _write(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()


def recover(task: Task) -> tuple[NotebookNode, str]:
    """The notebook of a process that died, and at which cell, in words."""
    notebook = _saved(task)
    if notebook is None:
        notebook = _prepared(task)
        _add_outputs(notebook, _trail_lines(task.trail))
    return notebook, running_cell(notebook)


def running_cell(notebook: NotebookNode) -> str:
    """The code cell that was at work, as ", in In [3]"; "" before the first one.

    papermill marks a cell as completed also when the kernel died in it, so that only
    its start can be relied on.
    """
    number = found = 0
    for cell in notebook.cells:
        number += cell.cell_type == "code" and bool(cell.source.strip())
        marks = cell.metadata.get("papermill", {})
        if marks.get("start_time") or marks.get("status") == "running":
            found = number
    return f", in In [{found}]" if found else ""


def exit_calls(cell: NotebookNode, reply: dict[str, Any]) -> list[str]:
    """A reason if the cell called exit().

    A kernel goes on for a moment then: whether later cells still run is chance, so
    that such a notebook has failed.
    """
    payloads = reply["content"].get("payload", [])
    if not any(payload.get("source") == "ask_exit" for payload in payloads):
        return []
    return [f"exit() was called in In [{cell.execution_count}]"]


def _saved(task: Task) -> NotebookNode | None:
    """What papermill saved as it went; None where it did not, or not to the end."""
    try:
        return nbformat.read(task.draft_notebook, as_version=4)
    except (FileNotFoundError, nbformat.reader.NotJSONError):
        return None


def _prepared(task: Task) -> NotebookNode:
    return papermill.execute_notebook(
        literal(task.notebook),
        None,
        dict(task.parameters),
        prepare_only=True,
        kernel_name=KERNEL,
        language=LANGUAGE,
    )


def _add_outputs(notebook: NotebookNode, lines: list[dict[str, Any]]) -> None:
    for line in lines:
        cell = notebook.cells[line["cell"]]
        if "outputs" in line:
            cell.outputs = [nbformat.from_dict(output) for output in line["outputs"]]
            cell.execution_count = line["count"]
        status = "completed" if "outputs" in line else "running"
        cell.metadata["papermill"] = {"status": status}
    # text cells are started too, and have nothing to finish
    for line in lines[:-1]:
        notebook.cells[line["cell"]].metadata["papermill"] = {"status": "completed"}


def _trail_lines(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n")]
