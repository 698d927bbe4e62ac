"""Course panels: what is drawn, and that no label stands on another or on a score."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_courses import (
    ALL,
    DECIMALS,
    EVENTS,
    FULL,
    GAP,
    HIGHER,
    ONE,
    PHQ,
    PLATEAU,
    SRS,
    START,
    THREE,
    TWO,
    UNTIL,
    WHO,
    course,
    walk,
)
from svg_texts import marks, size_of, texts

from analysis.charts import axis_start, course_picture
from analysis.charts.marks import course_points, gaps
from analysis.charts.panel import panel_in, value_range
from analysis.charts.style import COLOUR, FILL
from analysis.charts.ticks import value_ticks
from analysis.records import Note, Smoothed, Stretch
from analysis.wording import read_wording

WORDS = read_wording("clinician").at(UNTIL)
GERMAN = read_wording("clinician", "de").at(UNTIL)
# Rings are 3.4 points wide with an edge of 0.9; × and ▼ stand on edges of the box.
RING = 1.6


def _svg(one, **options) -> str:
    return course_picture(one, words=WORDS, **options).svg


def _said(one, **options) -> list[str]:
    return [text.text for text in texts(_svg(one, **options))]


def _assert_readable(svg: str) -> None:
    drawn = texts(svg)
    width, height = size_of(svg)
    for number, one in enumerate(drawn):
        assert one.box.left >= -0.5, one.text
        assert one.box.right <= width + 0.5, one.text
        assert one.box.bottom >= -0.5, one.text
        assert one.box.top <= height + 0.5, one.text
        for other in drawn[number + 1 :]:
            touching = one.box.grown(-0.3).overlaps(other.box.grown(-0.3))
            assert not touching, f"{one.text!r} on {other.text!r}"
        for x, y in marks(svg):
            inside = one.box.left < x + RING and x - RING < one.box.right
            crossed = inside and one.box.bottom < y + RING and y - RING < one.box.top
            assert not crossed, f"{one.text!r} on a mark"


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("width", ["full", "half"])
def test_no_label_crosses_a_label_or_a_score_or_leaves_the_picture(name, width):
    _assert_readable(_svg(ALL[name], width=width, event_labels=width == "full"))


@pytest.mark.parametrize("name", ["full", "plateau", "worse", "events", "one"])
def test_longer_words_of_another_language_find_a_place_too(name):
    _assert_readable(course_picture(ALL[name], words=GERMAN).svg)


@st.composite
def _courses(draw):
    scale = draw(st.sampled_from([PHQ, WHO, SRS]))
    count = draw(st.integers(1, 40))
    spread = st.integers(int(scale.low), int(scale.high)).map(float)
    values = draw(st.lists(st.none() | spread, min_size=count, max_size=count))
    drawn = course(scale, values, every=draw(st.sampled_from([2, 7, 13])))
    last = drawn.dates[-1] if drawn.dates else START
    until = max(last, START + timedelta(days=1))
    kind = draw(st.sampled_from(["plateau", "setback", "early_dip"]))
    since = START + (until - START) * draw(st.floats(0.1, 0.9))
    stretches = (Stretch(kind, since, until, "likely"),) if drawn.dates else ()
    notes = tuple(
        Note(draw(st.sampled_from(["gain", "loss"])), drawn.dates[n], v, 3.0, True)
        for n, v in list(enumerate(drawn.values))[1:3]
    )
    return replace(drawn, until=until, stretches=stretches, notes=notes)


@settings(max_examples=25, deadline=None)
@given(_courses())
def test_labels_of_any_course_are_readable(one):
    if one.values:
        _assert_readable(_svg(one))


def test_the_same_course_gives_the_same_bytes():
    assert _svg(FULL) == _svg(FULL)


def test_text_stays_text_in_the_one_family():
    drawn = texts(_svg(FULL))
    assert {text.family for text in drawn} == {"IBM Plex Sans"}
    assert min(text.size for text in drawn) >= 8.5  # nothing on any page is smaller


def test_only_the_first_and_the_latest_score_are_printed():
    said = _said(course(PHQ, [18, 14, 13, 11, 8, 7]))
    assert said.count("18") == 1
    assert said.count("7") == 1
    assert not {"14", "13", "11", "8"} & set(said)


def test_bands_cut_off_and_reliable_change_are_named_on_the_chart():
    said = _said(FULL)
    assert {"Minimal", "Mild", "Moderate", "Severe", "Expected"} <= set(said)
    assert "Cut-off\u00a010" in said
    assert "Reliable change at\u00a012" in said  # 18 - 6


def test_reliable_change_is_upward_where_higher_is_better():
    scale = replace(WHO, reliable_change=20.0)
    said = _said(replace(HIGHER, scale=scale))
    assert "Reliable change at\u00a044" in said  # 24 + 20


def test_the_worse_side_is_drawn_once_a_score_has_come_as_far():
    nearly = course(PHQ, [9, 10, 12, 14, 14])
    there = course(PHQ, [9, 10, 12, 14, 15])
    assert "Reliable worsening at\u00a015" not in _said(nearly)
    assert "Reliable worsening at\u00a015" in _said(there)


def test_a_scale_without_bands_or_threshold_invents_none():
    said = _said(ALL["unjudged"])
    assert not any("Cut-off" in text or "Reliable" in text for text in said)
    assert FILL["band"].lower() not in _svg(ALL["unjudged"])


def test_one_score_says_that_there_is_nothing_to_compare():
    assert "first score, nothing to compare yet" in _said(ONE)
    assert FILL["course"].lower() not in _svg(ONE)


@pytest.mark.parametrize("one", [TWO, THREE])
def test_two_or_three_scores_are_joined_without_a_course(one):
    svg = _svg(one)
    assert FILL["course"].lower() not in svg
    assert COLOUR["blue"].lower() not in svg
    assert FILL["course"].lower() in _svg(course(PHQ, [16, 13, 12, 11]))


def test_a_plateau_and_a_setback_differ_without_colour():
    plateau, setback = _svg(PLATEAU), _svg(FULL)
    assert "Plateau since 18 May, likely" in _said(PLATEAU)
    assert {"Setback", "8 Jun – 13 Jul"} <= set(_said(FULL))
    bar = "stroke-width: 2.4"
    line_of = {
        name: next(row for row in svg.splitlines() if bar in row)
        for name, svg in (("plateau", plateau), ("setback", setback))
    }
    assert "stroke-dasharray" in line_of["setback"]
    assert "stroke-dasharray" not in line_of["plateau"]


def test_a_missed_week_is_a_cross_and_named_once():
    svg = _svg(FULL)
    assert _said(FULL).count("no score") == 1
    _width, height = size_of(svg)
    base = [y for _, y in marks(svg) if y > height * 0.85]
    assert len(base) == 2


def _panel(one):
    return panel_in((0, 0, 400, 100), one, value_range(one))


def test_the_course_is_broken_over_more_than_six_weeks_only():
    day = START
    at = [day, day + timedelta(days=42), day + timedelta(days=85)]
    one = replace(course(PHQ, [10, 11, 12]), dates=tuple(at))
    assert gaps(one) == [(at[1], at[2])]


def test_a_scale_asked_seldom_may_be_silent_for_longer():
    seldom = replace(PHQ, usual_interval_days=60)
    one = course(seldom, [10, 11, 12], every=80)
    assert gaps(one) == []
    assert len(gaps(course(seldom, [10, 11, 12], every=91))) == 2


def test_nothing_is_drawn_inside_a_silence():
    days = tuple(START + timedelta(days=7 * n) for n in range(15))
    line = Smoothed(days, (10.0,) * 15, (9.0,) * 15, (11.0,) * 15)
    points = course_points(_panel(GAP), line, [(days[4], days[12])])
    x = points[:, 0]
    left, right = _panel(GAP).x(days[4]), _panel(GAP).x(days[12])
    drawn = x[~(x != x)]
    assert not ((drawn > left) & (drawn < right)).any()


def test_rings_shrink_above_60_scores_and_become_dots_above_120():
    counts = {
        count: _svg(course(PHQ, walk(count), start=date(2024, 1, 1)))
        for count in (60, 61, 120, 121)
    }
    white = f"fill: {COLOUR['paper'].lower()}"
    assert counts[60] != counts[61]
    assert white in counts[120]
    assert f"fill: {COLOUR['grey'].lower()}" in counts[121]


def test_more_than_four_events_are_numbered_with_a_key():
    said = _said(EVENTS)
    assert {"1", "2", "3", "4", "5"} <= set(said)
    assert any("3\u00a0Father in hospital" in text for text in said)
    assert "Father in hospital, 13 Jun" not in said


def test_panels_below_the_first_show_uprights_without_names():
    svg = _svg(FULL, event_labels=False)
    assert not any("Holiday" in text.text for text in texts(svg))
    upper, lower = (
        course_picture(FULL, words=WORDS),
        course_picture(FULL, words=WORDS, event_labels=False),
    )
    assert upper.height_mm > lower.height_mm


def test_all_panels_of_one_width_share_a_plot_box_and_a_date_axis():
    ticks = {}
    for name in ("full", "gap", "one"):
        picture = course_picture(ALL[name], words=WORDS, event_labels=False)
        months = [t for t in texts(picture.svg) if t.text in ("May", "Jun", "Sept")]
        ticks[name] = [round(t.box.left, 3) for t in months]
        assert picture.width_mm == 178.0
    assert ticks["full"] == ticks["gap"] == ticks["one"]


def test_an_axis_that_does_not_start_at_the_lowest_score_says_where():
    assert axis_start(DECIMALS) == 20
    assert axis_start(FULL) is None
    assert axis_start(HIGHER) is None


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 27, [0, 5, 10, 15, 20, 25]),
        (0, 21, [0, 5, 10, 15, 20]),
        (20, 40, [20, 25, 30, 35, 40]),
        (0, 100, [0, 20, 40, 60, 80, 100]),
        (1, 5, [1, 2, 3, 4, 5]),
    ],
)
def test_value_ticks_are_plain_numbers(low, high, ticks):
    assert value_ticks(low, high) == ticks


def test_the_axis_ends_above_the_highest_band_touched():
    low_scores = course(PHQ, [3, 2, 1])
    assert value_range(low_scores) == (0, 15)  # the cut-off at 10 is shown
    assert value_range(course(PHQ, [3, 14])) == (0, 15)
    assert value_range(course(PHQ, [3, 15])) == (0, 20)


def test_hostile_words_of_an_event_are_printed_as_typed():
    label = "$x^2$ <b>& “Zoë” \\alpha</b>"
    one = replace(FULL, events=((date(2026, 6, 5), label),))
    assert any(label in text for text in _said(one))
    ElementTree.fromstring(_svg(one))


def test_words_in_another_script_do_not_stop_a_report():
    events = ((date(2026, 6, 5), "أب في المستشفى"), (date(2026, 8, 1), "🎉 旅行"))
    _svg(replace(FULL, events=events))


def test_a_very_long_event_is_told_in_the_key_under_the_panel():
    long = "Father came to hospital again after a very long and difficult week at home"
    said = _said(replace(FULL, events=((date(2026, 6, 5), long),)))
    assert "1" in said
    assert any(text.startswith("1\u00a0Father came") for text in said)


def test_the_picture_says_its_finding_in_words():
    alt = course_picture(FULL, words=WORDS).alt
    assert "from 18 on 13 April 2026 to 6 on 28 September 2026" in alt
    assert "reliable improvement and recovery" in alt
    assert "Setback from 8 June to 13 July." in alt
    assert "2 expected scores are missing." in alt


def test_letter_paper_has_wider_panels():
    assert course_picture(ONE, words=WORDS, paper="Letter").width_mm == 183.9


def test_the_check_of_labels_sees_a_label_on_a_score():
    svg = _svg(FULL)
    x, y = marks(svg)[3]
    style = "font-size: 8.5px; font-family: 'IBM Plex Sans'; text-anchor: middle"
    spoilt = svg.replace(
        "</svg>", f'<text style="{style}" x="{x}" y="{y}">7</text></svg>'
    )
    with pytest.raises(AssertionError, match="on a mark"):
        _assert_readable(spoilt)
