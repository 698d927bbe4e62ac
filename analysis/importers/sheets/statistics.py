"""SPSS and Stata files to sheets: codes as text, with the labels they carry."""

from __future__ import annotations

import importlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from datetime import time as Time
from typing import Any

import numpy as np
import pyarrow as pa

from analysis.importers.sheets.sheet import Refusal, Said, Sheet
from analysis.importers.sheets.workbook import text_of

# Cells of the largest table that is read: 50,000 people with 1,000 variables.
MAX_CELLS = 50_000_000
_READERS = {"spss": "read_sav", "stata": "read_dta"}


def read_statistics(
    data: bytes, file: str, digest: str, kind: str
) -> list[Sheet] | Refusal:
    """Read the one table of an SPSS (.sav) or Stata (.dta) file.

    Values that the file itself declares to be missing are read as no answer.
    """
    try:
        library = importlib.import_module("pyreadstat")
    except ImportError:
        return Refusal(
            "is an SPSS or Stata file, which takes an extra to read: run "
            '`make setup EXTRAS="spss"` and import again. Or save it as CSV, with the '
            "values and not their labels."
        )
    read = getattr(library, _READERS[kind])
    try:
        _, about = read(io.BytesIO(data), metadataonly=True)
        if (about.number_rows or 0) * (about.number_columns or 0) > MAX_CELLS:
            return Refusal("holds more cells than can be read at once. Split it.")
        cells, about = read(io.BytesIO(data), user_missing=True, output_format="dict")
    except (library.ReadstatError, UnicodeDecodeError, OverflowError, ValueError):
        return Refusal(
            "is a damaged SPSS or Stata file, or one in an encoding that it does not "
            "name. Open it there and save it again, or save it as CSV."
        )
    return [_sheet(cells, about, file, digest)]


def _sheet(
    cells: Mapping[str, Sequence[Any]], about: Any, file: str, digest: str
) -> Sheet:
    names = tuple(about.column_names)
    ranges: Mapping[str, list[Mapping[str, Any]]] = about.missing_ranges or {}
    user: Mapping[str, Sequence[Any]] = about.missing_user_values or {}
    columns = []
    n_missing = 0
    for name in names:
        texts, n = _texts(cells[name], ranges.get(name, ()), user.get(name, ()))
        columns.append(pa.array(texts, pa.string()))
        n_missing += n
    labels = about.variable_value_labels or {}
    sheet = Sheet(
        file=file,
        names=names,
        columns=tuple(columns),
        rows=np.arange(1, len(columns[0]) + 1 if columns else 1),
        digest=digest,
        labels=tuple(str(label or "") for label in about.column_labels),
        choices=tuple(_choices(labels.get(name, {})) for name in names),
    )
    if not n_missing:
        return sheet
    text = f"{n_missing} value(s) that the file declares as missing are no answers."
    return replace(sheet, said=(Said(text),))


def _texts(
    values: Sequence[Any], ranges: Sequence[Mapping[str, Any]], user: Sequence[Any]
) -> tuple[list[str], int]:
    """The cells of a variable as text, and how many were declared missing."""
    texts: list[str] = []
    n_missing = 0
    for value in values:
        if value is None or value != value:
            texts.append("")
        elif _is_in(value, ranges) or value in user:
            texts.append("")
            n_missing += 1
        else:
            texts.append(_text(value))
    return texts, n_missing


def _text(value: Any) -> str:
    if isinstance(value, datetime | date | Time | str):
        return text_of(value).strip()
    return text_of(float(value)) if isinstance(value, int | float) else text_of(value)


def _is_in(value: Any, ranges: Sequence[Mapping[str, Any]]) -> bool:
    return any(
        type(one["lo"]) is type(value) and one["lo"] <= value <= one["hi"]
        for one in ranges
    )


def _choices(labels: Mapping[Any, str]) -> dict[str, str]:
    """Label by code, the code written as in the cells."""
    return {_text(code): str(label) for code, label in labels.items()}
