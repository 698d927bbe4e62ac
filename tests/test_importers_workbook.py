"""Workbooks: what stands in the cells, what is refused before it is opened."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from import_helpers import PHQ9, Imported, of_files

from analysis.importers.sheets.workbook import text_of

HEAD = ["client_id", "date", *PHQ9.split(",")]
ANSWERS = [1, 1, 0, 3, 2, 0, 1, 3, 1]
DAY = date(2025, 1, 6)


def book(*sheets: list[list[Any]]) -> bytes:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for number, rows in enumerate(sheets):
        sheet = workbook.create_sheet(f"Jo Example {number}")
        for row in rows:
            sheet.append(row)
    data = io.BytesIO()
    workbook.save(data)
    return data.getvalue()


def packed(parts: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return data.getvalue()


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def read(folder: Path, data: bytes) -> Imported:
    return of_files(folder, {"export.xlsx": data})


GOOD = book([HEAD, ["A-1", DAY, *ANSWERS]])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (7, "7"),
        (7.0, "7"),
        (3.2, "3.2"),
        (True, "true"),
        (DAY, "2025-01-06"),
        (datetime(2025, 1, 6), "2025-01-06"),
        (datetime(2025, 1, 6, 10, 30), "2025-01-06 10:30:00"),
        ("a_x0008_b", "a\x08b"),
    ],
)
def test_a_cell_becomes_text(value: object, text: str) -> None:
    assert text_of(value) == text


def test_dates_and_times_of_cells_need_no_order(tmp_path: Path) -> None:
    rows = [
        HEAD,
        ["A-1", date(2025, 4, 3), *ANSWERS],
        ["A-1", datetime(2025, 4, 10, 9, 30), *ANSWERS],
    ]
    table = read(tmp_path, book(rows)).tables["administrations"]
    assert table["date"].dt.strftime("%Y-%m-%d").tolist() == [
        "2025-04-03",
        "2025-04-10",
    ]
    assert table["time"].tolist()[1] == "09:30:00"


def test_every_sheet_is_read_and_none_is_named(tmp_path: Path) -> None:
    gad = ["client_id", "date", *(f"gad7_{n}" for n in range(1, 8))]
    legend = [["Code", "Meaning"], [0, "none"]]
    data = book([HEAD, ["A-1", DAY, *ANSWERS]], [gad, ["A-1", DAY, *[1] * 7]], legend)
    result = read(tmp_path, data)
    assert result.tables["administrations"]["measure"].tolist() == ["phq9", "gad7"]
    assert result.files[["accepted", "quarantined"]].values.tolist() == [[2, 1]]
    assert "Sheet 3" in result.files["messages"].iloc[0]
    everything = result.files.to_csv() + result.tables["administrations"].to_csv()
    assert "Jo Example" not in everything


def test_titles_above_and_sums_below_are_no_rows(tmp_path: Path) -> None:
    rows = [["Report"], [], HEAD, ["A-1", DAY, *ANSWERS], [], ["Total records", 1]]
    result = read(tmp_path, book(rows))
    assert result.files[["rows_in", "accepted"]].values.tolist() == [[1, 1]]
    assert result.tables["administrations"]["source_row"].tolist() == [4]


def test_a_workbook_of_any_other_name_is_read_and_said(tmp_path: Path) -> None:
    result = of_files(tmp_path, {"export.csv": GOOD})
    assert result.files["action"].tolist() == ["accept"]
    assert "Excel" in result.files["messages"].iloc[0]


def with_part(name: str, content: bytes) -> bytes:
    return packed({**unpacked(GOOD), name: content})


SHEET = "xl/worksheets/sheet1.xml"
ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (GOOD[: len(GOOD) // 2], "damaged"),
        (packed({"word/document.xml": b"<a/>"}), "no workbook"),
        (packed({"xl/workbook.xml": b"x", "big": b"0" * 60_000_000}), "zip bomb"),
        (with_part(SHEET, unpacked(GOOD)[SHEET][:300]), "damaged"),
        (with_part(SHEET, ENTITY + unpacked(GOOD)[SHEET]), "declares"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "encrypted"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x1f\x8b" + bytes(50), "gzip"),
    ],
)
def test_what_is_unsafe_or_damaged_is_refused(
    data: bytes, word: str, tmp_path: Path
) -> None:
    result = read(tmp_path, data)
    assert result.files["action"].tolist() == ["reject"]
    assert word in result.files["messages"].iloc[0]


# --- OpenDocument --------------------------------------------------------------------

NAMES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
    for short in ("office", "table", "text")
)
REST = '<table:table-cell table:number-columns-repeated="16000"/>'


def ods(*rows: str) -> bytes:
    body = "".join(f"<table:table-row>{row}{REST}</table:table-row>" for row in rows)
    blank = (
        '<table:table-row table:number-rows-repeated="1048000">'
        f"{REST}</table:table-row>"
    )
    content = (
        f"<office:document-content {NAMES}><office:body><office:spreadsheet>"
        f'<table:table table:name="Jo Example">{body}{blank}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    return data.getvalue()


def words(*texts: str) -> str:
    return "".join(
        f"<table:table-cell><text:p>{text}</text:p></table:table-cell>"
        for text in texts
    )


def numbers(value: float, times: int) -> str:
    return (
        f'<table:table-cell office:value-type="float" office:value="{value}" '
        f'table:number-columns-repeated="{times}"/>'
    )


DATE = '<table:table-cell office:value-type="date" office:date-value="2025-01-06"/>'


def test_an_opendocument_table_is_read_and_its_empty_rest_costs_nothing(
    tmp_path: Path,
) -> None:
    data = ods(words(*HEAD), words("A-1") + DATE + numbers(2, 9))
    result = of_files(tmp_path, {"export.ods": data})
    assert result.files[["rows_in", "accepted"]].values.tolist() == [[1, 1]]
    assert result.tables["responses"]["response"].tolist() == [2] * 9
    day = result.tables["administrations"]["date"].iloc[0]
    assert day.isoformat()[:10] == "2025-01-06"


def test_a_repeated_row_is_a_repeated_form(
    tmp_path: Path,
) -> None:
    data = ods(words(*HEAD), words("A-1") + DATE + numbers(2, 9))
    content = unpacked(data)["content.xml"].replace(
        b"<table:table-row><table:table-cell><text:p>A-1",
        b'<table:table-row table:number-rows-repeated="5"><table:table-cell>'
        b"<text:p>A-1",
    )
    parts = {**unpacked(data), "content.xml": content}
    result = of_files(tmp_path, {"export.ods": stored(parts)})
    assert result.files[["accepted", "duplicates"]].values.tolist() == [[1, 4]]


def stored(parts: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return data.getvalue()


def test_a_damaged_opendocument_table_is_refused(tmp_path: Path) -> None:
    parts = unpacked(ods(words(*HEAD)))
    half = {**parts, "content.xml": parts["content.xml"][:200]}
    result = of_files(tmp_path, {"export.ods": stored(half)})
    assert result.files["action"].tolist() == ["reject"]
