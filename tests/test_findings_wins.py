"""Small wins and goals: rules, never noise."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from findings_of import last_day, of_kind
from small_practice import START, WELL, day, rows, turned

from analysis.findings.goals import STALLED_WEEKS
from analysis.schema import conform, frame


def wins(courses: pd.DataFrame, rule: str, **given: Any) -> list[dict[str, Any]]:
    told = of_kind(courses, "small_win", **given)
    return [one for one in told if one["found"]["rule"] == rule]


def test_the_first_score_below_the_cut_off_is_a_win() -> None:
    for courses in (rows([14, 12, 9, 8]), rows(turned([14, 12, 9, 8]), WELL.id)):
        (win,) = wins(courses, "below_cutoff")
        assert win["since"] == day(14)
    assert (win["found"]["before"], win["found"]["after"]) == (15, 18)
    assert not wins(rows([14, 12, 10]), "below_cutoff")
    assert not wins(rows([9, 8, 7]), "below_cutoff")  # it was never above


def test_only_the_first_time_below_the_cut_off_counts() -> None:
    (win,) = wins(rows([14, 9, 14, 9, 8]), "below_cutoff")
    assert win["since"] == day(7)


def test_a_better_band_than_ever_before_is_a_win() -> None:
    (win,) = wins(rows([24, 22, 19, 21, 18]), "below_band")
    assert win["since"] == day(14)
    assert win["found"]["what"] == "moderate"
    (mirror,) = wins(rows(turned([24, 22, 19, 18]), WELL.id), "below_band")
    assert mirror["found"]["what"] == "fair"


def test_one_day_is_not_told_as_band_and_cut_off() -> None:
    assert not wins(rows([14, 12, 9]), "below_band")


def test_a_best_has_to_hold_at_two_administrations() -> None:
    assert not wins(rows([14, 12, 15, 9]), "personal_best")
    (win,) = wins(rows([14, 12, 15, 9, 10]), "personal_best")
    assert win["since"] == day(28)
    assert (win["found"]["before"], win["found"]["after"]) == (12, 10)
    assert not wins(rows([14, 12, 14]), "personal_best")  # a tie is no best
    (zero,) = wins(rows([5, 4, 0, 0]), "personal_best")
    assert (zero["found"]["before"], zero["found"]["after"]) == (4, 0)


def test_a_sudden_gain_is_a_win_once_it_held_three_sessions() -> None:
    values = [20, 21, 20, 11, 12, 11]
    assert not wins(rows(values[:5]), "gain_held")
    (win,) = wins(rows(values), "gain_held")
    assert win["since"] == day(35)
    assert (win["found"]["before"], win["found"]["after"]) == (20, 11)


def test_wins_older_than_two_months_are_history() -> None:
    courses = rows([14, 9])
    for days, n in ((61, 1), (62, 0)):
        until = day(7).date() + timedelta(days=days)
        assert len(wins(courses, "below_cutoff", until=until)) == n


def goals(**columns: Any) -> pd.DataFrame:
    base = {"goal_id": ["G1"], "client_id": ["A"], "statement": ["Take the bus"]}
    table = pd.DataFrame(base | {"set_on": [day(0)]} | columns)
    return frame(conform(table, "goals"))


def ratings(*pairs: tuple[int, float]) -> pd.DataFrame:
    days = [day(at) for at, _ in pairs]
    given = {"goal_id": "G1", "date": days, "rating": [value for _, value in pairs]}
    return pd.DataFrame(given)


def steps(*done: int | None) -> pd.DataFrame:
    days = [None if at is None else day(at) for at in done]
    dates = pd.to_datetime(pd.Series(days)).astype("datetime64[s]")
    return pd.DataFrame(
        {
            "goal_id": "G1",
            "position": range(1, len(done) + 1),
            "step": [f"step {k}" for k in range(1, len(done) + 1)],
            "done_on": dates,
        }
    )


WEEKLY = rows([9] * 10)
NOW = last_day(WEEKLY)


def test_a_step_done_is_a_win() -> None:
    told = wins(WEEKLY, "step_done", goals=goals(), goal_steps=steps(7, 14, None))
    assert [one["found"]["what"] for one in told] == ["step 1", "step 2"]
    assert [one["found"]["after"] for one in told] == [1, 2]


@pytest.mark.parametrize(("latest", "n"), [(4.9, 0), (5, 1), (7, 1)])
def test_a_goals_rating_up_by_two_is_a_win(latest: float, n: int) -> None:
    given = {"goals": goals(), "goal_ratings": ratings((7, 3), (14, 4), (21, latest))}
    told = wins(WEEKLY, "goal_up", **given)
    assert len(told) == n
    if n:
        assert told[0]["since"] == day(21)
        assert told[0]["found"]["before"] == 3
        assert told[0]["found"]["what"] == "Take the bus"


def check_ins(days: list[int], value: float = 3.0) -> pd.DataFrame:
    return rows([value] * len(days), "checkin.coping_skill_used", days=days)


@pytest.mark.parametrize(("n", "weeks"), [(3, None), (4, 4), (7, 4), (8, 8)])
def test_a_streak_is_told_when_a_round_number_of_weeks_is_full(n, weeks) -> None:
    told = wins(check_ins([7 * k for k in range(n)]), "check_in_streak")
    assert [one["found"]["after"] for one in told] == ([weeks] if weeks else [])


def test_a_missed_week_ends_a_streak() -> None:
    assert not wins(check_ins([0, 7, 14, 25, 32, 39]), "check_in_streak")
    assert wins(check_ins([0, 7, 14, 24]), "check_in_streak")  # some days of grace


def test_a_skill_used_in_more_weeks_than_the_month_before_is_a_win() -> None:
    used = pd.concat([check_ins([0, 7], 2), check_ins([14, 21], 0),
                      check_ins([28, 35, 42], 4), check_ins([49], 0)])  # fmt: skip
    until = START + timedelta(days=55)
    (win,) = wins(used, "skill_weeks", until=until)
    assert (win["found"]["before"], win["found"]["after"]) == (2, 3)
    fewer = pd.concat([check_ins([0, 7, 14], 2), check_ins([28, 35], 4)])
    assert not wins(fewer, "skill_weeks", until=until)


def test_a_sign_that_turned_from_steady_to_moving_is_a_win() -> None:
    signs = pd.DataFrame(
        {
            "client_id": "A",
            "episode_id": "A#1",
            "until": pd.Timestamp(NOW),
            "sign": ["4", "5", "6"],
            "direction": ["moving", "moving", "steady"],
            "direction_before": ["steady", "not_known", "steady"],
        }
    )
    (win,) = wins(WEEKLY, "sign_moving", signs=signs)
    assert win["found"]["what"] == "4"


def met(**given: Any) -> list[dict[str, Any]]:
    return of_kind(WEEKLY, "goal_met", **given)


def test_a_goal_closed_as_reached_is_met() -> None:
    (one,) = met(goals=goals(closed_on=[day(30)], status=["reached"]))
    assert one["since"] == day(30)
    assert one["found"]["closed_on"] == day(30).date().isoformat()
    (plain,) = met(goals=goals(closed_on=[day(30)]))
    assert plain["found"]["goal_id"] == "G1"


@pytest.mark.parametrize("status", ["paused", "stopped", "replaced", "open"])
def test_a_goal_closed_otherwise_is_not_met(status: str) -> None:
    assert not met(goals=goals(closed_on=[day(30)], status=[status]))


def test_a_revised_goal_is_neither_met_nor_stalled() -> None:
    both = pd.concat(
        [
            goals(closed_on=[day(30)]),
            goals(goal_id=["G2"], replaces=["G1"], set_on=[day(30)]),
        ]
    )
    assert not met(goals=both)
    assert not stalled(both, weeks=STALLED_WEEKS - 1)


def test_a_goal_rated_at_its_target_is_met() -> None:
    given = {"goals": goals(target=[8.0])}
    assert not met(**given, goal_ratings=ratings((7, 7.9)))
    (one,) = met(**given, goal_ratings=ratings((7, 5), (14, 8)))
    assert one["since"] == day(14)
    assert one["found"]["closed_on"] is None


def stalled(table: pd.DataFrame, weeks: int, **given: Any) -> list[dict[str, Any]]:
    until = day(7 * weeks).date()
    courses = rows([9] * (weeks + 1))
    return of_kind(courses, "goal_stalled", until=until, goals=table, **given)


def test_a_goal_without_movement_for_six_weeks_is_stalled() -> None:
    assert not stalled(goals(), weeks=5)
    (one,) = stalled(goals(), weeks=6)
    assert one["since"] == day(0)
    assert one["found"]["weeks"] == 6
    assert one["found"]["rating"] is None


def test_steps_and_rising_ratings_are_movement() -> None:
    assert not stalled(goals(), weeks=8, goal_steps=steps(21))
    rising = ratings((0, 3), (21, 4))
    assert not stalled(goals(), weeks=8, goal_ratings=rising)
    (one,) = stalled(goals(), weeks=8, goal_ratings=ratings((0, 3), (21, 3.5)))
    assert one["found"]["rating"] == 3.5


def test_closed_goals_are_not_stalled() -> None:
    assert not stalled(goals(closed_on=[day(7)]), weeks=9)
    assert not stalled(goals(status=["paused"]), weeks=9)


def test_goals_of_clients_without_an_episode_are_left_out() -> None:
    stranger = goals(client_id=["Z"], closed_on=[day(7)])
    assert not of_kind(WEEKLY, "goal_met", goals=stranger)
    assert isinstance(NOW, date)
