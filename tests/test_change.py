"""Baseline against latest: reliable change, caseness and recovery at their edges."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_practice import MOOD, PHQ, SCALES, day, rows, turned

from analysis.change import changes
from analysis.records import Scale
from analysis.schema import conform

LATE = date(2030, 1, 1)


def changed(table: pd.DataFrame, until: date = LATE) -> pd.DataFrame:
    episodes = pd.DataFrame({"episode_id": table["episode_id"].unique()})
    result = changes(table, episodes, SCALES, until)
    conform(result, "changes")
    return result


def one(values: list[float], scale: str = "phq9.total") -> pd.Series:
    return changed(rows(values, scale)).iloc[0]


@pytest.mark.parametrize(
    ("latest", "better", "worse"),
    [(9, False, False), (8, True, False), (19, False, False), (20, False, True)],
)
def test_six_points_are_reliable_in_both_directions(latest, better, worse) -> None:
    # baseline 14, reliable change 6, inclusive
    assert (row := one([14, 3, latest])) is not None
    assert bool(row["reliable_improvement"]) is better
    assert bool(row["reliable_deterioration"]) is worse
    turned_row = one(turned([14, 3, latest]), "well.total")
    assert bool(turned_row["reliable_improvement"]) is better
    assert bool(turned_row["reliable_deterioration"]) is worse


def test_the_worked_example_of_jacobson_and_truax() -> None:
    # SD 7.5, r .80: SEM = 7.5 * sqrt(.2) = 3.354; from 32.5 to 47.5 the RCI is 3.162
    sem = 7.5 * np.sqrt(1 - 0.80)
    scale = Scale(
        "jt.total", "jt", "", "", 0, 100, "better",
        reliable_change=1.959963984540054 * np.sqrt(2) * sem,
    )  # fmt: skip
    table = rows([32.5, 47.5], "jt.total")
    row = changes(table, table, {scale.id: scale}, LATE).iloc[0]
    assert row["rci"] == pytest.approx(3.162, abs=5e-4)
    assert row["reliable_improvement"]


@pytest.mark.parametrize(
    ("first", "last", "recovered", "reliably"),
    [
        (10, 9, True, False),
        (10, 10, False, False),
        (9, 3, False, False),  # no case at the start: nothing to recover from
        (15, 9, True, True),
        (15, 10, False, False),
    ],
)
def test_recovery_is_a_case_at_the_start_and_none_now(
    first, last, recovered, reliably
) -> None:
    for row in (one([first, last]), one(turned([first, last]), "well.total")):
        assert bool(row["recovery"]) is recovered
        assert bool(row["reliable_recovery"]) is reliably


def test_one_score_is_nothing_to_compare_yet() -> None:
    row = one([14])
    assert (row["baseline"], row["latest"], row["n_scores"]) == (14, 14, 1)
    assert row["is_case_now"]
    for name in ("gain", "rci", "reliable_improvement", "recovery"):
        assert pd.isna(row[name])


def test_a_scale_without_thresholds_is_compared_and_not_judged() -> None:
    row = one([3, 7], MOOD.id)
    assert row["gain"] == 4
    for name in ("rci", "reliable_change", "reliable_improvement", "is_case_now"):
        assert pd.isna(row[name])


def test_decimals_do_not_fall_short_of_a_threshold() -> None:
    scale = Scale("d.x", "d", "", "", 0, 1, "better", reliable_change=0.2)
    table = rows([0.1, 0.3], "d.x")
    assert changes(table, table, {"d.x": scale}, LATE)["reliable_improvement"].all()


def test_scores_after_the_day_and_of_other_episodes_are_left_out() -> None:
    table = rows([14, 10, 3])
    row = changed(table, date(2026, 1, 13)).iloc[0]
    assert (row["latest"], row["latest_date"]) == (10, day(7))
    episodes = pd.DataFrame({"episode_id": ["B#1"]})
    assert not len(changes(table, episodes, SCALES, LATE))


def test_a_screen_is_not_followed() -> None:
    screen = Scale("s.x", "s", "", "", 0, 6, "worse", followed=False)
    table = rows([4, 2], "s.x")
    assert not len(changes(table, table, {"s.x": screen}, LATE))


def test_no_rows_are_no_changes() -> None:
    conform(changes(rows([]), rows([]), SCALES, LATE), "changes")


COURSE = st.lists(st.integers(0, 27), min_size=2, max_size=12)


@settings(max_examples=25)
@given(COURSE)
def test_time_reversed_turns_the_sign_of_the_gain(values: list[int]) -> None:
    forward, backward = one(values), one(values[::-1])
    assert forward["gain"] == -backward["gain"]
    assert forward["reliable_improvement"] == backward["reliable_deterioration"]


@settings(max_examples=25)
@given(COURSE, COURSE)
def test_other_clients_change_nothing(own: list[int], other: list[int]) -> None:
    alone = changed(rows(own))
    both = changed(pd.concat([rows(other, client="B"), rows(own)]))
    mine = both[both["client_id"] == "A"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, mine)


@settings(max_examples=25)
@given(COURSE)
def test_april_leaves_march_alone(values: list[int]) -> None:
    until = day(7 * (len(values) - 2)).date()
    before = changed(rows(values[:-1]), until)
    pd.testing.assert_frame_equal(before, changed(rows(values), until))


@settings(max_examples=25)
@given(COURSE)
def test_gain_never_leaves_the_width_of_the_scale(values: list[int]) -> None:
    row = one(values)
    assert abs(row["gain"]) <= PHQ.high - PHQ.low
    assert row["gain"] == pytest.approx(values[0] - values[-1])
