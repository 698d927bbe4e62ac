"""imports.csv and quarantine/: whole, harmless, without names."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from import_helpers import PHQ9, of_files

from analysis.importers import write_import
from analysis.importers.writing import harmless

A = "1,1,0,3,2,0,1,3,1"
HEADER = f"client_id,date,{PHQ9}"


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_is_run_by_a_spreadsheet(start: str) -> None:
    assert harmless(f"{start}SUM(A1)") == f"'{start}SUM(A1)"


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False).map(str))
def test_a_plain_number_stays_a_number(number: object) -> None:
    text = str(number)
    assert harmless(text) in (text, f"'{text}")
    if "e" not in text:
        assert harmless(text) == text


def test_every_file_has_a_row_and_rows_set_aside_are_whole(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "processed"
    raw.mkdir()
    text = (
        f"{HEADER},Email,note\n"
        f'A-1,2025-01-06,{A},a@example.org,"=cmd|x"\n'
        f'A-2,2052-01-06,{A},b@example.org,"=HYPERLINK(1)"\n'
    )
    result = of_files(raw, {"sub/f.csv": text, "empty.csv": ""})
    write_import(result, out)
    files = {row["file"]: row for row in table(out / "imports.csv")}
    assert files["empty.csv"]["action"] == "reject"
    assert files["sub/f.csv"]["quarantined"] == "1"
    (path,) = (out / "quarantine").iterdir()
    (row,) = table(path)
    assert (row["file"], row["row"]) == ("sub/f.csv", "3")
    assert "future" in row["reason"]
    assert row["note"] == "'=HYPERLINK(1)"
    assert row["phq9_4"] == "3"
    everything = "".join(p.read_text() for p in out.rglob("*.csv"))
    assert "example.org" not in everything


def test_an_import_replaces_the_quarantine_of_the_one_before(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "processed"
    raw.mkdir()
    write_import(of_files(raw, {"f.csv": f"{HEADER}\n,2025-01-06,{A}\n"}), out)
    assert len(list((out / "quarantine").iterdir())) == 1
    write_import(of_files(raw, {"f.csv": f"{HEADER}\nA-1,2025-01-06,{A}\n"}), out)
    assert list((out / "quarantine").iterdir()) == []
    assert sorted(p.name for p in out.iterdir()) == ["imports.csv", "quarantine"]


def test_names_of_files_never_collide_or_leave_the_folder(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "processed"
    raw.mkdir()
    bad = f"{HEADER}\n,2025-01-06,{A}\n"
    write_import(of_files(raw, {"a/b.csv": bad, "a_b.csv": bad, "A_B.csv": bad}), out)
    names = [path.name.lower() for path in (out / "quarantine").iterdir()]
    assert len(set(names)) == 3
