"""Labels find a place, or none."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from analysis.charts.labels import Label, Placer, Rectangle, spread, wrapped
from analysis.charts.style import REGULAR, text_width

BOX = Rectangle(0, 0, 300, 100)


def _label(x: float = 10, y: float = 50) -> Label:
    return Label(("Cut-off 10",), x, y)


def test_a_label_takes_the_first_free_place():
    placer = Placer(BOX)
    placer.take(Rectangle(0, 45, 60, 60))
    placed = placer.place([_label(10, 50), _label(100, 50), _label(200, 50)])
    assert placed is not None
    assert placed.x == 100


def test_a_label_that_would_cross_a_score_everywhere_is_left_out():
    placer = Placer(BOX)
    placer.take(Rectangle(0, 0, 300, 100))
    assert placer.place([_label(), _label(100, 20)]) is None


def test_a_label_crosses_a_line_only_where_no_place_is_free_of_lines():
    placer = Placer(BOX)
    placer.avoid(Rectangle(0, 40, 90, 60))
    assert placer.place([_label(10, 50), _label(150, 50)]).x == 150
    crowded = Placer(BOX)
    crowded.avoid(BOX)
    assert crowded.place([_label(10, 50)]).x == 10
    assert crowded.place([_label(150, 50)], dearest=1.0) is None


def test_a_label_stays_inside_its_bounds():
    assert Placer(BOX).place([_label(290, 50), _label(-20, 50)]) is None


def test_a_placed_label_keeps_others_away():
    placer = Placer(BOX)
    placer.fix(_label())
    assert placer.place([_label(12, 52)]) is None


@given(
    st.lists(st.tuples(st.floats(0, 260), st.floats(5, 90)), min_size=1, max_size=30)
)
def test_placed_labels_never_overlap(places):
    placer = Placer(BOX)
    for x, y in places:
        placer.place([_label(x, y), _label(y, x / 3)])
    boxes = [label.rectangle for label in placer.placed]
    for number, one in enumerate(boxes):
        assert one.inside(BOX)
        assert not any(one.overlaps(other) for other in boxes[number + 1 :])


def test_alignment_moves_the_text_not_its_anchor():
    left, right = _label(100), _label(100).at(100, 50, "right")
    middle = _label(100).at(100, 50, "center")
    assert left.rectangle.left == 100
    assert right.rectangle.right == 100
    assert abs((middle.rectangle.left + middle.rectangle.right) / 2 - 100) < 1e-9


def test_top_and_bottom_are_those_of_all_lines():
    label = Label(("Setback", "8 Jun – 13 Jul"), 0, 0)
    assert abs(label.with_top(40).rectangle.top - 40) < 1e-9
    assert abs(label.with_bottom(40).rectangle.bottom - 40) < 1e-9


@given(
    st.lists(st.floats(0, 100), min_size=1, max_size=6).map(sorted),
    st.floats(5, 12),
)
def test_spread_labels_do_not_touch_and_keep_their_order(centres, height):
    moved = spread(centres, [height] * len(centres), 0, 100)
    for one, other in itertools.pairwise(moved):
        assert other - one >= height - 1e-6
    assert max(moved) + height / 2 <= 100 + 1e-6


def test_long_names_are_broken_at_blanks_only():
    assert wrapped("Moderately severe", 8.5, REGULAR, 60) == ("Moderately", "severe")
    assert wrapped("Donaudampfschiff", 8.5, REGULAR, 10) == ("Donaudampfschiff",)


def test_digits_are_as_wide_as_each_other_so_that_numbers_line_up():
    widths = {text_width(digit, 10) for digit in "0123456789"}
    assert widths == {6.0}  # measured: 600 of 1000 units (look: type)
