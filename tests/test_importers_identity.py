"""Who a row is about: nobody is merged, split or invented in silence."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from import_helpers import PHQ9, of_files, of_text

from analysis.importers.values.identity import one_form, problem_of

A, B = "1,1,0,3,2,0,1,3,1", "0,1,0,1,2,0,1,2,0"
HEADER = f"client_id,date,{PHQ9}"


def export(*ids: str) -> str:
    rows = [f"{one},2025-01-{n + 10},{A}" for n, one in enumerate(ids)]
    return "\n".join([HEADER, *rows]) + "\n"


def clients(folder: Path, *ids: str) -> list[str]:
    result = of_files(folder, {"f.csv": export(*ids)})
    return sorted(result.tables["clients"]["client_id"])


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("", "empty"),
        ("nan", "missing"),
        ("N/A", "missing"),
        ("NULL", "missing"),
        ("-", "formula"),
        ("=1+1", "formula"),
        ("+49", "formula"),
        ("@SUM(A1)", "formula"),
        ("-5", "formula"),
        ("#REF!", "error of a spreadsheet"),
        ("1E+05", "number"),
        ("1.23457E+11", "number"),
        ("3-Jan", "date"),
        ("Jan-03", "date"),
        ("…", "no letter"),
        ("x" * 121, "longer"),
        ("A\x07B", "control"),
    ],
)
def test_what_names_nobody_is_refused(word: str, why: str) -> None:
    assert why in problem_of(word)


@pytest.mark.parametrize(
    "word",
    [
        "A-1",
        "007",
        "331-1",
        "User #25290",
        "jo@example.org",
        "../../etc/passwd",
        "张三",
        "1d3d16ce-a3a4-5e9e-1b4d-58a391895443",
        "1E5",
        "nano",
        "C:\\x",
        "999",
    ],
)
def test_any_other_id_is_carried_as_text(word: str, tmp_path: Path) -> None:
    assert problem_of(word) == ""
    assert clients(tmp_path, word) == [word]


def test_zeros_in_front_are_kept_and_lost_ones_are_found(tmp_path: Path) -> None:
    result = of_files(tmp_path, {"f.csv": export("007", "012", "7", "45")})
    assert sorted(result.tables["clients"]["client_id"]) == ["007", "012", "45"]
    assert result.set_aside["f.csv"]["row"].tolist() == [4]
    assert "leading zeros" in result.files["messages"].iloc[0]


def test_ids_that_all_became_decimals_are_whole_again(tmp_path: Path) -> None:
    assert clients(tmp_path, "7.0", "8.0") == ["7", "8"]
    assert clients(tmp_path, "7.0", "7", "8") == ["7", "8"]


def test_the_most_frequent_spelling_is_kept_over_all_files(tmp_path: Path) -> None:
    files = {"a.csv": export("a-1"), "b.csv": export("A-1", "A-1", "B-2")}
    files["a.csv"] = files["a.csv"].replace("2025-01-10", "2025-03-01")
    result = of_files(tmp_path, files)
    assert sorted(result.tables["clients"]["client_id"]) == ["A-1", "B-2"]
    messages = result.files.set_index("file")["messages"]
    assert "A-1" in messages["a.csv"]
    assert messages["b.csv"] == ""


def test_one_spelling_throughout_needs_no_word(tmp_path: Path) -> None:
    assert of_text(tmp_path, export("a-1 ", "a-1 "))["messages"] == ""


def test_ids_of_a_record_system_that_differ_in_case_are_two_people(
    tmp_path: Path,
) -> None:
    lines = [
        '{"resourceType": "Observation", "status": "final", "subject": {"reference": '
        f'"Patient/{name}"}}, "effectiveDateTime": "2025-03-0{n}", "code": {{"coding":'
        ' [{"code": "44261-6"}]}, "valueInteger": 12}'
        for n, name in enumerate(("aB1", "ab1"), start=1)
    ]
    result = of_files(tmp_path, {"o.ndjson": "\n".join(lines)})
    assert sorted(result.tables["clients"]["client_id"]) == ["aB1", "ab1"]


@given(st.text(min_size=1, max_size=20))
def test_bringing_an_id_to_one_form_twice_changes_nothing_more(text: str) -> None:
    once = one_form(text)
    assert one_form(once) == once


@given(st.text(st.characters(codec="ascii", categories=["L", "Nd"]), min_size=1))
def test_plain_ids_stay_as_they_are(text: str) -> None:
    assert one_form(text) == text


def test_sex_and_birth_come_from_any_file_and_the_register_counts_first(
    tmp_path: Path,
) -> None:
    files = {
        "clients.csv": "client_id,clinician_id,birth_year\nA-1,C-1,\nA-2,C-2,1970\n",
        "phq.csv": (
            f"{HEADER},sex,date_of_birth,clinician\n"
            f"A-1,2025-01-06,{A},F,1990-05-04,C-9\n"
            f"A-2,2025-01-06,{A},männlich,1999-05-04,C-9\n"
            f"A-3,2025-01-06,{A},,,C-8\nA-3,2025-01-13,{B},,,C-9\n"
        ),
    }
    table = of_files(tmp_path, files).tables["clients"].set_index("client_id")
    assert table["sex"].tolist()[:2] == ["female", "male"]
    assert table["birth_year"].tolist()[:2] == [1990, 1970]
    # of what other files say the latest by date
    assert table["clinician_id"].tolist() == ["C-1", "C-2", "C-9"]


# --- ids spelled alike ---


def test_two_people_whose_ids_are_spelled_alike_are_kept_apart(tmp_path: Path) -> None:
    result = of_files(
        tmp_path,
        {
            "clients.csv": "client_id,name_on_report,programme\n"
            "a-1,Zq Jones,x\nA-1,Ann Lee,x\n",
            "phq.csv": export("a-1", "A-1", "A-1"),
        },
    )
    assert sorted(result.tables["clients"]["client_id"]) == ["A-1", "a-1"]
    messages = " ".join(result.files["messages"])
    assert "kept apart: a-1" in messages
    assert "Zq" not in messages
    assert result.files["quarantined"].sum() == 0


def test_another_year_of_birth_keeps_them_apart_too(tmp_path: Path) -> None:
    text = "client_id,birth_year,programme\na-1,1980,x\nA-1,1991,x\n"
    result = of_files(tmp_path, {"clients.csv": text})
    assert len(result.tables["clients"]) == 2


def test_one_person_in_two_spellings_is_merged_where_nothing_differs(
    tmp_path: Path,
) -> None:
    result = of_files(
        tmp_path,
        {
            "clients.csv": "client_id,name_on_report,programme\nA-1,Ann  LEE,x\n",
            "more.csv": f"client_id,date,name_on_report,{PHQ9}\n"
            f"a-1,2025-01-10,ann lee,{A}\n",
            "phq.csv": export("a 1", "A-1"),
        },
    )
    assert result.tables["clients"]["client_id"].tolist() == ["A-1"]
