"""Findings about scores: every kind at its edge, with exactly the evidence it owes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from findings_of import SETTINGS, found, last_day, of_kind
from hypothesis import given, settings
from hypothesis import strategies as st
from small_practice import SCALES, START, WELL, day, practice, rows, turned

from analysis.evidence import gathered, json_objects
from analysis.findings import DETECTORS, find_all
from analysis.findings.rows import found as make
from analysis.measures import Measure
from analysis.records import EVIDENCE, Cutoff, Scale


def test_every_finding_carries_exactly_the_evidence_of_its_kind() -> None:
    busy = pd.concat(
        [
            rows([18, 19, 18, 17, 18, 9, 8, 9, 7, 8, 6, 6]),
            rows([8, 9, 8, 7, 8, 15, 16, 17, 18, 17], client="B"),
            rows([15, 14, 16] * 6, client="C"),
            rows([14, 15, 16, 23], client="D"),
        ]
    )
    result = found(busy, last_day(busy) + timedelta(days=30))
    assert len(set(result["kind"])) >= 8
    for row in result.itertuples():
        assert tuple(json.loads(row.evidence)) == EVIDENCE[row.kind]


def test_detectors_stand_in_the_order_of_the_report() -> None:
    kinds = [name.__name__ for name in DETECTORS]
    assert kinds[:3] == [
        "find_risk_items",
        "find_deteriorations",
        "find_standing_setbacks",
    ]
    assert kinds[-1] == "find_small_wins"


def test_nothing_is_found_where_there_is_nothing() -> None:
    assert not len(found(rows([]), START))
    assert not len(found(rows([14]), START))


@pytest.mark.parametrize(
    ("latest", "kind"), [(20, "deterioration"), (8, "reliable_improvement")]
)
def test_reliable_change_is_told_since_the_first_score_beyond(latest, kind) -> None:
    values = [14, 14, latest, 14, latest, latest]
    for courses in (rows(values), rows(turned(values), WELL.id)):
        (one,) = of_kind(courses, kind)
        assert one["since"] == day(28)
        assert one["found"]["points"] == 6
        assert one["found"]["reliable_change"] == 6
    assert not of_kind(rows([14, 14 + (latest > 14) - (latest < 14)]), kind)


def test_recovery_is_told_since_the_scores_have_been_below_the_cut_off() -> None:
    (one,) = of_kind(rows([16, 9, 10, 9, 8]), "recovery")
    assert one["found"] == {
        "baseline": 16,
        "latest": 8,
        "cutoff": 10,
        "since": day(21).date().isoformat(),
    }
    (both,) = of_kind(rows([16, 9, 10, 9, 8]), "reliable_recovery")
    assert both["since"] == day(21)
    assert not of_kind(rows([9, 8, 3]), "recovery")


def risks(*answers: tuple[int, float | None]) -> pd.DataFrame:
    """Item 9 on days: flagged from 1, unknown where not answered."""
    return pd.DataFrame(
        {
            "client_id": "A",
            "episode_id": "A#1",
            "administration_id": [f"a{k}" for k in range(len(answers))],
            "date": [day(at) for at, _ in answers],
            "measure": "phq9",
            "item": 9,
            "answer": [answer for _, answer in answers],
            "meaning": "thoughts of death",
            "risk": [
                "unknown" if answer is None else "yes" if answer >= 1 else "no"
                for _, answer in answers
            ],
        }
    )


def risk(*answers: tuple[int, float | None], until: int) -> list[dict[str, Any]]:
    end = START + timedelta(days=until)
    return of_kind(rows([9]), "risk_item", until=end, risks=risks(*answers))


def test_a_flag_in_the_month_of_the_report_is_now() -> None:
    # 5 January is day 0; 31 January day 26, 1 February day 27
    (one,) = risk((0, 0), (7, 1), (14, 2), until=26)
    assert one["found"]["status"] == "now"
    assert one["found"]["answer"] == 2
    assert one["since"] == day(7)
    assert one["audience"] == "clinician"
    (later,) = risk((0, 0), (7, 1), (14, 2), until=27)
    assert later["found"]["status"] == "past"


def test_a_flag_is_never_netted_by_later_answers() -> None:
    (one,) = risk((0, 3), (30, 0), (60, None), (90, 0), until=100)
    assert one["found"]["status"] == "past"
    assert one["found"]["n_flagged"] == 1
    assert one["found"]["n_since"] == 2  # answered since, without a flag
    assert one["found"]["flagged_on"] == day(0).date().isoformat()


def test_an_item_that_was_not_answered_is_unknown_never_clear() -> None:
    (one,) = risk((0, 0), (40, None), until=45)
    assert one["found"]["status"] == "unknown"
    assert one["found"]["answer"] is None
    assert one["found"]["flagged_on"] is None
    assert one["since"] == day(40)


def test_an_item_that_was_never_flagged_is_no_finding() -> None:
    assert risk((0, 0), (7, None), (14, 0), until=20) == []


FLAT = [15, 14, 16, 15, 15, 14, 16, 15, 14, 15, 16, 15, 15, 14, 15, 16]


def test_a_plateau_tells_its_stretch_and_what_would_lift_it() -> None:
    (one,) = of_kind(rows(FLAT), "plateau")
    tells = one["found"]
    assert one["grade"] in ("likely", "strong")
    assert (tells["lowest"], tells["highest"], tells["cutoff"]) == (14, 16, 10)
    assert (tells["n_scores"], tells["weeks"]) == (16, 15)
    assert tells["lifts_at"] < 14
    assert not of_kind(rows([*FLAT, tells["lifts_at"]]), "plateau")
    (mirror,) = of_kind(rows(turned(FLAT), WELL.id), "plateau")
    assert mirror["found"]["lifts_at"] == 27 - tells["lifts_at"]


def test_a_level_course_below_the_cut_off_is_no_plateau() -> None:
    assert not of_kind(rows([value - 8 for value in FLAT]), "plateau")


def test_only_open_episodes_have_plateaus_setbacks_and_are_overdue() -> None:
    worse = [10] * 8 + [18, 19, 18]
    late = START + timedelta(days=7 * 16 + 100)
    for values, kind in ((FLAT, "plateau"), (worse, "setback")):
        assert of_kind(rows(values), kind)
        assert not of_kind(rows(values), kind, until=late)
    assert not of_kind(rows(FLAT), "overdue", until=late)


@pytest.mark.parametrize(("days", "late"), [(14, False), (15, True)])
def test_overdue_is_more_than_twice_the_usual_interval(days: int, late: bool) -> None:
    courses = rows([12, 11, 12, 11])
    until = last_day(courses) + timedelta(days=days)
    found_now = of_kind(courses, "overdue", until=until)
    assert bool(found_now) is late
    if late:
        assert found_now[0]["since"] == day(21 + 15)
        assert found_now[0]["found"] == {
            "last_date": day(21).date().isoformat(),
            "days": 15,
            "usual_days": 7,
            "measures": ["phq9"],
        }


def test_a_clients_own_rhythm_counts_once_it_shows() -> None:
    fortnightly = rows([12, 11, 12, 11], days=[0, 14, 28, 42])
    assert not of_kind(fortnightly, "overdue", until=START + timedelta(days=42 + 28))
    assert of_kind(fortnightly, "overdue", until=START + timedelta(days=42 + 29))


def test_a_client_who_fills_in_something_else_is_not_overdue() -> None:
    both = pd.concat([rows([12] * 4), rows([20] * 12, WELL.id)])
    assert not of_kind(both, "overdue")
    (late,) = of_kind(both, "overdue", until=last_day(both) + timedelta(days=15))
    assert late["found"]["measures"] == ["phq9", "well"]


def test_a_check_in_is_no_score() -> None:
    both = pd.concat([rows([12] * 4), rows([5] * 12, "checkin.mood")])
    (late,) = of_kind(both, "overdue")
    assert late["found"]["measures"] == ["phq9"]


ALLIANCE = Scale(
    "srs.total", "srs", "Alliance", "SRS", 0, 40, "better",
    caseness=Cutoff("low", 36, "<", "talk about the session"), step=0.1,
)  # fmt: skip
SRS = Measure(id="srs", name="", instrument="SRS", scores=(), purpose="alliance")


@pytest.mark.parametrize(
    ("values", "below", "drop"),
    [
        ([38, 37], False, 1.0),  # down by a point
        ([37.9, 37], None, 0.9),  # by less, and not low
        ([36.2, 36], None, 0.2),
        ([36.2, 35.9], True, 0.3),
        ([35], True, None),
    ],
)
def test_an_alliance_is_worth_a_look_when_low_or_lower(values, below, drop) -> None:
    given = {"scales": {ALLIANCE.id: ALLIANCE}, "measures": {"srs": SRS}}
    result = of_kind(rows(values, ALLIANCE.id), "alliance", **given)
    if below is None:
        assert result == []
        return
    assert result[0]["found"]["below"] is below
    assert result[0]["found"]["drop"] == drop
    assert result[0]["audience"] == "clinician"


def test_other_scales_are_no_alliance() -> None:
    assert not of_kind(rows([8, 12]), "alliance")


@pytest.mark.parametrize(
    ("values", "lags"),
    [
        ([16] * 6, False),  # week 5
        ([16] * 7, True),  # week 6, nothing gained
        ([16] * 6 + [14], True),  # half a reliable change is 3 points
        ([16] * 6 + [13], False),
        ([12] * 6 + [9], False),  # no case any more
        ([12, 18], True),  # a reliable deterioration at any time
    ],
)
def test_the_rational_rule_at_its_edges(values: list[float], lags: bool) -> None:
    for courses in (rows(values), rows(turned(values), WELL.id)):
        result = of_kind(courses, "not_on_track")
        assert bool(result) is lags
        if lags:
            assert result[0]["found"]["rule"] == "rational rule"
            assert result[0]["found"]["expected"] is None


def test_a_sudden_gain_is_told_with_what_came_of_it() -> None:
    values = [20, 21, 20, 11, 12, 11]
    (gain,) = of_kind(rows(values), "sudden_gain")
    assert gain["since"] == day(21)
    assert gain["found"] == {
        "before": 20,
        "after": 11,
        "points": 9,
        "held": True,
        "n_after": 2,
    }
    (loss,) = of_kind(rows(turned(values)), "sudden_loss")
    assert loss["found"]["points"] == 9


def test_a_lost_gain_is_told_for_two_months_only() -> None:
    values = [20, 21, 20, 11, 12, 11, 19, 20, 19, 20, 19, 20]
    (one,) = of_kind(rows(values[:8]), "sudden_gain")
    assert one["found"]["held"] is False
    assert not of_kind(rows(values + [20] * 4), "sudden_gain")


def test_the_same_client_is_found_alone_and_in_the_practice() -> None:
    courses = [
        rows([18, 19, 18, 17, 18, 9, 8, 9, 7, 8, 6, 6]),
        rows([8, 9, 8, 7, 8, 15, 16, 17, 18, 17], client="B"),
        rows(FLAT, client="C"),
    ]
    until = last_day(courses[2])
    together = found(pd.concat(courses), until)
    for client, own in zip("ABC", courses, strict=True):
        mine = together[together["client_id"] == client].reset_index(drop=True)
        pd.testing.assert_frame_equal(found(own, until), mine)


@settings(max_examples=8)
@given(st.lists(st.integers(0, 27), min_size=2, max_size=14))
def test_april_leaves_march_alone(values: list[int]) -> None:
    until = day(7 * (len(values) - 2)).date()
    before = found(rows(values[:-1]), until)
    pd.testing.assert_frame_equal(before, found(rows(values), until))


def test_evidence_is_json_with_days_lists_and_missing_values() -> None:
    frame = pd.DataFrame(
        {
            "day": pd.Series([day(0), pd.NaT], dtype="datetime64[s]"),
            "words": ['he said "no"\n', None],
            "number": [1.5, np.nan],
            "count": pd.array([2, None], dtype="Int64"),
            "is_so": [True, False],
            "names": gathered(pd.Series(["phq9", "gad7"]), np.array([2, 0])),
        }
    )
    first, second = (json.loads(text) for text in json_objects(frame))
    assert first == {
        "day": "2026-01-05",
        "words": 'he said "no"\n',
        "number": 1.5,
        "count": 2,
        "is_so": True,
        "names": ["phq9", "gad7"],
    }
    assert second == {
        "day": None,
        "words": None,
        "number": None,
        "count": None,
        "is_so": False,
        "names": [],
    }


def test_a_finding_that_lacks_evidence_is_refused() -> None:
    with pytest.raises(ValueError, match="lacks"):
        make("plateau", pd.DataFrame({"weeks": [1.0]}))


def test_thresholds_of_the_practice_are_used() -> None:
    rules = replace(SETTINGS.thresholds, overdue_intervals=4.0)
    courses = rows([12, 11, 12, 11])
    until = last_day(courses) + timedelta(days=20)
    tables = practice(courses, until)
    patient = replace(SETTINGS, thresholds=rules)
    result = find_all(tables, SCALES, tables["episodes"], until, patient)
    assert "overdue" not in set(result["kind"])
