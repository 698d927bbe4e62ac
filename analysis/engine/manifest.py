"""manifest.json: what stands in a folder of reports, made of what, with what.

While a run goes on, each finished report is one line of a journal beside it, written
through to the disk: killed at any moment, nothing that was finished is forgotten.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from analysis.engine.files import told, write_whole
from analysis.errors import AnalysisError

Entry = dict[str, Any]

_FORMAT = 1
# Packages whose version can change a number, a picture or a page.
_PACKAGES = (
    "cairn-outcomes", "ipykernel", "ipython", "matplotlib", "nbclient", "nbconvert",
    "nbformat", "numpy", "pandas", "papermill", "pikepdf", "pyarrow", "scipy",
    "seaborn", "statsmodels", "typst",
)  # fmt: skip


class Manifest:
    """The manifest of one folder, held in memory while a run writes to it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folder = path.parent
        self._journal_path = path.with_suffix(".jsonl")
        whole = _read(path)
        self._makers: dict[str, Any] = whole.get("made_with", {})
        self.reports: dict[str, Entry] = whole.get("reports", {})
        for line in _journal_lines(self._journal_path):
            self._makers.update(line["made_with"])
            self.reports.update(line["reports"])
        self._maker = ""
        self._journal = -1

    @property
    def makers(self) -> tuple[Mapping[str, Any], ...]:
        """What the reports were made with: the facts of each run that made any."""
        return tuple(self._makers.values())

    def begin(self, facts: Mapping[str, Any]) -> None:
        """Start writing: reports recorded from here on are made with `facts`.

        Raises AnalysisError where the folder cannot be written.
        """
        maker = {
            "python": platform.python_version(),
            "packages": package_versions(),
            **facts,
        }
        text = json.dumps(maker, sort_keys=True)
        self._maker = hashlib.sha256(text.encode()).hexdigest()[:12]
        self._makers[self._maker] = maker
        self.settle()
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
        with told(self._journal_path):
            self._journal = os.open(self._journal_path, flags, 0o600)
        self._write({"made_with": {self._maker: maker}, "reports": {}})

    def record(self, job: str, entry: Entry) -> None:
        """Write one finished report through to the disk."""
        whole = entry | {"made_with": self._maker}
        self.reports[job] = whole
        self._write({"made_with": {}, "reports": {job: whole}})

    def settle(self) -> None:
        """Write the manifest itself, whole, and empty the journal."""
        used = {str(entry["made_with"]) for entry in self.reports.values()}
        makers = {name: self._makers[name] for name in sorted(used)}
        whole = {
            "format": _FORMAT,
            "made_with": makers,
            "reports": dict(sorted(self.reports.items())),
        }
        text = json.dumps(whole, indent=1, ensure_ascii=False)
        write_whole(self.path, text.encode("utf-8", "backslashreplace") + b"\n")
        if self._journal >= 0:
            os.close(self._journal)
            self._journal = -1
        self._journal_path.unlink(missing_ok=True)

    def _write(self, line: Entry) -> None:
        with told(self._journal_path):
            os.write(self._journal, json.dumps(line).encode() + b"\n")
            os.fsync(self._journal)


def read_reports(path: Path) -> Mapping[str, Entry]:
    """What a manifest and its journal say, for those who only read."""
    return Manifest(path).reports


def package_versions() -> dict[str, str]:
    """Versions of the installed packages that can change a page."""
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue  # not needed here, so it changes nothing here
    return found


def _read(path: Path) -> Entry:
    try:
        whole: Entry = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as problem:
        raise AnalysisError(
            f"{path} is damaged. Delete it and run again: reports are made anew then."
        ) from problem
    if not isinstance(whole, dict) or whole.get("format") != _FORMAT:
        raise AnalysisError(
            f"{path} was written by another version. Delete it and run again: reports "
            "are made anew then."
        )
    return whole


def _journal_lines(path: Path) -> list[Entry]:
    """Whole lines of the journal; a line cut off by a kill never counted."""
    if not path.exists():
        return []
    lines = []
    for line in path.read_bytes().splitlines(keepends=True):
        try:
            lines.append(json.loads(line))
        except ValueError:  # its report is made once more, which changes nothing
            continue
    return lines
