"""Completeness and outcome rates of small practices, counted by hand."""

from __future__ import annotations

import functools
from datetime import date

import pytest
from caseload_tables import SCALES, Course, tables_of

from analysis.caseload import OUTCOMES, caseload_period
from analysis.caseload.cohort import year_before
from analysis.errors import AnalysisError
from analysis.records import Rate
from analysis.settings import Settings

SINCE, UNTIL = date(2026, 1, 1), date(2026, 6, 30)


@functools.cache
def period(*courses: Course, **choices):
    tables = tables_of(courses, UNTIL)
    return caseload_period(
        tables, SCALES, Settings(), since=SINCE, until=UNTIL, **choices
    )


def ended(client: str, phq9=(), gad7=(), **more) -> Course:
    return Course(client, "2026-02-02", "2026-04-30", phq9=phq9, gad7=gad7, **more)


def rates(report) -> dict[str, Rate]:
    return {rate.outcome: rate.rate for rate in report.outcomes}


# One client for every way a course can end.
PRACTICE = (
    ended("A1", (18, 12, 8), (12, 6, 5)),  # reliably recovered
    ended("A2", (18, 14, 12), (12, 11, 12)),  # reliably improved, still a case
    ended("A3", (12, 11, 9), (9, 8, 7)),  # recovered, not reliably
    ended("A4", (12, 12, 13), (9, 9, 9)),  # no reliable change
    ended("A5", (12, 15, 18), (9, 9, 9)),  # deteriorated
    ended("A6", (18, 16, 12), (5, 8, 9)),  # better on one, worse on the other
    ended("A7", (6, 5, 4), (4, 3, 3)),  # not a case at baseline
    ended("A8", (16,), (11,)),  # no last score, a case
    ended("A9"),  # no score at all
    ended("A10", (18, 8), sessions=1),  # left after one session
    Course("A11", "2026-06-01", phq9=(15, 14, 13, 12, 11)),  # open, recent score
    Course("A12", "2026-03-02", phq9=(15, 14), last_contact="2026-06-20"),  # open, old
    Course("A13", "2026-05-04", sessions=0, last_contact="2026-06-01"),  # not started
    Course("A14", "2025-02-03", "2025-12-31", phq9=(18, 8)),  # ended before
)


def test_each_stage_is_what_is_left_of_the_one_before() -> None:
    stages = period(*PRACTICE).stages
    assert stages.programme is None
    assert (stages.referred, stages.did_not_start, stages.started) == (13, 1, 12)
    assert (stages.still_open, stages.left_early, stages.finished) == (2, 1, 9)
    assert (stages.unpaired, stages.paired) == (2, 7)
    assert stages.judged == Rate(7, 9)
    assert stages.recent == Rate(1, 2)


def test_nhs_rates_count_paired_courses_and_those_at_caseness() -> None:
    # paired: A1 to A7; cases at baseline among them: all but A7
    found = rates(period(*PRACTICE))
    assert found["reliable_improvement"] == Rate(2, 7)  # A1, A2
    assert found["recovery"] == Rate(2, 6)  # A1, A3
    assert found["reliable_recovery"] == Rate(1, 6)  # A1
    assert found["no_reliable_change"] == Rate(4, 7)  # A3, A4, A6, A7
    assert found["reliable_deterioration"] == Rate(1, 7)  # A5


def test_corc_counts_better_on_one_and_worse_on_another_as_deteriorated() -> None:
    found = rates(period(*PRACTICE, rule="corc"))
    assert found["reliable_improvement"] == Rate(2, 7)
    assert found["reliable_deterioration"] == Rate(2, 7)  # A5, A6
    assert found["no_reliable_change"] == Rate(3, 7)


def test_the_nhs_denominator_keeps_courses_without_a_last_score() -> None:
    # all finished: 9; less not a case at baseline (A7): 8. A9 has no baseline and
    # stays, as nothing says that it was no case.
    report = period(*PRACTICE)
    assert report.outcome("reliable_improvement").official == Rate(2, 9)
    assert report.outcome("recovery").official == Rate(2, 8)
    corc = period(*PRACTICE, rule="corc")
    assert corc.outcome("reliable_improvement").official == Rate(2, 7)


def test_bounds_put_all_missing_outcomes_on_one_side_then_on_the_other() -> None:
    improved = period(*PRACTICE).outcome("reliable_improvement")
    assert improved.n_missing == 2
    assert improved.worst == pytest.approx(2 / 9)
    assert improved.best == pytest.approx(4 / 9)
    recovery = period(*PRACTICE).outcome("recovery")
    assert (recovery.worst, recovery.best) == (pytest.approx(2 / 8), pytest.approx(0.5))


def test_wilson_interval_by_hand() -> None:
    # 2 of 7: (2/7 + 3.8415/14 ± 1.96 sqrt(0.20408/7 + 3.8415/196)) / 1.54878
    improved = period(*PRACTICE).outcome("reliable_improvement")
    assert improved.low == pytest.approx(0.0822, abs=5e-5)
    assert improved.high == pytest.approx(0.6411, abs=5e-5)


def test_england_stands_beside_the_rates_with_its_year_and_rule() -> None:
    report = period(*PRACTICE, rule="corc")
    shares = [report.outcome(name).reference for name in OUTCOMES]
    assert shares == [0.675, 0.505, 0.475, 0.254, 0.058]
    assert report.reference.name == "England 2024–25"
    assert report.reference.rule == "nhs"


def test_the_year_before_is_the_same_period_a_year_earlier() -> None:
    courses = (
        *PRACTICE,
        Course("B1", "2025-01-06", "2025-01-01", phq9=(18, 8)),  # first day of it
        Course("B2", "2025-01-06", "2025-06-30", phq9=(18, 18)),  # last day of it
        Course("B3", "2025-01-06", "2025-07-01", phq9=(18, 8)),  # after it
        Course("B4", "2024-11-04", "2024-12-31", phq9=(18, 8)),  # before it
    )
    assert period(*courses).outcome("reliable_improvement").year_before == Rate(1, 2)
    assert period(*PRACTICE).outcome("recovery").year_before == Rate(0, 0)


@pytest.mark.parametrize(
    ("day", "earlier"),
    [
        (date(2026, 6, 30), date(2025, 6, 30)),
        (date(2025, 2, 28), date(2024, 2, 29)),
        (date(2024, 2, 29), date(2023, 2, 28)),
        (date(2025, 2, 27), date(2024, 2, 27)),
    ],
)
def test_the_last_day_of_a_month_stays_the_last_day(day, earlier) -> None:
    assert year_before(day) == earlier


def test_programmes_are_counted_apart_and_together() -> None:
    perinatal = (ended("P1", (18, 8), programme="Perinatal"), *PRACTICE)
    report = period(*perinatal)
    assert report.programmes == ("Perinatal", "Trauma")
    by_name = {stages.programme: stages for stages in report.stages_by_programme}
    assert by_name["Perinatal"].judged == Rate(1, 1)
    assert by_name["Trauma"].judged == Rate(7, 9)
    found = {
        (rate.programme, rate.outcome): rate.rate
        for rate in report.outcomes_by_programme
    }
    assert found["Perinatal", "reliable_improvement"] == Rate(1, 1)
    assert found["Trauma", "reliable_improvement"] == Rate(2, 7)
    assert report.outcome("reliable_improvement").rate == Rate(3, 8)
    assert all(rate.reference is None for rate in report.outcomes_by_programme)
    assert all(rate.is_small for rate in report.outcomes_by_programme)


def test_one_programme_alone_gives_its_own_report() -> None:
    courses = (ended("P1", (18, 8), programme="Perinatal"), *PRACTICE)
    report = period(*courses, programme="Perinatal")
    assert report.stages.referred == 1
    assert report.programmes == ("Perinatal",)
    assert rates(report)["reliable_improvement"] == Rate(1, 1)


def test_a_programme_that_was_not_recorded_is_a_group_of_its_own() -> None:
    report = period(ended("A1", (18, 8), programme=""), ended("A2", (18, 17)))
    assert report.programmes == ("", "Trauma")


def test_a_course_ends_on_the_first_and_last_day_of_the_period() -> None:
    edges = [
        Course("E1", "2025-11-03", "2026-01-01", phq9=(18, 8)),
        Course("E2", "2025-11-03", "2026-06-30", phq9=(18, 8)),
        Course("E3", "2025-11-03", "2025-12-31", phq9=(18, 8)),
    ]
    assert period(*edges).stages.finished == 2


def test_pure_assessments_are_no_treatment() -> None:
    # "A count of two sessions including assessment" is a wrong version of the rule.
    report = period(
        ended("A1", (18, 8), kind="Assessment"),
        ended("A2", (18, 8), kind="assessment and treatment"),
    )
    assert (report.stages.left_early, report.stages.finished) == (1, 1)


def test_two_sessions_finish_a_course_and_one_does_not() -> None:
    report = period(ended("A1", (18, 8), sessions=1), ended("A2", (18, 8), sessions=2))
    assert report.stages.finished == 1


def test_missed_sessions_do_not_count() -> None:
    report = period(ended("A1", (18, 8), sessions=1, missed=4))
    assert (report.stages.started, report.stages.finished) == (1, 0)
    assert (report.sessions.attended, report.sessions.missed) == (1, 4)


def test_without_any_exported_session_days_with_a_score_count_and_it_is_said() -> None:
    tables = tables_of([ended("A1", (18, 12, 8))], UNTIL)
    tables["sessions"] = tables["sessions"].iloc[:0]
    report = caseload_period(tables, SCALES, Settings(), since=SINCE, until=UNTIL)
    assert report.sessions.basis == "score days"
    assert report.stages.finished == 1
    assert period(ended("A1", (18, 8))).sessions.basis == "sessions"


def test_only_the_nhs_pair_decides_where_a_course_has_one_of_its_measures() -> None:
    # well-being fell reliably, depression improved: NHS looks at the PHQ-9 alone
    course = ended("A1", (18, 8), ors=(30, 20))
    assert rates(period(course))["reliable_improvement"] == Rate(1, 1)
    assert rates(period(course, rule="corc"))["reliable_deterioration"] == Rate(1, 1)
    alone = ended("A2", ors=(20, 30))
    assert rates(period(alone))["reliable_recovery"] == Rate(1, 1)


def test_a_cut_off_that_was_never_crossed_back_stands_in_the_way_of_recovery() -> None:
    # GAD-7 was filled in once, above its cut-off: at its last score still a case
    report = period(ended("A1", (18, 8), (12,)))
    assert rates(report)["reliable_improvement"] == Rate(1, 1)
    assert rates(report)["recovery"] == Rate(0, 1)


def test_nobody_is_no_rate_and_no_error() -> None:
    report = period()
    assert report.stages.referred == 0
    assert all(rate.rate == Rate(0, 0) for rate in report.outcomes)
    assert report.outcome("recovery").rate.value is None
    assert report.outcome("recovery").low is None
    assert report.programmes == ()


def test_zero_is_zero_percent() -> None:
    # A public dashboard's SQL shows no deterioration rate unless somebody is both
    # deteriorated and recovered, and turns a count of zero into nothing.
    worse = period(ended("A1", (18, 8))).outcome("reliable_deterioration")
    assert worse.rate == Rate(0, 1)
    assert worse.rate.value == 0
    only = period(ended("A1", (12, 18))).outcome("reliable_deterioration")
    assert only.rate == Rate(1, 1)


def test_row_order_changes_nothing() -> None:
    tables = tables_of(PRACTICE, UNTIL)
    turned = {name: frame.iloc[::-1] for name, frame in tables.items()}
    one, other = (
        caseload_period(t, SCALES, Settings(), since=SINCE, until=UNTIL)
        for t in (tables, turned)
    )
    assert one.stages == other.stages
    assert one.outcomes == other.outcomes


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"rule": "best"}, "Unknown caseload rule"),
        ({"programme": "Sports"}, "Unknown programme"),
    ],
)
def test_an_unknown_rule_or_programme_is_refused_with_what_is_known(choices, words):
    with pytest.raises(AnalysisError, match=words):
        period(*PRACTICE, **choices)


def test_a_period_turned_round_is_refused() -> None:
    tables = tables_of(PRACTICE, UNTIL)
    with pytest.raises(AnalysisError, match="before it begins"):
        caseload_period(tables, SCALES, Settings(), since=UNTIL, until=SINCE)
