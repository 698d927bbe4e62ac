"""The corpus of bad files: every file ends as expectations.csv says."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pytest
from import_helpers import EXPORTS, Imported, imported, totals

BAD = EXPORTS / "bad"
EXPECTED = {
    row["file"]: row
    for row in csv.DictReader(
        io.StringIO((BAD / "expectations.csv").read_text("utf-8"))
    )
}


def alone(name: str, folder: Path, **how: object) -> Imported:
    shutil.copy(BAD / name, folder / name)
    return imported(folder, **how)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_bad_file_ends_as_expected(name: str, tmp_path: Path) -> None:
    expected = EXPECTED[name]
    found = alone(name, tmp_path).files.iloc[0]
    assert found["action"] == expected["action"], found["messages"]
    counts = ["rows_in", "accepted", "quarantined", "duplicates", "ignored"]
    wanted = [
        int(expected["duplicates_dropped" if c == "duplicates" else c]) for c in counts
    ]
    assert found[counts].tolist() == wanted, found["messages"]
    assert expected["message_must_mention"].lower() in found["messages"].lower()


def test_the_rest_of_the_batch_goes_on_whatever_one_file_holds(tmp_path: Path) -> None:
    for name in EXPECTED:
        shutil.copy(BAD / name, tmp_path / name)
    files = imported(tmp_path).files.set_index("file")
    for name, expected in EXPECTED.items():
        assert files.loc[name, "accepted"] == int(expected["accepted"]), name


def test_windows_text_survives_letter_by_letter(tmp_path: Path) -> None:
    notes = alone("s02_cp1252_umlauts.csv", tmp_path).tables["notes"]["text"].tolist()
    assert notes[0] == "Prüfungsangst läßt nach"
    assert notes[1] == "schläft besser – „ruhiger“"
    assert notes[3] == "kostete 20 € Überwindung"
    assert notes[4] == "it’s easier to say no"


def test_day_and_month_are_told_apart_once_for_the_file(tmp_path: Path) -> None:
    result = alone("s04_day_month_order_file_level.csv", tmp_path)
    days = result.tables["administrations"]["date"]
    assert days.iloc[0].isoformat() == "2025-02-27T00:00:00"
    assert (days.diff().dropna().dt.days == 7).all()


def test_a_birth_in_58_was_in_1958_and_only_the_year_is_kept(tmp_path: Path) -> None:
    result = alone("s05_two_digit_years.csv", tmp_path)
    assert result.tables["clients"]["birth_year"].tolist() == [1958]
    days = result.tables["administrations"]["date"].dt.strftime("%Y-%m-%d")
    assert days.tolist() == [
        "2024-12-16",
        "2024-12-23",
        "2024-12-30",
        "2025-01-06",
        "2025-01-13",
    ]


def test_a_workbook_that_counts_from_1904_keeps_its_dates(tmp_path: Path) -> None:
    result = alone("s07_excel_1904_dates.xlsx", tmp_path)
    first = result.tables["administrations"]["date"].min()
    assert first.isoformat() == "2025-03-03T00:00:00"


def test_both_sides_of_a_conflict_are_set_aside(tmp_path: Path) -> None:
    result = alone("s09_conflicting_duplicates.csv", tmp_path)
    rows = result.set_aside["s09_conflicting_duplicates.csv"]
    assert rows["row"].tolist() == [3, 4, 6, 8]
    assert rows["phq9_total_score"].tolist() == ["14", "21", "7", "12"]


def test_five_spellings_are_one_client(tmp_path: Path) -> None:
    result = alone("s10_client_id_spelling.csv", tmp_path)
    per_client = result.tables["administrations"]["client_id"].value_counts()
    assert per_client.to_dict() == {"A-180": 5, "B-180": 2}


def test_totals_come_from_items_and_disagreements_are_listed(tmp_path: Path) -> None:
    result = alone("s12_total_disagrees.csv", tmp_path)
    assert totals(result).tolist() == [15, 14, 13, 12, 11, 10]
    message = result.files["messages"].iloc[0]
    assert "row 3" in message
    assert "says 17, the items make 14" in message
    assert "says 0, the items make 11" in message
    assert 17 not in result.tables["totals"]["score"].tolist()


def test_answers_in_words_become_numbers_and_no_word_is_guessed(tmp_path: Path) -> None:
    result = alone("s13_answer_text.csv", tmp_path)
    assert totals(result).tolist() == [14, 12, 11, 9, 8]


def test_codes_for_missing_are_missing_and_never_zero(tmp_path: Path) -> None:
    result = alone("s14_missing_codes.csv", tmp_path)
    responses = result.tables["responses"]
    skipped = responses["response"].isna().groupby(responses["administration_id"]).sum()
    assert skipped[skipped.index.sort_values()].tolist() == [0, 1, 1, 1, 2]
    fourth = responses[responses["administration_id"].str.contains("-5-")]
    assert fourth.loc[fourth["item"] == 9, "response"].isna().all()


def test_identifying_columns_are_dropped_and_listed(tmp_path: Path) -> None:
    result = alone("s16_extra_identifying_columns.csv", tmp_path)
    message = result.files["messages"].iloc[0]
    for column in ("Recipient Name", "Email", "IP Address", "Phone"):
        assert column in message
    everything = "".join(t.astype(str).to_csv() for t in result.tables.values())
    for word in ("Jamie", "example.org", "203.0.113.7", "555"):
        assert word not in everything
        assert word not in message


def test_measures_under_merged_headers_are_told_apart(tmp_path: Path) -> None:
    result = alone("s21_merged_header.xlsx", tmp_path)
    forms = result.tables["administrations"]
    found = totals(result)
    for measure, wanted in (("phq9", [14, 13, 11, 10]), ("gad7", [12, 11, 10, 8])):
        ids = forms.loc[forms["measure"] == measure, "administration_id"]
        assert found[ids].tolist() == wanted


def test_formulas_in_notes_are_kept_as_plain_text(tmp_path: Path) -> None:
    result = alone("s23_formula_injection.csv", tmp_path)
    notes = result.tables["notes"]["text"].tolist()
    assert notes[1] == "+cmd|' /C calc'!A0"
    assert "=1+1" not in result.tables["clients"]["client_id"].tolist()


def test_names_of_all_scripts_come_through_without_direction_signs(
    tmp_path: Path,
) -> None:
    result = alone("s24_emoji_rtl_names.csv", tmp_path)
    names = result.tables["clients"].set_index("client_id")["name_on_report"]
    assert names["A-303"] == "李小龙"
    assert names["A-304"] == "Tāne 🌱👩🏽‍🚀"
    assert "\u202e" not in names["A-305"]


def test_line_breaks_in_notes_make_no_rows(tmp_path: Path) -> None:
    result = alone("s28_multiline_quoted_notes.csv", tmp_path)
    notes = result.tables["notes"]["text"].tolist()
    assert notes[0] == "Slept well.\nCalled my sister."
    assert notes[1].startswith('He said "you look better"\n\n- walked')
