"""Sentences about courses: titles, tiles, headlines, lead sentences."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations

import pytest
from sample_courses import (
    ALL,
    DECIMALS,
    FULL,
    GAP,
    HIGHER,
    ONE,
    PHQ,
    PLATEAU,
    TWO,
    UNJUDGED,
    UNTIL,
    WORSE,
)

from analysis.records import Course
from analysis.wording import (
    axis_line,
    clause_of,
    course_alt,
    headline,
    lead,
    panel_title,
    read_wording,
    tile,
)

WORDS = read_wording("clinician").at(UNTIL)
CLIENT = read_wording("client").at(UNTIL)


@dataclass(frozen=True)
class Stand:
    """Where a scale stands, as a report knows it."""

    course: Course
    status: str = ""
    status_since: date | None = None
    band: str | None = None
    side_since: date | None = None
    is_case: bool | None = None
    more_scores_needed: int | None = None
    scores_in_month: int = 4
    baseline_is_known: bool = True

    @property
    def is_stale(self) -> bool:
        return self.scores_in_month == 0


# Worse from score to score, without a step that could be dated.
GOING_DOWN = replace(WORSE, stretches=(), notes=())
GAD = replace(PHQ, id="gad7.total", label="Anxiety", instrument="GAD-7")
PCL = replace(PHQ, id="pcl5.total", label="Trauma", instrument="PCL-5")
RECOVERED = Stand(FULL, "improving", is_case=False, side_since=date(2026, 7, 20))
LEVEL = Stand(replace(PLATEAU, scale=GAD), "plateau", date(2026, 5, 18), is_case=True)
BETTER = Stand(replace(GAP, scale=PCL), "improving", is_case=True)


@pytest.mark.parametrize(
    ("stand", "title"),
    [
        (RECOVERED, "Depression: from 18 to 6, reliable improvement and recovery"),
        (
            LEVEL,
            "Anxiety: from 16 to 11, no reliable change, "
            "level for the last 8\u00a0weeks",
        ),
        (Stand(HIGHER), "Well-being: from 24 to 52"),
        (Stand(DECIMALS), "Alliance: from 33.5 to 38.5"),
        (Stand(ONE), "Depression: 16 at the first score"),
        (Stand(TWO), "Depression: from 16 to 13, no reliable change"),
        (Stand(WORSE), "Depression: from 9 to 18, reliable worsening"),
        (
            Stand(TWO, baseline_is_known=False),
            "Depression: 13 now, baseline not known",
        ),
    ],
)
def test_the_title_of_a_panel_is_its_finding(stand, title):
    assert panel_title(WORDS, stand) == title


@pytest.mark.parametrize(
    ("stand", "detail"),
    [
        (replace(RECOVERED, band="mild"), "mild, below cut-off since 20 July"),
        (RECOVERED, "below cut-off since 20 July"),
        (replace(LEVEL, band="moderate"), "moderate, level since 18 May"),
        (Stand(HIGHER, is_case=False), "above cut-off"),
        (Stand(GOING_DOWN, "worsening", is_case=True), "above cut-off"),
        (Stand(UNJUDGED), "no cut-off published"),
        (Stand(GAP, scores_in_month=0), "no score since 10 August"),
        (
            Stand(ONE, band="moderately severe"),
            "moderately severe, first score on 13 April",
        ),
        (
            Stand(TWO, "too_early", more_scores_needed=3),
            "about 3 more scores will tell",
        ),
        (
            Stand(TWO, "too_early", more_scores_needed=1),
            "about one more score will tell",
        ),
        (Stand(TWO, "too_early"), "more scores will tell"),
    ],
)
def test_a_tile_says_what_matters_most(stand, detail):
    assert tile(WORDS, stand, None).detail == detail


def test_a_tile_keeps_its_last_value_when_no_score_came():
    shown = tile(WORDS, Stand(GAP, "improving", scores_in_month=0), None)
    assert shown.is_stale
    assert (shown.baseline, shown.latest) == ("20", "12")
    assert shown.status is not None
    assert shown.status.word == "Not known"


def test_one_score_has_no_baseline_and_no_arrow():
    shown = tile(WORDS, Stand(ONE), None)
    assert (shown.baseline, shown.latest) == ("", "16")
    assert shown.status is None


def test_the_axis_names_its_direction_and_where_it_starts():
    assert axis_line(WORDS, FULL) == "PHQ-9, lower is better\u00a0↓"
    assert axis_line(WORDS, DECIMALS, 20.0) == (
        "SRS, higher is better\u00a0↑ (axis from\u00a020)"
    )


def test_the_headline_names_good_news_and_what_is_level():
    assert headline(WORDS, [RECOVERED, LEVEL]) == (
        "Depression score is below its cut-off; anxiety has been level since 18 May"
    )


def test_two_scales_share_a_clause():
    both = replace(RECOVERED, course=replace(FULL, scale=PCL))
    assert headline(WORDS, [RECOVERED, both]) == (
        "Depression and trauma scores are below their cut-offs"
    )


def test_scales_level_since_different_days_give_no_day():
    other = replace(LEVEL, course=replace(PLATEAU, scale=PCL), status_since=UNTIL)
    assert headline(WORDS, [LEVEL, other]) == "Anxiety and trauma are level"


def test_what_gets_worse_is_said_first_and_a_risk_item_before_it():
    worse = Stand(GOING_DOWN, "worsening", date(2026, 5, 25))
    said = headline(WORDS, [LEVEL, worse], risk_flagged_on=date(2026, 9, 4))
    assert said.startswith(
        "Risk item flagged on 4 September; depression has been getting worse since"
    )


def test_without_scores_the_headline_says_so():
    assert headline(WORDS, []) == "No scores yet"
    empty = Stand(replace(ONE, dates=(), values=(), prorated=()))
    assert headline(WORDS, [empty]) == "No scores yet"


def test_one_scale_two_and_many_read_as_english():
    labels = ["Depression", "Anxiety", "Trauma", "Sleep"]
    stands = [
        Stand(replace(TWO, scale=replace(PHQ, label=name)), "too_early")
        for name in labels
    ]
    assert headline(WORDS, stands[:1]) == "Too early to say for depression"
    assert headline(WORDS, stands) == (
        "Too early to say for depression, anxiety, trauma and sleep"
    )


ALL_STANDS = [
    RECOVERED,
    LEVEL,
    BETTER,
    Stand(HIGHER, "holding", is_case=False),
    Stand(TWO, "too_early"),
    Stand(GOING_DOWN, "worsening", date(2026, 5, 25)),
    Stand(UNJUDGED),
]


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_mixture_of_standings_fits_two_lines(language):
    words = read_wording("clinician", language).at(UNTIL)
    for count in (1, 2, 3):
        for stands in combinations(ALL_STANDS, count):
            said = headline(words, stands)
            assert said[0].isupper()
            assert len(said) <= 112
            assert not any(mark in said for mark in ("{", "None", "  ", " ;"))


def test_clauses_follow_the_record():
    expected = ["recovered", "plateau", "improving", "holding", "too_early", "worse"]
    assert [clause_of(stand) for stand in ALL_STANDS[:6]] == expected
    assert clause_of(Stand(UNJUDGED)) == "unjudged"


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_course_has_an_alternative_text(name, language):
    words = read_wording("clinician", language).at(UNTIL)
    said = course_alt(words, ALL[name])
    assert ALL[name].scale.instrument in said
    assert said.endswith(".")
    assert not any(mark in said for mark in ("{", "None", "nan"))


def test_a_client_hears_good_news_first_and_what_is_level_second():
    better = replace(LEVEL, course=replace(LEVEL.course, is_reliably_better=True))
    assert lead(CLIENT, [RECOVERED, better], goals_reached=1) == (
        "Your mood is much lighter than in April, worry is lower too and you have "
        "reached a goal. Worry has been level since May."
    )


def test_what_is_hard_comes_second_with_an_invitation():
    worse = Stand(GOING_DOWN, "worsening", date(2026, 5, 25))
    good = Stand(replace(DECIMALS, is_reliably_better=True), "holding")
    assert lead(CLIENT, [worse, good], goals_reached=0) == (
        "You feel better about our sessions than in April. Your mood has been lower "
        "since May. We can look at that together."
    )


def test_a_client_who_has_just_started_is_told_so():
    said = lead(CLIENT, [Stand(ONE)], goals_reached=0)
    assert (
        said == "We have just started. A few more weeks will show how things are going."
    )


def test_two_scales_level_since_the_same_month_are_told_in_short():
    other = replace(LEVEL, course=replace(LEVEL.course, scale=PHQ))
    assert lead(CLIENT, [other, LEVEL], goals_reached=0) == (
        "Your mood has been level since May and worry has too."
    )
    later = replace(LEVEL, status_since=date(2026, 7, 1))
    assert lead(CLIENT, [other, later], goals_reached=0) == (
        "Your mood has been level since May and worry has been level since July."
    )
