"""One report on its way to the process that makes it, and what that process leaves.

A task travels as a file in a draft folder whose name is a number. The process that
hands tasks on sees that number only, so it can leak nothing of one client to the next.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from analysis.engine.files import told, write_synced

_TASK = "task.json"
_OUTCOME = "outcome.json"


@dataclass(frozen=True)
class Task:
    """What a process needs to make one report."""

    job: str
    key: str
    notebook: str
    parameters: Mapping[str, Any]
    executed: str  # where the notebook will stand in the end
    draft: str
    temporary: str

    @property
    def folder(self) -> Path:
        """Where notebook, PDF and outcome are written first."""
        return Path(self.draft)

    @property
    def draft_notebook(self) -> Path:
        """The executed notebook before it is moved into place."""
        return self.folder / "executed.ipynb"

    @property
    def draft_pdf(self) -> Path:
        """The PDF before it is moved into place."""
        return self.folder / "report.pdf"

    @property
    def trail(self) -> Path:
        """Cells as they were finished, for a process that dies on the way."""
        return self.folder / "trail.jsonl"

    @property
    def seed(self) -> int:
        """Start of the random numbers: the same inputs give the same page."""
        return int(self.key[:8] or "0", 16)


@dataclass(frozen=True)
class Handshake:
    """A process's last word on its task; its absence means that it died."""

    reason: str = ""  # empty: made
    pdf_sha256: str = ""
    executed_sha256: str = ""


def write_task(task: Task) -> None:
    """Put the task into its draft folder."""
    text = json.dumps(asdict(task), ensure_ascii=True)
    with told(task.folder):
        (task.folder / _TASK).write_text(text, encoding="ascii")


def read_task(folder: Path) -> Task:
    """Take the task out of a draft folder; it is gone from the disk then."""
    path = folder / _TASK
    task = Task(**json.loads(path.read_text(encoding="ascii")))
    path.unlink()
    return task


def peek_task(folder: Path) -> Task:
    """The task of a draft folder, which stays there."""
    return Task(**json.loads((folder / _TASK).read_text(encoding="ascii")))


def write_handshake(task: Task, handshake: Handshake) -> None:
    """Leave the last word, after everything it speaks of is on the disk."""
    text = json.dumps(asdict(handshake), ensure_ascii=True)
    write_synced(task.folder / _OUTCOME, text.encode("ascii"))


def read_handshake(task: Task) -> Handshake | None:
    """The last word, or None where the process died before it could say it."""
    try:
        text = (task.folder / _OUTCOME).read_text(encoding="ascii")
        return Handshake(**json.loads(text))
    except (FileNotFoundError, ValueError, TypeError):
        return None
