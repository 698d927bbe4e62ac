"""What the import says of every file, for the page: read, set aside, why."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.errors import AnalysisError
from analysis.pipeline.paths import Paths
from analysis.pipeline.sources import exports_in

# Rows of one file that are shown; the others stand in quarantine/.
_SHOWN_ROWS = 20
_COUNTS = ("rows_in", "accepted", "quarantined", "duplicates", "ignored")


def exports_report(paths: Paths) -> Mapping[str, Any]:
    """Files in the folder of exports, and what became of each.

    files: of imports.csv, counts as numbers; unread: files that no import has seen;
    totals: sums of the counts.
    """
    names = [_name(path, paths.raw) for path in exports_in(paths.raw)]
    rows = _rows(paths.processed / "imports.csv") if names else []
    known = [row for row in rows if row["file"] in names]
    read = {row["file"] for row in known}
    totals = {count: sum(row[count] for row in known) for count in _COUNTS}
    return {
        "files": known,
        "unread": [name for name in names if name not in read],
        "totals": totals,
    }


def set_aside_rows(paths: Paths, file: str) -> Mapping[str, Any]:
    """The rows of one file in quarantine: where, why, and the first cells.

    Raises AnalysisError where nothing of this file was set aside.
    """
    for path in sorted((paths.processed / "quarantine").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream)
            rows = [row for row in reader if row["file"] == file]
        if rows:
            shown = [_place(row) for row in rows[:_SHOWN_ROWS]]
            return {"rows": shown, "more": len(rows) - len(shown), "kept": str(path)}
    raise AnalysisError("Nothing of this file was set aside.")


def _rows(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return [
            {**row, **{count: int(row[count]) for count in _COUNTS}}
            for row in csv.DictReader(stream)
        ]


def _place(row: Mapping[str, str]) -> dict[str, str]:
    return {"row": row["row"], "reason": row["reason"]}


def _name(path: Path, raw: Path) -> str:
    return path.relative_to(raw).as_posix()
