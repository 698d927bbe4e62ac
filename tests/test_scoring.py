"""One administration: what counts as missing, invalid, unknown; what is refused."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import score
from analysis.errors import AnalysisError
from analysis.measures import Measure, in_context, read_measures

MEASURES = read_measures()
NINE = dict.fromkeys(range(1, 10), 1)


@pytest.mark.parametrize(
    "nothing",
    [None, float("nan"), np.nan, pd.NA, pd.NaT, "", "  ", "NA", "n/a", "nan", "None"],
)
def test_an_empty_answer_is_missing_and_never_zero(nothing: Any) -> None:
    scored = score("phq9", {**NINE, 9: nothing})
    assert scored.status == "prorated"
    assert scored.scores["total"] == 9  # 8 * 9 / 8
    assert scored.missing == ("9",)
    assert scored.risk == "unknown"


def test_an_item_that_is_not_there_is_missing() -> None:
    assert score("phq9", dict.fromkeys(range(1, 9), 1)).missing == ("9",)


@pytest.mark.parametrize("one", [1, 1.0, "1", " 1 ", "1.0", np.int64(1), Decimal(1)])
def test_a_number_may_come_in_any_dress(one: Any) -> None:
    scored = score("phq9", {**NINE, 9: one})
    assert (scored.status, scored.scores["total"], scored.risk) == ("ok", 9, "yes")


@pytest.mark.parametrize(
    "wrong", [4, -1, 1.5, 99, -99, True, "often", "1,5", float("inf"), [1], {}]
)
def test_any_other_answer_is_invalid_and_reported(wrong: Any) -> None:
    scored = score("phq9", {**NINE, 9: wrong})
    assert scored.status == "invalid"
    assert scored.scores["total"] is None
    assert scored.invalid == ("9",)
    assert scored.risk == "unknown"
    assert scored.bands == {}


def test_zero_is_an_answer() -> None:
    scored = score("phq9", dict.fromkeys(range(1, 10), 0))
    assert (scored.scores["total"], scored.risk) == (0, "no")
    assert scored.bands == {"total": "minimal"}


def test_true_and_false_answer_yes_no_items_only() -> None:
    assert score("scoff", dict.fromkeys(range(1, 6), True)).scores["total"] == 5
    assert score("phq9", {**NINE, 1: True}).status == "invalid"


def test_an_unknown_measure_is_refused_with_close_names() -> None:
    with pytest.raises(AnalysisError, match="Did you mean phq9"):
        score("phq-9", NINE)
    with pytest.raises(AnalysisError, match="There is no measure 'xyzzy'"):
        score("xyzzy", NINE)


@pytest.mark.parametrize("key", [0, 11, "11", "q1", -1, 1.5, None])
def test_an_unknown_item_is_refused(key: Any) -> None:
    with pytest.raises(AnalysisError, match="PHQ-9 has no such item"):
        score("phq9", {**NINE, key: 1})


def test_items_go_by_number_name_or_column() -> None:
    by_name = score("checkin", {"mood": 4, "Sleep": 5})
    assert by_name.scores["mood"] == 4
    assert by_name.scores["sleep"] == 5
    columns = {f"phq9_{number}": 1 for number in range(1, 10)}
    assert score("phq9", columns).scores["total"] == 9
    with pytest.raises(AnalysisError, match="item 1 stands twice"):
        score("phq9", {**NINE, "1": 1})


def test_item_numbers_that_a_table_turned_into_decimals_are_the_same_items() -> None:
    assert score("phq9", {float(n): a for n, a in NINE.items()}) == score("phq9", NINE)


@pytest.mark.parametrize(("word", "total"), [("yes", 1), (" No ", 0), ("maybe", None)])
def test_yes_and_no_are_the_only_words_that_answer(
    word: str, total: int | None
) -> None:
    answers = {1: word, 2: 0, 3: 0, 4: 0, 5: 0}
    assert score("scoff", answers).scores["total"] == total


def test_free_text_questions_are_not_scored() -> None:
    scored = score("checkin", {"mood": 4, "small_win": "a walk", 18: "a walk"})
    assert scored.invalid == ()
    assert "small_win" not in scored.scores


def test_a_record_cannot_be_changed() -> None:
    scored = score("phq9", NINE)
    with pytest.raises(dataclasses.FrozenInstanceError):
        scored.status = "ok"  # type: ignore[misc]


def test_the_answers_handed_in_stay_as_they_are() -> None:
    answers = {**NINE, 9: None}
    score("phq9", answers)
    assert answers == {**NINE, 9: None}


def test_a_measure_without_risk_item_says_nothing_about_risk() -> None:
    assert score("gad7", dict.fromkeys(range(1, 8), 3)).risk is None


def test_a_clock_time_is_read_where_a_time_is_asked() -> None:
    night = {2: 10, 4: 8, **{f"5{c}": 0 for c in "abcdefghij"}, 6: 0, 7: 0, 8: 0, 9: 0}
    assert score("psqi", {1: "23:30", 3: "07:30", **night}).scores["global"] == 0
    assert score("psqi", {1: "23:70", 3: "07:30", **night}).invalid == ("1",)
    # bed and rising at the same minute: no time in bed can be worked out
    assert score("psqi", {1: 7, 3: 7, **night}).scores["global"] is None


def test_gender_stands_in_for_sex_and_sex_goes_first() -> None:
    three = dict.fromkeys((1, 2, 3), 1)
    assert score("audit_c", three, gender="woman").flags["positive_us"]
    assert not score("audit_c", three, gender="woman", sex="male").flags["positive_us"]
    assert "positive_us" not in score("audit_c", three, gender="non-binary").flags


def test_a_measure_known_by_its_total_cannot_be_worked_out() -> None:
    own = dataclasses.replace(MEASURES["phq2"], id="own", items=())
    with pytest.raises(AnalysisError, match="taken from exports"):
        score("own", {1: 1}, measures={"own": own})


@st.composite
def filled_in(draw: st.DrawFn) -> tuple[Measure, dict[int, float | None]]:
    """Any measure with allowed answers, some of them skipped."""
    measure = MEASURES[draw(st.sampled_from(list(MEASURES)))]
    answers: dict[int, float | None] = {}
    for item in measure.items:
        allowed = item.allowed or tuple(
            item.low + n * (item.step or 1)
            for n in range(int((item.high - item.low) / (item.step or 1)) + 1)
        )
        value = st.sampled_from([round(a, 1) for a in allowed])
        answers[item.number] = draw(st.one_of(value, value, value, st.none()))
    return measure, answers


@given(filled_in())
@settings(max_examples=80, deadline=None)
def test_a_score_stays_within_its_scale(
    filled: tuple[Measure, dict[int, float | None]],
) -> None:
    measure, answers = filled
    scored = score(measure.id, answers)
    for rule in measure.scores:
        value = scored.scores[rule.id]
        if value is not None:
            assert rule.low <= value <= rule.high, rule.id


@given(filled_in())
@settings(max_examples=50, deadline=None)
def test_the_order_of_answers_changes_nothing(
    filled: tuple[Measure, dict[int, float | None]],
) -> None:
    measure, answers = filled
    backwards = dict(reversed(answers.items()))
    assert score(measure.id, answers) == score(measure.id, backwards)


@given(filled_in())
@settings(max_examples=50, deadline=None)
def test_status_score_and_band_agree(
    filled: tuple[Measure, dict[int, float | None]],
) -> None:
    measure, answers = filled
    scored = score(measure.id, answers)
    for rule in measure.scores:
        status = scored.score_status.get(rule.id, scored.status)
        has_score = scored.scores[rule.id] is not None
        assert has_score == (status in ("ok", "prorated")), rule.id
        if not has_score:
            assert rule.id not in scored.bands


@given(filled_in())
@settings(max_examples=60, deadline=None)
def test_scored_exports_give_the_same_scores_as_raw_ones(
    filled: tuple[Measure, dict[int, float | None]],
) -> None:
    """Reversing by hand and saying "scored" equals the raw answers."""
    measure, answers = filled
    reversed_by_hand = dict(answers)
    for number in in_context(measure, {}).reversed_items:
        answer, item = answers[number], measure.by_number[number]
        if answer is not None:
            reversed_by_hand[number] = item.low + item.high - answer
    if measure.reversal.items:
        scored = score(measure.id, reversed_by_hand, export="scored")
        assert scored == score(measure.id, answers)
