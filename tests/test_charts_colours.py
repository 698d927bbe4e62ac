"""Meaning survives colour blindness and a grey photocopy."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from sample_courses import FULL, PLATEAU, UNTIL, WORSE

from analysis.charts import course_picture
from analysis.charts.marks import STRETCHES
from analysis.charts.style import COLOUR, FILL, LOOK
from analysis.look import contrast, luminance
from analysis.wording import read_wording

# Machado, Oliveira & Fernandes 2009, severity 1.0, for linear RGB.
SEEN = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
# sRGB to XYZ (D65), and the white point.
_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
)
_WHITE = _XYZ.sum(axis=1)
# Colours that stand for different things in one chart.
MEANINGS = ("blue", "orange", "ink")
# A difference of 2.3 is just noticeable in a patch; thin marks need several times that.
CLEAR = 20.0


def _linear(colour: str) -> np.ndarray:
    values = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(
        values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4
    )


def _lab(rgb: np.ndarray) -> np.ndarray:
    ratio = _XYZ @ np.clip(rgb, 0, 1) / _WHITE
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def _difference(one: str, other: str, seen: str) -> float:
    matrix = np.array(SEEN[seen])
    ends = [_lab(matrix @ _linear(colour)) for colour in (one, other)]
    return float(np.linalg.norm(ends[0] - ends[1]))


def test_the_simulation_confuses_red_and_green_as_it_should():
    # dark red and olive green: clearly different, and nearly the same to a deuteranope
    assert _difference("#8B4513", "#6B6B00", "deuteranopia") < 25
    assert _difference("#0000FF", "#FFFF00", "deuteranopia") > 100


@pytest.mark.parametrize("seen", SEEN)
@pytest.mark.parametrize("pair", list(combinations(MEANINGS, 2)), ids="-".join)
def test_colours_with_a_meaning_differ_to_every_eye(pair, seen):
    one, other = (COLOUR[name] for name in pair)
    assert _difference(one, other, seen) >= CLEAR


@pytest.mark.parametrize("seen", SEEN)
@pytest.mark.parametrize("fill", ["plateau", "setback", "course", "band"])
def test_a_shaded_place_differs_from_paper_to_every_eye(fill, seen):
    assert _difference(FILL[fill], COLOUR["paper"], seen) > 2.3


def test_stretches_are_told_by_their_bars_where_colour_cannot():
    # neither a grey print nor a protanope can tell the two fills
    assert contrast(FILL["plateau"], FILL["setback"]) < 1.2
    dashes = {kind: look.dashes for kind, look in STRETCHES.items()}
    assert len(set(dashes.values())) == len(dashes)


@pytest.mark.parametrize("fill", sorted(FILL))
@pytest.mark.parametrize("text", ["ink", "grey", "dark_blue", "dark_orange"])
def test_text_of_a_chart_is_readable_on_every_fill(text, fill):
    assert contrast(COLOUR[text], FILL[fill]) >= LOOK.contrast["text"]


@pytest.mark.parametrize("fill", ["band", "plateau", "setback", "course"])
def test_lines_and_marks_stand_out_from_every_fill(fill):
    for name in ("ink", "grey", "blue"):
        assert contrast(COLOUR[name], FILL[fill]) >= LOOK.contrast["shape"]


def test_no_colour_is_used_that_is_not_in_the_look():
    import re

    words = read_wording("clinician").at(UNTIL)
    known = {colour.lower() for colour in (*COLOUR.values(), *FILL.values())}
    for one in (FULL, PLATEAU, WORSE):
        svg = course_picture(one, words=words).svg
        assert set(re.findall(r"#[0-9a-f]{6}", svg)) <= known


def test_fills_are_light_enough_for_ink():
    assert min(luminance(colour) for colour in FILL.values()) > 0.73
