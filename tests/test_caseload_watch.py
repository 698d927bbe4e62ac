"""Who needs a look: order, what is left out, what chance alone would give."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from caseload_tables import SCALES, Course, findings, tables_of

from analysis.caseload import caseload_period
from analysis.caseload.watch import natural
from analysis.schema import TABLES
from analysis.settings import Settings

SINCE, UNTIL = date(2026, 1, 1), date(2026, 6, 30)
OPEN = "2026-06-01"


def here(client: str, **more) -> Course:
    return Course(client, OPEN, phq9=(15, 14, 16, 15), **more)


def watch(courses, flags: pd.DataFrame, settings=None, before=None, **choices):
    tables = tables_of(courses, UNTIL, findings=flags)
    report = caseload_period(
        tables,
        SCALES,
        settings or Settings(),
        since=choices.pop("since", SINCE),
        until=UNTIL,
        before=before,
        **choices,
    )
    return report.watch


RISK = '{"measure": "phq9", "status": "now", "item": 9, "answer": 2}'


def test_most_urgent_kind_first_and_oldest_first_within_a_kind() -> None:
    flags = findings(
        ("A2#1", "plateau", "phq9.total", "2026-06-10", ""),
        ("A1#1", "plateau", "phq9.total", "2026-06-20", ""),
        ("A10#1", "plateau", "phq9.total", "2026-06-20", ""),
        ("A3#1", "overdue", "", "2026-05-01", ""),
        ("A4#1", "alliance", "", "2026-05-01", ""),
        ("A5#1", "setback", "phq9.total", "2026-06-28", ""),
        ("A6#1", "deterioration", "phq9.total", "2026-06-29", ""),
        ("A7#1", "risk_item", "", "2026-06-29", RISK),
        ("A8#1", "not_on_track", "phq9.total", "2026-06-01", ""),
    )
    names = ["A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A10"]
    found = watch([here(name) for name in names], flags)
    assert [(w.kind, w.client_id) for w in found.clients] == [
        ("risk_item", "A7"),
        ("deterioration", "A6"),
        ("setback", "A5"),
        ("not_on_track", "A8"),
        ("plateau", "A2"),
        ("plateau", "A1"),
        ("plateau", "A10"),
        ("overdue", "A3"),
        ("alliance", "A4"),
    ]
    assert (found.n_open, found.n_flagged) == (9, 9)
    assert found.n_by_kind["plateau"] == 3


def test_numbers_in_ids_count_as_numbers() -> None:
    # A peer's output is sorted as text: 1, 10, 2.
    assert sorted(["A10", "A2", "A1", "B1"], key=natural) == ["A1", "A2", "A10", "B1"]
    assert sorted(["10", "9", "x"], key=natural) == ["9", "10", "x"]


def test_a_client_stands_once_with_the_most_urgent_flag_and_the_others_beside() -> None:
    flags = findings(
        ("A1#1", "plateau", "phq9.total", "2026-06-01", ""),
        ("A1#1", "setback", "gad7.total", "2026-06-22", '{"points": 5}'),
        ("A1#1", "overdue", "", "2026-06-25", ""),
    )
    found = watch([here("A1")], flags)
    (client,) = found.clients
    assert (client.kind, client.scale) == ("setback", SCALES["gad7.total"])
    assert client.since == date(2026, 6, 22)
    assert client.evidence == {"points": 5}
    assert client.also == (("plateau", "phq9.total"), ("overdue", None))
    assert found.n_flagged == 1
    assert len(found.table) == 3
    assert found.table["is_first"].tolist() == [True, False, False]
    assert found.table["days"].tolist() == [8, 29, 5]


def test_the_latest_scores_come_along_and_those_of_a_risk_items_measure() -> None:
    flags = findings(
        ("A1#1", "risk_item", "", "2026-06-22", RISK),
        ("A2#1", "overdue", "", "2026-06-22", ""),
    )
    risk, overdue = watch([here("A1"), here("A2")], flags).clients
    assert [value for _, value in risk.scores] == [15, 14, 16, 15]
    assert risk.scores_scale == SCALES["phq9.total"]
    assert risk.last_score == date(2026, 6, 22)
    assert overdue.scores == ()
    assert overdue.scores_scale is None


def test_wins_and_early_dips_are_not_on_the_list() -> None:
    flags = findings(
        ("A1#1", "recovery", "phq9.total", "2026-06-22", ""),
        ("A1#1", "small_win", "", "2026-06-22", ""),
        ("A1#1", "early_dip", "phq9.total", "2026-06-22", ""),
    )
    assert watch([here("A1")], flags).clients == ()


def test_clients_who_left_are_not_on_the_list() -> None:
    flags = findings(("A1#1", "plateau", "phq9.total", "2026-04-01", ""))
    gone = Course("A1", "2026-01-05", "2026-05-30", phq9=(15, 15))
    found = watch([gone], flags)
    assert (found.clients, found.n_open) == ((), 0)


@pytest.mark.parametrize(
    ("status", "stands"), [("now", True), ("unknown", True), ("past", False)]
)
def test_a_risk_item_stands_while_flagged_or_not_answered(status, stands) -> None:
    flags = findings(
        ("A1#1", "risk_item", "", "2026-06-22", f'{{"status": "{status}"}}')
    )
    assert bool(watch([here("A1")], flags).clients) is stands


def test_chance_alone_flags_one_in_twenty_of_those_who_can_be_judged() -> None:
    courses = [here(f"A{i}") for i in range(40)]
    trends = TABLES["trends"].empty()
    rows = pd.DataFrame(
        {
            "client_id": [f"A{i}" for i in range(40)],
            "episode_id": [f"A{i}#1" for i in range(40)],
            "scale": "phq9.total",
            "until": pd.Timestamp(UNTIL),
            "n": [4] * 30 + [3] * 10,
            "status": "too_early",
        }
    )
    tables = tables_of(courses, UNTIL, trends=rows.reindex(columns=trends.columns))
    report = caseload_period(tables, SCALES, Settings(), since=SINCE, until=UNTIL)
    assert report.watch.n_judged == 30
    assert report.watch.expected_by_chance == pytest.approx(1.5)


def test_flags_that_stood_a_month_ago_and_stand_no_more_are_lifted() -> None:
    courses = [here("A1"), here("A2"), here("A3")]
    then = findings(
        ("A1#1", "setback", "phq9.total", "2026-05-20", ""),
        ("A2#1", "plateau", "phq9.total", "2026-05-20", ""),
        ("A3#1", "risk_item", "", "2026-05-20", RISK),
    )
    now = findings(("A2#1", "plateau", "phq9.total", "2026-05-20", ""))
    before = tables_of(courses, date(2026, 5, 31), findings=then)
    found = watch(courses, now, before=before)
    assert found.lifted_is_known
    # a risk item is history once flagged, never good news by its absence
    assert [(gone.client_id, gone.kind) for gone in found.lifted] == [("A1", "setback")]
    assert not watch(courses, now).lifted_is_known


def test_clinicians_stand_in_order_of_their_names_with_all_open_clients() -> None:
    courses = [
        here("A1", clinician="C-1"),
        here("A2", clinician="C-2"),
        here("A3", clinician="C-2"),
        here("A4", clinician="C-3"),
    ]
    flags = findings(
        ("A3#1", "plateau", "phq9.total", "2026-06-01", ""),
        ("A2#1", "setback", "phq9.total", "2026-06-01", ""),
        ("A1#1", "setback", "phq9.total", "2026-06-01", ""),
    )
    settings = Settings(clinicians={"C-1": "S. Iyer", "C-2": "L. Brandt"})
    looks = watch(courses, flags, settings).by_clinician
    assert [(look.name, look.n_open, look.to_look_at) for look in looks] == [
        ("C-3", 1, ()),
        ("L. Brandt", 2, ("A2", "A3")),
        ("S. Iyer", 1, ("A1",)),
    ]


def test_what_leaves_the_practice_names_nobody() -> None:
    flags = findings(("A1#1", "plateau", "phq9.total", "2026-06-01", ""))
    found = watch([here("A1")], flags, share=True, since=date(2025, 7, 1))
    assert not found.is_known
    assert (found.clients, found.by_clinician, found.lifted) == ((), (), ())
    assert found.n_open is None
    assert found.table.empty
