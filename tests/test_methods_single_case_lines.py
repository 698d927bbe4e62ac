"""The second R package for single cases: its Tau-U parts, PET, regression, effects."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.methods.single_case import Phases, nap, pand, phases, pnd, tau_bc
from analysis.methods.single_case_effects import smd
from analysis.methods.single_case_lines import TERMS, pet, piecewise, tau_u_rows

REFERENCE = Path(__file__).parents[2] / "shared" / "reference"
needs_golden = pytest.mark.skipif(
    not REFERENCE.exists(), reason="the golden tables are not here"
)
# Our name of each part of Tau-U, and the package's.
PARTS = {
    "A against B": "A vs. B",
    "trend A": "Trend A",
    "trend B": "Trend B",
    "A against B less trend A": "A vs. B - Trend A",
    "A against B and trend B": "A vs. B + Trend B",
    "A against B and trend B less trend A": "A vs. B + Trend B - Trend A",
}
PLM = dict(zip(TERMS, ("(Intercept)", "mt", "phaseB", "interB"), strict=True))


def cases() -> Iterator[tuple[np.ndarray, np.ndarray, str, pd.Series]]:
    data = pd.read_csv(REFERENCE / "data" / "sced_long.csv")
    golden = pd.read_csv(REFERENCE / "golden" / "sced_scan.csv")
    for (dataset, case), rows in data.groupby(["dataset", "case"]):
        rows = rows.sort_values("session")
        a, b = (rows[rows["phase"] == p]["outcome"].to_numpy() for p in "AB")
        own = golden[(golden["dataset"] == dataset) & (golden["case"] == case)]
        higher_is = "better" if rows["direction"].iloc[0] == "increase" else "worse"
        yield a, b, higher_is, own.set_index("stat")["value"]


@needs_golden
@pytest.mark.parametrize(
    ("method", "theirs"), [("all", "tarlow:a"), ("all", "complete:a"), ("parker",) * 2]
)
def test_every_part_of_tau_u_equals_the_package(method, theirs) -> None:
    theirs = "parker:a" if theirs == "parker" else theirs
    for a, b, _, golden in cases():
        # the package is not direction aware: compared as if higher were better
        ours = tau_u_rows(phases(a, b, "better"), method)
        for name, part in PARTS.items():
            row = f"tau_u:{theirs}:{part}"
            assert ours[name].value == pytest.approx(golden[f"{row}:Tau"], abs=1e-9)
            low, high = golden[f"{row}:CI lower"], golden[f"{row}:CI upper"]
            if ours[name].low is not None and not np.isnan(low) and len(a) > 3:
                assert (ours[name].low, ours[name].high) == pytest.approx((low, high))


def on_the_line(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether a score lies on A's line: there rounding decides in the package."""
    line = np.polyval(np.polyfit(range(len(a)), a, 1), np.arange(len(b)) + len(a))
    return bool((np.abs(b - line) < 1e-9).any())


@needs_golden
def test_pet_pnd_pand_and_nap_equal_the_package() -> None:
    for a, b, higher_is, golden in cases():
        data = phases(a, b, higher_is)
        if not on_the_line(a, b):
            assert 100 * pet(data).value == pytest.approx(golden["pet"])
        assert 100 * pnd(data).value == pytest.approx(golden["pnd"])
        assert 100 * pand(data).value == pytest.approx(golden["pand:minimum"])
        assert 100 * nap(data).value == pytest.approx(golden["nap:NAP"])


@needs_golden
def test_piecewise_regression_equals_the_package() -> None:
    for a, b, _, golden in cases():
        ours = piecewise(a, b)
        for term, name in PLM.items():
            theirs = [
                golden[f"plm:{name}:{column}"]
                for column in ("Estimate", "Std. Error", "t value", "Pr(>|t|)")
            ]
            if np.isnan(theirs[1]) or theirs[1] < 1e-9:
                continue
            found = ours.loc[term, ["estimate", "se", "t", "p"]]
            np.testing.assert_allclose(found, theirs, rtol=1e-6, atol=1e-9)


@needs_golden
def test_standardised_differences_equal_the_package() -> None:
    for a, b, _, golden in cases():
        data = phases(a, b, "better")
        if min(len(a), len(b)) < 3 or np.ptp(a) == 0:
            continue
        plain = smd(data, corrects=False).value
        pooled = smd(data, sd="pooled", corrects=False).value
        assert plain == pytest.approx(golden["smd:Glass' delta"])
        assert pooled == pytest.approx(golden["smd:Hedges' g"])
        corrected = smd(data, sd="pooled").value
        assert corrected == pytest.approx(golden["smd:Hedges' g correction"])


@needs_golden
def test_baseline_corrected_tau_equals_the_package_but_for_its_rounding() -> None:
    # Where corrected scores differ by rounding only, the package unties them.
    same = 0
    for a, b, _, golden in cases():
        ours = tau_bc(phases(a, b, "better"), kind="kendall").value
        theirs = golden["corrected_tau:Baseline corrected tau:tau"]
        both_none = ours is None and np.isnan(theirs)
        same += both_none or ours == pytest.approx(theirs, abs=1e-5)
    assert same >= 26


def test_the_parts_of_tau_u_by_hand() -> None:
    # A 1 2, B 3 3 5: all 6 pairs rise; A rises once of 1; B rises twice of 3
    found = tau_u_rows(phases([1, 2], [3, 3, 5], "better"))
    assert found["A against B"].value == 1
    assert found["trend A"].value == 1
    assert found["trend B"].value == pytest.approx(2 / 3)
    assert found["A against B less trend A"].value == pytest.approx(5 / 7)
    assert found["A against B and trend B"].value == pytest.approx(8 / 9)
    parker = tau_u_rows(phases([1, 2], [3, 3, 5], "better"), "parker")
    assert parker["A against B less trend A"].value == pytest.approx(5 / 6)


def test_the_parts_of_tau_u_turn_with_the_direction() -> None:
    # Peer defect: the package's signs do not know which way is better.
    falling = tau_u_rows(phases([9, 7, 8], [4, 3, 2], "worse"))
    rising = tau_u_rows(phases([1, 3, 2], [6, 7, 8], "better"))
    assert falling == rising
    assert falling["A against B"].value == 1
    assert falling["A against B"].high is None  # peer defect: NaN, Fisher's z of 1


def test_a_level_change_and_a_slope_change_by_hand() -> None:
    # A lies on 0 1 2, B on 10 12 14: from an expected 3 to 10, slope 1 to 2
    found = piecewise([0, 1, 2], [10, 12, 14])["estimate"]
    assert found.to_numpy() == pytest.approx([0, 1, 7, 1])
    late = piecewise([0, 1, 2], [10, 12, 14], times=[0, 7, 14, 21, 28, 35])
    assert late.loc["trend", "estimate"] == pytest.approx(1 / 7)


@pytest.mark.parametrize(
    ("a", "b"), [([], []), ([1.0], [2.0, 3]), ([1, 2.0], [3.0]), ([1, 2.0], [])]
)
def test_too_few_scores_have_no_regression_and_no_line(a, b) -> None:
    assert piecewise(a, b).isna().all().all()
    data = Phases(np.array(a, float), np.array(b, float))
    rows = tau_u_rows(data)
    assert len(rows) == len(PARTS)
    if len(a) < 2 or not b:
        assert pet(data).value is None


def test_scores_without_their_times_are_refused() -> None:
    with pytest.raises(AnalysisError, match="as many times"):
        piecewise([1, 2], [3, 4], times=[1, 2, 3])
