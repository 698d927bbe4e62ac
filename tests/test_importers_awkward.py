"""The second set of awkward files: every file ends as its expectations say."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pytest
from import_helpers import (
    COUNTS,
    EXPORTS,
    Imported,
    assert_adds_up,
    imported,
    of_files,
    of_text,
    totals,
)

AWKWARD = EXPORTS / "awkward"
EXPECTED = {
    row["file"]: row
    for row in csv.DictReader(
        io.StringIO((AWKWARD / "expectations.csv").read_text("utf-8"))
    )
}


def alone(name: str, folder: Path) -> Imported:
    shutil.copy(AWKWARD / name, folder / name)
    result = imported(folder)
    assert_adds_up(result)
    return result


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_an_awkward_file_ends_as_expected(name: str, tmp_path: Path) -> None:
    expected = EXPECTED[name]
    found = alone(name, tmp_path).files.iloc[0]
    assert found["action"] == expected["action"], found["messages"]
    wanted = [int(expected[c]) for c in ("rows_in", *COUNTS)]
    assert found[["rows_in", *COUNTS]].tolist() == wanted, found["messages"]
    assert expected["message_must_mention"].lower() in found["messages"].lower()
    assert "root:" not in found["messages"]


@pytest.mark.parametrize(
    ("name", "sums"),
    [
        ("t01_utf16le_tab.csv", [10, 12, 4, 18]),
        ("t73_title_mean_sheet2.xlsx", [10, 12, 4]),
        ("t85_surveymonkey_other.csv", [12]),
        ("t88_bundle_amended.json", [14]),
        ("u43_bundle_in_ndjson.ndjson", [7, 14]),
    ],
)
def test_what_is_read_of_it_is_right(
    name: str, sums: list[int], tmp_path: Path
) -> None:
    assert totals(alone(name, tmp_path)).tolist() == sums


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("t08_two_digit_us.csv", ["2024-12-28", "2025-01-04"]),
        ("t09_serials_1900.csv", ["2025-03-03", "2025-03-10"]),
        ("t13_utc_offsets.csv", ["2025-03-04", "2025-03-30", "2025-10-26"]),
        ("t16_german_month.csv", ["2025-03-03", "2025-03-10", "2025-05-05"]),
    ],
)
def test_its_days_are_those_of_the_clinic(
    name: str, days: list[str], tmp_path: Path
) -> None:
    forms = alone(name, tmp_path).tables["administrations"]
    assert forms["date"].dt.strftime("%Y-%m-%d").tolist() == days


@pytest.mark.parametrize(
    ("name", "first", "ninth"),
    [("t51_shuffled_wording.csv", 0, 3), ("u34_obs_sorted_by_code.json", 3, 1)],
)
def test_items_are_found_by_word_or_code_and_never_by_place(
    name: str, first: int, ninth: int, tmp_path: Path
) -> None:
    answers = alone(name, tmp_path).tables["responses"].set_index("item")["response"]
    assert (answers[1], answers[9]) == (first, ninth)


def test_an_answer_between_two_numbers_is_no_answer(tmp_path: Path) -> None:
    head = "client_id,date," + ",".join(f"gad7_{n}" for n in range(1, 8))
    rows = [f"a,2025-01-0{n},{word},1,1,1,1,1,1" for n, word in enumerate(WORDS, 1)]
    found = of_text(tmp_path, "\n".join([head, *rows]))
    assert found["quarantined"] == len(WORDS) - 1


WORDS = ("1", "1 or 2", "0 to 1", "2 (3 at night)", "1/2")


def test_one_row_names_three_of_its_bad_answers_and_counts_the_rest(
    tmp_path: Path,
) -> None:
    head = "client_id,date," + ",".join(f"gad7_{n}" for n in range(1, 8))
    text = f"{head}\na,2025-01-01,7,7,7,7,7,7,7\nb,2025-01-01,1,1,1,1,1,1,1\n"
    found = of_text(tmp_path, text)["messages"]
    assert found.count("out of range (allowed") == 3
    assert "4 more of its answers" in found


def test_answers_that_are_never_the_lowest_are_told(tmp_path: Path) -> None:
    head = "client_id,date," + ",".join(f"gad7_{n}" for n in range(1, 8))
    rows = [f"a,2025-01-0{n},1,2,3,1,2,3,1" for n in range(1, 5)]
    said = of_text(tmp_path, "\n".join([head, *rows]))
    assert said["accepted"] == 4
    assert "none of 28 answers is 0" in said["messages"]
    rows[0] = "a,2025-01-01,0,2,3,1,2,3,1"
    (tmp_path / "b").mkdir()
    said = of_text(tmp_path / "b", "\n".join([head, *rows]))
    assert "none of" not in said["messages"]


def test_a_profile_for_a_survey_system_keeps_what_is_known_of_it(
    tmp_path: Path,
) -> None:
    """Header rows, previews and unfinished responses need no line in a profile."""
    names = ["StartDate", "EndDate", "Status", "Finished", "ResponseId", "Who"]
    names += [f"Q{n}" for n in range(1, 8)]
    questions = [f"text {name}" for name in names]
    imports = [f'"{{""ImportId"":""{name}""}}"' for name in names]
    day = "2025-03-03 10:00:00"
    rows = [
        [day, day, "IP Address", "True", "R1", "B-1", *"1203011"],
        [day, day, "Survey Preview", "True", "R2", "B-2", *"1111111"],
        [day, day, "IP Address", "False", "R3", "B-3", *"1111111"],
    ]
    text = "\n".join(",".join(row) for row in [names, questions, imports, *rows])
    profile = """
        [match]
        columns = ["ResponseId", "Who", "Q1"]
        [columns]
        client = "Who"
        date = "EndDate"
        [[forms]]
        measure = "gad7"
        items = "Q{item}"
    """
    result = of_files(tmp_path, {"q.csv": text, "q.toml": profile})
    assert result.files[["rows_in", *COUNTS]].iloc[0].tolist() == [3, 1, 1, 0, 1]
    assert totals(result).tolist() == [8]


GERMAN = (
    "Geringes Interesse oder wenig Freude",
    "Niedergeschlagenheit oder Schwermut",
    "Schwierigkeiten, ein- oder durchzuschlafen",
    "Müdigkeit",
    "Verminderter Appetit",
    "Schlechte Meinung von sich selbst",
    "Schwierigkeiten, sich zu konzentrieren",
    "Bewegungen oder Sprache verlangsamt",
    "Gedanken, lieber tot zu sein",
)


def test_a_form_in_german_is_known_by_its_questions(tmp_path: Path) -> None:
    head = ["Zeitstempel", "Wie lautet Ihre Klientennummer?", *reversed(GERMAN)]
    cells = ["13.03.2025 10:00:00", "B-1", "Beinahe jeden Tag;"]
    cells += ["Überhaupt nicht"] * 8
    lines = [",".join(f'"{cell}"' for cell in row) for row in (head, cells)]
    result = of_files(tmp_path, {"form.csv": "\n".join(lines)})
    answers = result.tables["responses"].set_index("item")["response"]
    assert (answers[1], answers[9]) == (0, 3)
