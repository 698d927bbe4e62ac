"""Estimates of room: what is left out so that a handout stays on its one page."""

from __future__ import annotations

import pytest

from analysis.blocks import Ladder, Paragraph, Section, Space, Win, Wins
from analysis.show.room import (
    PLANS,
    clipped,
    column_lines,
    handout_room,
    plot_scale,
    wrapped,
)


@pytest.mark.parametrize(
    ("text", "letters", "shown"),
    [
        ("Bus to work", 11, "Bus to work"),
        ("Bus to work", 10, "Bus\u00a0…"),
        ("Call Sam, or Ines", 10, "Call Sam\u00a0…"),
        ("", 5, ""),
    ],
)
def test_a_long_text_ends_at_a_whole_word(text, letters, shown):
    assert clipped(text, letters) == shown


def test_few_panels_grow_to_a_limit_and_many_shrink_to_one():
    assert plot_scale(1, 0, 1, "A4") == 1.5
    assert 0.7 <= plot_scale(4, 1, 2, "A4") < 1.0
    assert plot_scale(3, 1, 2, "Letter") < plot_scale(3, 1, 2, "A4")


def test_panels_that_need_two_pages_keep_their_size():
    assert plot_scale(6, 2, 2, "A4") is None
    assert plot_scale(0, 1, 1, "A4") == 1.5


def test_lines_are_counted_as_they_wrap():
    assert [wrapped("x" * n, 10) for n in (0, 10, 11)] == [0, 1, 2]
    wins = Wins((Win("short"), Win("x" * 40)))
    assert column_lines([Section("Wins"), wins], "A4") == pytest.approx(
        1.6 + 1.35 + 2.35
    )
    ladder = Ladder("A goal", None, next_step="Next step: go")
    assert column_lines([ladder], "A4") == pytest.approx(3.8)


def test_an_unknown_block_is_refused_and_not_counted_as_nothing():
    with pytest.raises(TypeError, match="Space"):
        column_lines([Space()], "A4")


def test_each_plan_leaves_more_room_than_the_one_before():
    rooms = [handout_room(plan, ("x",), "A4", has_logo=False) for plan in PLANS]
    assert rooms == sorted(rooms)
    shown = [(plan.goals, plan.wins) for plan in PLANS]
    assert shown == sorted(shown, reverse=True)


def test_logo_letter_paper_and_long_safety_texts_take_room():
    plan = PLANS[0]
    usual = handout_room(plan, ("x",), "A4", has_logo=False)
    assert handout_room(plan, ("x",), "A4", has_logo=True) < usual
    assert handout_room(plan, ("x",), "Letter", has_logo=False) < usual
    assert handout_room(plan, ("x" * 900,), "A4", has_logo=False) < usual


def test_a_paragraph_counts_its_own_lines():
    assert column_lines([Paragraph("x" * 81)], "A4") == 3
