"""The rows that were set aside, whole: with file, row number and reason."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.importers.keeping.outcome import Outcome
from analysis.importers.report import FileRead, decisive
from analysis.importers.sheets.sheet import Broken, Document, Sheet

_OURS = ("file", "row", "reason")


def set_aside_rows(
    reads: Sequence[FileRead], outcomes: Sequence[Outcome]
) -> dict[str, pd.DataFrame]:
    """Per file the rows in quarantine: file, row, reason, then the raw cells."""
    made: dict[str, pd.DataFrame] = {}
    start = 0
    for read in reads:
        own = outcomes[start : start + len(read.readings)]
        start += len(read.readings)
        parts = [part for outcome in own for part in _of_outcome(outcome)]
        for part, refusal in read.refused:
            parts += _of_refused(part, f"The file {refusal.text}")
        parts = [part for part in parts if len(part)]
        if parts:
            rows = pd.concat(parts, ignore_index=True).fillna("")
            made[read.file] = rows.sort_values("row", kind="stable", ignore_index=True)
    return made


def _of_outcome(outcome: Outcome) -> list[pd.DataFrame]:
    sheet = outcome.reading.sheet
    parts = [_of_broken(sheet, sheet.broken)]
    for one in decisive(outcome):
        if one.bin != "quarantined":
            continue
        own = [one.reason(place) for place in range(len(one.rows))]
        reasons = [f"{one.about}: {text}" if text else one.about for text in own]
        parts.append(_of_rows(sheet, one.rows, reasons))
    return parts


def _of_refused(part: Sheet | Document, reason: str) -> list[pd.DataFrame]:
    if isinstance(part, Sheet):
        n = len(part.rows)
        rows = _of_rows(part, np.arange(n), [reason] * n)
    else:
        texts = [json.dumps(record, ensure_ascii=False) for record in part.records]
        columns = {"file": part.file, "row": part.rows, "reason": reason}
        rows = pd.DataFrame({**columns, "record": texts})
    return [rows, _of_broken(part, part.broken)]


def _of_rows(sheet: Sheet, rows: np.ndarray, reasons: Sequence[str]) -> pd.DataFrame:
    chosen = pa.array(rows)
    columns: dict[str, object] = {
        "file": [sheet.file] * len(rows),
        "row": sheet.rows[rows],
        "reason": list(reasons),
    }
    for name, column in zip(_names(sheet), sheet.columns, strict=True):
        columns[name] = column.take(chosen).to_pandas()
    return pd.DataFrame(columns)


def _of_broken(part: Sheet | Document, broken: Sequence[Broken]) -> pd.DataFrame:
    names = _names(part) if isinstance(part, Sheet) else ["record"]
    rows = []
    for one in broken:
        extra = [f"(cell {n + 1})" for n in range(len(names), len(one.cells))]
        cells = dict(zip([*names, *extra], one.cells, strict=False))
        rows.append(
            {**dict(zip(_OURS, (part.file, one.row, one.reason), strict=True)), **cells}
        )
    return pd.DataFrame(rows)


def _names(sheet: Sheet) -> list[str]:
    """Names of columns, each once and none of them one of ours."""
    names: list[str] = []
    for number, name in enumerate(sheet.names):
        plain = name.strip() or f"(column {number + 1})"
        taken = {*_OURS, *names}
        names.append(plain if plain not in taken else f"{plain} ({number + 1})")
    return names
