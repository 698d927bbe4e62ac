"""Sheets made from sheets: rows left out, columns added or renamed, records as rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from analysis.importers.sheets.sheet import Document, Sheet


def without_top(sheet: Sheet, n: int) -> Sheet:
    """Take the first rows of a sheet for further headers: they are no data."""
    more = tuple(tuple(sheet.cells(row)) for row in range(n))
    return replace(
        sheet,
        columns=tuple(column.slice(n) for column in sheet.columns),
        rows=sheet.rows[n:],
        more_headers=more,
    )


def renamed(sheet: Sheet, names: Sequence[str]) -> Sheet:
    """The same columns under other names."""
    return replace(sheet, names=tuple(names))


def with_columns(sheet: Sheet, columns: Mapping[str, Sequence[str]]) -> Sheet:
    """Further columns to the right."""
    arrays = [pa.array(list(values), pa.string()) for values in columns.values()]
    return replace(
        sheet,
        names=(*sheet.names, *columns),
        columns=(*sheet.columns, *arrays),
    )


def column(sheet: Sheet, name: str) -> list[str]:
    """The cells of a column by its exact name; empty ones where there is none."""
    if name not in sheet.names:
        return [""] * len(sheet.rows)
    return [str(c) for c in sheet.columns[sheet.names.index(name)].to_pylist()]


def sheet_of_rows(
    document: Document, places: Sequence[int], rows: Sequence[Mapping[str, str]]
) -> Sheet:
    """A sheet of some records of a document: its columns are all keys of the rows."""
    names = list(dict.fromkeys(key for row in rows for key in row))
    return Sheet(
        file=document.file,
        names=tuple(names),
        columns=tuple(
            pa.array([row.get(name, "") for row in rows], pa.string()) for name in names
        ),
        rows=document.rows[np.asarray(places, dtype=np.int64)],
        digest=document.digest,
    )


def flat_sheet(document: Document) -> Sheet | None:
    """A list of flat JSON objects as a sheet, as interfaces of databases give it."""
    records = document.records
    if not records or any(not _is_flat(record) for record in records):
        return None
    rows = [{str(k): _text(v) for k, v in record.items()} for record in records]
    sheet = sheet_of_rows(document, range(len(rows)), rows)
    return replace(sheet, broken=document.broken)


def _is_flat(record: Mapping[str, Any]) -> bool:
    return not any(isinstance(value, dict | list) for value in record.values())


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)
