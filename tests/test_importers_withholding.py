"""What no report needs stays in the raw file, also where rows or files are refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from import_helpers import PHQ9, of_files

from analysis.importers.withholding import WITHHELD

A = "1,1,0,3,2,0,1,3,1"
SECRET = "Zq Aname"


def aside(tmp_path: Path, name: str, text: str) -> tuple[str, str]:
    """Action of a file, and all that quarantine/ holds of it."""
    result = of_files(tmp_path, {name: text})
    rows = result.set_aside.get(name)
    return result.files["action"].iloc[0], "" if rows is None else rows.to_csv()


def test_a_row_set_aside_keeps_what_may_have_to_be_mended(tmp_path: Path) -> None:
    head = f"client_id,date,{PHQ9},email,partner,date_of_birth"
    row = f"A-1,2052-01-06,{A},x@example.org,{SECRET},1980-02-03"
    action, kept = aside(tmp_path, "f.csv", f"{head}\n{row}\nA-2,2025-01-06,{A},,,\n")
    assert action == "quarantine"
    assert "A-1" in kept
    assert "2052-01-06" in kept
    assert WITHHELD in kept
    for gone in ("example.org", SECRET, "1980-02-03"):
        assert gone not in kept


def test_a_broken_row_is_named_by_its_number_alone(tmp_path: Path) -> None:
    head = f"client_id,date,{PHQ9},email"
    text = f"{head}\nA-1,2025-01-06,{A},x@example.org,{SECRET}\nA-2,2025-01-06,{A},\n"
    action, kept = aside(tmp_path, "f.csv", text)
    assert action == "quarantine"
    assert "13 cells" in kept
    assert SECRET not in kept
    assert "example.org" not in kept


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("unknown.csv", f"who,place,when\n{SECRET},Zq Street 1,2025-01-06\n"),
        ("dates.csv", f"client_id,date,{PHQ9},partner\nA-1,03/04/2025,{A},{SECRET}\n"),
        ("headless.csv", f"Z-1,{SECRET},1980-01-01\n" * 3),
        ("own.json", json.dumps([{"who": {"name": SECRET}, "when": "2025-01-06"}])),
    ],
)
def test_a_file_that_is_refused_leaves_no_cell_of_unknown_columns(
    tmp_path: Path, name: str, text: str
) -> None:
    action, kept = aside(tmp_path, name, text)
    assert action in ("needs_config", "reject")
    assert SECRET not in kept
    assert "Zq Street" not in kept


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("Kontakt", ["x@example.org", "", "y@example.org"]),
        ("Where from", ["192.0.2.7", "192.0.2.8", "2001:db8::1"]),
        ("Reach", ["+44 20 7946 0018", "020 7946 0019", "(020) 7946-0020"]),
        ("Spot", ["51.50735, -0.12776", "48.13743,11.57549", ""]),
    ],
)
def test_a_column_that_holds_addresses_is_listed_whatever_it_is_called(
    tmp_path: Path, name: str, cells: list[str]
) -> None:
    rows = [f'A-{n},2025-01-06,{A},"{cell}"' for n, cell in enumerate(cells, start=1)]
    text = "\n".join([f"client_id,date,{PHQ9},{name}", *rows]) + "\n"
    result = of_files(tmp_path, {"f.csv": text})
    assert f"identifying were dropped: {name}." in result.files["messages"].iloc[0]


def test_a_column_of_plain_numbers_or_words_is_none_of_these(tmp_path: Path) -> None:
    head = f"client_id,date,{PHQ9},Room,Begun,Was due"
    text = f"{head}\nA-1,2025-01-06,{A},1234567,10:30:00,06-01-2025\n"
    message = of_files(tmp_path, {"f.csv": text}).files["messages"].iloc[0]
    assert "identifying" not in message
    assert "nothing is read from: Room, Begun, Was due" in message
