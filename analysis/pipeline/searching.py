"""Every place where words of a client may have come to stand, searched."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq

from analysis.errors import AnalysisError
from analysis.pipeline.paths import Paths
from analysis.privacy import Search, readable

# Files that list, log or describe; pages themselves are a client's own.
_LISTS = (".json", ".jsonl", ".html", ".log", ".txt", ".gz", ".csv", ".md")
# What editors, viewers and broken-off runs leave beside a file.
_LEFT = ("~", ".swp", ".tmp", ".bak", ".part", ".draft")
_OURS_IN_TEMPORARY = "cairn-*"


@dataclass
class Searched:
    """How much was looked at and what stood there; never the words themselves."""

    n_files: int = 0
    found: list[str] = field(default_factory=list)

    def look(self, path: Path, text: str, search: Search) -> None:
        """Search one file's text and its name."""
        self.n_files += 1
        for one in search.found(f"{path.name}\n{text}"):
            self.found.append(f"{path}: {one.times} {one.kind}(s) of a client")

    def look_at(
        self, paths: Iterable[Path], search: Search, *, is_executed: bool = False
    ) -> None:
        """Search files; one that cannot be read is told."""
        for path in paths:
            try:
                text = readable(path, is_executed=is_executed)
            except AnalysisError as problem:
                self.found.append(str(problem))
                continue
            self.look(path, text, search)


def lists_and_logs(paths: Paths) -> Iterator[Path]:
    """Manifests, pages that list, logs, leftovers: no words belong there."""
    yield from _below(paths.reports, _LISTS)
    yield from _below(Path("logs"), _LISTS)
    for folder in {Path(), paths.raw.parent, paths.processed}:
        yield from sorted(p for p in folder.glob("*.log*") if p.is_file())
    imports = paths.processed / "imports.csv"
    yield from [imports] if imports.exists() else []


def _below(folder: Path, endings: tuple[str, ...]) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name.endswith((*endings, *_LEFT)):
            yield path


def made_pdfs(paths: Paths) -> list[Path]:
    """Every PDF below the reports: what it says of itself is searched."""
    return sorted(paths.reports.rglob("*.pdf"))


def executed_notebooks(paths: Paths) -> list[Path]:
    """Notebooks of reports: metadata and code are searched."""
    return sorted(paths.reports.rglob("*.ipynb"))


def own_notebooks() -> list[Path]:
    """Notebooks people work in, and the copies Jupyter keeps of them."""
    return sorted(Path("notebooks").rglob("*.ipynb"))


def left_behind() -> list[Path]:
    """Files in our temporary folders; a run at work removes its own when it ends."""
    folders = Path(tempfile.gettempdir()).glob(_OURS_IN_TEMPORARY)
    return [
        path
        for folder in sorted(folders)
        if folder.is_dir() and not folder.is_symlink() and _is_mine(folder)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    ]


def _is_mine(path: Path) -> bool:
    return not hasattr(os, "getuid") or path.stat().st_uid == os.getuid()


def table_texts(folder: Path) -> Iterator[tuple[Path, str]]:
    """All text in the tables of a folder, a file at a time."""
    for path in sorted(folder.rglob("*.parquet")):
        table = pq.read_table(path)
        texts = [
            "\n".join(str(value) for value in column.unique().to_pylist())
            for name, column in zip(table.column_names, table.columns, strict=True)
            if str(column.type) == "string"
        ]
        yield path, "\n".join(texts)
