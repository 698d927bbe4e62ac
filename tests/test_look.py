"""The look: contrast by the WCAG formula, fonts that are what they say."""

from __future__ import annotations

import pytest
from fontTools.ttLib import TTFont

from analysis import blocks, look
from analysis.look import letters
from analysis.look.letters import Letters

LOOK = look.read_look()
FILLS_UNDER_TEXT = ("tile", "band", "plateau", "setback", "handout", "course")


def _family(font: TTFont) -> str:
    return font["name"].getDebugName(16) or font["name"].getDebugName(1)


def test_contrast_formula_gives_published_values() -> None:
    # Black on white is 21 by definition; #767676 on white is the well-known lightest
    # grey that passes 4.5 (W3C, understanding 1.4.3: 4.54).
    assert look.contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert look.contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)
    assert look.contrast("#777777", "#FFFFFF") < 4.5


@pytest.mark.parametrize("fill", ["paper", *FILLS_UNDER_TEXT])
@pytest.mark.parametrize("name", ["ink", "grey", "dark_blue", "dark_orange"])
def test_text_is_readable_on_every_fill(name: str, fill: str) -> None:
    ground = LOOK.colour["paper"] if fill == "paper" else LOOK.fill[fill]
    assert look.contrast(LOOK.colour[name], ground) >= LOOK.contrast["text"]


@pytest.mark.parametrize("fill", ["paper", *FILLS_UNDER_TEXT])
@pytest.mark.parametrize("name", ["ink", "grey", "blue", "orange"])
def test_shapes_stand_out_on_every_fill(name: str, fill: str) -> None:
    ground = LOOK.colour["paper"] if fill == "paper" else LOOK.fill[fill]
    least = LOOK.contrast["shape"]
    # the design measures orange on the course band nowhere: no orange mark is put there
    if (name, fill) == ("orange", "course"):
        least = 2.8
    assert look.contrast(LOOK.colour[name], ground) >= least


def test_every_status_shape_has_a_form_and_a_colour_that_carries_meaning() -> None:
    assert set(LOOK.status) == set(blocks.SHAPES)
    for status in LOOK.status.values():
        assert look.contrast(status.colour, LOOK.colour["paper"]) >= 3.0


def test_a_plateau_is_never_drawn_in_orange() -> None:
    assert LOOK.status["plateau"].colour == LOOK.colour["ink"]


def test_nothing_is_set_smaller_than_eight_and_a_half_points() -> None:
    assert min([*LOOK.size.values(), *LOOK.handout.values()]) == 8.5
    assert LOOK.handout["body"] >= 11


def test_text_columns_are_as_wide_as_the_grid_says() -> None:
    assert LOOK.text_width("A4") == pytest.approx(178)
    assert LOOK.text_width("A4", handout=True) == pytest.approx(176)
    assert LOOK.text_width("Letter") == pytest.approx(183.9)


def test_the_text_family_has_one_name_and_true_weights() -> None:
    weights = {}
    for path in look.text_font_files():
        with TTFont(path, lazy=True) as font:
            assert _family(font) == look.FONT_FAMILY
            weights[path.stem.split("-")[1]] = font["OS/2"].usWeightClass
    assert weights == {"Regular": 400, "Italic": 400, "SemiBold": 600, "Bold": 700}


def test_digits_are_tabular_so_numbers_line_up_in_charts() -> None:
    for path in look.text_font_files():
        with TTFont(path, lazy=True) as font:
            characters = font.getBestCmap()
            widths = {font["hmtx"][characters[ord(digit)]][0] for digit in "0123456789"}
        assert widths == {600}


def test_fonts_stay_under_twelve_megabytes_with_their_licences_beside_them() -> None:
    files = look.font_files()
    assert sum(path.stat().st_size for path in files) < 12_000_000
    licences = {path.name for path in (look.FONT_FOLDER / "licences").iterdir()}
    assert {"OFL-IBM-Plex.txt", "OFL-Noto-Emoji.txt", "OFL-Nanum.txt"} <= licences


def test_every_fallback_family_is_shipped() -> None:
    names = set()
    for path in look.font_files():
        with TTFont(path, lazy=True) as font:
            names.add(_family(font))
    assert {LOOK.family, LOOK.mono, *LOOK.fallback} == names


def test_coverage_is_read_once_and_then_at_hand() -> None:
    letters.read_coverage()
    before = letters._code_points.cache_info().misses
    assert Letters().printable("😀 山 علي") == "😀 山 علي"
    assert letters._code_points.cache_info().misses == before >= len(look.font_files())
