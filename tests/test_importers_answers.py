"""Answers: words, numbers, codes for missing, totals; nothing clipped or rounded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from import_helpers import PHQ9, measures, of_files, of_text

from analysis.importers.values.answers import (
    BLANK,
    MISSING,
    NOT_ALLOWED,
    READ,
    UNKNOWN,
    Allowed,
    AnswerRules,
    read_answer,
)
from analysis.importers.values.exported_totals import which_score
from analysis.importers.values.wording import answer_words

ITEM = Allowed(0, 3)
HEADER = f"client_id,date,{PHQ9}"


def read(text: str, allowed: Allowed = ITEM, **how: object) -> tuple[float | None, int]:
    rules = AnswerRules(answer_words(measures()["phq9"]).words, **how)  # type: ignore[arg-type]
    number, state = read_answer(text, allowed, rules)
    return (None if np.isnan(number) or state != READ else number), state


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3", 3),
        (" 2.0", 2),
        ("1,0", 1),
        ("Several days", 1),
        ("  NEARLY  every day ", 3),
        ("überhaupt nicht", 0),
        ("3 - Nearly every day", 3),
        ("1 = Several days", 1),
        ("2: More than half the days", 2),
        ("Not at all (0)", 0),
        ("(1) something of their own", 1),
    ],
)
def test_an_answer_is_read_as_number_or_word(text: str, number: float) -> None:
    assert read(text) == (number, READ)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("", BLANK),
        ("NA", MISSING),
        ("-99", MISSING),
        ("999", MISSING),
        (".", MISSING),
        ("None", MISSING),
        ("prefer not to say", MISSING),
        ("[not completed]", MISSING),
        ("4", NOT_ALLOWED),
        ("-1", NOT_ALLOWED),
        ("1.5", NOT_ALLOWED),
        ("4 - Nearly every day", UNKNOWN),  # its words mean 3
        ("Sometimes", UNKNOWN),
        ("I took 3 tablets", UNKNOWN),
        ("'1", UNKNOWN),
    ],
)
def test_what_is_no_answer_is_never_a_number(text: str, state: int) -> None:
    assert read(text) == (None, state)


def test_a_code_for_missing_that_the_form_allows_is_an_answer() -> None:
    assert read("99", Allowed(0, 100)) == (99, READ)
    assert read("99", Allowed(0, 10)) == (None, MISSING)


def test_tenths_are_answers_where_the_form_has_tenths() -> None:
    assert read("3,2", Allowed(0, 10, 0.1)) == (3.2, READ)
    assert read("3.25", Allowed(0, 10, 0.1))[1] == NOT_ALLOWED
    assert read("3.25", Allowed(0, 10, 0))[0] == 3.25


def test_noise_of_binary_fractions_is_no_answer_of_its_own() -> None:
    assert read("13.200000000000001", Allowed(0, 40, 0.1)) == (13.2, READ)
    assert read("2.9999999999999996") == (3, READ)


def test_a_comma_before_three_digits_is_not_guessed() -> None:
    assert read("1,000")[1] == UNKNOWN
    assert read("1,000", decimal=",") == (1, READ)


def test_yes_and_no_are_answers_of_yes_or_no_questions_only() -> None:
    assert read("yes", Allowed(0, 1)) == (1, READ)
    assert read("yes")[1] == UNKNOWN


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_no_number_outside_the_range_is_ever_read(number: float) -> None:
    value, state = read(f"{number:.6f}")
    if value is not None:
        assert value in (0, 1, 2, 3)
        assert abs(value - number) < 1e-6
    else:
        assert state in (NOT_ALLOWED, MISSING)


# --- whole files ---------------------------------------------------------------------


def export(*rows: str, extra: str = "") -> str:
    lines = [f"A-1,2025-01-{10 + n},{row}" for n, row in enumerate(rows)]
    return "\n".join([HEADER + extra, *lines]) + "\n"


def test_answers_counted_from_one_refuse_the_file(tmp_path: Path) -> None:
    row = of_text(
        tmp_path,
        export("1,2,3,4,1,2,3,4,1", "4,4,3,4,1,2,3,4,1", "2,2,3,4,1,2,3,4,1"),
    )
    assert row["action"] == "needs_config"
    assert "range" in row["messages"]
    assert "add = -1" in row["messages"]


def test_answers_that_change_their_count_on_the_way_are_set_aside(
    tmp_path: Path,
) -> None:
    before = ["0,1,2,0,1,2,3,0,1"] * 3
    after = ["4,1,2,1,1,2,3,1,1", "2,1,2,1,1,2,3,1,1", "3,1,2,1,1,2,3,1,1"]
    result = of_files(tmp_path, {"f.csv": export(*before, *after)})
    assert result.set_aside["f.csv"]["row"].tolist() == [5, 6, 7]
    assert "counted from one higher" in result.files["messages"].iloc[0]


def test_one_slip_is_no_change_of_the_count(tmp_path: Path) -> None:
    rows = ["0,1,2,0,1,2,3,0,1", "4,1,2,0,1,2,3,0,1", "0,1,2,0,1,2,3,0,1"]
    row = of_text(tmp_path, export(*rows))
    assert (row["accepted"], row["quarantined"]) == (2, 1)


def test_millimetres_are_no_centimetres(tmp_path: Path) -> None:
    rows = "".join(f"A-1,2025-01-1{n},2{n},41,33,55\n" for n in range(5))
    row = of_text(tmp_path, f"client_id,date,ors_1,ors_2,ors_3,ors_4\n{rows}")
    assert row["action"] == "needs_config"
    assert "unit" in row["messages"]


def test_an_item_nobody_answered_was_not_asked(tmp_path: Path) -> None:
    row = of_text(tmp_path, export(*["1,1,0,3,2,0,1,3,"] * 3))
    assert row["action"] == "reject"
    assert "phq9_9" in row["messages"]


def test_an_item_skipped_twice_may_have_been_skipped(tmp_path: Path) -> None:
    assert of_text(tmp_path, export(*["1,1,0,3,2,0,1,3,"] * 2))["accepted"] == 2


def test_words_in_another_language_ask_for_a_profile(tmp_path: Path) -> None:
    row = of_text(tmp_path, export("A1,A2,A1,A3,A1,A1,A2,A1,A1"))
    assert row["action"] == "needs_config"
    assert "“A1”" in row["messages"]


def test_the_question_about_difficulty_costs_no_row(tmp_path: Path) -> None:
    text = export("1,1,0,3,2,0,1,3,1,7", "0,1,0,1,2,0,1,2,0,2", extra=",phq9_10")
    result = of_files(tmp_path, {"f.csv": text})
    assert result.files["accepted"].tolist() == [2]
    assert "phq9_10" in result.files["messages"].iloc[0]


def test_a_long_answer_is_not_repeated_in_a_message(tmp_path: Path) -> None:
    words = "my mother came to see me on Sunday"
    row = of_text(tmp_path, export(f"1,1,0,3,{words},0,1,3,1"))
    assert row["quarantined"] == 1
    assert "mother" not in row["messages"]
    assert "phq9_5" in row["messages"]


def test_two_columns_for_one_item_ask_which_counts(tmp_path: Path) -> None:
    row = of_text(tmp_path, export("1,1,0,3,2,0,1,3,1,2", extra=",PHQ-9 Q1"))
    assert row["action"] == "needs_config"
    assert "two columns" in row["messages"]


def test_items_numbered_without_a_name_are_not_taken_for_totals(
    tmp_path: Path,
) -> None:
    header = HEADER.replace("phq9_", "phq_")
    row = of_text(tmp_path, f"{header}\nA-1,2025-01-06,1,1,0,3,2,0,1,3,1\n")
    assert row["action"] == "needs_config"


# --- totals --------------------------------------------------------------------------


def test_a_total_of_reversed_items_is_worked_out_before_it_is_compared(
    tmp_path: Path,
) -> None:
    # CORE-10: items 2 and 3 count the other way, 4 minus the answer: all answered 1
    # makes 8 * 1 + 2 * 3 = 14; the mean times ten is 14 as well
    header = "client_id,date," + ",".join(f"core10_{n}" for n in range(1, 11))
    ones = ",".join(["1"] * 10)
    text = (
        f"{header},core10_total\nA-1,2025-01-06,{ones},14\nA-1,2025-01-13,{ones},10\n"
    )
    message = of_text(tmp_path, text)["messages"]
    assert "row 3" in message
    assert "row 2" not in message


def test_a_total_without_items_is_taken_within_its_range(tmp_path: Path) -> None:
    text = "client_id,date,phq9_total\nA-1,2025-01-06,27\nA-1,2025-01-13,28\n"
    result = of_files(tmp_path, {"f.csv": text})
    assert result.tables["totals"]["score"].tolist() == [27]
    assert result.set_aside["f.csv"]["row"].tolist() == [3]


def test_a_total_without_its_answers_is_no_form_of_skipped_items(
    tmp_path: Path,
) -> None:
    result = of_files(tmp_path, {"f.csv": export(",,,,,,,,,12", extra=",phq9_total")})
    assert len(result.tables["responses"]) == 0
    assert result.tables["totals"]["score"].tolist() == [12]


@pytest.mark.parametrize(
    ("numbers", "wanted"),
    [
        ([52, 60, 88], ["percent"]),  # points end at 25
        ([13, 15, 22], ["raw"]),  # percent come in fours
        ([8, 12, 20], ["raw", "percent"]),
    ],
)
def test_a_total_of_the_who5_is_points_or_percent(
    numbers: list[float], wanted: list[str]
) -> None:
    assert which_score(measures()["who5"], np.array(numbers)) == wanted


def test_a_total_that_may_be_either_asks(tmp_path: Path) -> None:
    text = "client_id,date,who5_total\nA-1,2025-01-06,8\nA-1,2025-01-13,12\n"
    row = of_text(tmp_path, text)
    assert row["action"] == "needs_config"
    assert "who5_raw or who5_percent" in row["messages"]
