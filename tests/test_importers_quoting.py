"""Messages repeat answers, numbers and dates; nobody's name and nobody's words."""

from __future__ import annotations

from pathlib import Path

import pytest
from import_helpers import PHQ9, of_text

from analysis.importers.values.quoting import may_be_repeated


@pytest.mark.parametrize(
    "cell",
    [
        *("4", "-1", "1.5", "999", "-99", "2052-03-01", "31/02/2025", "45000"),
        *("2025-13-45 10:00:00", "3 - Sometimes", "A1", "AO03", "?", "50 %"),
        *("Sometimes", "not at all", "prefer not to say", "Don't know", "n/a"),
        *("überhaupt nicht", "Nie", "toujours", "32 March 2026", ""),
    ],
)
def test_an_answer_may_be_repeated(cell: str) -> None:
    assert may_be_repeated(cell)


@pytest.mark.parametrize(
    "cell",
    [
        *("Jones", "Jane Doe", "张三", "J. Doe 3", "my brother", "May", "June"),
        *("jo@example.org", "07700 900123", "943 476 5919", "4385-00-11-7722"),
        *("Sometimes\x1b[31m", "\u202eSometimes", "not at all " * 3),
    ],
)
def test_anything_else_is_not(cell: str) -> None:
    assert not may_be_repeated(cell)


@pytest.mark.parametrize(
    "row",
    [
        "A-1,2026-10-05,Zq Jones,1,1,1,1,1,1,1,1,Zqm@x.org",
        "A-1,Zq Jones,1,1,1,1,1,1,1,1,1,Zqm@x.org",
        "=Zq Jones,2026-10-05,1,1,1,1,1,1,1,1,1,Zqm@x.org",
        "Zq Jones,1,1,1",
        'Zq Jones,2026-10-06,"1,1,1,1,1',
        "A-1,2026-10-05,Zq,Jones,1,1,1,1,1,1,1,1,Zqm@x.org",
    ],
)
def test_no_message_repeats_what_slipped_by_a_column(row: str, tmp_path: Path) -> None:
    good = "A-1,2026-09-28,1,1,1,1,1,1,1,1,1,"
    found = of_text(tmp_path, f"client_id,date,{PHQ9},email\n{good}\n{row}\n{good}\n")
    assert found["quarantined"]
    assert "Zq" not in found["messages"]


def test_labels_of_a_form_are_told_so_that_a_profile_can_be_written(
    tmp_path: Path,
) -> None:
    rows = "A-1,2026-09-28,Ynho,Ynho,Ynho,Kelo,Kelo,Kelo,Kelo,Zq Jones,Ynho\n" * 2
    found = of_text(tmp_path, f"client_id,date,{PHQ9}\n{rows}")
    assert found["action"] == "needs_config"
    assert "“Kelo”, “Ynho”" in found["messages"]
    assert "Zq" not in found["messages"]


@pytest.mark.parametrize(
    "text",
    [
        "A-1,Zq Jones,1980-01-01,Zq note,5\nA-2,Ann Lee,1981-01-01,more,4\n",
        "Zq Jones,Leeds,feels Zq\nAnn Lee,York,well\n",
        "Zq@x.org,Leeds,sad\nann@x.org,York,4\n",
        "Dear Dr Lee\nplease call Zq Jones\nyours, Zq\n",
        '{"Zq Jones": {"phq9": 4}}',
    ],
)
def test_a_first_row_that_may_be_data_is_not_repeated(
    text: str, tmp_path: Path
) -> None:
    found = of_text(tmp_path, text)
    assert found["action"] in ("needs_config", "reject")
    assert "Zq" not in found["messages"]


def test_names_of_columns_are_told_so_that_a_profile_can_be_written(
    tmp_path: Path,
) -> None:
    found = of_text(tmp_path, "who,rated,when\nA-1,5,2026-10-01\n")
    assert "who, rated, when" in found["messages"]


def test_a_file_without_a_header_is_not_repeated_where_a_profile_stands_beside_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "map.toml").write_text(
        'name = "own"\n[match]\nfiles = ["*.csv"]\n[columns]\nclient = "who"\n'
        'date = "when"\n[[forms]]\nmeasure = "phq9"\ntotals = "sum"\n'
    )
    found = of_text(tmp_path, "Zq Jones,Leeds,Zq note\nAnn Lee,York,well\n")
    assert "Zq" not in found["messages"]
