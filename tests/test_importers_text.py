"""Text files: encodings, delimiters, headers, lines that are no rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from import_helpers import PHQ9, of_files, of_text

from analysis.importers.sheets.decoding import decode
from analysis.importers.sheets.delimited import _has_a_record_per_line, read_delimited
from analysis.importers.sheets.records import Broken, Record, read_records
from analysis.importers.sheets.sheet import Refusal, Sheet

A, B = "1,1,0,3,2,0,1,3,1", "0,1,0,1,2,0,1,2,0"
HEADER = f"client_id,date,{PHQ9}"


def knows(cell: str) -> bool:
    return cell.strip() in {"client_id", "date", "note", *PHQ9.split(",")}


def sheets(text: str | bytes) -> list[Sheet]:
    data = text if isinstance(text, bytes) else text.encode()
    read = read_delimited(data, "f.csv", "0" * 64, knows)
    assert not isinstance(read, Refusal)
    return read


def export(*rows: str) -> str:
    return "\n".join([HEADER, *rows]) + "\n"


# --- encodings -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_every_unicode_encoding_is_read(encoding: str) -> None:
    text = f"client_id,date,note\nA-1,2025-01-06,Grüße {'x' * 40}\n"
    decoded = decode(text.encode(encoding))
    assert not isinstance(decoded, Refusal)
    assert decoded[0].decode() == text


def test_windows_text_is_repaired_and_said() -> None:
    decoded = decode("läßt nach – 20 €".encode("cp1252"))
    assert not isinstance(decoded, Refusal)
    assert decoded[0].decode() == "läßt nach – 20 €"
    assert "encoding" in decoded[1][0].text
    assert decoded[1][0].level == "repair"


def test_bytes_of_no_known_encoding_are_refused() -> None:
    refused = decode(b"client_id,date\nA-\x81\x8d,2025-01-06\n")
    assert isinstance(refused, Refusal)
    assert "profile" in refused.text


def test_a_declared_encoding_that_is_wrong_is_refused() -> None:
    assert isinstance(decode(b"\xfc", "utf-8"), Refusal)
    decoded = decode("łódź".encode("cp1250"), "cp1250")
    assert not isinstance(decoded, Refusal)
    assert decoded[0].decode() == "łódź"


def test_lines_in_another_encoding_are_read_in_theirs_and_named() -> None:
    data = "Grüße\n".encode() + "Grüße\n".encode("cp1252")
    decoded = decode(data)
    assert not isinstance(decoded, Refusal)
    assert decoded[0].decode() == "Grüße\nGrüße\n"
    assert "line 2" in decoded[1][0].text


def test_codes_of_letters_that_r_wrote_become_letters() -> None:
    decoded = decode(b"client <U+043E>\n")
    assert not isinstance(decoded, Refusal)
    assert decoded[0].decode() == "client о\n"


def test_bytes_that_are_no_text_are_refused() -> None:
    assert isinstance(decode(bytes(range(1, 32)) * 50), Refusal)


# --- records -------------------------------------------------------------------------


def test_quotes_line_breaks_and_blank_lines_keep_their_rows() -> None:
    text = 'a,b\n1,"two\nlines"\n\n2,"say ""no"""\n'
    found = list(read_records(text, ","))
    assert found == [
        Record(1, ["a", "b"]),
        Record(2, ["1", "two\nlines"]),
        Record(3, []),
        Record(4, ["2", 'say "no"']),
    ]


def test_a_quote_that_is_never_closed_costs_its_own_line_only() -> None:
    found = list(read_records('a,b\n1,"open\n2,fine\n3,"also"\n', ","))
    broken = [r for r in found if isinstance(r, Broken)]
    assert [r.row for r in broken] == [2]
    rows = [r.cells for r in found if isinstance(r, Record)]
    assert rows == [["a", "b"], ["2", "fine"], ["3", "also"]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_by_the_names_it_sets_free(delimiter: str) -> None:
    text = export(f"A-1,2025-01-06,{A}").replace(",", delimiter)
    assert sheets(text)[0].names[:2] == ("client_id", "date")


def test_excels_own_first_line_names_the_delimiter() -> None:
    sheet = sheets("sep=;\n" + export(f"A-1,2025-01-06,{A}").replace(",", ";"))[0]
    assert sheet.names[0] == "client_id"
    assert sheet.rows.tolist() == [3]


def test_preface_and_footer_are_no_rows() -> None:
    preface = 'Outcome report\nPrinted on:,06/30/2025\n"All, active"\n\n'
    footer = "\nTotal records:,1\nPage 1 of 1\n"
    sheet = sheets(preface + export(f"A-1,2025-01-06,{A}") + footer)[0]
    assert sheet.rows.tolist() == [6]
    assert sheet.n_rows == 1
    assert "row 5" in sheet.said[-1].text


def test_a_row_of_few_cells_amid_the_data_is_no_footer() -> None:
    sheet = sheets(export("A-1,2025-01-06", f"A-2,2025-01-06,{A}"))[0]
    assert [b.row for b in sheet.broken] == [2]


def test_a_header_repeated_among_the_data_is_no_row() -> None:
    sheet = sheets(export(f"A-1,2025-01-06,{A}", HEADER, f"A-2,2025-01-06,{A}"))[0]
    assert sheet.rows.tolist() == [2, 4]


def test_two_tables_in_one_file_are_two_tables() -> None:
    text = export(f"A-1,2025-01-06,{A}") + "\nclient_id,date,note\nA-1,2025-01-06,x\n"
    first, second = sheets(text)
    assert first.rows.tolist() == [2]
    assert second.names == ("client_id", "date", "note")
    assert second.rows.tolist() == [5]


def test_row_names_of_r_are_no_data() -> None:
    sheet = sheets(export(f'"1",A-1,2025-01-06,{A}', f'"2",A-2,2025-01-06,{A}'))[0]
    assert sheet.names[:2] == ("", "client_id")
    assert sheet.columns[1].to_pylist() == ["A-1", "A-2"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "empty"),
        ("\n\n\n", "empty"),
        ("<html><table></table></html>", "web page"),
        ("Dear colleague,\nplease find enclosed\n", "no table"),
    ],
)
def test_what_is_no_table_is_refused_in_words(
    text: str, word: str, tmp_path: Path
) -> None:
    row = of_text(tmp_path, text)
    assert row["action"] == "reject"
    assert word in row["messages"]


def test_a_cut_off_last_row_is_set_aside_and_said(tmp_path: Path) -> None:
    row = of_text(tmp_path, export(f"A-1,2025-01-06,{A}", "A-1,2025-01-1").rstrip())
    assert (row["accepted"], row["quarantined"]) == (1, 1)
    assert "cut off" in row["messages"]


def test_a_cell_of_five_million_characters_is_set_aside(tmp_path: Path) -> None:
    text = f"{HEADER},note\nA-1,2025-01-06,{A},{'x' * 5_000_000}\nA-2,2025-01-06,{A},\n"
    result = of_files(tmp_path, {"f.csv": text})
    assert result.files["accepted"].tolist() == [1]
    assert max(map(len, result.set_aside["f.csv"]["note"])) <= 1000


# --- large files ---------------------------------------------------------------------


def large(n: int = 6000) -> str:
    days = np.datetime64("2024-01-01") + np.arange(n) % 700
    return export(*(f"A-{i},{day},{A}" for i, day in enumerate(days)))


def test_the_fast_reader_gives_what_the_careful_one_gives() -> None:
    text = large()
    fast = sheets(text)[0]
    careful = sheets(text + "\n\n")[0]  # blank lines take the careful way
    assert fast.names == careful.names
    assert fast.rows.tolist() == careful.rows.tolist()
    for one, other in zip(fast.columns, careful.columns, strict=True):
        assert one.to_pylist() == other.to_pylist()


def test_quotes_around_cells_do_not_slow_a_file_down() -> None:
    assert _has_a_record_per_line(b'"a","b"\n"1","2"\n')
    assert not _has_a_record_per_line(b'"a","b"\n"1","two\nlines"\n')
    assert not _has_a_record_per_line(b"a,b\n\n1,2\n")
    assert not _has_a_record_per_line(b"a,b\n1,\x002\n")
    assert not _has_a_record_per_line(b"a,b\r1,2\r")


def test_one_broken_row_of_a_large_file_is_found(tmp_path: Path) -> None:
    row = of_text(tmp_path, large() + "A-1,2025-01-06,1\n")
    assert (row["accepted"], row["quarantined"]) == (6000, 1)
