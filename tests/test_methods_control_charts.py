"""XmR and EWMA charts: a published series and hand calculation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.methods.control_charts import ewma, usual_spread, xmr

# The series of the NHSRplotthedots vignette: one wild value among eighteen.
VIGNETTE = [1, 2, 1, 2, 10] + [1, 2] * 6 + [1]


def test_limits_of_the_published_series_with_and_without_screening() -> None:
    plain, screened = xmr(VIGNETTE), xmr(VIGNETTE, screens=True)
    assert len(VIGNETTE) == 18
    assert plain.mean == pytest.approx(1.94, abs=0.005)
    assert plain.upper == pytest.approx(6.95, abs=0.005)
    assert plain.lower == pytest.approx(-3.06, abs=0.005)
    assert screened.upper == pytest.approx(4.60, abs=0.005)
    assert screened.lower == pytest.approx(-0.72, abs=0.005)
    assert np.flatnonzero(plain.outside).tolist() == [4]


def test_limits_by_hand() -> None:
    # mean 12; moving ranges 2, 4, 6, mean 4; 2.66 * 4 = 10.64
    chart = xmr([10, 12, 16, 10])
    assert chart.mean == 12
    assert chart.lower == pytest.approx(1.36)
    assert chart.upper == pytest.approx(22.64)


def test_seven_on_one_side_are_a_signal_and_six_are_not() -> None:
    assert xmr([1] * 7 + [-1] * 7).run.all()
    assert not xmr([1] * 6 + [-1] * 6).run.any()


def test_a_value_on_the_mean_breaks_the_run() -> None:
    chart = xmr([1, 2, 1, 2, 1, 2, 3, 4, 5, 4, 5, 4, 5])
    assert chart.mean == 3
    assert not chart.run.any()


def test_seven_rising_are_a_trend_and_six_are_not() -> None:
    assert xmr([1, 2, 3, 4, 5, 6, 7]).trend.all()
    assert not xmr([1, 2, 3, 4, 5, 6, 6]).trend.any()
    assert xmr([7, 6, 5, 4, 3, 2, 1]).trend.all()


def test_two_of_three_near_a_limit_count_on_the_same_side_only() -> None:
    # NHSRplotthedots before 0.2 also counted two points on opposite sides.
    # 40 values of ±1, so moving ranges are about 2.2 and limits about 5.9 away
    same = xmr([1, -1] * 20 + [4.5, 0, 4.5])
    opposite = xmr([1, -1] * 20 + [4.5, 0, -4.5])
    alone = xmr([1, -1] * 20 + [4.5, 0, 0, 4.5])
    assert np.flatnonzero(same.near_limit).tolist() == [40, 42]
    assert not same.outside.any()
    assert not opposite.near_limit.any()
    assert not alone.near_limit.any()


def test_fewer_than_twelve_points_are_trial_limits() -> None:
    assert xmr([1, 2] * 5 + [1]).is_trial
    assert not xmr([1, 2] * 6).is_trial


@pytest.mark.parametrize("values", [[], [5.0], [np.nan, 5.0]])
def test_too_few_values_have_no_limits(values) -> None:
    chart = xmr(values)
    assert (chart.mean, chart.lower, chart.upper) == (None, None, None)
    assert not chart.any_signal.any()
    assert len(chart.any_signal) == len(values)


def test_a_missing_month_is_left_out_and_marked_as_nothing() -> None:
    with_gap = xmr([1, 2, np.nan, 1, 2])
    assert with_gap.mean == xmr([1, 2, 1, 2]).mean
    assert with_gap.upper == xmr([1, 2, 1, 2]).upper
    assert len(with_gap.outside) == 5


@given(st.lists(st.integers(-20, 20), min_size=2, max_size=30))
def test_turning_the_values_round_turns_the_chart_round(values: list[int]) -> None:
    up, down = xmr(values), xmr([-v for v in values])
    assert up.upper == pytest.approx(-down.lower)
    assert (up.any_signal == down.any_signal).all()


def test_ewma_by_hand() -> None:
    # z1 = .2*8 + .8*5 = 5.6, z2 = .2*8 + .8*5.6 = 6.08; limits 5 ± 2.7 * 1 *
    # sqrt(.2/1.8 * (1 - .8^2)) = ± 0.54, then sqrt(.1111 * (1 - .4096)) = ± 0.6915
    chart = ewma([8, 8], centre=5, sd=1)
    np.testing.assert_allclose(chart.smoothed, [5.6, 6.08])
    np.testing.assert_allclose(chart.upper, [5.54, 5.69154], atol=1e-5)
    np.testing.assert_allclose(chart.lower, [4.46, 4.30846], atol=1e-5)
    assert chart.signal.tolist() == [1, 1]


def test_a_missing_day_keeps_the_level_and_is_no_day() -> None:
    gap, plain = ewma([8, np.nan, 8], 5, 1), ewma([8, 8], 5, 1)
    assert gap.smoothed[1] == gap.smoothed[0]
    np.testing.assert_allclose(gap.upper[[0, 2]], plain.upper)


def test_a_usual_range_is_the_practices_at_first_and_ones_own_later() -> None:
    assert usual_spread([4], practice_sd=2.0) == 2.0
    assert usual_spread([], practice_sd=2.0) == 2.0
    # 8 days with variance 1.142857: (7 * 4 + 7 * 1.142857) / 14 = 2.571429
    days = [3, 5, 3, 5, 3, 5, 3, 5]
    assert usual_spread(days, 2.0) == pytest.approx(2.571429**0.5, abs=1e-6)
    assert usual_spread([3, 5] * 500, 2.0) == pytest.approx(1.0, abs=0.02)
