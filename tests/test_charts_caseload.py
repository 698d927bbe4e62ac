"""Charts over many clients."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sample_courses import BANDS, PHQ, UNTIL, WHO
from svg_texts import size_of, texts

from analysis.caseload.records import (
    ControlChart,
    Funnel,
    Migration,
    Pairs,
    SignCounts,
    Staying,
)
from analysis.charts import (
    adjusted_picture,
    control_picture,
    funnel_picture,
    migration_picture,
    scatter_picture,
    signs_picture,
    staying_picture,
)
from analysis.charts.style import COLOUR
from analysis.records import Rate
from analysis.wording import read_wording

WORDS = read_wording("lead").at(UNTIL)
NAMES = ["J. Castell", "L. Brandt", "M. Okafor", "S. Iyer"]


def _pairs(scale=PHQ, count: int = 80) -> Pairs:
    draw = np.random.default_rng(3)
    middle, spread = (scale.high - scale.low) / 2, (scale.high - scale.low) / 6
    baseline = np.clip(draw.normal(middle, spread, count), scale.low, scale.high)
    latest = np.clip(baseline - draw.normal(0, spread, count), scale.low, scale.high)
    baseline, latest = baseline.round(), latest.round()
    gain = [scale.gain(b, a) for b, a in zip(baseline, latest, strict=True)]
    threshold = scale.reliable_change or np.inf
    points = pd.DataFrame(
        {
            "client_id": [f"A-{n}" for n in range(count)],
            "baseline": baseline,
            "latest": latest,
            "gain": gain,
            "improved": np.array(gain) >= threshold,
            "deteriorated": np.array(gain) <= -threshold,
            "recovered": False,
        }
    )
    return Pairs(scale, points, count, count)


def _control(shares: list[float], *, is_trial: bool = False) -> ControlChart:
    months = pd.period_range("2025-10", periods=len(shares), freq="M")
    points = pd.DataFrame(
        {
            "month": months,
            "n": 10,
            "of": 20,
            "share": shares,
            "gap": np.nan,
            "signal": ["outside" if share > 0.85 else "" for share in shares],
            "side": ["better" if share > 0.85 else "" for share in shares],
        }
    )
    return ControlChart("recovery", points, 0.6, 0.42, 0.82, is_trial)


def _funnel(count: int = 4) -> Funnel:
    size = np.arange(20, 140, 4)
    half = 1.96 * np.sqrt(0.67 * 0.33 / size)
    limits = pd.DataFrame(
        {
            "n": size,
            "low95": 0.67 - half,
            "high95": np.minimum(0.67 + half, 1),
            "low998": 0.67 - 1.6 * half,
            "high998": np.minimum(0.67 + 1.6 * half, 1),
        }
    )
    points = pd.DataFrame(
        {
            "group": ["C-1", "C-2", "C-3", "C-4"],
            "name": NAMES,
            "n": [45, 118, 24, 47],
            "count": [29, 81, 16, 20],
            "share": [0.64, 0.69, 0.67, 0.43],
            "side": ["inside", "inside", "inside", "below_998"],
        }
    )[:count]
    adjusted = pd.DataFrame(
        {
            "group": points["group"],
            "name": points["name"],
            "n": points["n"],
            "estimate": 0.1,
            "low": -0.1,
            "high": 0.3,
        }
    )
    return Funnel(
        "clinician", 0.67, "exact binomial", points, limits, adjusted, 1, 20, None, 0.04
    )


def _staying(median: float | None = 21.0) -> Staying:
    weeks = np.arange(0.0, 50.0)
    share = np.exp(-weeks / 30)
    curve = pd.DataFrame(
        {
            "weeks": weeks,
            "staying": share,
            "low": share - 0.05,
            "high": np.minimum(share + 0.05, 1),
            "at_risk": (200 * share).round(),
        }
    )
    return Staying(curve, 200, median, 10, 5, 2, Rate(5, 15))


def _migration() -> Migration:
    names = [band.label for band in BANDS]
    counts = pd.DataFrame(
        np.arange(25.0).reshape(5, 5), index=names, columns=names
    ).astype("Int64")
    counts.iloc[0, 1] = pd.NA
    return Migration(PHQ, tuple(names), counts, 300, 200, 60, 40)


def _signs() -> SignCounts:
    ids = [*(str(n) for n in range(1, 11)), "goals"]
    table = np.arange(44).reshape(11, 4)
    columns = ["moving", "steady", "slipping", "not_known"]
    counts = pd.DataFrame(table, index=ids, columns=columns)
    return SignCounts(counts, 86, pd.DataFrame())


PICTURES = {
    "scatter": lambda: scatter_picture(_pairs(), words=WORDS),
    "scatter upward": lambda: scatter_picture(_pairs(WHO), words=WORDS),
    "control": lambda: control_picture(_control([0.6, 0.7, 0.9, 0.5]), words=WORDS),
    "control of years": lambda: control_picture(_control([0.6] * 60), words=WORDS),
    "funnel": lambda: funnel_picture(_funnel(), words=WORDS),
    "adjusted": lambda: adjusted_picture(_funnel(), words=WORDS),
    "staying": lambda: staying_picture(_staying(), words=WORDS),
    "migration": lambda: migration_picture(_migration(), words=WORDS),
    "signs": lambda: signs_picture(_signs(), words=WORDS),
}


@pytest.mark.parametrize("name", PICTURES)
def test_no_words_cross_each_other_or_leave_the_picture(name):
    svg = PICTURES[name]().svg
    width, height = size_of(svg)
    drawn = texts(svg)
    for number, one in enumerate(drawn):
        assert one.box.left >= -0.5, one.text
        assert one.box.right <= width + 0.5, one.text
        assert one.box.bottom >= -0.5, one.text
        assert one.box.top <= height + 0.5, one.text
        for other in drawn[number + 1 :]:
            touching = one.box.grown(-0.4).overlaps(other.box.grown(-0.4))
            assert not touching, f"{one.text!r} on {other.text!r}"


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_repeats_byte_for_byte_and_states_its_finding(name):
    one, other = PICTURES[name](), PICTURES[name]()
    assert one == other
    assert len(one.alt) > 20
    assert not any(mark in one.alt for mark in ("{", "None", "nan"))


def test_the_scatter_names_direction_cut_off_and_corners():
    said = " ".join(text.text for text in texts(PICTURES["scatter"]().svg))
    assert "first score, PHQ-9, lower is better\u00a0↓" in said
    assert "Cut-off\u00a010" in said
    assert "improvement" in said
    upward = " ".join(text.text for text in texts(PICTURES["scatter upward"]().svg))
    assert "improvement" not in upward  # no reliable change published, none named


def test_the_scatter_counts_what_it_draws():
    pairs = _pairs()
    improved = int(pairs.points["improved"].sum())
    assert f"{improved} of those drawn improved reliably" in PICTURES["scatter"]().alt


def test_a_month_beyond_chance_is_marked_and_trial_limits_are_called_so():
    picture = control_picture(_control([0.6, 0.9]), words=WORDS)
    assert "one month beyond chance" in picture.alt
    # good news is blue; orange is for what got worse
    assert COLOUR["orange"].lower() not in picture.svg
    worse = _control([0.6, 0.9])
    points = worse.points.assign(side=["", "worse"])
    concern = control_picture(replace(worse, points=points), words=WORDS)
    assert COLOUR["orange"].lower() in concern.svg
    calm = control_picture(_control([0.6, 0.7], is_trial=True), words=WORDS)
    assert COLOUR["orange"].lower() not in calm.svg
    assert "trial limit 82\u00a0%" in [text.text for text in texts(calm.svg)]


def test_a_month_without_courses_breaks_the_line():
    picture = control_picture(_control([0.6, float("nan"), 0.5]), words=WORDS)
    assert "over 2 months" in picture.alt


def test_a_clinicians_own_view_names_one_point_only():
    picture = funnel_picture(_funnel(), words=WORDS, named={"C-2"})
    said = {text.text for text in texts(picture.svg)}
    assert "L. Brandt" in said
    assert not said & (set(NAMES) - {"L. Brandt"})
    own = {
        text.text
        for text in texts(adjusted_picture(_funnel(), words=WORDS, named={"C-2"}).svg)
    }
    assert not own & (set(NAMES) - {"L. Brandt"})


def test_groups_stand_in_order_of_their_names_never_of_their_rates():
    drawn = texts(adjusted_picture(_funnel(), words=WORDS).svg)
    named = [text for text in drawn if text.text in NAMES]
    by_height = sorted(named, key=lambda text: text.box.bottom)
    assert [text.text for text in by_height] == sorted(NAMES)


def test_a_funnel_without_groups_is_drawn_empty():
    funnel = _funnel(0)
    assert "0 groups" in funnel_picture(funnel, words=WORDS).alt
    adjusted_picture(funnel, words=WORDS)


def test_a_median_that_was_not_reached_is_not_drawn():
    reached = staying_picture(_staying(), words=WORDS)
    assert any("half have left" in text.text for text in texts(reached.svg))
    open_end = staying_picture(_staying(None), words=WORDS)
    assert not any("half have left" in text.text for text in texts(open_end.svg))
    assert "fewer than half have left" in open_end.alt


def test_a_hidden_cell_is_a_star():
    said = [text.text for text in texts(PICTURES["migration"]().svg)]
    assert said.count("*") == 1
    assert "0" in said
