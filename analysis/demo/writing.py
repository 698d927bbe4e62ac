"""CSV files written row batch by row batch, each whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import pyarrow as pa
import pyarrow.csv as csv

from analysis.errors import AnalysisError

# Says that everything in the folder is invented, and that it may be written again.
MARKER = ".cairn-demo"
_PART = ".part"
# Placeholder that keeps an empty folder in version control.
_PLACEHOLDERS = (".gitkeep",)


def is_demo(folder: Path) -> bool:
    """Whether the folder was written as a demo practice."""
    return (folder / MARKER).is_file()


def claim(folder: Path, names: Iterable[str], about: str) -> None:
    """Make the folder ready for the files, and mark it as invented.

    Raises AnalysisError where the folder holds anything that is not the demo's own:
    nobody's export is ever overwritten.
    """
    own = {MARKER, *_PLACEHOLDERS}
    if is_demo(folder):
        own |= {part for name in names for part in (name, _part(name))}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        others = [path for path in folder.iterdir() if path.name not in own]
        if others:
            raise AnalysisError(
                f"{folder} already holds {len(others)} other file(s) or folder(s). The "
                "demo practice is only written into an empty folder: choose another "
                "with --out."
            )
        (folder / MARKER).write_text(about, encoding="utf-8", newline="\n")
    except OSError as problem:
        raise _unwritable(folder, problem) from problem


class Files:
    """Open CSV files of a folder; renamed to their names when all are complete.

    UTF-8, line feeds, fields quoted where needed (RFC 4180). Use as a context: left
    with an error, nothing remains but what was there before.
    """

    def __init__(self, folder: Path, names: Iterable[str]) -> None:
        self._folder = folder
        self._open: dict[str, BinaryIO] = {}
        self.rows: dict[str, int] = {}
        for name in names:
            try:
                self._open[name] = (folder / _part(name)).open("wb")
            except OSError as problem:
                self._discard()
                raise _unwritable(folder, problem) from problem
            self.rows[name] = 0

    def __enter__(self) -> Files:
        return self

    def append(self, tables: Mapping[str, pa.Table]) -> None:
        """Write rows below those already written; the first rows bring the header."""
        try:
            for name, table in tables.items():
                self._append(name, table)
        except OSError as problem:
            raise _unwritable(self._folder, problem) from problem

    def _append(self, name: str, table: pa.Table) -> None:
        handle = self._open[name]
        if not handle.tell():
            handle.write((",".join(table.column_names) + "\n").encode())
        # free text is quoted; ids, days and answers never need it
        needs_quotes = {"name_on_report", "statement", "step", "small_win", "label"}
        style = "needed" if needs_quotes & set(table.column_names) else "none"
        options = csv.WriteOptions(
            include_header=False, quoting_style=style, batch_size=16_384
        )
        csv.write_csv(table, handle, options)
        self.rows[name] += table.num_rows

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._discard()
            return
        try:
            for handle in self._open.values():
                handle.flush()
                os.fsync(handle.fileno())
                handle.close()
            for name in self._open:
                (self._folder / _part(name)).replace(self._folder / name)
        except OSError as failure:
            self._discard()
            raise _unwritable(self._folder, failure) from failure

    def _discard(self) -> None:
        for name, handle in self._open.items():
            handle.close()
            (self._folder / _part(name)).unlink(missing_ok=True)


def _part(name: str) -> str:
    return f".{name}{_PART}"


def _unwritable(folder: Path, problem: OSError) -> AnalysisError:
    return AnalysisError(
        f"{folder} cannot be written ({problem.strerror}). Free some room or choose "
        "another folder with --out."
    )
