"""Attempts to recover a hidden count: by subtraction, over breakdowns and periods."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from caseload_tables import SCALES, Course, tables_of
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.caseload import caseload_period
from analysis.caseload.inference import Knowledge, Relation, possible
from analysis.caseload.suppression import hidden_cells, protect
from analysis.settings import Settings


def table(rows: dict[str, list[int]]) -> pd.DataFrame:
    return pd.DataFrame(
        rows, index=["all", *"abcd"[: len(next(iter(rows.values()))) - 1]]
    )


def adds_up(frame: pd.DataFrame, name: str = "t") -> list[Relation]:
    """Columns add up over rows; the first column adds up over the others."""
    parts = list(frame.index[1:])
    found = [
        Relation(((name, "all", c),), tuple((name, row, c) for row in parts))
        for c in frame.columns
    ]
    others = list(frame.columns[1:])
    if others:
        found += [
            Relation(
                ((name, row, frame.columns[0]),), tuple((name, row, c) for c in others)
            )
            for row in frame.index
        ]
    return found


def test_counts_of_one_to_seven_are_hidden_and_eight_is_not() -> None:
    frame = pd.DataFrame({"n": [0, 1, 7, 8, 12]})
    shown = protect({"t": frame}, [], smallest=8)["t"]["n"]
    assert shown.isna().tolist() == [False, True, True, False, False]
    assert shown.dropna().tolist() == [0, 10, 10]


def test_a_total_does_not_give_the_only_small_cell_away() -> None:
    frame = table({"n": [60, 5, 25, 30]})
    shown = protect({"t": frame}, adds_up(frame), smallest=8)["t"]["n"]
    assert shown.isna().tolist() == [False, True, True, False]


def test_what_two_printed_counts_leave_over_is_blurred_by_rounding() -> None:
    # 40 open, 37 of them with a score: three without, but 40 and 35 are printed
    frame = pd.DataFrame({"open": [40], "recent": [37]}, index=["x"])
    shown = protect({"t": frame}, [], smallest=8)["t"]
    assert shown.loc["x"].tolist() == [40, 35]


def test_counts_that_do_not_add_up_are_our_defect_and_stop_everything() -> None:
    frame = table({"n": [61, 30, 30]})
    with pytest.raises(ValueError, match="do not add up"):
        protect({"t": frame}, adds_up(frame), smallest=8)


cells = st.integers(0, 40)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(cells, cells, cells), min_size=2, max_size=4))
def test_no_hidden_cell_of_a_table_with_all_totals_can_be_worked_out(rows) -> None:
    body = np.array(rows)
    body = np.column_stack([body.sum(axis=1), body])
    whole = np.vstack([body.sum(axis=0), body])
    frame = pd.DataFrame(
        whole, columns=["all", "x", "y", "z"], index=["all", *"abcd"[: len(rows)]]
    )
    relations = adds_up(frame)
    values = {("t", r, c): int(frame.loc[r, c]) for r in frame.index for c in frame}
    known = Knowledge(values, relations, smallest=8)
    hidden = hidden_cells(known)
    for cell, value in values.items():
        if 0 < value < 8:
            assert cell in hidden
        if cell in hidden and _has_company(cell, relations, values):
            low, high = possible(known, hidden, cell)
            assert high - low >= 3, (cell, low, high)
            if value < 8:
                assert high >= 7, (cell, low, high)


def _has_company(cell, relations, values) -> bool:
    """Whether there was anything else to hide beside it, in every relation."""
    return all(
        sum(values[other] > 0 for other in relation.cells if other != cell) > 1
        for relation in relations
        if cell in relation.cells
    )


SINCE, UNTIL = date(2025, 7, 1), date(2026, 6, 30)
WAYS = {
    "improved": (18, 12, 8),
    "case improved": (22, 18, 14),
    "unchanged": (14, 13, 14),
    "deteriorated": (12, 15, 18),
    "no case": (6, 5, 5),
    "no last": (15,),
}


def practice(numbers: dict[str, dict[str, int]], month: int = 3) -> list[Course]:
    """So many courses of every way of ending, by programme."""
    courses = []
    for programme, ways in numbers.items():
        for way, n in ways.items():
            for i in range(n):
                client = f"{programme[:2]}{way}{month}-{i}"
                courses.append(
                    Course(
                        client,
                        f"2026-{month:02d}-02",
                        f"2026-{month:02d}-27",
                        phq9=WAYS[way],
                        programme=programme,
                        reason=("completed", "dropped out", "moved")[i % 3],
                    )
                )
    return courses


NUMBERS = {
    "Anxiety": {"improved": 40, "unchanged": 21, "deteriorated": 9, "no last": 8},
    "Trauma": {"improved": 22, "unchanged": 11, "deteriorated": 3, "no case": 9},
    "Perinatal": {"improved": 9, "case improved": 12, "unchanged": 9, "no last": 2},
}


def shared(courses: list[Course], since=SINCE, until=UNTIL, **choices):
    tables = tables_of(courses, until)
    return caseload_period(
        tables, SCALES, Settings(), since=since, until=until, share=True, **choices
    )


# settings, and counts of groups or of points of rounding: nobody is counted there
NO_PEOPLE = (
    "settings", "scale", "scales", "definitions", "least_n", "n_suppressed",
    "counts_rounded_to",
)  # fmt: skip


def numbers_in(record, found: list) -> list:
    """Every whole number that a report holds, wherever it stands."""
    if isinstance(record, pd.DataFrame):
        found += [
            v for v in record.to_numpy().ravel() if isinstance(v, int | np.integer)
        ]
    elif isinstance(record, bool) or record is None:
        pass
    elif isinstance(record, int | np.integer):
        found.append(int(record))
    elif isinstance(record, tuple | list):
        for part in record:
            numbers_in(part, found)
    elif isinstance(record, dict):
        numbers_in(list(record.values()), found)
    elif hasattr(record, "__dataclass_fields__"):
        for name in record.__dataclass_fields__:
            if name not in NO_PEOPLE:
                numbers_in(getattr(record, name), found)
    return found


def test_no_count_between_one_and_seven_leaves_the_practice() -> None:
    report = shared(practice(NUMBERS))
    assert report.is_shared
    counts = numbers_in(report, [])
    assert counts
    assert not [n for n in counts if 0 < n < 8]
    assert all(n % 5 == 0 for n in counts)


def test_the_hidden_group_of_a_breakdown_cannot_be_subtracted() -> None:
    report = shared(practice(NUMBERS))
    hidden = [
        rate
        for rate in report.outcomes_by_programme
        if rate.outcome == "reliable_deterioration" and rate.rate is None
    ]
    # Trauma's three and one more group beside it, or the total
    total = report.outcome("reliable_deterioration").rate
    assert len(hidden) >= 2 or total is None
    for rate in hidden:
        assert (rate.low, rate.high, rate.worst, rate.best) == (None,) * 4
        assert rate.official is None


def test_rates_are_made_of_the_rounded_counts_only() -> None:
    report = shared(practice(NUMBERS))
    for rate in (*report.outcomes, *report.outcomes_by_programme):
        if rate.rate is not None:
            assert rate.rate.count % 5 == 0
            assert rate.rate.of % 5 == 0
            assert rate.rate.count <= rate.rate.of


def test_overlapping_periods_do_not_give_a_month_by_subtraction() -> None:
    # three deteriorate in May; the year to May less that to April must not say 3
    courses = practice(NUMBERS)
    courses += practice({"Trauma": {"deteriorated": 3, "improved": 9}}, month=5)
    april = shared(courses, since=date(2025, 5, 1), until=date(2026, 4, 30))
    may = shared(courses, since=date(2025, 6, 1), until=date(2026, 5, 31))
    one = april.outcome("reliable_deterioration").rate
    other = may.outcome("reliable_deterioration").rate
    if one is not None and other is not None:
        assert (other.count - one.count) % 5 == 0
        assert other.count - one.count != 3
    assert may.monthly[4].points["n"].isna().all()


def test_months_leave_only_where_every_single_one_may() -> None:
    # 30 improved and 12 unchanged in each of three months; 3 got worse in one of them
    courses = [
        course
        for month in (1, 2, 3)
        for course in practice({"Anxiety": {"improved": 30, "unchanged": 12}}, month)
    ]
    charts = shared(courses, until=UNTIL).monthly
    assert charts[0].points["n"].isna().all()  # April to June hold nobody
    to_march = {"since": date(2025, 4, 1), "until": date(2026, 3, 31)}
    improved, *_, worse = shared(courses, **to_march).monthly
    assert improved.points["n"].tolist() == [30, 30, 30]
    assert improved.points["of"].tolist() == [40, 40, 40]
    assert worse.points["n"].isna().all()


def test_groups_and_months_under_twenty_show_no_outcome() -> None:
    small = {"Anxiety": {"improved": 60, "unchanged": 40}, "Tiny": {"improved": 10}}
    report = shared(practice(small))
    tiny = [rate for rate in report.outcomes_by_programme if rate.programme == "Tiny"]
    assert len(tiny) == 5
    assert all(rate.rate is None for rate in tiny)


def test_nothing_about_single_clients_or_clinicians_leaves() -> None:
    report = shared(practice(NUMBERS))
    assert report.pairs == ()
    assert [funnel.by for funnel in report.funnels] == ["programme"]
    assert not report.watch.is_known
    assert report.diff.pairs.empty
    assert report.signs.first_moves.empty


def test_what_falls_by_single_people_does_not_leave() -> None:
    report = shared(practice(NUMBERS))
    assert report.staying.curve.empty
    assert report.staying.n is None
    assert report.sessions.median_per_course is None
    assert report.sessions.back_again is None


def test_one_person_more_moves_no_shared_mean_by_what_they_gained() -> None:
    # 100 pairs on a scale of 27 points: means in steps of 0.27, whoever joins
    gained = {"Anxiety": {"improved": 60, "unchanged": 40}}
    now = {size.by: size for size in shared(practice(gained)).effect_sizes}
    step = 27 / 100
    for value in (now["pre"].mean_before, now["pre"].mean_after, now["pre"].sd):
        assert abs(value / step - round(value / step)) < 1e-9
    assert now["pre"].n == 100


def test_a_report_on_one_programme_prints_what_that_on_all_prints() -> None:
    everyone, one = (
        shared(practice(NUMBERS), programme=name) for name in (None, "Anxiety")
    )
    there = [r for r in everyone.outcomes_by_programme if r.programme == "Anxiety"]
    assert [r.rate for r in one.outcomes] == [r.rate for r in there]
    assert one.stages.referred == everyone.stages_by_programme[0].referred
    assert one.signs.n_clients is None
    assert one.effect_sizes == ()
    assert one.migrations == ()


def test_both_rules_hide_the_same_of_what_they_share() -> None:
    by = {rule: shared(practice(NUMBERS), rule=rule) for rule in ("nhs", "corc")}
    assert by["nhs"].stages.finished == by["corc"].stages.finished
    for mine, theirs in (("nhs", "corc"), ("corc", "nhs")):
        own = [r.rate for r in by[mine].outcomes]
        assert own == [r.rate for r in by[theirs].other_outcomes]


def test_the_practices_own_report_hides_and_rounds_nothing() -> None:
    tables = tables_of(practice(NUMBERS), UNTIL)
    own = caseload_period(tables, SCALES, Settings(), since=SINCE, until=UNTIL)
    assert own.counts_rounded_to == 1
    worse = [
        rate.rate.count
        for rate in own.outcomes_by_programme
        if rate.outcome == "reliable_deterioration"
    ]
    assert worse == [9, 0, 3]


def test_a_chain_of_tables_is_followed_to_its_end() -> None:
    # a small cell in one table, whose total stands in a second one, and so on
    frames = {
        "one": pd.DataFrame({"n": [40, 3, 37]}, index=["all", "a", "b"]),
        "two": pd.DataFrame({"n": [90, 40, 50]}, index=["all", "c", "d"]),
    }
    relations = [
        *adds_up(frames["one"], "one"),
        *adds_up(frames["two"], "two"),
        Relation((("one", "all", "n"),), (("two", "c", "n"),)),
    ]
    shown = protect(frames, relations, smallest=8)
    hidden = sum(int(frame["n"].isna().sum()) for frame in shown.values())
    assert pd.isna(shown["one"].loc["a", "n"])
    assert hidden == 2
