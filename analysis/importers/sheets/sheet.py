"""A raw table as text: every cell exactly as it stands in the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa

# What becomes of a row. Every row of a file ends in exactly one of them.
Bin = Literal["accepted", "quarantined", "duplicates", "ignored"]
# How much a message matters: a note changes nothing, a repair was needed to read on.
Level = Literal["note", "repair"]


@dataclass(frozen=True)
class Said:
    """One sentence for the person who looks after the data."""

    text: str
    level: Level = "note"


@dataclass(frozen=True)
class Broken:
    """A row that is no row: wrong number of cells, bytes that are no text."""

    row: int
    cells: tuple[str, ...]
    reason: str
    rule: str = "broken row"


@dataclass(frozen=True)
class Sheet:
    """One table of a raw file. Cells are text; an empty cell is an empty string.

    rows: number of each row as a spreadsheet counts it (the first line is 1).
    more_headers: header rows below the first, where a format has several.
    title: number of the sheet in a workbook that has several.
    epoch: year from which a workbook counts its days (1900 or 1904).
    labels, choices: what a column is called at length, and label by code of its
    answers, where a file says so itself; () for other files.
    """

    file: str
    names: tuple[str, ...]
    columns: tuple[pa.Array, ...]
    rows: np.ndarray
    digest: str = ""
    title: str = ""
    more_headers: tuple[tuple[str, ...], ...] = ()
    broken: tuple[Broken, ...] = ()
    said: tuple[Said, ...] = ()
    epoch: int = 1900
    labels: tuple[str, ...] = ()
    choices: tuple[Mapping[str, str], ...] = ()

    @property
    def n_rows(self) -> int:
        """Rows of data, those that are broken included."""
        return len(self.rows) + len(self.broken)

    def cells(self, position: int) -> list[str]:
        """One row whole."""
        return [str(column[position].as_py()) for column in self.columns]


@dataclass(frozen=True)
class Document:
    """Records of a JSON file, in the order of the file; each counts as a row."""

    file: str
    records: tuple[Mapping[str, Any], ...]
    rows: np.ndarray
    digest: str = ""
    broken: tuple[Broken, ...] = ()
    said: tuple[Said, ...] = ()


@dataclass(frozen=True)
class Refusal:
    """A file that is not read: why, and what to do about it."""

    text: str
    action: Literal["reject", "needs_config"] = "reject"
    sheet: Sheet | None = None  # the table below its further headers, if it has them


def empty_sheet(file: str, digest: str = "") -> Sheet:
    """A sheet without columns and rows, for what could not be opened."""
    return Sheet(file, (), (), np.zeros(0, np.int64), digest)
