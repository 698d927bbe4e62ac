"""What is asked of the engine and what it answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from analysis.errors import AnalysisError

Parameters = Mapping[str, Any]

CAIRN_PDF = "analysis.engine.making:cairn_pdf"


@dataclass(frozen=True)
class Job:
    """One report: a notebook, its parameters, and where its results go."""

    id: str  # "A-1042/progress": ids, never names; unique in a manifest
    notebook: Path
    parameters: Parameters
    executed: Path  # the executed notebook, for the analyst
    pdf: Path
    key: str = ""  # hash of all that goes into it; "" makes one of what follows
    inputs: tuple[str, ...] = ()  # hashes of data, settings, code
    label: str = ""  # shown while it runs; the id where empty

    def content_key(self) -> str:
        """The key given, or a hash of notebook, parameters and inputs."""
        if self.key:
            return self.key
        parts = [
            notebook_digest(self.notebook),
            json.dumps(self.parameters, sort_keys=True),
            *self.inputs,
        ]
        return hashlib.sha256("\x00".join(parts).encode()).hexdigest()


@cache
def notebook_digest(path: Path) -> str:
    """SHA-256 of a notebook; read once in a process."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


@dataclass(frozen=True)
class Outcome:
    """How one report ended."""

    job: str
    state: str  # made, unchanged, failed
    reason: str = ""  # of a failure: never client data
    seconds: float = 0.0
    pdf_sha256: str = ""
    executed_sha256: str = ""
    label: str = ""

    @property
    def shown(self) -> str:
        """What progress calls the report."""
        return self.label or self.job


@dataclass(frozen=True)
class RunResult:
    """How a whole run ended; ids in the order of finishing."""

    made: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()  # id, reason
    seconds: float = 0.0
    engine: str = ""  # fork or plain: what made the reports in the end
    slowest: tuple[tuple[str, float], ...] = ()  # id, seconds


@dataclass(frozen=True)
class Limits:
    """What one report may use before it is stopped."""

    seconds: float = 120.0
    memory_bytes: int = 2 * 1024**3


@dataclass(frozen=True)
class Recipe:
    """What all reports of a run share; plain data, so that it travels to processes."""

    export: str  # "module:function": executed notebook, job id -> bytes of a PDF
    warm_up: tuple[str, ...] = ()  # "module" to import, "module:function" to call
    imports: tuple[str, ...] = ()  # what the notebooks import, where it is installed
    # "module:function": parameters -> files and parameters for another machine, or None
    pack: str = ""


@dataclass(frozen=True)
class Terms:
    """How a run is made."""

    recipe: Recipe
    limits: Limits
    slots: int  # reports side by side
    engine: str
    lock: int  # file descriptor, kept open by all processes of the run
    store: str = ""  # URL of storage that all machines of a run can reach


def check_jobs(jobs: Sequence[Job], folder: Path) -> None:
    """Refuse jobs that would overwrite each other or write outside `folder`.

    Raises AnalysisError with the first problem; nothing has been written then.
    """
    inside = _Inside(folder.resolve())
    ids: set[str] = set()
    outputs: set[str] = set()
    for job in jobs:
        if job.id in ids:
            raise AnalysisError(f"Two reports have the id {job.id}; ids must differ.")
        ids.add(job.id)
        for path in (job.pdf, job.executed):
            # file systems of macOS and Windows do not tell "A" from "a"
            name = str(inside.resolved(path)).casefold()
            if name in outputs:
                raise AnalysisError(f"Two reports would be written to {path}.")
            outputs.add(name)


class _Inside:
    """Paths as they really are, if inside a folder; parents are resolved once each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[Path, Path] = {}

    def resolved(self, path: Path) -> Path:
        """The path without links and dots; AnalysisError where it leads out."""
        parent = path.parent
        if parent not in self._known:
            self._known[parent] = parent.resolve()
        found = self._known[parent]
        if not found.is_relative_to(self._folder) or path.name in ("", ".."):
            raise AnalysisError(
                f"A report may only be written inside {self._folder}; a path of this "
                "run leads out of it."
            )
        return found / path.name
