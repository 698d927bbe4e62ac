"""Whole tables: the same numbers as one by one, exported totals, one score a day."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import score
from analysis.errors import AnalysisError
from analysis.measures import read_measures
from analysis.schema import TABLES, conform, frame
from analysis.scoring import score_all

MEASURES = read_measures()


def _table(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows of a tidy table, through the schema as the store reads them."""
    if not rows:
        return TABLES[name].empty()
    raw = pd.DataFrame(rows)
    for column in ("date", "started_on"):
        if column in raw:
            raw[column] = pd.to_datetime(raw[column])
    return frame(conform(raw, name))


def _administration(number: int, measure: str, **more: Any) -> dict[str, Any]:
    return {
        "administration_id": f"A{number}",
        "client_id": "C1",
        "measure": measure,
        "date": "2026-03-02",
        "source_file": "export.csv",
        "source_row": number,
        **more,
    }


def _answers(number: int, answers: dict[int, float | None]) -> list[dict[str, Any]]:
    return [
        {"administration_id": f"A{number}", "item": item, "response": answer}
        for item, answer in answers.items()
    ]


def _score_all(
    administrations: list[dict[str, Any]],
    responses: list[dict[str, Any]],
    totals: list[dict[str, Any]] | None = None,
    clients: list[dict[str, Any]] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    return score_all(
        _table("administrations", administrations),
        _table("responses", responses),
        _table("totals", totals or []),
        _table("clients", clients or [{"client_id": "C1"}]),
        MEASURES,
    )


def _nine(value: float, **more: float | None) -> dict[int, float | None]:
    changed = {int(name.removeprefix("q")): v for name, v in more.items()}
    return {**dict.fromkeys(range(1, 10), value), **changed}


def _row(scores: pd.DataFrame, scale: str) -> pd.Series:
    return scores[scores["scale"] == scale].iloc[0]


# --- the same as one by one ----------------------------------------------------------

_CONTEXTS: dict[str, list[dict[str, Any]]] = {
    "sdq": [{}, {"informant": "parent"}, {"bands": "three_band"}],
    "rses": [{}, {"item_order": "order_b"}],
    "epds": [{}, {"export": "positions"}],
    "wsas": [{}, {"work_not_applicable": True}],
    "core10": [{}, {"export": "scored"}],
    "pdss_sr": [{}, {"agoraphobia": True}],
}


@st.composite
def _form(draw: st.DrawFn) -> tuple[str, dict[int, float | None], dict[str, Any]]:
    name = draw(st.sampled_from(list(MEASURES)))
    answers: dict[int, float | None] = {}
    for item in MEASURES[name].items:
        if draw(st.integers(0, 11)) == 0:
            continue  # the export has no cell
        steps = int((item.high - item.low) / (item.step or 1))
        at = draw(st.integers(-1, steps + 1))
        value = round(item.low + at * (item.step or 1), 1)
        answers[item.number] = None if at == -1 else value
    return name, answers, draw(st.sampled_from(_CONTEXTS.get(name, [{}])))


@given(st.lists(_form(), min_size=1, max_size=6), st.integers(2005, 2020))
@settings(max_examples=40, deadline=None)
def test_a_table_says_the_same_as_one_form_after_the_other(
    forms: list[tuple[str, dict[int, float | None], dict[str, Any]]], born: int
) -> None:
    client = {"client_id": "C1", "birth_year": born, "sex": "female"}
    rows, answers = [], []
    for number, (name, given_answers, context) in enumerate(forms):
        stated = json.dumps(context) if context else None
        rows.append(_administration(number, name, context=stated))
        answers += _answers(number, given_answers)
    scores, risks = _score_all(rows, answers, clients=[client])
    for number, (name, given_answers, context) in enumerate(forms):
        one = score(name, given_answers, age=2026 - born, sex="female", **context)
        mine = scores[scores["administration_id"] == f"A{number}"]
        assert len(mine) > 0
        for row in mine.itertuples():
            rule = row.scale.split(".")[1]
            status = one.score_status.get(rule, one.status)
            assert (row.status, row.why) == _words(status), row.scale
            assert _value(row.score) == pytest.approx(one.scores[rule], abs=1e-12)
            assert _value(row.band) == one.bands.get(rule)
        flags = risks.loc[risks["administration_id"] == f"A{number}", "risk"]
        assert one.risk == _worst(list(flags))


def _words(status: str) -> tuple[str, Any]:
    if status in ("ok", "prorated"):
        return status, pytest.approx(float("nan"), nan_ok=True)
    return "not_scored", status


def _value(cell: Any) -> Any:
    return None if pd.isna(cell) else cell


def _worst(flags: list[str]) -> str | None:
    return next((flag for flag in ("yes", "unknown", "no") if flag in flags), None)


@given(st.lists(_form(), min_size=2, max_size=6), st.randoms())
@settings(max_examples=15, deadline=None)
def test_the_order_of_rows_changes_nothing(
    forms: list[tuple[str, dict[int, float | None], dict[str, Any]]], chance: Any
) -> None:
    rows = [_administration(n, name) for n, (name, _, _) in enumerate(forms)]
    answers = [a for n, (_, given, _) in enumerate(forms) for a in _answers(n, given)]
    straight = _score_all(rows, answers)
    chance.shuffle(rows)
    chance.shuffle(answers)
    mixed = _score_all(rows, answers)
    for left, right, key in zip(straight, mixed, ("scale", "item"), strict=True):
        keys = ["administration_id", key]
        pd.testing.assert_frame_equal(
            left.sort_values(keys, ignore_index=True),
            right.sort_values(keys, ignore_index=True),
        )


# --- what stands in the tables -------------------------------------------------------


def test_both_tables_fit_the_schema() -> None:
    scores, risks = _score_all([_administration(1, "phq9")], _answers(1, _nine(1)))
    assert list(scores.columns) == TABLES["scores"].names
    assert list(risks.columns) == TABLES["risks"].names
    conform(scores, "scores")
    conform(risks, "risks")


def test_no_administrations_give_empty_tables() -> None:
    scores, risks = _score_all([], [])
    assert len(scores) == len(risks) == 0
    conform(scores, "scores")
    conform(risks, "risks")


def test_a_scored_form_names_band_case_and_origin() -> None:
    scores, _ = _score_all([_administration(1, "phq9")], _answers(1, _nine(2, q9=0)))
    row = _row(scores, "phq9.total")
    assert row["score"] == 16
    assert (row["band"], row["is_case"]) == ("moderately severe", True)
    assert (row["origin"], row["status"], row["n_missing"]) == ("items", "ok", 0)


def test_a_risk_item_counts_without_a_total() -> None:
    answers = {4: 3.0, 9: 1.0}
    scores, risks = _score_all([_administration(1, "phq9")], _answers(1, answers))
    row = _row(scores, "phq9.total")
    assert (row["status"], row["why"]) == ("not_scored", "incomplete")
    assert row["n_missing"] == 7
    assert list(risks["risk"]) == ["yes"]
    assert list(risks["answer"]) == [1.0]


def test_an_unanswered_risk_item_is_unknown() -> None:
    rows = [_administration(n, "phq9") for n in (1, 2, 3)]
    answers = _answers(1, _nine(1, q9=None)) + _answers(2, _nine(1, q9=5))
    total = {"administration_id": "A3", "scale": "phq9.total", "score": 12.0}
    _, risks = _score_all(rows, answers, [total])
    assert list(risks["risk"]) == ["unknown"] * 3
    assert risks["answer"].isna().all()


def test_scores_nobody_asked_for_are_left_out() -> None:
    scores, _ = _score_all(
        [_administration(1, "checkin")], _answers(1, {1: 5, 3: None})
    )
    assert list(scores["scale"]) == ["checkin.mood", "checkin.sleep"]
    assert list(scores["status"]) == ["ok", "not_scored"]


def test_a_form_without_any_answer_keeps_one_row() -> None:
    scores, _ = _score_all([_administration(1, "sdq")], [])
    assert list(scores["why"]) == ["incomplete"]
    # an extra question alone is no answer to the form either
    scores, _ = _score_all([_administration(1, "phq9")], _answers(1, {10: 2}))
    assert list(scores["status"]) == ["not_scored"]


# --- exported totals -----------------------------------------------------------------


def _exported(scale: str, value: float) -> dict[str, Any]:
    return {"administration_id": "A1", "scale": scale, "score": value}


def test_items_go_before_the_exported_total() -> None:
    scores, _ = _score_all(
        [_administration(1, "phq9")],
        _answers(1, _nine(1)),
        [_exported("phq9.total", 17.0)],
    )
    row = _row(scores, "phq9.total")
    assert (row["score"], row["origin"]) == (9, "items")


def test_the_exported_total_stands_in_where_items_cannot_be_scored() -> None:
    scores, risks = _score_all(
        [_administration(1, "phq9")],
        _answers(1, _nine(1, q1=None, q2=None, q3=7)),
        [_exported("phq9.total", 17.0)],
    )
    row = _row(scores, "phq9.total")
    assert (row["score"], row["origin"], row["status"]) == (17, "exported", "ok")
    assert (row["band"], row["n_missing"]) == ("moderately severe", 2)
    assert list(risks["risk"]) == ["yes"]


def test_a_total_alone_is_a_score_and_leaves_skipped_items_unknown() -> None:
    total = [_exported("phq9.total", 9.0)]
    scores, _ = _score_all([_administration(1, "phq9")], [], total)
    row = _row(scores, "phq9.total")
    assert (row["score"], row["is_case"]) == (9, False)
    assert pd.isna(row["n_missing"])


@pytest.mark.parametrize(("value", "scored"), [(0, 1), (27, 1), (27.5, 0), (-1, 0)])
def test_an_exported_total_has_to_lie_in_the_range(value: float, scored: int) -> None:
    total = [_exported("phq9.total", value)]
    scores, _ = _score_all([_administration(1, "phq9")], [], total)
    row = _row(scores, "phq9.total")
    assert _value(row["why"]) == (None if scored else "invalid")


def test_what_follows_from_an_exported_total_is_worked_out() -> None:
    for measure, given_scale, value, scale, wanted in (
        ("who5", "who5.raw", 13, "who5.percent", 52),
        ("who5", "who5.percent", 52, "who5.raw", 13),
        ("swemwbs", "swemwbs.raw", 21, "swemwbs.metric", 19.25),
        ("promis_dep_4a", "promis_dep_4a.raw", 12, "promis_dep_4a.t", 62.2),
        ("pdss_sr", "pdss_sr.total", 14, "pdss_sr.composite", 2),
    ):
        total = [_exported(given_scale, value)]
        scores, _ = _score_all([_administration(1, measure)], [], total)
        assert _row(scores, scale)["score"] == pytest.approx(wanted)
        assert set(scores["origin"]) == {"exported"}


# --- context -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "is_case"), [(1980, False), (2011, True), (2017, True), (None, False)]
)
def test_age_chooses_the_cut_off(born: int | None, is_case: bool) -> None:
    """ORS 26: not clinical in adults (25), clinical at 15 (28) and at 9 (32)."""
    scores, _ = _score_all(
        [_administration(1, "ors")],
        _answers(1, {1: 6.5, 2: 6.5, 3: 6.5, 4: 6.5}),
        clients=[{"client_id": "C1", "birth_year": born}],
    )
    assert bool(_row(scores, "ors.total")["is_case"]) is is_case


def test_what_the_export_says_about_a_form_is_heeded() -> None:
    rows = [
        _administration(1, "wsas", context='{"work_not_applicable": true}'),
        _administration(2, "wsas", date="2026-03-09"),
    ]
    answers = {1: None, 2: 5.0, 3: 5.0, 4: 5.0, 5: 5.0}
    scores, _ = _score_all(rows, _answers(1, answers) + _answers(2, answers))
    assert list(scores["status"]) == ["ok", "not_scored"]
    assert scores["score"].iloc[0] == 20
    assert scores["band"].isna().all()


# --- one score a day -----------------------------------------------------------------


def _two(first: dict[str, Any], second: dict[str, Any]) -> list[bool]:
    rows = [_administration(1, "phq9", **first), _administration(2, "phq9", **second)]
    scores, _ = _score_all(rows, _answers(1, _nine(1)) + _answers(2, _nine(2)))
    return list(scores.sort_values("administration_id")["is_superseded"])


def test_of_two_on_a_day_the_later_time_counts() -> None:
    assert _two({"time": "15:00:00"}, {"time": "09:00:00"}) == [False, True]


def test_without_a_time_the_later_row_counts() -> None:
    assert _two({}, {}) == [True, False]
    assert _two({"source_row": 9}, {"source_row": 10}) == [True, False]
    assert _two({"time": "15:00:00", "source_row": 2}, {"source_row": 3}) == [
        True,
        False,
    ]


def test_other_days_scales_and_clients_do_not_compete() -> None:
    assert _two({}, {"date": "2026-03-03"}) == [False, False]
    assert _two({}, {"client_id": "C2"}) == [False, False]


def test_a_form_that_could_not_be_scored_replaces_none() -> None:
    rows = [_administration(1, "phq9"), _administration(2, "phq9")]
    answers = _answers(1, _nine(1)) + _answers(2, {1: 3, 2: None})
    scores, _ = _score_all(rows, answers)
    assert not scores["is_superseded"].any()


# --- what is refused -----------------------------------------------------------------


def test_tables_that_do_not_fit_together_are_refused() -> None:
    one = [_administration(1, "phq9")]
    with pytest.raises(AnalysisError, match="not known: phq99"):
        _score_all([_administration(1, "phq99")], [])
    with pytest.raises(AnalysisError, match="1 rows of responses belong to no"):
        _score_all(one, _answers(2, {1: 1}))
    with pytest.raises(AnalysisError, match="item 12 of phq9"):
        _score_all(one, _answers(1, {12: 1}))
    with pytest.raises(AnalysisError, match="PHQ-9 does not have"):
        _score_all(one, [], [_exported("phq9.sum", 4)])
    with pytest.raises(AnalysisError, match="no JSON object"):
        _score_all([_administration(1, "phq9", context="[1")], [])


def test_the_tables_handed_in_stay_as_they_are() -> None:
    administrations = _table("administrations", [_administration(1, "phq9")])
    responses = _table("responses", _answers(1, _nine(1, q3=None)))
    before = administrations.copy(), responses.copy()
    score_all(
        administrations,
        responses,
        TABLES["totals"].empty(),
        TABLES["clients"].empty(),
        MEASURES,
    )
    pd.testing.assert_frame_equal(administrations, before[0])
    pd.testing.assert_frame_equal(responses, before[1])


def test_many_rows_take_whole_columns_at_a_time() -> None:
    """20,000 forms in well under a second, so nothing loops over rows."""
    n = 20_000
    ids = [f"A{number}" for number in range(n)]
    administrations = pd.DataFrame(
        {
            "administration_id": ids,
            "client_id": [f"C{number // 8}" for number in range(n)],
            "measure": "phq9",
            "date": pd.Timestamp("2026-01-05")
            + pd.to_timedelta(np.arange(n) % 8 * 7, unit="D"),
        }
    )
    responses = pd.DataFrame(
        {
            "administration_id": np.repeat(ids, 9),
            "item": np.tile(np.arange(1, 10), n),
            "response": np.tile([0.0, 1, 2, 3, 0, 1, 2, 3, 0], n),
        }
    )
    empty = TABLES["totals"].empty(), TABLES["clients"].empty()
    scores, risks = score_all(administrations, responses, *empty, MEASURES)
    assert (scores["score"] == 12).all()
    assert (risks["risk"] == "no").all()
    assert len(scores) == len(risks) == n
