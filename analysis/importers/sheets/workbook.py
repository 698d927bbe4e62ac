"""Excel workbooks to sheets: cells as text, dates as ISO dates, sizes bounded."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
from defusedxml.common import DefusedXmlException
from openpyxl.utils.datetime import MAC_EPOCH
from openpyxl.utils.exceptions import InvalidFileException

from analysis.importers.sheets.archives import MAX_COLUMNS, MAX_ROWS, archive_refusal
from analysis.importers.sheets.delimited import sheet_of_block
from analysis.importers.sheets.merged_headers import flattened
from analysis.importers.sheets.records import Knows, Record, blocks
from analysis.importers.sheets.sheet import Refusal, Said, Sheet

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def read_workbook(
    data: bytes, file: str, digest: str, knows: Knows
) -> list[Sheet] | Refusal:
    """Read every visible sheet with a table in it."""
    refusal = archive_refusal(data, "xl/workbook.xml")
    if refusal is not None:
        return refusal
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        epoch = 1904 if book.epoch == MAC_EPOCH else 1900
        sheets: list[Sheet] = []
        hidden = 0
        for number, worksheet in enumerate(book.worksheets, start=1):
            if worksheet.sheet_state != "visible":
                hidden += 1
                continue
            sheets += _tables(worksheet, number, file, digest, knows, epoch)
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        DefusedXmlException,
        SyntaxError,  # ParseError and its like
        zlib.error,
        struct.error,
        RuntimeError,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        IndexError,
        EOFError,
        OSError,
        OverflowError,
    ):
        # the library answers damage with whatever its parser stumbles over
        return Refusal(
            "is a damaged Excel workbook. Open it in Excel and save it again."
        )
    if not sheets:
        return Refusal(
            "is a workbook without a table: no row of column names was found."
        )
    if hidden:
        said = Said(f"{hidden} hidden sheet(s) were not read.")
        sheets[0] = replace(sheets[0], said=(*sheets[0].said, said))
    return _titled(sheets)


def _titled(sheets: list[Sheet]) -> list[Sheet]:
    """Only where a workbook has several tables do they need their numbers."""
    return [replace(s, title="") for s in sheets] if len(sheets) == 1 else sheets


def _tables(
    worksheet: Any, number: int, file: str, digest: str, knows: Knows, epoch: int
) -> Iterator[Sheet]:
    """The tables of one worksheet. Its name may be a client's: the number goes on."""
    worksheet.reset_dimensions()  # what a file says about its size may be wrong
    records = list(_records(worksheet.iter_rows(values_only=True)))
    records, said = flattened(records, knows)
    for block in blocks(records, knows):
        sheet = sheet_of_block(block, file, digest)
        yield replace(sheet, title=str(number), epoch=epoch, said=(*said, *sheet.said))


def _records(rows: Iterable[Sequence[Any]]) -> Iterator[Record]:
    for number, values in enumerate(rows, start=1):
        if number > MAX_ROWS or len(values) > MAX_COLUMNS:
            raise ValueError("a sheet is larger than any spreadsheet")
        cells = [text_of(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        yield Record(number, cells)


def text_of(value: Any) -> str:
    """A cell as text: dates in ISO form, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, str):
        return (
            _ESCAPED.sub(lambda m: chr(int(m[1], 16)), value)
            if "_x" in value
            else value
        )
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        is_day = value.time() == time()
        return value.date().isoformat() if is_day else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
