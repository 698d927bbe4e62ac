"""One long table of dated numbers, and the courses cut from it."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from small_practice import PHQ, SCALES, WELL, day, rows

from analysis.schema import TABLES, conform
from analysis.series import build_series, cases, courses_of, goal_scales

LATE = date(2030, 1, 1)


def scores(*entries: tuple[str, float | None, str, bool]) -> pd.DataFrame:
    """One score a week: scale, score, status, superseded."""
    return pd.DataFrame(
        {
            "client_id": "A",
            "episode_id": "A#1",
            "date": [day(7 * k) for k in range(len(entries))],
            "scale": [entry[0] for entry in entries],
            "score": [entry[1] for entry in entries],
            "status": [entry[2] for entry in entries],
            "is_superseded": pd.array([entry[3] for entry in entries], "boolean"),
        }
    )


def goals(*ids: str) -> pd.DataFrame:
    frame = pd.DataFrame({"goal_id": list(ids), "client_id": "A", "statement": "walk"})
    return frame.reindex(columns=TABLES["goals"].names)


def ratings(*entries: tuple[str, int, float | None]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "goal_id": [entry[0] for entry in entries],
            "date": [day(entry[1]) for entry in entries],
            "rating": [entry[2] for entry in entries],
        }
    )


NO_GOALS, NO_RATINGS = TABLES["goals"].empty(), TABLES["goal_ratings"].empty()


def test_only_valid_scores_of_known_scales_count() -> None:
    table = scores(
        ("phq9.total", 12, "ok", False),
        ("phq9.total", 13, "prorated", False),
        ("phq9.total", None, "not_scored", False),
        ("phq9.total", 15, "ok", True),
        ("unknown.total", 9, "ok", False),
    )
    series = build_series(table, NO_GOALS, NO_RATINGS, SCALES)
    assert list(series["value"]) == [12, 13]
    conform(series, "series")


def test_goal_ratings_stand_beside_scores_and_have_no_episode_yet() -> None:
    own = goals("G1")
    series = build_series(
        scores(("phq9.total", 12, "ok", False)),
        own,
        ratings(("G1", 0, 3), ("G1", 7, None), ("G9", 0, 5)),
        SCALES | goal_scales(own),
    )
    conform(series, "series")
    goal = series[series["scale"] == "goal.G1"]
    assert list(goal["value"]) == [3]
    assert goal["client_id"].tolist() == ["A"]
    assert goal["episode_id"].isna().all()


def test_of_two_ratings_on_one_day_the_later_row_counts() -> None:
    own = goals("G1")
    table = TABLES["scores"].empty()
    series = build_series(
        table, own, ratings(("G1", 0, 3), ("G1", 0, 4)), goal_scales(own)
    )
    assert list(series["value"]) == [4]


def test_nothing_makes_an_empty_series() -> None:
    series = build_series(TABLES["scores"].empty(), NO_GOALS, NO_RATINGS, SCALES)
    assert not len(series)
    conform(series, "series")


def test_a_goal_is_rated_from_zero_to_ten_and_higher_is_better() -> None:
    (scale,) = goal_scales(goals("G2")).values()
    assert (scale.id, scale.low, scale.high) == ("goal.G2", 0, 10)
    assert scale.gain(3, 5) == 2
    assert scale.reliable_change is None
    assert scale.caseness is None


def test_courses_are_cut_by_episode_and_scale_and_turned_into_gain() -> None:
    table = pd.concat([rows([12, 9]), rows([12, 9], "well.total")])
    courses = courses_of(table, SCALES, LATE)
    assert list(courses.keys["scale"]) == ["phq9.total", "well.total"]
    assert list(courses.n) == [2, 2]
    assert np.diff(courses.gain[:2]) == 3  # fewer points are better
    assert np.diff(courses.gain[2:]) == -3
    assert list(courses.weeks) == [0, 1, 0, 1]


def test_what_cannot_be_used_is_left_out() -> None:
    table = rows([12, 9, 8, 7])
    table.loc[1, "value"] = np.nan
    table.loc[2, "episode_id"] = None
    courses = courses_of(table, SCALES, date(2026, 1, 20))
    assert list(courses.value) == [12]


def test_of_two_rows_for_one_day_the_later_counts() -> None:
    courses = courses_of(rows([12, 9, 4], days=[0, 0, 7]), SCALES, LATE)
    assert list(courses.value) == [9, 4]


def test_no_rows_make_no_courses() -> None:
    courses = courses_of(rows([]), SCALES, LATE)
    assert len(courses) == 0
    assert not len(courses.run_to_end(np.empty(0, bool)))
    assert len(courses.choose(np.empty(0, bool))) == 0


def test_the_run_to_the_end_begins_after_the_last_break() -> None:
    courses = courses_of(
        pd.concat([rows([1, 2, 3, 4]), rows([1, 2], "well.total")]), SCALES, LATE
    )
    holds = np.array([True, False, True, True, False, False])
    assert list(courses.run_to_end(holds)) == [2, 5]
    assert list(courses.run_to_end(np.ones(6, bool))) == [0, 4]


def test_chosen_courses_keep_their_scores() -> None:
    courses = courses_of(
        pd.concat([rows([1, 2, 3]), rows([7], "well.total")]), SCALES, LATE
    )
    (one,) = [courses.choose(np.array([False, True]))]
    assert list(one.value) == [7]
    assert list(one.first) == [0]
    assert list(one.sign) == [1]


def test_caseness_follows_the_published_operator_in_both_directions() -> None:
    names = pd.Series(["phq9.total"] * 3 + ["well.total"] * 3 + ["checkin.mood"])
    values = np.array([9, 10, 11, 16, 17, 18, 5], float)
    verdict = cases(values, names, SCALES)
    assert list(verdict[:6]) == [False, True, True, True, True, False]
    assert verdict.isna()[6]
    assert PHQ.caseness is not None
    assert WELL.caseness is not None


@settings(max_examples=25)
@given(st.lists(st.integers(0, 27), min_size=1, max_size=20), st.randoms())
def test_the_order_of_rows_changes_nothing(values, random) -> None:
    table = rows(values)
    shuffled = table.sample(frac=1, random_state=random.randint(0, 9999))
    one, two = courses_of(table, SCALES, LATE), courses_of(shuffled, SCALES, LATE)
    assert list(one.value) == list(two.value)
    assert list(one.day) == list(two.day)
