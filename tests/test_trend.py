"""Trend and status: the model against statsmodels, every status at its edge."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from small_practice import MOOD, PHQ, SCALES, START, WELL, day, rows, turned
from statsmodels.tools.sm_exceptions import ModelWarning
from statsmodels.tsa.statespace.initialization import Initialization

from analysis.records import RC_PER_SEM, Scale
from analysis.schema import conform
from analysis.settings import Thresholds
from analysis.trend import trends

LATE = date(2030, 1, 1)
RULES = Thresholds()
# Z of a 90 % interval, as any table of the normal distribution gives it.
Z90 = 1.6448536269514722


def judged(table: pd.DataFrame, until: date = LATE) -> pd.DataFrame:
    episodes = pd.DataFrame({"episode_id": table["episode_id"].unique()})
    result = trends(table, episodes, SCALES, until, RULES)
    conform(result, "trends")
    return result


def one(values: list[float], scale: str = PHQ.id, **days: list[int]) -> pd.Series:
    return judged(rows(values, scale, **days)).iloc[0]


def peer(gain: np.ndarray, change: float = 6.0) -> tuple[float, float]:
    """Current slope and its SD by statsmodels, with the numbers of statistics.md."""
    r, q = 1.1 * change / RC_PER_SEM, 0.027 * change
    model = sm.tsa.UnobservedComponents(gain, "local linear trend")
    start = Initialization(2)
    start.set((0, 1), "diffuse")
    prior = {"constant": [0.05 * change], "stationary_cov": [[(0.13 * change) ** 2]]}
    start.set((1, 2), "known", **prior)
    model.ssm.initialize(start)
    with pytest.warns(ModelWarning):
        result = model.smooth([r**2, 0.0, q**2])
    variance = result.filtered_state_cov[1, 1, -1]
    return float(result.filtered_state[1, -1]), float(np.sqrt(variance))


WEEKLY = [18, 17, 19, 15, 16, 13, 14, 12, 10, 12, 9, 9]


@pytest.mark.parametrize("scale", [PHQ, WELL])
def test_on_a_weekly_grid_the_trend_is_that_of_statsmodels(scale: Scale) -> None:
    values = WEEKLY if scale is PHQ else turned(WEEKLY)
    row = one(values, scale.id)
    slope, sd = peer(-np.array(WEEKLY, float))
    assert row["gain_per_week"] == pytest.approx(slope, abs=1e-6)
    assert row["low"] == pytest.approx(slope - Z90 * sd, abs=1e-6)
    assert row["high"] == pytest.approx(slope + Z90 * sd, abs=1e-6)


def test_missed_weeks_are_missing_values_of_the_same_model() -> None:
    kept = [0, 1, 2, 5, 6, 9, 11]
    gain = np.full(12, np.nan)
    gain[kept] = -np.array(WEEKLY, float)[kept]
    slope, sd = peer(gain)
    row = one([WEEKLY[k] for k in kept], days=[7 * k for k in kept])
    assert row["gain_per_week"] == pytest.approx(slope, abs=1e-6)
    assert row["high"] - row["low"] == pytest.approx(2 * Z90 * sd, abs=1e-6)


FLAT = [15, 14, 16, 15, 15, 14, 16, 15, 14, 15, 16, 15, 15, 14, 15, 16]
LOW = [value - 8 for value in FLAT]  # the same, below the cut-off
DOWN = [22, 21, 19, 18, 18, 16, 14, 13, 13, 11, 9, 8]
UP = [8, 9, 9, 11, 12, 13, 15, 15, 17, 18, 20, 21]


@pytest.mark.parametrize(
    ("values", "status"),
    [(DOWN, "improving"), (UP, "worsening"), (FLAT, "plateau"), (LOW, "holding")],
)
def test_the_clear_courses_get_their_status_in_both_directions(values, status) -> None:
    assert one(values)["status"] == status
    assert one(turned(values), WELL.id)["status"] == status


def test_a_status_says_since_when() -> None:
    level = [24, 22, 21, 19, 17, 16, *FLAT]
    row = one(level)
    assert row["status"] == "plateau"
    weeks = (row["since"] - pd.Timestamp(START)).days / 7
    assert 3 <= weeks <= 8  # the fall ends in week 5 or 6
    assert one(DOWN)["since"] == day(0)


def test_a_level_stretch_does_not_begin_before_a_step() -> None:
    row = one([8, 9, 8, 7, 8, 9, 8, 8, *FLAT])
    assert row["status"] == "plateau"
    assert row["since"] == day(56)


@pytest.mark.parametrize(
    ("values", "days"),
    [
        ([14], [0]),
        ([14, 13, 12], [0, 14, 28]),
        ([14, 13, 12, 11], [0, 7, 14, 20]),
    ],
)
def test_too_few_scores_or_weeks_are_too_early_to_say(values, days) -> None:
    row = one(values, days=days)
    assert row["status"] == "too_early"
    assert row["n"] == len(values)
    assert np.isnan(row["gain_per_week"])
    assert np.isnan(row["p_flat"])
    assert pd.isna(row["since"])


def test_four_scores_over_three_weeks_are_enough() -> None:
    row = one([14, 13, 12, 11], days=[0, 7, 14, 21])
    assert row["p_better"] + row["p_flat"] + row["p_worse"] == pytest.approx(1)


def test_too_early_says_what_would_settle_it() -> None:
    row = one([15, 14, 16, 15, 15, 14])
    assert row["status"] == "too_early"
    needed = int(row["more_scores_needed"])
    later = one([15, 14, 16, 15, 15, 14] + [15] * needed)
    assert later["status"] == "plateau"
    assert one([15, 14, 16, 15, 15, 14] + [15] * (needed - 1))["status"] == "too_early"


def test_noise_is_not_called_flat() -> None:
    # six weekly scores that fall by half a point a week: p > .05, and no plateau
    assert one([15, 16, 14, 15, 12, 13])["status"] != "plateau"


def test_a_scale_without_reliable_change_is_not_judged() -> None:
    assert not len(judged(rows([3, 4, 5, 6, 7], MOOD.id)))


def test_no_rows_are_no_trends() -> None:
    conform(trends(rows([]), rows([]), SCALES, LATE, RULES), "trends")


@pytest.mark.parametrize("values", [[0] * 8, [27] * 8, [27, 0] * 6])
def test_floor_ceiling_and_wild_scores_do_not_break_the_numbers(values) -> None:
    row = one(values)
    assert np.isfinite(
        row[["gain_per_week", "low", "high", "p_flat"]].to_numpy(float)
    ).all()


def test_ten_thousand_scores_of_one_client_are_judged() -> None:
    values = 15 + np.random.default_rng(1).normal(0, 2, 10_000).round()
    row = one(values.clip(0, 27).tolist(), days=list(range(10_000)))
    assert row["status"] == "plateau"


def test_a_gap_of_a_year_widens_the_interval() -> None:
    near = one([15, 14, 15, 14, 15], days=[0, 7, 14, 21, 28])
    far = one([15, 14, 15, 14, 15], days=[0, 7, 14, 21, 386])
    assert far["high"] - far["low"] > near["high"] - near["low"]


COURSE = st.lists(st.integers(0, 27), min_size=4, max_size=14)
NUMBERS = ["gain_per_week", "low", "high", "p_better", "p_flat", "p_worse"]


@settings(max_examples=25)
@given(COURSE, COURSE, st.randoms(use_true_random=False))
def test_other_clients_and_the_order_of_rows_change_nothing(own, other, random) -> None:
    alone = judged(rows(own))
    both = pd.concat([rows(other, client="B"), rows(own)])
    both = both.sample(frac=1, random_state=random.randint(0, 999))
    mine = judged(both).query("client_id == 'A'").reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, mine, rtol=1e-12)


@settings(max_examples=25)
@given(COURSE)
def test_april_leaves_march_alone(values: list[int]) -> None:
    until = day(7 * (len(values) - 2)).date()
    before = judged(rows(values[:-1]), until)
    pd.testing.assert_frame_equal(before, judged(rows(values), until))


@settings(max_examples=25)
@given(COURSE)
def test_the_same_course_on_a_turned_scale_is_judged_alike(values: list[int]) -> None:
    here, there = one(values), one(turned(values), WELL.id)
    np.testing.assert_allclose(
        here[NUMBERS].to_numpy(float), there[NUMBERS].to_numpy(float), atol=1e-9
    )
    assert here["status"] == there["status"]


@settings(max_examples=25)
@given(COURSE, st.sampled_from([0.1, 3.0, 20.0]), st.sampled_from([0.0, 50.0]))
def test_units_and_shifts_of_a_scale_change_no_verdict(values, unit, shift) -> None:
    other = Scale("u.x", "u", "", "", -1e3, 1e4, "worse", reliable_change=6.0 * unit)
    table = rows([value * unit + shift for value in values], other.id)
    row = trends(table, table, {other.id: other}, LATE, RULES).iloc[0]
    here = one(values)
    for name in ("p_better", "p_flat", "p_worse"):
        assert row[name] == pytest.approx(here[name], abs=1e-7)
    assert row["gain_per_week"] == pytest.approx(here["gain_per_week"] * unit, rel=1e-6)
