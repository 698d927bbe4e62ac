"""Rates, funnel limits and many tests: published figures and hand calculation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from analysis.methods.rates import (
    arcsine_limits,
    benjamini_hochberg,
    exact_limits,
    missing_bounds,
    overdispersion,
    wilson,
)

NHS = Path(__file__).parents[2] / "shared" / "data" / "nhs_talking_therapies"


@pytest.mark.parametrize(
    ("count", "of", "percent"),
    [
        (23_291, 48_111 - 2_957, 51.6),  # recovery, December 2020
        (27_884, 57_060 - 3_200, 51.8),  # recovery, June 2020
        (39_417, 57_060, 69.1),  # reliable improvement, June 2020
        (26_457, 54_672, 48.4),  # reliable recovery, April 2025
        (321_061, 670_419 - 35_234, 50.5),  # recovery, 2024-25
        (452_284, 670_419, 67.5),  # reliable improvement, 2024-25
        (2_117, 5_896, 35.9),  # CORC: recovery
        (3_056, 5_896, 51.8),  # CORC: reliable improvement
        (617, 5_896, 10.5),  # CORC: deterioration
        (1_569, 5_896, 26.6),  # CORC: reliable recovery
    ],
)
def test_published_counts_give_the_published_percentages(count, of, percent) -> None:
    worst, best = missing_bounds(count, of, 0)
    assert round(float(worst) * 100, 1) == percent == round(float(best) * 100, 1)


@pytest.mark.skipif(not NHS.exists(), reason="the national tables are not here")
def test_every_national_rate_is_its_counts_over_its_own_denominator() -> None:
    table = pd.read_csv(NHS / "measures_england_2024-25.csv", dtype=str)
    total = table[table["variable_type"] == "Total"]
    by_name = total.set_index(["measure_name", "measure_statistic"])["value"]
    values = {name: float(value) for name, value in by_name.items()}
    finished = values["finished_course_treatment", "count"]
    counts = {n: v for (n, statistic), v in values.items() if statistic == "count"}
    at_start = finished - counts["not_at_caseness"]
    for name, of in {
        "recovery": at_start,
        "reliable_recovery": at_start,
        "improvement": finished,
        "deterioration": finished,
        "no_reliable_change": finished,
    }.items():
        share = float(missing_bounds(counts[name], of, 0)[0])
        assert share * 100 == pytest.approx(values[name, "percentage"], abs=0.051)


def test_wilson_by_hand() -> None:
    # 8 of 10: (0.8 + 1.92073/10 ± 1.95996 sqrt(0.16/10 + 3.84146/400)) / 1.384146
    # = (0.992073 ± 0.313612) / 1.384146 = 0.490162 to 0.943318 (Newcombe's figures)
    low, high = wilson(8, 10)
    assert float(low) == pytest.approx(0.490162, abs=1e-6)
    assert float(high) == pytest.approx(0.943318, abs=1e-6)


@given(st.integers(0, 60), st.integers(1, 60))
def test_wilson_agrees_with_statsmodels_and_holds_the_share(
    count: int, of: int
) -> None:
    count = min(count, of)
    low, high = wilson(count, of)
    theirs = proportion_confint(count, of, method="wilson")
    np.testing.assert_allclose((low, high), theirs, atol=1e-12)
    assert 0 <= low <= count / of <= high <= 1


def test_zero_counts_are_zero_percent_and_nobody_is_no_rate() -> None:
    # A public dashboard's SQL turns a count of zero into NULL instead of 0 %.
    low, high = wilson([0, 0], [12, 0])
    assert low[0] == 0
    assert 0 < high[0] < 0.3
    assert np.isnan(low[1])
    assert np.isnan(high[1])


def test_bounds_for_missing_outcomes_by_hand() -> None:
    # 126 of 187, 27 without a last score: 126 of 214 to 153 of 214
    worst, best = missing_bounds(126, 187, 27)
    assert float(worst) == pytest.approx(126 / 214)
    assert float(best) == pytest.approx(153 / 214)
    assert np.isnan(missing_bounds(0, 0, 0)[0])


@pytest.mark.parametrize(
    ("n", "warning", "action"),
    [
        (10, (0.20, 0.80), (0.10, 0.90)),
        (20, (0.30, 0.70), (0.15, 0.85)),
        (50, (0.36, 0.64), (0.28, 0.72)),
        (100, (0.40, 0.60), (0.35, 0.65)),
    ],
)
def test_exact_limits_around_one_half_are_the_published_ones(n, warning, action):
    np.testing.assert_allclose(exact_limits(n, 0.5, 0.95), warning, atol=1e-12)
    np.testing.assert_allclose(exact_limits(n, 0.5, 0.998), action, atol=1e-12)


@given(st.integers(1, 200), st.floats(0.02, 0.98))
def test_an_average_group_is_outside_by_chance_no_more_than_stated(n, centre) -> None:
    from scipy.stats import binom

    low, high = exact_limits(n, centre, 0.95)
    shares = np.arange(n + 1) / n
    chance = binom.pmf(np.arange(n + 1), n, centre)
    assert chance[shares < low - 1e-12].sum() <= 0.025 + 1e-12
    assert chance[shares > high + 1e-12].sum() <= 0.025 + 1e-12


def test_arcsine_limits_by_hand() -> None:
    # centre 0.5 is an angle of 0.785398; n = 100: reach 1.959964 * 0.05 = 0.097998;
    # sin²(45° ∓ reach) = (1 ∓ sin(2 · 0.097998)) / 2 = (1 ∓ 0.194744) / 2
    low, high = arcsine_limits(100, 0.5, 0.95)
    assert float(low) == pytest.approx(0.402628, abs=1e-6)
    assert float(high) == pytest.approx(0.597372, abs=1e-6)
    wider = arcsine_limits(100, 0.5, 0.95, tau2=0.01)
    assert wider[0] < low
    assert wider[1] > high
    assert arcsine_limits(2, 0.02, 0.998)[0] == 0


def test_overdispersion_is_refused_for_few_groups_and_found_where_it_is() -> None:
    few = overdispersion([5] * 9, [10] * 9, 0.5)
    assert (few.phi, few.tau2, few.is_estimable) == (None, None, False)
    even = overdispersion([5] * 10, [10] * 10, 0.5)
    assert even.is_estimable
    assert (even.phi, even.tau2) == (0.0, 0.0)
    apart = overdispersion([20, 80] * 6, [100] * 12, 0.5)
    # every z is ±(asin sqrt .8 − asin sqrt .5) sqrt 400 = ±6.435, so phi 41.409;
    # tau² = (12 · 41.409 − 11) / (4800 − 400) = 0.110434
    assert apart.phi == pytest.approx(41.4095, abs=1e-3)
    assert apart.tau2 == pytest.approx((12 * 41.4095 - 11) / 4400, abs=1e-5)


def test_benjamini_hochberg_by_hand_and_keeps_missing_ones_missing() -> None:
    # sorted .01 .02 .03 .5: times 4/1, 4/2, 4/3, 1 = .04 .04 .04 .5
    adjusted = benjamini_hochberg([0.5, 0.01, np.nan, 0.03, 0.02])
    np.testing.assert_allclose(adjusted, [0.5, 0.04, np.nan, 0.04, 0.04])
    assert benjamini_hochberg([]).size == 0
