"""OpenDocument tables (.ods) to sheets: cells as text, repetitions bounded."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from analysis.importers.sheets.archives import MAX_COLUMNS, MAX_ROWS, archive_refusal
from analysis.importers.sheets.delimited import sheet_of_block
from analysis.importers.sheets.merged_headers import flattened
from analysis.importers.sheets.records import Knows, Record, blocks
from analysis.importers.sheets.sheet import Refusal, Sheet

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_CONTENT = "content.xml"


def read_opendocument(
    data: bytes, file: str, digest: str, knows: Knows
) -> list[Sheet] | Refusal:
    """Read every sheet with a table in it."""
    refusal = archive_refusal(data, _CONTENT)
    if refusal is not None:
        return refusal
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            content = archive.read(_CONTENT)
        tables = list(_tables(content))
    except (
        SyntaxError,  # what the parser raises on damage
        DefusedXmlException,
        zipfile.BadZipFile,
        zlib.error,
        ValueError,
        OSError,
        RuntimeError,
    ):
        return Refusal("is a damaged OpenDocument table. Open it and save it again.")
    sheets: list[Sheet] = []
    for number, records in enumerate(tables, start=1):
        joined, said = flattened(records, knows)
        for block in blocks(joined, knows):
            sheet = sheet_of_block(block, file, digest)
            more = (*said, *sheet.said)
            sheets.append(replace(sheet, title=str(number), said=more))
    if not sheets:
        return Refusal("is a workbook without a table: no row of names was found.")
    return [replace(s, title="") for s in sheets] if len(sheets) == 1 else sheets


def _tables(content: bytes) -> Iterator[list[Record]]:
    """The rows of each table, as they are met in the file."""
    records: list[Record] = []
    row = 0
    for _, element in iterparse(io.BytesIO(content)):
        if element.tag == f"{_TABLE}table-row":
            cells = _cells(element)
            times = _times(element, "number-rows-repeated", MAX_ROWS)
            # the empty rest of a sheet stands as one row repeated a million times
            for _ in range(times if cells else 0):
                row += 1
                records.append(Record(row, list(cells)))
            row += 0 if cells else times
            element.clear()
        elif element.tag == f"{_TABLE}table":
            yield _with_blanks(records)
            records, row = [], 0
        if len(records) > MAX_ROWS:
            raise ValueError("a sheet is larger than any spreadsheet")


def _with_blanks(records: list[Record]) -> list[Record]:
    """An empty record between rows that do not follow each other."""
    made: list[Record] = []
    for record in records:
        if made and record.row > made[-1].row + 1:
            made.append(Record(record.row - 1, []))
        made.append(record)
    return made


def _cells(row: Any) -> list[str]:
    cells: list[str] = []
    for cell in row:
        if cell.tag in _CELLS:
            text = _text(cell)
            times = _times(cell, "number-columns-repeated", MAX_COLUMNS)
            cells += [text] * (times if text or len(cells) + times < MAX_COLUMNS else 0)
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > MAX_COLUMNS:
        raise ValueError("a row is longer than any spreadsheet's")
    return cells


def _times(element: Any, name: str, most: int) -> int:
    return min(int(element.get(f"{_TABLE}{name}", "1")), most)


def _text(cell: Any) -> str:
    """A cell as text: dates in ISO form, numbers as they are stored."""
    kind = cell.get(f"{_OFFICE}value-type")
    if kind == "date":
        day, _, time = str(cell.get(f"{_OFFICE}date-value", "")).partition("T")
        is_day = time in ("", "00:00:00")
        return day if is_day else f"{day} {time.split('.')[0]}"
    if kind == "float":
        number = float(cell.get(f"{_OFFICE}value", "nan"))
        return str(int(number)) if number.is_integer() else str(number)
    if kind == "boolean":
        return str(cell.get(f"{_OFFICE}boolean-value", ""))
    lines = ["".join(part.itertext()) for part in cell if part.tag == f"{_TEXT}p"]
    return "\n".join(lines)
