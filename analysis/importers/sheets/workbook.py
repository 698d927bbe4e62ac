"""Excel workbooks to sheets: cells as text, dates as ISO dates, sizes bounded."""

from __future__ import annotations

import io
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import zip_longest
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

# Stands for a formula that the file holds no result of.
NOT_WORKED_OUT = "#FORMULA!"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def read_workbook(
    data: bytes, file: str, digest: str, knows: Knows
) -> list[Sheet] | Refusal:
    """Read every visible sheet with a table in it."""
    refusal = archive_refusal(data, "xl/workbook.xml")
    if refusal is not None:
        return refusal
    try:
        with warnings.catch_warnings():
            # what the library leaves out (styles, validations) is none of the data
            warnings.simplefilter("ignore")
            sheets, hidden = _sheets(data, file, digest, knows)
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


def _sheets(
    data: bytes, file: str, digest: str, knows: Knows
) -> tuple[list[Sheet], int]:
    """The tables of all visible sheets, and how many sheets are hidden."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    formulas = _formulas(data)
    epoch = 1904 if book.epoch == MAC_EPOCH else 1900
    sheets: list[Sheet] = []
    hidden = 0
    for number, worksheet in enumerate(book.worksheets, start=1):
        if worksheet.sheet_state != "visible":
            hidden += 1
            continue
        cells = formulas.worksheets[number - 1] if formulas else None
        sheets += _tables(worksheet, cells, number, file, digest, knows, epoch)
    return sheets, hidden


def _titled(sheets: list[Sheet]) -> list[Sheet]:
    """Only where a workbook has several tables do they need their numbers."""
    return [replace(s, title="") for s in sheets] if len(sheets) == 1 else sheets


def _formulas(data: bytes) -> Any:
    """The workbook once more with its formulas; None where there are none.

    A cell whose formula was never worked out looks empty otherwise, and an answer
    would be taken for a skipped one.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [n for n in archive.namelist() if n.startswith("xl/worksheets/")]
        if not any(_names_formula(archive, name) for name in sheets):
            return None
    return openpyxl.load_workbook(io.BytesIO(data), read_only=True)


def _names_formula(archive: zipfile.ZipFile, name: str) -> bool:
    end = b""
    with archive.open(name) as member:
        while piece := member.read(1 << 20):
            if b"<f>" in end + piece or b"<f " in end + piece:
                return True
            end = piece[-4:]
    return False


def _tables(
    worksheet: Any,
    formulas: Any,
    number: int,
    file: str,
    digest: str,
    knows: Knows,
    epoch: int,
) -> Iterator[Sheet]:
    """The tables of one worksheet. Its name may be a client's: the number goes on."""
    worksheet.reset_dimensions()  # what a file says about its size may be wrong
    rows = worksheet.iter_rows(values_only=True)
    if formulas is not None:
        formulas.reset_dimensions()
        rows = _never_worked_out(rows, formulas.iter_rows(values_only=True))
    records = list(_records(rows))
    records, said = flattened(records, knows)
    n = sum(cell == NOT_WORKED_OUT for record in records for cell in record.cells)
    if n:
        text = (
            f"{n} cell(s) hold formulas whose result was never stored. Open the file "
            "in Excel and save it again."
        )
        said = (*said, Said(text))
    for block in blocks(records, knows):
        sheet = sheet_of_block(block, file, digest)
        yield replace(sheet, title=str(number), epoch=epoch, said=(*said, *sheet.said))


def _never_worked_out(
    values: Iterable[Sequence[Any]], formulas: Iterable[Sequence[Any]]
) -> Iterator[Sequence[Any]]:
    """Rows in which a formula without a result is marked."""
    for row, cells in zip_longest(values, formulas, fillvalue=()):
        yield [
            NOT_WORKED_OUT
            if value is None and str(cell if cell is not None else "").startswith("=")
            else value
            for value, cell in zip_longest(row, cells)
        ]


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
