"""imports.csv and quarantine/: written whole or not at all, safe to open in Excel."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

import pandas as pd

from analysis.errors import AnalysisError

# A cell that begins with one of these is run by spreadsheets.
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?")


class _Imported(Protocol):
    @property
    def files(self) -> pd.DataFrame: ...

    @property
    def set_aside(self) -> dict[str, pd.DataFrame]: ...


def write_import(imported: _Imported, processed: Path) -> None:
    """Write imports.csv and quarantine/ into the folder of processed data."""
    try:
        processed.mkdir(parents=True, exist_ok=True)
        _write_quarantine(imported.set_aside, processed)
        _write_whole(processed / "imports.csv", csv_text(imported.files))
    except OSError as problem:
        raise AnalysisError(
            f"{processed} could not be written ({problem.strerror}). Free some room or "
            "choose another folder with --processed."
        ) from problem


def csv_text(rows: pd.DataFrame) -> str:
    """A frame as CSV in which no cell is a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([harmless(str(name)) for name in rows.columns])
    for row in rows.itertuples(index=False):
        writer.writerow([harmless(str(cell)) for cell in row])
    return text.getvalue()


def harmless(cell: str) -> str:
    """A cell as a spreadsheet shows it and does not run it."""
    if cell.startswith(_RUNS) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def _write_quarantine(set_aside: dict[str, pd.DataFrame], processed: Path) -> None:
    """A new folder takes the place of the old one when it is complete."""
    fresh = Path(tempfile.mkdtemp(prefix=".quarantine-", dir=processed))
    try:
        for name, rows in zip(_safe_names(set_aside), set_aside.values(), strict=True):
            _write_whole(fresh / name, csv_text(rows))
        folder = processed / "quarantine"
        if folder.exists():
            shutil.rmtree(folder)
        fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _safe_names(files: Iterable[str]) -> list[str]:
    """A file name of its own for every raw file, whatever that is called."""
    names: list[str] = []
    for file in files:
        plain = re.sub(r"[^\w.-]+", "_", file).strip("._")[:80] or "file"
        name, number = f"{plain}.csv", 1
        while name.lower() in (taken.lower() for taken in names):
            number += 1
            name = f"{plain}-{number}.csv"
        names.append(name)
    return names


def _write_whole(path: Path, text: str) -> None:
    handle, temporary = tempfile.mkstemp(prefix=".part-", dir=path.parent)
    try:
        # errors: a lone half of a character pair in raw data must not stop the report
        with os.fdopen(
            handle, "w", encoding="utf-8", errors="replace", newline=""
        ) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        Path(temporary).unlink(missing_ok=True)
