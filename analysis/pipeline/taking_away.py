"""One client taken out of the tables, the lists and the reports."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis import engine, landing, slices, store
from analysis.errors import AnalysisError
from analysis.importers.writing import csv_text
from analysis.pipeline.importing import MEMORY
from analysis.pipeline.paths import PDF_NAMES
from analysis.pipeline.site import take_from_index
from analysis.privacy import Search, readable, removed_rows, scrubbed_rows
from analysis.schema import TABLES
from analysis.state import STATE_FILE

_OWN_FILES = ("imports.csv", "state.json", ".lock")
# Columns of a list that say where a row stood.
_KEPT_OF_QUARANTINE, _KEPT_OF_IMPORTS = 3, 8


@dataclass
class Removed:
    """What was taken away so far."""

    rows: int = 0
    tables: int = 0
    files: int = 0


def out_of_tables(
    processed: Path,
    tables: Mapping[str, pd.DataFrame],
    client: str,
    search: Search,
    counts: Removed,
) -> None:
    """Take the client's rows out of every table and list of an import."""
    with landing.staged(processed, STATE_FILE) as draft:
        for name, rows in removed_rows(tables, client).items():
            counts.rows += len(tables[name]) - len(rows)
            counts.tables += 1
            store.write_table(rows, name, draft)
    landing.sweep(processed)
    counts.files += _removed(processed / MEMORY)  # files as they were read
    counts.files += _removed(processed / slices.FOLDER)  # rows by client, for reports
    counts.files += _removed(
        processed / "as_of"
    )  # made again when a month is asked for
    for path in sorted((processed / "quarantine").glob("*.csv")):
        _scrub(path, search, _KEPT_OF_QUARANTINE)
    _scrub(processed / "imports.csv", search, _KEPT_OF_IMPORTS)
    # anything else in there is a cache or a draft and can be made again
    tables_of_ours = {f"{name}.parquet" for name in TABLES}
    for path in sorted(p for p in processed.rglob("*") if p.is_file()):
        is_ours = path.name in tables_of_ours or path.name in _OWN_FILES
        if not is_ours and "quarantine" not in path.parts and _holds(path, search):
            counts.files += _removed(path)


def _scrub(path: Path, search: Search, keep: int) -> None:
    if not path.exists():
        return
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    clean = scrubbed_rows(rows, lambda cell: bool(search.found(cell)), keep)
    if clean is not None:
        draft = path.with_name(f".{path.name}.draft")
        draft.write_text(csv_text(clean), encoding="utf-8")
        draft.replace(path)


def _holds(path: Path, search: Search) -> bool:
    try:
        return bool(search.found(f"{path.name}\n{readable(path)}"))
    except AnalysisError:  # cannot be read as text, so nobody can say: made again
        return True


def _removed(path: Path) -> int:
    if path.is_dir() and not path.is_symlink():
        count = sum(1 for inner in path.rglob("*") if inner.is_file())
        shutil.rmtree(path)
        return count
    if path.exists() or path.is_symlink():
        path.unlink()
        return 1
    return 0


def out_of_month(month: Path, client: str, since: str, search: Search) -> int:
    """Remove the client's reports, copies of them, and reports that count the client.

    since: month of the first contact; reports of several clients from then on count.
    """
    safe = engine.safe_name(client)
    homes = [f"clients/{safe}", f"notebooks/{safe}"]
    homes += [f"delivery/{safe}-{name}.pdf" for name in PDF_NAMES.values()]
    is_there = any((month / home).exists() for home in homes)
    shared = [kind for kind in _shared(month) if _counted(month, kind, since, search)]
    if not is_there and not shared:
        return 0
    homes += [home for kind in shared for home in (kind, f"notebooks/{kind}")]
    # files of several clients: made again from what is left
    whole = [*month.glob("delivery/clinician-*.pdf"), *month.glob("delivery/*.zip")]
    homes += [path.relative_to(month).as_posix() for path in whole]
    count = engine.take_out(month, homes)
    take_from_index(month, client, shared)
    return count


def _shared(month: Path) -> list[str]:
    """Folders of reports on several clients: the caseload, the data's quality."""
    own = ("clients", "notebooks", "delivery")
    return sorted(
        path.name
        for path in month.iterdir()
        if path.is_dir() and path.name not in own and not path.name.startswith(".")
    )


def _counted(month: Path, kind: str, since: str, search: Search) -> bool:
    """Whether such a report may count the client: by its list or by its date."""
    lists = [
        *(month / kind).glob("*.html"),
        *(month / "notebooks" / kind).glob("*.ipynb"),
    ]
    return month.name >= since or any(search.found(readable(path)) for path in lists)
