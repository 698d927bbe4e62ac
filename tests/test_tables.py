"""Numbers and dates as printed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.tables import Formats

BRITISH = Formats("en_GB")
GERMAN = Formats("de_DE")


@pytest.mark.parametrize(
    ("value", "step", "text"),
    [
        (6, 1, "6"),
        (38.5, 0.1, "38.5"),
        (38.5, 1, "38.5"),
        (10.125, 1, "10.1"),
        (9.98, 1, "10"),
        (3.1666, 0.1667, "3.17"),
        (-4, 1, "−4"),
    ],
)
def test_a_score_is_printed_with_the_decimals_it_has(value, step, text):
    assert BRITISH.score(value, step) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.35, "+0.4"), (-0.04, "0.0"), (0.0, "0.0"), (-0.25, "−0.3")]
)
def test_a_change_shows_its_sign_and_never_minus_zero(value, text):
    assert BRITISH.signed(value) == text


def test_half_is_rounded_away_from_zero_as_by_hand():
    assert [BRITISH.number(v) for v in (0.5, 1.5, 2.5, -2.5)] == ["1", "2", "3", "−3"]


def test_german_writes_a_comma_and_its_own_dates():
    assert GERMAN.score(38.5) == "38,5"
    assert GERMAN.number(1234) == "1.234"
    assert GERMAN.speaking_in(2026).day(date(2026, 8, 3)) == "3. August"
    assert GERMAN.full_day(date(2026, 8, 3)) == "3. August 2026"


def test_a_date_of_another_year_names_its_year():
    spoken = BRITISH.speaking_in(2026)
    assert spoken.day(date(2026, 8, 3)) == "3 August"
    assert spoken.day(date(2025, 8, 3)) == "3 August 2025"
    assert spoken.short_day(date(2026, 8, 3)) == "3 Aug"
    assert spoken.short_day(date(2025, 8, 3)) == "3 Aug 2025"
    assert spoken.month(date(2026, 8, 3)) == "August"
    assert spoken.month(date(2025, 8, 3)) == "August 2025"
    assert BRITISH.day(date(2026, 8, 3)) == "3 August 2026"


def test_american_dates_put_the_month_first():
    assert Formats("en_US").full_day(date(2026, 8, 3)) == "August 3, 2026"


def test_a_range_of_one_value_is_one_number():
    assert BRITISH.levels(11, 11) == "11"
    assert BRITISH.levels(11, 12) == "11–12"


def test_an_unknown_locale_is_refused_with_what_to_write():
    with pytest.raises(AnalysisError, match="en_GB or de_DE"):
        Formats("klingon")


def test_a_reader_without_decimals_gets_none():
    plain = Formats("en_GB", is_whole=True)
    assert plain.score(38.5) == "39"
    assert plain.signed(0.4) == "0"


def test_lists_and_shares_follow_the_locale():
    assert BRITISH.listed(["PHQ-9", "GAD-7", "PCL-5"]) == "PHQ-9, GAD-7 and PCL-5"
    assert GERMAN.listed(["PHQ-9", "GAD-7"]) == "PHQ-9 und GAD-7"
    assert BRITISH.percent(0.665) == "67\u00a0%"


@given(st.floats(-1e4, 1e4, allow_nan=False), st.integers(0, 2))
def test_a_printed_number_is_within_half_a_digit_of_the_true_one(value, decimals):
    text = BRITISH.number(value, decimals).replace(",", "").replace("−", "-")
    assert abs(float(text) - value) <= 0.5 * 10**-decimals + 1e-9
    assert text != "-0"
