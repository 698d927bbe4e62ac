"""How good the data are: counted by hand on a practice of three clients."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analysis.measures import read_measures
from analysis.quality import Ask, Skipped, data_quality
from analysis.schema import TABLES, conform, frame

UNTIL = date(2026, 10, 31)
MEASURES = read_measures()
FILES = pd.DataFrame(
    [
        ("a.csv", "plain", "accept", 10, 10, 0, 0, 0, ""),
        ("b.csv", "plain", "quarantine", 8, 5, 1, 1, 1, "1 row set aside."),
        ("c.csv", "unknown", "reject", 4, 0, 4, 0, 0, "The file is encrypted."),
    ],
    columns=[
        *("file", "format", "action", "rows_in", "accepted"),
        *("quarantined", "duplicates", "ignored", "messages"),
    ],
)

ONE_FILE = FILES.head(1)


def _table(name: str, **columns) -> pd.DataFrame:
    if not columns:
        return TABLES[name].empty()
    return frame(conform(pd.DataFrame(columns), name))


def _day(number: int) -> pd.Timestamp:
    """Day of 2026 by number."""
    return pd.Timestamp(2026, 1, 1) + pd.Timedelta(days=number - 1)


def _practice(forms, *, open_items=(), statuses=None, totals=()) -> dict:
    """Tables of PHQ-9 forms given as (client, day of the year).

    open_items: (number of the form, item) left open. totals: forms without items.
    """
    ids = [f"f{n}" for n in range(len(forms))]
    clients = sorted({client for client, _ in forms})
    days = [_day(day) for _, day in forms]
    with_items = [n for n in range(len(forms)) if n not in totals]
    answers = [(n, item) for n in with_items for item in range(1, 10)]
    first = {c: min(d for k, d in forms if k == c) for c in clients}
    status = statuses or ["ok"] * len(forms)
    return {
        "clients": _table("clients", client_id=clients),
        "episodes": _table(
            "episodes",
            episode_id=[f"{c}#1" for c in clients],
            client_id=clients,
            started_on=[_day(first[c]) for c in clients],
            last_contact=[_day(300)] * len(clients),
            is_derived=[False] * len(clients),
        ),
        "sessions": _table(
            "sessions", client_id=clients, date=[_day(5)] * len(clients)
        ),
        "administrations": _table(
            "administrations",
            administration_id=ids,
            client_id=[client for client, _ in forms],
            measure=["phq9"] * len(forms),
            date=days,
        ),
        "responses": _table(
            "responses",
            administration_id=[ids[n] for n, _ in answers],
            item=[item for _, item in answers],
            response=[None if one in open_items else 1.0 for one in answers],
        ),
        "scores": _table(
            "scores",
            administration_id=ids,
            client_id=[client for client, _ in forms],
            episode_id=[f"{client}#1" for client, _ in forms],
            date=days,
            measure=["phq9"] * len(forms),
            scale=["phq9.total"] * len(forms),
            score=[None if one == "not_scored" else 9.0 for one in status],
            status=status,
            origin=["items"] * len(forms),
            is_superseded=[False] * len(forms),
        ),
        "goals": _table("goals"),
    }


def _look(tables, intervals=None, files=ONE_FILE):
    return data_quality(files, tables, MEASURES, UNTIL, intervals or {})


def _kinds(quality) -> dict[str, Ask]:
    return {ask.kind: ask for ask in quality.asks}


def test_rows_of_all_files_are_counted_and_files_that_need_a_hand_come_first():
    quality = _look(_practice([("A", 290)]), files=FILES)
    assert (quality.rows_in, quality.accepted, quality.set_aside) == (22, 15, 5)
    assert quality.asks[:2] == (
        Ask("rows_set_aside", 1, 8, "b.csv"),
        Ask("file_reject", 4, 4, "c.csv"),
    )


def test_forms_clients_days_and_intervals_are_those_counted_by_hand():
    # A: days 100, 107, 114 (gaps 7, 7 before); 280, 300 (gaps 166, 20 now). B: 290.
    forms = [("A", d) for d in (100, 107, 114, 280, 300)] + [("B", 290)]
    (form,) = _look(_practice(forms), {"phq9": 10}).forms
    assert (form.forms, form.clients) == (6, 2)
    assert (form.first, form.last) == (date(2026, 4, 10), date(2026, 10, 27))
    assert form.days_before == 7
    assert form.days_now == (166 + 20) / 2
    assert form.usual_days == 10


def test_a_form_after_the_reports_day_does_not_count():
    (form,) = _look(_practice([("A", 290), ("A", 310)])).forms
    assert form.forms == 1


def test_open_items_are_counted_among_forms_that_came_with_items():
    tables = _practice(
        [("A", 290), ("A", 297), ("A", 300)], open_items={(0, 3), (1, 3)}, totals={2}
    )
    (form,) = _look(tables).forms
    assert form.totals_only == 1
    assert form.skipped == (Skipped(3, 2, 2),)


def test_an_open_risk_item_is_named_however_rare():
    forms = [("A", 200 + n) for n in range(40)]
    asked = _kinds(_look(_practice(forms, open_items={(7, 9), (7, 2)})))
    assert asked["risk_open"] == Ask("risk_open", 1, 40, "PHQ-9", 9)
    assert "item_often_open" not in asked


@pytest.mark.parametrize(
    ("n_open", "n_forms", "is_named"),
    [(1, 20, False), (2, 20, True), (3, 20, True), (2, 19, False)],
)
def test_an_item_left_open_in_a_tenth_of_twenty_forms_is_named(
    n_open, n_forms, is_named
):
    forms = [("A", 200 + n) for n in range(n_forms)]
    quality = _look(_practice(forms, open_items={(n, 4) for n in range(n_open)}))
    assert ("item_often_open" in _kinds(quality)) == is_named


@pytest.mark.parametrize(("n_forms", "is_named"), [(4, False), (5, True), (6, True)])
def test_an_item_that_no_form_holds_was_left_out_of_the_export(n_forms, is_named):
    forms = [("A", 200 + n) for n in range(n_forms)]
    quality = _look(_practice(forms, open_items={(n, 4) for n in range(n_forms)}))
    assert ("item_never" in _kinds(quality)) == is_named


def test_totals_of_a_measure_with_a_risk_item_say_that_the_risk_is_hidden():
    asked = _kinds(_look(_practice([("A", 290), ("A", 297)], totals={0})))
    assert asked["totals_hide_risk"] == Ask("totals_hide_risk", 1, 2, "PHQ-9")


@pytest.mark.parametrize(("gap", "is_named"), [(10, False), (11, True)])
def test_forms_filled_in_half_as_often_again_are_named(gap, is_named):
    # every 7 days before; 1.5 times 7 is 10.5
    before = [("A", 40 + 7 * n) for n in range(20)]
    # the last 90 days begin on day 215 of the year
    now = [("B", 216 + gap * n) for n in range(6)]
    assert ("rarer" in _kinds(_look(_practice(before + now)))) == is_named


@pytest.mark.parametrize(("start", "is_late"), [(14, False), (15, True)])
def test_a_first_score_more_than_a_fortnight_after_the_start_is_late(start, is_late):
    tables = _practice([("A", 100 + start), ("A", 290)])
    tables["episodes"]["started_on"] = _day(100)
    assert ("late_baseline" in _kinds(_look(tables))) == is_late


def test_episodes_without_scores_with_one_and_silent_ones_are_told_apart():
    tables = _practice(
        [("A", 200), ("B", 290), ("B", 297), ("C", 300)],
        statuses=["ok", "ok", "ok", "not_scored"],
    )
    asked = _kinds(_look(tables))
    assert asked["no_score"] == Ask("no_score", 1, 3)
    assert asked["single_score"] == Ask("single_score", 1, 3)
    assert asked["not_recent"] == Ask("not_recent", 1, 3)
    assert asked["not_scored"] == Ask("not_scored", 1, 4, "PHQ-9")


@pytest.mark.parametrize(("days_ago", "is_silent"), [(30, False), (31, True)])
def test_thirty_days_without_a_score_are_the_bound(days_ago, is_silent):
    last = (UNTIL - date(2026, 1, 1)).days + 1 - days_ago
    asked = _kinds(_look(_practice([("A", last - 7), ("A", last)])))
    assert ("not_recent" in asked) == is_silent


def test_registers_that_are_missing_are_asked_for():
    tables = _practice([("A", 290)])
    tables["sessions"] = _table("sessions")
    tables["episodes"] = tables["episodes"].assign(
        is_derived=True, ended_on=_day(299), end_reason=None
    )
    asked = _kinds(_look(tables))
    assert {"no_sessions", "no_check_ins", "no_alliance", "no_goals"} <= set(asked)
    assert asked["derived_episodes"] == Ask("derived_episodes", 1, 1)
    assert asked["no_end_reason"] == Ask("no_end_reason", 1, 1)
    assert asked["no_clinician_id"] == Ask("no_clinician_id", 1, 1)


def test_a_practice_without_forms_is_a_short_report_and_no_error():
    tables = {name: _table(name) for name in _practice([("A", 290)])}
    quality = _look(tables, files=FILES.head(0))
    assert quality.forms == ()
    assert quality.rows_in == 0
    assert set(tables) <= set(TABLES)


def test_episodes_without_any_score_are_counted():
    tables = _practice([("A", 290), ("B", 290)], statuses=["not_scored"] * 2)
    assert _kinds(_look(tables))["no_score"] == Ask("no_score", 2, 2)
