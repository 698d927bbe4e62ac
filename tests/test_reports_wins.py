"""What is worth celebrating: each thing once, nothing trivial or contradicted."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sample_courses import DECIMALS, FULL, PHQ, SRS

from analysis.records import Course, Finding
from analysis.reports.records import ScaleFacts
from analysis.reports.wins import celebrated

MONTH = date(2026, 10, 1)
DAY = date(2026, 10, 20)


def win(kind: str, scale: str | None = PHQ.id, on: date = DAY, **said: Any) -> Finding:
    return Finding(kind, scale, on, "", said)


def small(
    rule: str, scale: str | None = PHQ.id, on: date = DAY, what: str = "x"
) -> Any:
    return win("small_win", scale, on, rule=rule, what=what, before=2, after=4)


def facts(course: Course, *, is_alliance: bool = False) -> ScaleFacts:
    return ScaleFacts(
        course, None, None, False, "", None, None, 1, None, True, is_alliance
    )


FACTS = (facts(FULL), facts(DECIMALS, is_alliance=True))


def kinds(*findings: Finding) -> list[str]:
    return [one.kind for one in celebrated(findings, FACTS, month_start=MONTH)]


def test_of_one_scale_only_the_strongest_change_is_told():
    told = kinds(
        win("reliable_improvement"),
        win("recovery"),
        win("reliable_recovery"),
        small("below_cutoff"),
    )
    assert told == ["reliable_recovery"]


def test_a_sudden_gain_is_told_beside_the_recovery_and_once():
    told = kinds(win("reliable_recovery"), win("sudden_gain"), small("gain_held"))
    assert told == ["reliable_recovery", "sudden_gain"]


@pytest.mark.parametrize(
    "concern", ["deterioration", "setback", "early_dip", "not_on_track"]
)
@pytest.mark.parametrize(
    "good", [small("personal_best"), small("below_band"), win("reliable_improvement")]
)
def test_no_good_news_of_a_scale_that_is_worth_a_look(concern, good):
    assert kinds(win(concern), good) == []
    other = win(concern, scale="gad7.total")
    assert kinds(other, good) == [good.kind]


def test_the_alliance_neither_recovers_nor_has_a_best_score():
    assert kinds(win("recovery", SRS.id), small("personal_best", SRS.id)) == []
    assert kinds(small("below_cutoff", SRS.id)) == ["small_win"]


@pytest.mark.parametrize("sign", ["9", "10", "goals"])
def test_signs_read_from_goals_and_wins_are_no_win_of_their_own(sign):
    assert kinds(small("sign_moving", None, what=sign)) == []
    assert kinds(small("sign_moving", None, what="4")) == ["small_win"]


def test_steps_of_a_goal_that_is_reached_are_not_told_beside_it():
    reached = win("goal_met", None, goal_id="G1", statement="Bus", due=None)
    assert kinds(reached, small("goal_up", "goal.G1")) == ["goal_met"]
    assert len(kinds(reached, small("goal_up", "goal.G2"))) == 2


@pytest.mark.parametrize(("day", "n"), [(date(2026, 7, 1), 1), (date(2026, 6, 30), 0)])
def test_what_happened_a_quarter_ago_is_no_news(day, n):
    # 92 days before 1 October 2026 is 1 July
    assert len(kinds(small("step_done", "goal.G1", on=day))) == n


def test_a_change_stays_news_while_it_lasts():
    old = win("reliable_recovery", on=date(2026, 3, 1))
    assert kinds(small("check_in_streak", None), old) == [
        "reliable_recovery",
        "small_win",
    ]


def test_changes_are_told_in_the_order_of_the_panels():
    other = win("reliable_recovery", scale="zzz.total", on=date(2026, 10, 30))
    told = celebrated((other, win("reliable_recovery")), FACTS, month_start=MONTH)
    assert [one.scale for one in told] == [PHQ.id, "zzz.total"]
