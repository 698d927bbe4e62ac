"""Episodes of care: exported, derived, both; every rule at its edge."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_practice import START, day

from analysis.episodes import are_open, assign, belong, find_episodes
from analysis.schema import TABLES, conform

GAP = 90


def clients(**columns: object) -> pd.DataFrame:
    rows = {name: TABLES["clients"].empty()[name] for name in ("client_id",)}
    frame = pd.DataFrame(columns or rows)
    for name in ("started_on", "ended_on"):
        if name in frame:
            frame[name] = pd.to_datetime(frame[name]).astype("datetime64[s]")
    return frame.reindex(columns=TABLES["clients"].names)


def contacts(*days: int, client: str = "A") -> pd.DataFrame:
    dates = pd.Series([day(number) for number in days], dtype="datetime64[s]")
    return pd.DataFrame({"client_id": client, "date": dates, "clinician_id": "C-1"})


NOBODY = TABLES["sessions"].empty()


def found(people: pd.DataFrame, sessions: pd.DataFrame, forms: pd.DataFrame = NOBODY):
    episodes = find_episodes(people, sessions, forms, GAP)
    conform(episodes, "episodes")
    return episodes


def spans(episodes: pd.DataFrame) -> list[tuple[int, int]]:
    first = pd.Timestamp(START)
    return [
        ((row.started_on - first).days, (row.last_contact - first).days)
        for row in episodes.itertuples()
    ]


def test_nobody_has_no_episode() -> None:
    assert not len(found(clients(), NOBODY))


def test_a_client_without_any_date_has_no_episode() -> None:
    assert not len(found(clients(client_id=["A"]), NOBODY))


@pytest.mark.parametrize(("gap", "episodes"), [(89, 1), (90, 2), (91, 2)])
def test_a_gap_of_ninety_days_starts_a_new_episode(gap: int, episodes: int) -> None:
    assert len(found(clients(), contacts(0, 7, 7 + gap))) == episodes


def test_sessions_and_questionnaires_are_both_contacts() -> None:
    episodes = found(clients(), contacts(0, 160), contacts(80))
    assert spans(episodes) == [(0, 160)]


def test_ids_count_a_clients_episodes_by_time() -> None:
    sessions = pd.concat([contacts(300, 0), contacts(5, client="B")])
    episodes = found(clients(), sessions)
    assert list(episodes["episode_id"]) == ["A#1", "A#2", "B#1"]
    assert spans(episodes) == [(0, 0), (300, 300), (5, 5)]
    assert episodes["is_derived"].all()


def test_an_episode_that_another_follows_has_ended_with_its_last_contact() -> None:
    episodes = found(clients(), contacts(0, 14, 300))
    assert list(episodes["ended_on"].isna()) == [False, True]
    assert episodes["ended_on"].iloc[0] == day(14)


def test_an_exported_episode_is_not_split_by_a_gap() -> None:
    people = clients(client_id=["A"], started_on=[day(0)], ended_on=[day(400)])
    episodes = found(people, contacts(0, 200, 400))
    assert spans(episodes) == [(0, 400)]
    assert not episodes["is_derived"].any()
    assert episodes["ended_on"].iloc[0] == day(400)


def test_an_open_exported_episode_is_not_split_either() -> None:
    people = clients(client_id=["A"], started_on=[day(0)])
    assert spans(found(people, contacts(0, 200, 400))) == [(0, 400)]


def test_the_questionnaire_of_the_referral_belongs_to_the_episode() -> None:
    people = clients(client_id=["A"], started_on=[day(20)])
    assert spans(found(people, contacts(30), contacts(1))) == [(1, 30)]


def test_an_earlier_course_of_therapy_is_an_episode_of_its_own() -> None:
    people = clients(client_id=["A"], started_on=[day(400)], ended_on=[day(500)])
    episodes = found(people, contacts(0, 30, 60, 410))
    assert spans(episodes) == [(0, 60), (400, 500)]
    assert list(episodes["is_derived"]) == [True, False]


def test_an_exported_start_splits_a_long_unbroken_run_before_it() -> None:
    people = clients(client_id=["A"], started_on=[day(200)])
    weekly = contacts(*range(0, 300, 7))
    assert spans(found(people, weekly)) == [(0, 196), (200, 294)]


def test_a_late_questionnaire_belongs_to_the_episode_that_ended() -> None:
    people = clients(client_id=["A"], started_on=[day(0)], ended_on=[day(100)])
    assert spans(found(people, contacts(50), contacts(130))) == [(0, 130)]


def test_who_comes_back_after_the_exported_end_has_two_episodes() -> None:
    people = clients(client_id=["A"], started_on=[day(0)], ended_on=[day(100)])
    episodes = found(people, contacts(50, 190, 200))
    assert spans(episodes) == [(0, 100), (190, 200)]


def test_the_client_list_names_the_clinician_of_the_latest_episode_only() -> None:
    people = clients(
        client_id=["A"], clinician_id=["C-9"], end_reason=["moved"], programme=["P"]
    )
    episodes = found(people, contacts(0, 300))
    assert list(episodes["clinician_id"]) == ["C-1", "C-9"]
    assert list(episodes["programme"]) == ["P", "P"]
    assert episodes["end_reason"].isna().all()


def test_rows_belong_to_the_latest_episode_begun_by_then() -> None:
    episodes = found(clients(), contacts(0, 14, 300))
    rows = contacts(-5, 0, 200, 300, 999)
    assert list(assign(rows, episodes)["episode_id"]) == [
        "A#1", "A#1", "A#1", "A#2", "A#2",
    ]  # fmt: skip


def test_rows_of_unknown_clients_belong_to_no_episode() -> None:
    episodes = found(clients(), contacts(0))
    assert assign(contacts(3, client="Z"), episodes)["episode_id"].isna().all()
    assert not len(assign(NOBODY, episodes))
    assert assign(contacts(3), episodes[:0])["episode_id"].isna().all()


def test_an_episode_is_open_until_it_ends_or_is_silent_too_long() -> None:
    episodes = found(clients(), contacts(0, 14, 300))
    end = date(2026, 11, 1)  # 300 days after the start
    assert list(are_open(episodes, end, GAP)) == [False, True]
    assert list(are_open(episodes, date(2027, 1, 29), GAP)) == [False, True]
    assert list(are_open(episodes, date(2027, 1, 30), GAP)) == [False, False]
    assert not are_open(episodes, date(2025, 1, 1), GAP).any()


def test_an_exported_episode_stays_open_until_the_export_ends_it() -> None:
    people = clients(client_id=["A"], started_on=[day(0)])
    assert are_open(found(people, contacts(3)), date(2030, 1, 1), GAP).all()


def test_rows_of_some_episodes_are_told_from_others() -> None:
    episodes = found(clients(), contacts(0, 300))
    rows = pd.DataFrame({"episode_id": ["A#1", "B#1", None, "A#2"]})
    assert list(belong(rows, episodes)) == [True, False, False, True]


@settings(max_examples=25)
@given(
    st.lists(st.integers(0, 900), min_size=1, max_size=30),
    st.lists(st.integers(0, 900), max_size=30),
    st.randoms(use_true_random=False),
)
def test_order_of_rows_and_other_clients_change_nothing(one, other, random) -> None:
    alone = found(clients(), contacts(*one))
    both = pd.concat([contacts(*one), contacts(*other, client="B")])
    order = list(range(len(both)))
    random.shuffle(order)
    together = found(clients(), both.iloc[order])
    mine = together[together["client_id"] == "A"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, mine)


@settings(max_examples=25)
@given(st.lists(st.integers(0, 900), min_size=1, max_size=40))
def test_every_contact_lies_in_exactly_one_episode(days: list[int]) -> None:
    rows = contacts(*days)
    episodes = found(clients(), rows)
    placed = assign(rows, episodes).merge(episodes, on="episode_id")
    assert len(placed) == len(rows)
    assert (placed["date"] >= placed["started_on"]).all()
    assert (placed["date"] <= placed["last_contact"]).all()
    gaps = np.diff(np.unique(days))
    assert len(episodes) == 1 + int((gaps >= GAP).sum())
