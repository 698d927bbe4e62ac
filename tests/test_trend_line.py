"""The line of the chart, steps, setbacks, and what further scores would do."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from small_practice import MOOD, PHQ, SCALES, START, WELL, day, rows, turned
from statsmodels.tools.sm_exceptions import ModelWarning
from statsmodels.tsa.statespace.initialization import Initialization

from analysis.records import RC_PER_SEM, Smoothed
from analysis.series import courses_of
from analysis.settings import Thresholds
from analysis.trend import (
    find_setbacks,
    past_setbacks,
    plateau_lifts_at,
    smooth,
    trends,
)

LATE = date(2030, 1, 1)
RULES = Thresholds()
R = 1.1 * 6 / RC_PER_SEM  # noise SD of a scale with a reliable change of 6
FALL = [18, 17, 19, 15, 16, 13, 14, 12, 10, 12]


def line(values: list[float], scale=PHQ, steps=(), **days: list[int]) -> Smoothed:
    smoothed = smooth(rows(values, scale.id, **days), scale, RULES, steps)
    assert smoothed is not None
    return smoothed


def test_the_line_is_the_smoother_of_statsmodels() -> None:
    model = sm.tsa.UnobservedComponents(-np.array(FALL, float), "local linear trend")
    start = Initialization(2)
    start.set((0, 1), "diffuse")
    start.set((1, 2), "known", constant=[0.3], stationary_cov=[[0.78**2]])
    model.ssm.initialize(start)
    with pytest.warns(ModelWarning):
        peer = model.smooth([R**2, 0.0, 0.162**2])
    drawn = line(FALL)
    half = 1.6448536269514722 * np.sqrt(peer.smoothed_state_cov[0, 0])
    np.testing.assert_allclose(drawn.level, -peer.smoothed_state[0], atol=1e-6)
    np.testing.assert_allclose(drawn.low, -peer.smoothed_state[0] - half, atol=1e-6)
    np.testing.assert_allclose(drawn.high, -peer.smoothed_state[0] + half, atol=1e-6)


def test_the_line_keeps_the_direction_of_its_scale() -> None:
    down, up = line(FALL), line(turned(FALL), WELL)
    np.testing.assert_allclose(np.array(down.level), 27 - np.array(up.level))
    assert all(a <= b for a, b in zip(up.low, up.high, strict=True))


def test_the_line_has_a_point_at_every_score_and_every_seventh_day() -> None:
    drawn = line([15, 14, 13, 12], days=[0, 5, 20, 35])
    at = [(d - START).days for d in drawn.dates]
    assert at == [0, 5, 7, 14, 20, 21, 28, 35]


def test_the_line_jumps_at_a_step_and_is_broken_there() -> None:
    drawn = line([18] * 6 + [8] * 6)
    broken = [k for k, value in enumerate(drawn.level) if np.isnan(value)]
    assert [drawn.dates[k] for k in broken] == [START + timedelta(weeks=6)]
    assert drawn.level[broken[0] - 1] > 15
    assert drawn.level[broken[0] + 1] < 11


def test_a_steady_course_has_no_jump_even_where_one_is_asked_for() -> None:
    steady = [20 - 0.75 * k for k in range(14)]
    for steps in ((), (START + timedelta(weeks=6),)):
        assert not np.isnan(line(steady, steps=steps).level).any()


def test_a_line_is_not_drawn_through_more_than_six_weeks_without_a_score() -> None:
    near = line([15, 14, 13, 12], days=[0, 7, 14, 56])
    far = line([15, 14, 13, 12], days=[0, 7, 14, 57])
    assert not np.isnan(near.level).any()
    assert np.isnan(far.level).sum() == 6
    assert not np.isnan(far.level[-1])


def test_the_band_stays_on_the_scale() -> None:
    drawn = line([1, 0, 1, 0, 0, 1])
    assert min(drawn.low) >= 0
    drawn = line([26, 27, 27, 26, 27])
    assert max(drawn.high) <= 27


def test_too_few_scores_and_scales_without_thresholds_have_no_line() -> None:
    assert smooth(rows([1, 2, 3]), PHQ, RULES) is None
    assert smooth(rows([1, 2, 3, 4], MOOD.id), MOOD, RULES) is None
    assert smooth(rows([]), PHQ, RULES) is None


def setbacks(values: list[float], threshold: float = RULES.setback):
    courses = courses_of(rows(values), SCALES, LATE)
    return find_setbacks(courses, np.array([R]), threshold)


def test_the_ratio_is_the_one_of_the_definition() -> None:
    # best split: last 2 (19, 20) after 4 (10, 11, 10, 9): (19.5 - 10) / (r * sqrt(3/4))
    found = setbacks([10, 11, 10, 9, 19, 20])
    assert found.ratio[0] == pytest.approx(9.5 / (R * np.sqrt(1 / 2 + 1 / 4)))
    assert found.onset[0] == 4
    assert found.before[0] == -10  # a gain level: points with the sign turned


def test_a_setback_needs_the_threshold() -> None:
    ratio = float(setbacks([10, 11, 10, 9, 19, 20]).ratio[0])
    assert setbacks([10, 11, 10, 9, 19, 20], ratio - 1e-9).onset[0] == 4
    assert setbacks([10, 11, 10, 9, 19, 20], ratio + 1e-9).onset[0] == -1


def test_three_scores_before_the_step_are_needed() -> None:
    assert setbacks([8, 8, 25]).onset[0] == -1
    assert setbacks([8, 8, 8, 25]).onset[0] == 3


def test_a_setback_stands_until_a_score_is_back_within_the_noise() -> None:
    worse = [10] * 6 + [18, 18, 18]
    found = setbacks(worse)
    assert found.onset[0] == 6
    assert found.lift[0] == pytest.approx(-10 - R)  # 12.4 points
    assert setbacks([*worse, 13]).onset[0] == 6
    assert setbacks([*worse, 12]).onset[0] == -1


def test_a_setback_and_the_return_from_it_are_steps_and_one_odd_score_is_none() -> None:
    found = setbacks([10] * 6 + [18, 18, 18] + [10] * 4)
    assert list(np.flatnonzero(found.is_step)) == [6, 9]
    odd = setbacks([10] * 6 + [22] + [10] * 6)
    assert not odd.is_step.any()
    assert odd.onset[0] == -1


def test_a_second_setback_follows_the_first() -> None:
    found = setbacks([4] * 6 + [12] * 6 + [21] * 3)
    assert found.onset[0] == 12
    assert list(np.flatnonzero(found.is_step)) == [6, 12]


def test_an_improvement_is_no_setback() -> None:
    assert setbacks([20] * 6 + [8] * 6).onset[0] == -1


PLATEAU = [15, 14, 16, 15, 15, 14, 16, 15, 14, 15, 16, 15, 15, 14, 15, 16]


def status(values: list[float]) -> str:
    table = rows(values)
    return trends(table, table, SCALES, LATE, RULES).iloc[0]["status"]


def test_the_score_that_would_lift_a_plateau_does_lift_it() -> None:
    courses = courses_of(rows(PLATEAU), SCALES, LATE)
    lifts = -float(plateau_lifts_at(courses, SCALES, RULES)[0])  # in points
    assert 5 < lifts < 14
    assert status([*PLATEAU, np.floor(lifts)]) != "plateau"
    assert status([*PLATEAU, np.ceil(lifts)]) == "plateau"


@settings(max_examples=25)
@given(st.lists(st.integers(0, 27), min_size=4, max_size=30))
def test_the_line_never_leaves_the_scale_nor_its_band(values: list[int]) -> None:
    drawn = line(values)
    known = ~np.isnan(drawn.level)
    level = np.array(drawn.level)[known]
    assert (np.array(drawn.low)[known] <= level + 1e-9).all()
    assert (level <= np.array(drawn.high)[known] + 1e-9).all()
    assert level.min() >= 0
    assert level.max() <= 27
    assert list(drawn.dates) == sorted(drawn.dates)


@settings(max_examples=25)
@given(st.lists(st.integers(0, 27), min_size=4, max_size=20))
def test_setbacks_of_many_courses_are_those_of_each_alone(values: list[int]) -> None:
    table = pd.concat(
        [rows(values), rows(turned(values), client="B"), rows([5] * 9, client="C")]
    )
    courses = courses_of(table, SCALES, LATE)
    together = find_setbacks(courses, np.full(3, R), RULES.setback)
    alone = setbacks(values)
    assert alone.onset[0] == together.onset[0]
    assert list(alone.is_step) == list(together.is_step[: len(values)])


def test_days_of_the_table_are_days_of_the_line() -> None:
    assert line(FALL).dates[0] == day(0).date()


LEFT_AND_BACK = [18, 19, 18, 17, 15, 13, 11, 11, 17, 19, 18, 15, 13, 7, 8, 7, 8, 8]


@pytest.mark.parametrize(("values", "scale"), [
    (LEFT_AND_BACK, PHQ), (turned(LEFT_AND_BACK), WELL)
])  # fmt: skip
def test_the_line_does_not_smear_a_short_setback(values, scale):
    drawn = line(values, scale=scale)
    broken = [day for day, v in zip(drawn.dates, drawn.level, strict=True) if v != v]
    weeks = [(when - START).days // 7 for when in broken]
    assert weeks == [8, 13]  # where 11 leaps to 17, and 13 to 7
    level = dict(zip(drawn.dates, drawn.level, strict=True))
    off = [
        abs(level[START + timedelta(weeks=week)] - value)
        for week, value in enumerate(values)
    ]
    assert max(off) < 2.5  # no further from a score than its noise


def test_a_setback_that_was_made_good_keeps_its_days():
    days = past_setbacks(rows(LEFT_AND_BACK, PHQ.id), PHQ, RULES)
    assert days == ((START + timedelta(weeks=8), START + timedelta(weeks=11)),)


def test_a_setback_that_stands_or_a_single_odd_score_is_none_of_the_past():
    standing = [12, 11, 12, 11, 12, 11, 20, 21, 20]
    odd = [12, 11, 12, 11, 12, 11, 20, 11, 12]
    falling = [20 - 0.75 * k for k in range(14)]
    for values in (standing, odd, falling, [12.0]):
        assert past_setbacks(rows(values, PHQ.id), PHQ, RULES) == ()
