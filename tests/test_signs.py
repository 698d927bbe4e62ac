"""The ten signs: direction by the numbers that are printed, agreement, evidence."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from small_practice import DEFAULTS, PHQ, SCALES, day, practice, rows, turned

from analysis.measures import Measure, read_measures, scales
from analysis.records import RC_PER_SEM, Scale
from analysis.schema import conform, frame
from analysis.signs import agreement, read_signs, signs
from analysis.signs.direction import directions_of, pool
from analysis.signs.sources import links

ITEMS = ("hope", "life_okay", "felt_connected", "mood", "worry_in_the_way")
CHECK_INS = {
    f"checkin.{name}": Scale(
        f"checkin.{name}", "checkin", name, "Check-in", 0, 10,
        "worse" if name == "worry_in_the_way" else "better",
    )
    for name in ITEMS
}  # fmt: skip
ALL = {**SCALES, **CHECK_INS}


def read(
    courses: pd.DataFrame, until: date | None = None, **given: Any
) -> pd.DataFrame:
    known = {**ALL, **given.pop("scales", {})}
    measures = given.pop("measures", {})
    end = until or courses["date"].max().date()
    tables = practice(courses, end, known, **given)
    result = signs(tables, known, tables["episodes"], end, DEFAULTS, measures)
    conform(result, "signs")
    return result


def sign(courses: pd.DataFrame, number: str, **given: Any) -> pd.Series:
    result = read(courses, **given)
    return result[result["sign"] == number].iloc[0]


def test_there_are_ten_signs_and_the_goals_and_all_their_scales_exist() -> None:
    known = scales(read_measures())
    assert [one.id for one in read_signs()] == [*map(str, range(1, 11)), "goals"]
    named = {
        name for one in read_signs() for name in (*one.main, *one.some, *one.context)
    }
    assert named - {"goal.*"} <= set(known)


UP = [3, 3, 4, 3, 4, 5, 5, 6, 6, 7, 7, 7]
LEVEL = [5, 6, 5, 5, 6, 5, 5, 6, 5, 5, 6, 5]


@pytest.mark.parametrize(
    ("values", "direction"),
    [(UP, "moving"), (LEVEL, "steady"), (UP[::-1], "slipping")],
)
def test_a_check_in_question_moves_is_steady_or_slips(values, direction) -> None:
    assert sign(rows(values, "checkin.hope"), "6")["direction"] == direction
    worry = rows([10 - value for value in values], "checkin.worry_in_the_way")
    assert sign(worry, "5")["direction"] == direction


def test_the_numbers_printed_are_means_of_four_weeks_then_and_now() -> None:
    row = sign(rows(UP, "checkin.hope"), "6")
    # first four weeks of scores 3 3 4 3, last four 6 7 7 7
    (part,) = json.loads(row["evidence"])
    assert part == {
        "scale": "checkin.hope",
        "from": 3.2,
        "to": 6.8,
        "direction": "moving",
        "n": 12,
    }
    assert row["strength"] == "strong"
    assert row["evidence_age_days"] == 0


def test_the_chance_is_that_of_a_difference_of_two_means() -> None:
    # 0-10: stand-in RC 3, noise 1.1 * 3 / (1.96 sqrt 2); four scores on either side
    spread = 1.1 / RC_PER_SEM * np.sqrt(1 / 4 + 1 / 4)
    change = (6.75 - 3.25) / 3
    expected = stats.norm.cdf((change - 1 / 3) / spread)
    _, chance = directions_of(np.array([change]), np.array([spread]))
    assert chance[0] == pytest.approx(expected)


def test_only_the_last_twelve_weeks_count() -> None:
    early_rise = [1, 2, 3, 4, 5, 6] + [7] * 16
    assert sign(rows(early_rise, "checkin.hope"), "6")["direction"] == "steady"


def test_old_evidence_and_too_little_of_it_are_not_known() -> None:
    courses = rows(LEVEL, "checkin.hope")
    last = courses["date"].max()
    for days, direction in ((56, "steady"), (57, "not_known")):
        until = (last + pd.Timedelta(days=days)).date()
        row = sign(courses, "6", until=until)
        assert row["direction"] == direction
        assert row["evidence_age_days"] == days
    few = sign(rows([5, 6], "checkin.hope"), "6")
    assert few["direction"] == "not_known"
    assert pd.isna(few["strength"])


def test_a_sign_nobody_asked_about_is_not_known() -> None:
    row = sign(rows(LEVEL, "checkin.hope"), "7")
    assert row["direction"] == "not_known"
    assert row["evidence"] == "[]"
    assert pd.isna(row["evidence_age_days"])


def test_scales_that_contradict_each_other_leave_a_sign_unknown() -> None:
    hope, life = rows(UP, "checkin.hope"), rows(UP[::-1], "checkin.life_okay")
    row = sign(pd.concat([hope, life]), "6")
    assert row["direction"] == "not_known"
    told = {part["scale"]: part["direction"] for part in json.loads(row["evidence"])}
    assert told == {"checkin.hope": "moving", "checkin.life_okay": "slipping"}


def test_pooling_is_by_weight_and_precision() -> None:
    # weights 1 and .5, spreads .2 and .1: shares 25 and 50,
    # mean (25 * .6 + 50 * .3) / 75
    change, spread = pool(
        np.zeros(2, int),
        1,
        np.array([0.6, 0.3]),
        np.array([0.2, 0.1]),
        np.array([1, 0.5]),
    )
    assert change[0] == pytest.approx(0.4)
    own = np.sqrt(25**2 * 0.04 + 50**2 * 0.01) / 75
    # they part by chi squared (1 + 1) on one degree: the spread grows by sqrt 2
    assert spread[0] == pytest.approx(own * np.sqrt(2))


def test_context_alone_says_nothing() -> None:
    # WSAS is context for hope (sign 6) and some evidence for small changes (sign 2)
    wsas = Scale("wsas.total", "wsas", "", "WSAS", 0, 40, "worse")
    falling = rows([30, 29, 28, 24, 22, 20, 16, 15, 12, 12], wsas.id)
    result = read(falling, scales={wsas.id: wsas}).set_index("sign")
    assert result.loc["2", "direction"] == "moving"
    assert result.loc["6", "direction"] == "not_known"


def test_measures_count_by_their_reliable_change() -> None:
    assert sign(rows([18, 18, 17, 17, 12, 11, 11, 10]), "5")["direction"] == "moving"
    assert sign(rows([18, 17, 18, 17] * 3), "5")["direction"] == "steady"


def test_a_practices_own_measure_speaks_to_the_signs_it_names() -> None:
    own = Scale("ours.total", "ours", "", "OURS", 0, 10, "better")
    measure = Measure(
        id="ours",
        name="",
        instrument="",
        scores=(),
        signs=("relationships",),
        is_own=True,
    )
    given = {"scales": {own.id: own}, "measures": {"ours": measure}}
    assert sign(rows(UP, own.id), "4", **given)["direction"] == "moving"
    assert not len(links({own.id: own}, {}))


def goal_tables(*done: int) -> dict[str, pd.DataFrame]:
    goals = pd.DataFrame({"goal_id": ["G1"], "client_id": ["A"], "set_on": [day(0)]})
    steps = pd.DataFrame(
        {
            "goal_id": "G1",
            "position": range(1, len(done) + 1),
            "done_on": [day(at) for at in done],
        }
    )
    return {
        "goals": frame(conform(goals, "goals")),
        "goal_steps": frame(conform(steps, "goal_steps")),
    }


@pytest.mark.parametrize(("ago", "now"), [(27, "moving"), (28, "not_known")])
def test_a_goal_step_of_the_last_four_weeks_is_movement(ago: int, now: str) -> None:
    courses = rows([9] * 12)  # the last score is on day 77
    row = sign(courses, "goals", **goal_tables(77 - ago))
    assert row["direction"] == now
    before = {"moving": "not_known", "not_known": "moving"}[now]
    assert row["direction_before"] == before


def test_direction_before_is_the_direction_four_weeks_earlier() -> None:
    courses = rows([*LEVEL, 8, 9, 9, 9], "checkin.hope")
    row = sign(courses, "6")
    earlier = (courses["date"].max() - pd.Timedelta(days=28)).date()
    assert row["direction_before"] == sign(courses, "6", until=earlier)["direction"]
    assert (row["direction"], row["direction_before"]) == ("moving", "steady")


@pytest.mark.parametrize(
    ("directions", "reading"),
    [
        (["moving", "moving"], "agree_moving"),
        (["steady", "steady", "not_known"], "agree_steady"),
        (["slipping", "slipping"], "agree_slipping"),
        (["moving", "steady"], "moving_steady"),
        (["slipping", "moving"], "moving_slipping"),
        (["slipping", "steady"], "steady_slipping"),
        (["slipping", "steady", "moving"], "all_three"),
        (["moving", "not_known"], "too_few"),
        ([], "too_few"),
    ],
)
def test_signs_agree_or_part(directions: list[str], reading: str) -> None:
    table = pd.DataFrame(
        {"sign": [str(k) for k in range(len(directions))], "direction": directions}
    )
    record = agreement(table)
    assert record["reading"] == reading
    assert record["n_known"] == len(directions) - directions.count("not_known")
    assert set(record["moving"]) == {
        str(k) for k, d in enumerate(directions) if d == "moving"
    }


def test_no_episode_has_no_signs() -> None:
    assert not len(read(rows([]), until=date(2026, 1, 5)))


@settings(max_examples=10)
@given(
    st.lists(st.integers(0, 27), min_size=1, max_size=14),
    st.lists(st.integers(0, 27), min_size=1, max_size=14),
)
def test_other_clients_change_nothing_and_april_leaves_march_alone(own, other) -> None:
    until = day(7 * (len(own) - 1)).date()
    alone = read(rows(own), until)
    more = pd.concat([rows(turned(other), client="B"), rows([*own, 20, 3])])
    both = read(more, until)
    mine = both[both["client_id"] == "A"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, mine)
    assert PHQ.id in alone.set_index("sign").loc["5", "evidence"]
