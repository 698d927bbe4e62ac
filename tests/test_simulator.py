"""Known truth: the simulator tells it, and the detectors are held to their bars."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.records import RC_PER_SEM, Scale
from analysis.series import Courses
from analysis.settings import Thresholds
from analysis.simulator import (
    KINDS,
    Errors,
    Plan,
    Simulated,
    as_series,
    simulate,
    simulate_other,
)
from analysis.simulator import accuracy as score
from analysis.simulator import setbacks as steps
from analysis.simulator.rivals import RIVALS, fit_lines
from analysis.trend import find_setbacks

CLIENTS = 6000


def draw(n: int = 400, seed: int = 7, **plan: object) -> Simulated:
    return simulate(n, Plan(**plan), np.random.default_rng(seed))


@pytest.fixture(scope="module")
def practice() -> Simulated:
    return draw(CLIENTS)


@pytest.fixture(scope="module")
def verdicts(practice: Simulated) -> pd.DataFrame:
    return score.judged(practice, Thresholds())


def test_the_same_seed_gives_the_same_clients() -> None:
    one, two, other = draw(), draw(), draw(seed=8)
    np.testing.assert_array_equal(one.score, two.score)
    assert not np.array_equal(one.score, other.score, equal_nan=True)


def test_scores_are_whole_and_stay_on_the_scale() -> None:
    scores = draw().score
    known = scores[~np.isnan(scores)]
    assert known.min() >= 0
    assert known.max() <= 27
    np.testing.assert_array_equal(known, known.round())


def only(kind: str, **plan: object) -> Simulated:
    return draw(shares={kind: 1.0}, noise=0.0, missed=0.0, **plan)


def test_every_kind_of_course_is_drawn() -> None:
    assert set(draw().kinds) == set(KINDS)


def test_the_truth_of_each_kind_is_what_its_name_says() -> None:
    assert (only("flat").slope == 0).all()
    assert (only("linear").slope >= 0).all()
    assert (only("worsening").slope <= 0).all()
    slow = only("decelerating", weeks=(24, 24))
    level = slow.level[:, [0, 6, 12, 18, 24]]
    assert (np.diff(np.diff(level)) >= -1e-9).all()  # points fall ever more slowly
    assert (only("setback", weeks=(20, 20)).level[:, -1] > 10).any()
    gain = only("sudden_gain", weeks=(20, 20)).level
    assert ((np.abs(np.diff(gain)) > 0).sum(1) <= 1).all()


def test_the_true_slope_is_the_mean_of_the_last_six_weeks() -> None:
    simulated = only("linear", weeks=(20, 20), start=(20.0, 1.0))
    level = simulated.level
    expected = (level[:, 14] - level[:, 20]) / 6  # weekly: column = week
    np.testing.assert_allclose(simulated.slope, expected)


def test_missed_sessions_gaps_and_days_are_as_planned() -> None:
    simulated = draw(2000, missed=0.25, weeks=(24, 24), jitter_days=2)
    assert np.isnan(simulated.score).mean() == pytest.approx(0.24, abs=0.02)
    assert (np.diff(simulated.days) >= 3).all()
    fortnightly = draw(every_days=14, weeks=(20, 20), missed=0.0)
    assert (np.diff(fortnightly.days) == 14).all()


def test_noise_has_the_planned_size_and_memory() -> None:
    plan = Plan(noise=2.0, autocorrelation=0.5)
    level = np.full((4000, 12), 13.0)
    noise = steps.scores_around(level, plan, np.random.default_rng(1)) - level
    assert noise.std() == pytest.approx(np.sqrt(4 + 1 / 12), abs=0.05)
    assert np.corrcoef(noise[:, 5], noise[:, 6])[0, 1] == pytest.approx(0.49, abs=0.05)


def test_scores_become_the_tables_a_detector_reads() -> None:
    simulated = draw(5)
    series, episodes = as_series(simulated)
    assert len(series) == (~np.isnan(simulated.score)).sum()
    assert list(episodes["episode_id"]) == [f"S000000{k}#1" for k in range(5)]


def test_lines_are_those_of_numpy() -> None:
    simulated = draw(20)
    lines = fit_lines(simulated.days / 7, simulated.score)
    for k in range(20):
        known = ~np.isnan(simulated.score[k])
        weeks = simulated.days[k, known] / 7
        slope = np.polyfit(weeks, simulated.score[k, known], 1)[0]
        assert lines.slope[k] == pytest.approx(slope)


def test_the_area_under_the_curve_of_a_coin_is_a_half(practice: Simulated) -> None:
    coin = np.random.default_rng(0).random(CLIENTS)
    assert score.separation(coin, practice).auc == pytest.approx(0.5, abs=0.02)
    oracle = -np.abs(practice.slope)
    assert score.separation(oracle, practice).auc == 1.0


def test_flat_and_moving_clients_are_told_apart(practice, verdicts) -> None:
    told = score.separation(score.flatness_of(verdicts), practice)
    assert told.auc >= 0.89
    assert told.found >= 0.48
    assert told.auc_half < 0.01


def test_the_shipped_thresholds_keep_their_promise(practice, verdicts) -> None:
    level = verdicts["status"].isin(["plateau", "holding"]).to_numpy()
    assert level[score.is_improving(practice)].mean() <= 0.05
    assert level[score.is_flat(practice)].mean() >= 0.40


def test_chances_mean_what_they_say(practice, verdicts) -> None:
    delta = 1 / Thresholds().flat_weeks_per_reliable_change
    assert (score.calibration(verdicts, practice, delta) <= 0.05).all()


@pytest.mark.parametrize(
    "plan",
    [
        {"noise": 2.0, "autocorrelation": 0.1, "weeks": (10, 26), "start": (17.0, 5.0)},
        {"noise": 2.3, "missed": 0.15, "jitter_days": 1, "weeks": (8, 30)},
    ],
)
def test_other_practices_are_judged_as_well(plan: dict[str, object]) -> None:
    simulated = draw(4000, seed=99, **plan)
    rows = score.judged(simulated, Thresholds())
    assert score.separation(score.flatness_of(rows), simulated).auc >= 0.87
    level = rows["status"].isin(["plateau", "holding"]).to_numpy()
    assert level[score.is_improving(simulated)].mean() <= 0.06
    assert level[score.is_flat(simulated)].mean() >= 0.40


@pytest.mark.parametrize(
    "plan", [{}, {"autocorrelation": 0.35, "missed": 0.15, "jitter_days": 2}]
)
def test_a_second_simulator_is_judged_nearly_as_well(plan: dict[str, object]) -> None:
    random = np.random.default_rng(31)
    simulated = simulate_other(4000, Plan(**plan), random)
    rows = score.judged(simulated, Thresholds())
    assert score.separation(score.flatness_of(rows), simulated).auc >= 0.845
    level = rows["status"].isin(["plateau", "holding"]).to_numpy()
    assert level[score.is_improving(simulated)].mean() <= 0.065
    assert level[score.is_flat(simulated)].mean() >= 0.36
    delta = 1 / Thresholds().flat_weeks_per_reliable_change
    assert (score.calibration(rows, simulated, delta) <= 0.06).all()


def test_the_second_simulator_draws_what_it_says() -> None:
    plain = Plan(noise=0.0, missed=0.0, weeks=(20, 20))
    drawn = simulate_other(3000, plain, np.random.default_rng(2), Errors(tails=None))
    assert set(drawn.kinds) == set(KINDS)
    np.testing.assert_array_equal(drawn.score, np.rint(drawn.level))
    expected = (drawn.level[:, 14] - drawn.level[:, 20]) / 6  # weekly: column = week
    np.testing.assert_allclose(drawn.slope, expected)
    assert (drawn.slope[drawn.kinds == "worsening"] <= 0).all()
    assert (drawn.slope[drawn.kinds == "linear"] >= 0).all()


def test_a_scale_the_other_way_round_is_judged_alike() -> None:
    turned = Scale("t.x", "t", "", "", 0, 27, "better", reliable_change=6.0)
    simulated = draw(4000, scale=turned, start=(12.0, 4.0))
    rows = score.judged(simulated, Thresholds())
    assert score.separation(score.flatness_of(rows), simulated).auc >= 0.875


def test_no_rival_is_better(practice, verdicts) -> None:
    own = score.separation(score.flatness_of(verdicts), practice)
    for name, rule in RIVALS.items():
        rival = score.separation(rule(practice).flatness, practice)
        assert own.auc > rival.auc + 0.02, name
        assert own.found > rival.found, name


def test_not_significant_is_not_flat(practice: Simulated) -> None:
    naive = RIVALS["last 4 scores, p > .05"](practice).flagged
    assert naive[score.is_improving(practice)].mean() > 0.8


def flagged(scores: np.ndarray, plan: Plan, since: int) -> float:
    """Share with a setback flagged at any session from `since` on."""
    n = len(scores)
    r = np.full(n, 1.1 * 6 / RC_PER_SEM)
    ever = np.zeros(n, bool)
    for last in range(since, scores.shape[1]):
        seen = scores[:, : last + 1]
        courses = Courses(
            keys=pd.DataFrame(index=range(n)),
            first=np.arange(n) * (last + 1),
            n=np.full(n, last + 1),
            day=np.tile(np.arange(last + 1) * 7, n),
            value=seen.ravel(),
            gain=-seen.ravel(),
            sign=np.full(n, -1.0),
        )
        ever |= find_setbacks(courses, r, Thresholds().setback).onset >= 0
    return float(ever.mean())


def test_setbacks_are_found_in_time_and_stable_clients_left_alone() -> None:
    plan, random = Plan(), np.random.default_rng(3)
    assert flagged(steps.stable_courses(4000, plan, random), plan, 3) <= 0.05
    better = steps.improving_courses(4000, plan, random, 0.5)
    assert flagged(better, plan, 3) <= 0.01
    for size, weeks, bar in ((9, 1, 0.92), (9, 3, 0.70), (6, 1, 0.55)):
        drawn = steps.setback_courses(4000, plan, random, size, weeks)
        assert flagged(drawn, plan, steps.ONSET) >= bar
