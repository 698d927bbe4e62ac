"""Proof that nothing of a client is left, and word of what is not ours to remove."""

from __future__ import annotations

import zipfile
from pathlib import Path

from analysis.importers.folder import printable
from analysis.pipeline.paths import Paths
from analysis.pipeline.searching import Searched, own_notebooks, table_texts
from analysis.pipeline.sources import exports_in
from analysis.pipeline.summary import Summary
from analysis.privacy import Search

# A part of a workbook beyond this holds pictures, not rows.
_LARGEST_PART = 64 * 1024 * 1024


def prove(paths: Paths, search: Search, n_words: int, summary: Summary) -> None:
    """Search tables, reports and notebooks again, and say what was found."""
    searched = Searched()
    for path, text in table_texts(paths.processed):
        searched.look(path, text, search)
    others = [p for p in sorted(paths.processed.rglob("*")) if p.suffix != ".parquet"]
    files = [*others, *sorted(paths.reports.rglob("*")), *own_notebooks()]
    searched.look_at((path for path in files if path.is_file()), search)
    summary.lines.append(
        f"Searched afterwards: {searched.n_files} file(s) for {n_words} name(s), "
        f"id(s) and text(s) of the client: {len(searched.found)} left."
    )
    summary.set_aside += [f"still there: {line}" for line in searched.found]


def tell_of_raw(paths: Paths, search: Search, summary: Summary) -> None:
    """Say which exports still name the client: they are not ours to change."""
    for folder in (paths.raw, paths.demo):
        held = [
            printable(path.relative_to(folder).as_posix())
            for path in exports_in(folder)
            if path.is_file() and search.found(_raw_text(path))
        ]
        if held:
            summary.lines.append(
                f"{folder} is the practice's own and is not changed: {len(held)} "
                f"file(s) there still name the client ({', '.join(held)}). Imports "
                "ignore these rows from now on. Take them out there, and in the "
                "system they come from."
            )


def _raw_text(path: Path) -> str:
    """All text of an export; of a workbook or archive that of its parts."""
    if not zipfile.is_zipfile(path):
        return _text(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        sizes = [part for part in archive.infolist() if part.file_size < _LARGEST_PART]
        return "\n".join(_text(archive.read(part)) for part in sizes)


def _text(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8", "replace")
