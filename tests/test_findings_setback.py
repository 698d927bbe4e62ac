"""Setbacks, early dips, and the alarm budget that holds them together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from findings_of import of_kind
from small_practice import WELL, day, rows, turned

from analysis.findings.alarm_budget import chance_of, within_budget


def test_a_setback_says_how_large_and_what_would_lift_it() -> None:
    values = [10] * 8 + [18, 19, 20]
    (one,) = of_kind(rows(values), "setback")
    assert one["since"] == day(56)
    assert one["grade"] == "strong"
    # within one noise SD (2.38) of the level before: 12.38, as a whole score 12
    assert one["found"] == {
        "before": 10,
        "now": 19,
        "points": 9,
        "confirmed": True,
        "lifts_at": 12,
        "n_scores": 3,
    }
    (mirror,) = of_kind(rows(turned(values), WELL.id), "setback")
    assert mirror["found"]["lifts_at"] == 15


def test_one_score_does_not_confirm_a_setback() -> None:
    (one,) = of_kind(rows([10] * 8 + [20]), "setback")
    assert one["found"]["confirmed"] is False
    assert one["grade"] == "likely"


def test_within_four_weeks_it_is_an_early_dip() -> None:
    early, later = [12, 12, 12, 21, 22], [12, 12, 12, 12, 21, 22]
    (one,) = of_kind(rows(early), "early_dip")
    assert one["found"]["week"] == 4
    assert not of_kind(rows(early), "setback")
    assert not of_kind(rows(later), "early_dip")
    assert of_kind(rows(later), "setback")


def test_after_twelve_weeks_the_worse_level_is_the_level() -> None:
    for weeks, n in ((13, 1), (14, 0)):
        values = [10] * 8 + [18] * weeks
        assert len(of_kind(rows(values), "setback")) == n


def test_a_steady_fall_is_no_step_but_a_deterioration() -> None:
    falling = rows([8 + 0.75 * k for k in range(18)])
    assert not of_kind(falling, "setback")
    assert of_kind(falling, "deterioration")
    step = rows([10] * 8 + [18, 19, 20])
    assert of_kind(step, "setback")
    assert of_kind(step, "deterioration")


def test_the_alarm_budget_asks_more_of_a_setback_among_many_scales() -> None:
    # at the threshold the chance is 5 %: enough alone, not among three scales
    chance = chance_of(np.array([2.86, 3.4, 5.0]), 2.86)
    assert chance[0] == pytest.approx(0.05)
    assert chance[1] < 0.05 / 3 < chance[0]
    alone = within_budget(pd.Series(["A#1"]), chance[:1], np.array([1.0]))
    among = within_budget(pd.Series(["A#1"]), chance[:1], np.array([3.0]))
    assert alone.all()
    assert not among.any()


def test_the_alarm_budget_is_the_rule_of_benjamini_and_hochberg() -> None:
    # p .01 .02 .04 of 4 tests: limits .0125 .025 .0375 -> the first two stay
    episode = pd.Series(["A#1"] * 3 + ["B#1"])
    chance = np.array([0.04, 0.01, 0.02, 0.04])
    n = np.array([4.0, 4.0, 4.0, 1.0])
    assert list(within_budget(episode, chance, n)) == [False, True, True, True]
    # p .04 .045 of 2: the second is within .05, so both stay
    both = within_budget(
        pd.Series(["A#1"] * 2), np.array([0.04, 0.045]), np.full(2, 2.0)
    )
    assert both.all()
