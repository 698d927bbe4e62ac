"""Scale knows which way is up; everything downstream asks it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.records import EVIDENCE, Band, Cutoff, Rate, Scale

WORSE = Scale(
    id="phq9.total",
    measure="phq9",
    label="Depression",
    instrument="PHQ-9",
    low=0,
    high=27,
    higher_is="worse",
    bands=(Band(0, "minimal"), Band(5, "mild"), Band(10, "moderate")),
    caseness=Cutoff("caseness", 10, ">=", "case"),
    reliable_change=6,
)
BETTER = replace(
    WORSE, id="ors.total", higher_is="better", caseness=Cutoff("c", 25, "<", "case")
)

numbers = st.floats(-100, 100)


def test_a_fall_is_gain_where_higher_is_worse() -> None:
    assert WORSE.gain(18, 6) == 12
    assert BETTER.gain(18, 6) == -12


@given(numbers, numbers)
def test_gain_turns_its_sign_when_time_runs_backwards(a: float, b: float) -> None:
    for scale in (WORSE, BETTER):
        assert scale.gain(a, b) == -scale.gain(b, a)


@pytest.mark.parametrize(
    ("scale", "score", "is_case"),
    [
        (WORSE, 9, False),
        (WORSE, 10, True),
        (WORSE, 11, True),
        (BETTER, 24.9, True),
        (BETTER, 25, False),
        (BETTER, 25.1, False),
    ],
)
def test_caseness_below_on_and_above_the_cutoff(
    scale: Scale, score: float, is_case: bool
) -> None:
    assert scale.is_case(score) is is_case


def test_without_a_cutoff_nobody_is_a_case() -> None:
    assert replace(WORSE, caseness=None).is_case(27) is False


@pytest.mark.parametrize(
    ("score", "band"),
    [(0, "minimal"), (4.99, "minimal"), (5, "mild"), (27, "moderate")],
)
def test_a_band_begins_on_its_first_score(score: float, band: str) -> None:
    assert WORSE.band(score) == band


def test_a_score_under_all_bands_has_none() -> None:
    assert WORSE.band(-1) is None


def test_sem_follows_from_the_reliable_change() -> None:
    # 6 / (1.959964 * sqrt 2) = 6 / 2.771808 = 2.164652
    assert WORSE.sem == pytest.approx(2.164652, abs=1e-6)
    assert replace(WORSE, reliable_change=None).sem is None


def test_a_rate_over_nobody_is_not_known() -> None:
    assert Rate(0, 0).value is None
    assert Rate(1, 4).value == 0.25


def test_every_kind_of_finding_declares_its_evidence() -> None:
    assert all(fields for fields in EVIDENCE.values())
    assert len(EVIDENCE) == 16
