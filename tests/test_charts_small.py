"""Small lines, check-ins and the client's chart."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from sample_courses import (
    ALL,
    FULL,
    HIGHER,
    MANY,
    ONE,
    PLATEAU,
    START,
    UNJUDGED,
    UNTIL,
    WORSE,
)
from svg_texts import marks, size_of, texts

from analysis.charts import (
    bars_picture,
    handout_picture,
    line_picture,
    spark_picture,
    usual_range_picture,
)
from analysis.charts.style import COLOUR, FILL
from analysis.wording import read_wording

WORDS = read_wording("clinician").at(UNTIL)
CLIENT = read_wording("client").at(UNTIL)
GERMAN = read_wording("client", "de").at(UNTIL)
RATINGS = [
    (START + timedelta(days=7 * n), float(v)) for n, v in enumerate([2, 3, 3, 5, 4, 6])
]


def _lines(svg: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}path"))


@pytest.mark.parametrize("name", ALL)
def test_a_spark_line_has_no_text_and_lies_within_its_picture(name):
    picture = spark_picture(ALL[name])
    assert texts(picture.svg) == []
    width, height = size_of(picture.svg)
    for x, y in marks(picture.svg):
        assert 2 <= x <= width - 2
        assert 2 <= y <= height - 2


def test_a_spark_line_is_decoration_unless_it_is_given_words():
    assert spark_picture(FULL).alt == ""
    assert spark_picture(FULL, alt="from 18 to 6").alt == "from 18 to 6"


def test_a_plateau_is_shaded_in_a_spark_line_and_a_setback_is_not():
    assert FILL["plateau"].lower() in spark_picture(PLATEAU).svg
    assert FILL["setback"].lower() not in spark_picture(FULL).svg


def test_a_spark_line_without_scores_or_cut_off_is_drawn_all_the_same():
    empty = replace(ONE, dates=(), values=(), prorated=())
    assert marks(spark_picture(empty).svg) == []
    assert "stroke-dasharray" not in spark_picture(UNJUDGED).svg


def test_a_goal_shows_its_target_and_its_latest_rating():
    picture = line_picture(
        RATINGS,
        since=START,
        until=UNTIL,
        low=0,
        high=10,
        target=8,
        latest_text="6",
        alt="Rating from 2 to 6 of 10, target 8.",
    )
    assert [text.text for text in texts(picture.svg)] == ["6"]
    assert "stroke-dasharray" in picture.svg
    assert texts(picture.svg)[0].box.right <= size_of(picture.svg)[0]


@pytest.mark.parametrize(("tone", "colour"), [("good", "blue"), ("bad", "orange")])
def test_bars_stand_only_in_weeks_with_something_to_count(tone, colour):
    values = [(day, value - 2) for day, value in RATINGS]  # the first is 0
    picture = bars_picture(values, since=START, until=UNTIL, high=4, tone=tone)
    bars = [
        p for p in _lines(picture.svg) if COLOUR[colour].lower() in p.attrib["style"]
    ]
    assert len(bars) == 5


def _check_in(usual: tuple[float, float] | None) -> str:
    return usual_range_picture(
        RATINGS,
        since=START,
        until=UNTIL,
        low=0,
        high=10,
        usual=usual,
        words=WORDS,
        alt="Sleep",
    ).svg


def test_the_own_usual_range_is_shaded_once_it_is_known():
    assert FILL["missing"].lower() in _check_in((4, 7))
    assert FILL["missing"].lower() not in _check_in(None)
    assert "6" in [text.text for text in texts(_check_in(None))]


def _handout(one, words=CLIENT):
    return handout_picture(one, words=words)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("words", [CLIENT, GERMAN], ids=["en", "de"])
def test_no_words_of_a_clients_chart_cross_each_other_or_leave_it(name, words):
    svg = _handout(ALL[name], words).svg
    width, height = size_of(svg)
    drawn = texts(svg)
    for number, one in enumerate(drawn):
        assert one.box.left >= -0.5, one.text
        assert one.box.right <= width + 0.5, one.text
        assert one.box.top <= height + 0.5, one.text
        for other in drawn[number + 1 :]:
            touching = one.box.grown(-0.3).overlaps(other.box.grown(-0.3))
            assert not touching, f"{one.text!r} on {other.text!r}"


def test_a_client_sees_start_now_one_area_and_two_notes():
    said = " ".join(text.text for text in texts(_handout(FULL).svg))
    assert "Start: 18" in said
    assert "Now: 6" in said
    assert "June: some harder weeks" in said
    assert "July: a big step, and it has held" in said
    assert "Below the dashed line: mild low mood, or none" in said
    assert "Cut-off" not in said
    assert FILL["handout"].lower() in _handout(FULL).svg


def test_the_area_of_a_clients_chart_lies_where_things_are_well():
    above, below = _handout(HIGHER), _handout(FULL)
    for picture, is_above in ((above, True), (below, False)):
        area = next(
            p
            for p in _lines(picture.svg)
            if FILL["handout"].lower() in p.attrib["style"]
        )
        ys = [float(n) for n in area.attrib["d"].replace("L", "M").split()[2::3]]
        middle = size_of(picture.svg)[1] / 2
        assert (sum(ys) / len(ys) < middle) == is_above


def test_a_first_score_is_called_so():
    said = [text.text for text in texts(_handout(ONE).svg)]
    assert "First: 16" in said
    assert not any("Now" in text for text in said)


def test_nothing_in_a_clients_chart_is_smaller_than_its_chart_text():
    for one in (FULL, WORSE, MANY):
        assert min(text.size for text in texts(_handout(one).svg)) >= 10.5


def test_a_clients_chart_speaks_in_words_too():
    assert _handout(FULL).alt == (
        "Your score for low mood went from 18 to 6. That is much better."
    )


def test_days_outside_the_episode_stay_in_the_picture():
    early = [(date(2025, 1, 1), 2.0), *RATINGS]
    picture = line_picture(early, since=START, until=UNTIL, low=0, high=10)
    assert all(x >= 0 for x, _ in marks(picture.svg))
