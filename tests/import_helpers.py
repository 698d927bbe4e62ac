"""What the tests of the importers share: a folder from text, and an import of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd

from analysis.importers import Imported, import_folder
from analysis.measures import Measure, read_measures
from analysis.settings import Practice, Settings

EXPORTS = Path(__file__).parent / "exports"
SHARED = Path(__file__).parents[2] / "shared"
TODAY = date(2026, 11, 23)
COUNTS = ["accepted", "quarantined", "duplicates", "ignored"]
PHQ9 = ",".join(f"phq9_{n}" for n in range(1, 10))


@cache
def measures(own: bool = False) -> Mapping[str, Measure]:
    return read_measures(EXPORTS / "measures" if own else None)


def imported(
    folder: Path,
    *,
    own: bool = False,
    timezone: str = "Europe/London",
    today: date = TODAY,
    day_first: bool | None = None,
    profile: Path | None = None,
) -> Imported:
    return import_folder(
        folder,
        settings=Settings(practice=Practice(timezone=timezone)),
        measures=measures(own),
        today=today,
        day_first=day_first,
        profile=profile,
    )


def of_files(folder: Path, files: Mapping[str, str | bytes], **how: object) -> Imported:
    """Write files into a folder and import it."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content if isinstance(content, bytes) else content.encode()
        path.write_bytes(data)
    result = imported(folder, **how)  # type: ignore[arg-type]
    assert_adds_up(result)
    return result


def of_text(folder: Path, text: str | bytes, **how: object) -> pd.Series:
    """Import one file; its row of imports.csv."""
    return of_files(folder, {"export.csv": text}, **how).files.iloc[0]


def assert_adds_up(result: Imported) -> None:
    files = result.files
    assert (files["rows_in"] == files[COUNTS].sum(axis=1)).all()
    for row in files.itertuples():
        rows = result.set_aside.get(row.file, pd.DataFrame())
        assert len(rows) == row.quarantined


def totals(result: Imported) -> pd.Series:
    """Sum of the answers of each administration, in order of the rows."""
    responses = result.tables["responses"]
    return responses.groupby("administration_id", sort=False)["response"].sum()
