"""Dates and clocks: one order per file, nothing guessed, the day is the clinic's."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from import_helpers import PHQ9, of_text

from analysis.importers.values.clock import Clock, to_clinic, unix_to_clinic
from analysis.importers.values.dates import DateRules, evidence, order_of, read_days

TODAY = date(2026, 11, 23)
ANSWERS = "1,1,0,3,2,0,1,3,1"


def day(text: str, **how: object) -> str:
    rules = DateRules(TODAY, **how)  # type: ignore[arg-type]
    return str(read_days(pa.array([text]), rules).day[0])


def problem(text: str, **how: object) -> str:
    rules = DateRules(TODAY, **how)  # type: ignore[arg-type]
    return str(read_days(pa.array([text]), rules).problem[0])


def export(*days: str) -> str:
    rows = [f'A-{n},"{text}",{ANSWERS}' for n, text in enumerate(days)]
    return "\n".join([f"client_id,date,{PHQ9}", *rows])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2025-03-04", "2025-03-04"),
        ("2025/3/4", "2025-03-04"),
        ("20250304", "2025-03-04"),
        ("2025-03-04T10:00:00", "2025-03-04"),
        ("4 March 2025", "2025-03-04"),
        ("Tuesday, March 4, 2025", "2025-03-04"),
        ("4. März 2025", "2025-03-04"),
        ("4 mars 2025", "2025-03-04"),
        ("4 de marzo de 2025", "2025-03-04"),
        ("04-Mar-2025", "2025-03-04"),
        ("04/04/2025", "2025-04-04"),  # the same in both orders
    ],
)
def test_a_date_that_needs_no_order_is_read(text: str, wanted: str) -> None:
    assert day(text) == wanted


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("03/04/2025", "2025-04-03", "2025-03-04"),
        ("3.4.2025", "2025-04-03", "2025-03-04"),
        ("03-04-25", "2025-04-03", "2025-03-04"),
        ("3/4/2025 6:02 PM", "2025-04-03", "2025-03-04"),
    ],
)
def test_the_order_decides_day_and_month(text: str, first: str, last: str) -> None:
    assert day(text, order="day-first") == first
    assert day(text, order="month-first") == last
    assert day(text) == "NaT"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("2025-02-29", "no day of the calendar"),
        ("2025-13-01", "no day of the calendar"),
        ("2025-00-10", "no day of the calendar"),
        ("2025-02", "no whole date"),
        ("2025", "no whole date"),
        ("0000-00-00", "is empty"),
        ("1900-01-00", "is empty"),
        ("yesterday", "no date that can be read"),
        ("", "is empty"),
        ("2025-03-04 25:00", "no time that can be read"),
        ("2025-03-04 10:00 XYZ", "time zone that is not known"),
    ],
)
def test_what_is_wrong_with_a_date_is_said(text: str, what: str) -> None:
    assert day(text) == "NaT"
    assert what in problem(text)


def test_excel_counts_days_in_two_ways() -> None:
    # 45719 is 3 March 2025 in a workbook of 1900; 44257 the same day in one of 1904
    assert day("45719") == "2025-03-03"
    assert day("44257", epoch=1904) == "2025-03-03"


def test_two_digit_years_are_past_and_births_lie_a_life_back() -> None:
    assert day("16.12.24", order="day-first") == "2024-12-16"
    assert day("16.12.27", order="day-first") == "1927-12-16"
    assert day("12.07.58", order="day-first", is_birth=True) == "1958-07-12"
    assert day("12.07.24", order="day-first", is_birth=True) == "1924-07-12"
    assert day("12.07.21", order="day-first", is_birth=True) == "2021-07-12"


@given(st.dates(date(1990, 1, 1), date(2026, 11, 22)))
def test_every_way_of_writing_a_day_gives_that_day(one: date) -> None:
    assert day(one.strftime("%d/%m/%Y"), order="day-first") == str(one)
    assert day(one.strftime("%m/%d/%Y"), order="month-first") == str(one)
    assert day(one.isoformat()) == str(one)
    assert day(one.strftime("%d %B %Y")) == str(one)
    assert day(str((one - date(1899, 12, 30)).days)) == str(one)


def test_one_proof_decides_for_all_rows() -> None:
    found = evidence(pa.array(["27/02/2025", "06/03/2025", "03/04/2025"]))
    assert (found.day_first, found.month_first, found.either) == (1, 0, 2)
    assert order_of([found], None) == (["day-first"], False)


def test_a_column_without_proof_takes_the_order_of_the_other() -> None:
    proof = evidence(pa.array(["27/02/2025"]))
    none = evidence(pa.array(["03/04/2025"]))
    assert order_of([none, proof], None) == (["day-first", "day-first"], False)
    assert order_of([none], None) == ([""], True)
    assert order_of([none], False) == (["month-first"], False)


def test_dates_with_dots_are_day_first() -> None:
    assert order_of([evidence(pa.array(["03.04.2025"]))], None) == (
        ["day-first"],
        False,
    )
    # unless a date proves the contrary
    both = evidence(pa.array(["12.24.24", "03.04.25"]))
    assert order_of([both], None) == (["month-first"], False)


def test_two_digit_years_in_front_are_not_taken_for_days(tmp_path: Path) -> None:
    # as days these would be scattered from 2006 to 2023
    row = of_text(tmp_path, export("24-12-16", "24-12-23", "25-01-06"))
    assert row["action"] == "needs_config"
    assert "%y-%m-%d" in row["messages"]
    # a birth and a course in days: years close together at the end
    assert (
        of_text(tmp_path, export("16-12-24", "23-12-24", "06-01-25"))["accepted"] == 3
    )


def test_an_ambiguous_file_asks_and_names_both_options(tmp_path: Path) -> None:
    text = export("03/04/2025", "04/05/2025")
    row = of_text(tmp_path, text)
    assert row["action"] == "needs_config"
    assert row["quarantined"] == 2
    assert "--day-first" in row["messages"]
    assert "--month-first" in row["messages"]
    assert of_text(tmp_path, text, day_first=True)["accepted"] == 2


def test_a_file_that_proves_both_orders_asks(tmp_path: Path) -> None:
    row = of_text(tmp_path, export("13/04/2025", "04/25/2025"))
    assert row["action"] == "needs_config"


def test_a_declared_order_sets_only_the_contrary_rows_aside(tmp_path: Path) -> None:
    row = of_text(tmp_path, export("13/04/2025", "04/25/2025"), day_first=True)
    assert (row["accepted"], row["quarantined"]) == (1, 1)


def test_tomorrow_is_allowed_for_the_far_side_of_the_world(tmp_path: Path) -> None:
    row = of_text(tmp_path, export("2026-11-23", "2026-11-24", "2026-11-25"))
    assert (row["accepted"], row["quarantined"]) == (2, 1)
    assert "future" in row["messages"]


def test_before_1970_nobody_filled_in_anything(tmp_path: Path) -> None:
    row = of_text(tmp_path, export("1969-12-31", "1970-01-02"))
    assert (row["accepted"], row["quarantined"]) == (1, 1)


def test_day_numbers_are_read_and_said(tmp_path: Path) -> None:
    row = of_text(tmp_path, export("45719", "45726"))
    assert row["action"] == "repair"
    assert "2025-03-03 to 2025-03-10" in row["messages"]


# --- clocks --------------------------------------------------------------------------


def moved(text: str, clinic: str, source: str = "") -> str:
    day, _, time = text.partition(" ")
    days, seconds, problems = to_clinic(
        np.array([day], "datetime64[D]"), pa.array([time]), Clock(clinic, source)
    )
    assert not problems[0]
    minutes = seconds[0] // 60
    return f"{days[0]} {minutes // 60:02d}:{minutes % 60:02d}"


@pytest.mark.parametrize(
    ("text", "clinic", "wanted"),
    [
        # London is an hour ahead of UTC from 30 March 2025 on
        ("2025-03-03 23:30Z", "Europe/London", "2025-03-03 23:30"),
        ("2025-07-03 23:30Z", "Europe/London", "2025-07-04 00:30"),
        ("2025-07-03 23:30+02:00", "Europe/Berlin", "2025-07-03 23:30"),
        ("2025-07-03 01:30+02:00", "America/New_York", "2025-07-02 19:30"),
        ("2025-03-03 12:00 CET", "Europe/Berlin", "2025-03-03 12:00"),
        ("2025-01-01 00:10 UTC", "Asia/Kolkata", "2025-01-01 05:40"),
        ("2025-07-03 6:02 PM", "Europe/London", "2025-07-03 18:02"),
        ("2025-07-03 12:05 am", "Europe/London", "2025-07-03 00:05"),
    ],
)
def test_a_time_with_a_zone_is_moved_to_the_clinic(
    text: str, clinic: str, wanted: str
) -> None:
    assert moved(text, clinic) == wanted


def test_a_file_from_another_zone_is_moved_through_the_change_of_the_clocks() -> None:
    # Denver leaves winter time on 9 March 2025, London on 30 March
    denver = "America/Denver"
    assert moved("2025-03-08 18:00", "Europe/London", denver) == "2025-03-09 01:00"
    assert moved("2025-03-10 18:00", "Europe/London", denver) == "2025-03-11 00:00"
    # 02:30 on 9 March does not exist in Denver: the clock jumps from 2 to 3
    assert moved("2025-03-09 02:30", "Europe/London", denver) == "2025-03-09 09:00"
    # 01:30 on 2 November comes twice: the first one counts, still in summer time
    assert moved("2025-11-02 01:30", "Europe/London", denver) == "2025-11-02 07:30"


def test_unix_times_are_counted_in_utc() -> None:
    days, seconds = unix_to_clinic(np.array([1741000000.0]), Clock("Europe/London"))
    # 1741000000 is 3 March 2025, 11:06:40 UTC
    assert str(days[0]) == "2025-03-03"
    assert seconds[0] == 11 * 3600 + 6 * 60 + 40


@given(st.integers(0, 2_000_000_000))
def test_moving_there_and_back_changes_nothing(second: int) -> None:
    days, seconds = unix_to_clinic(np.array([float(second)]), Clock("UTC"))
    back = days.astype("datetime64[s]").astype(int) + seconds
    assert back[0] == second
