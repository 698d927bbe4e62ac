"""Single-case indices against R's figures, by hand, and where the peers break."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.methods.single_case import (
    ird,
    nap,
    pand,
    pem,
    phases,
    pnd,
    tau,
    tau_bc,
    tau_u,
)
from analysis.methods.single_case_effects import (
    log_ratio_of_medians,
    log_response_ratio,
    percent_of_goal,
    smd,
)
from analysis.methods.single_case_table import nap_table

REFERENCE = Path(__file__).parents[2] / "shared" / "reference"
needs_golden = pytest.mark.skipif(
    not REFERENCE.exists(), reason="the golden tables are not here"
)
OVERLAP = {
    "NAP_unbiased": nap,
    "NAP_Hanley": functools.partial(nap, se="hanley"),
    "NAP_null": functools.partial(nap, se="null", level=0.90),
    "Tau": tau,
    "Tau_U": tau_u,
    "Tau_BC": functools.partial(tau_bc, ties_within=0),
    "Tau_BC_Kendall": functools.partial(tau_bc, kind="kendall"),
    "Tau_BC_Kendall_pretest05": functools.partial(
        tau_bc, kind="kendall", only_if_trend=0.05
    ),
    "PND": pnd,
    "PEM": pem,
    "PAND": pand,
    "IRD": ird,
    "SMD_baseline": smd,
    "SMD_pooled": functools.partial(smd, sd="pooled"),
    "SMD_baseline_uncorrected": functools.partial(smd, corrects=False),
}
RATIOS = {"LRRi": log_response_ratio, "LRM": log_ratio_of_medians}
# The Kendall routine of the package works in single precision, which unties two
# scores of this case.
SINGLE_PRECISION = {("Schmidt2007", "Albert/On Task Behavior", "Tau_BC_Kendall")}


def cases():
    data = pd.read_csv(REFERENCE / "data" / "sced_long.csv")
    golden = pd.read_csv(REFERENCE / "golden" / "sced_singlecasees.csv")
    for (dataset, case), rows in data.groupby(["dataset", "case"]):
        rows = rows.sort_values("session")
        a, b = (rows[rows["phase"] == p]["outcome"].to_numpy() for p in "AB")
        own = golden[(golden["dataset"] == dataset) & (golden["case"] == case)]
        higher_is = "better" if rows["direction"].iloc[0] == "increase" else "worse"
        yield (dataset, case), a, b, higher_is, own.set_index("index")


def all_of(a, b, higher_is: str) -> dict:
    data = phases(a, b, higher_is)
    found = {name: index(data) for name, index in OVERLAP.items()}
    found |= {name: index(a, b, higher_is) for name, index in RATIOS.items()}
    goal = 0 if higher_is == "worse" else 1.25 * b.max()
    return found | {"PoGO_goal": percent_of_goal(a, b, goal)}


@needs_golden
def test_every_index_and_standard_error_equals_the_reference_package() -> None:
    n = 0
    for key, a, b, higher_is, golden in cases():
        for name, ours in all_of(a, b, higher_is).items():
            if name not in golden.index or (*key, name) in SINGLE_PRECISION:
                continue
            theirs = golden.loc[name]
            exact = 1e-6 if "Kendall" in name else 1e-9  # single precision there
            assert ours.value == pytest.approx(theirs["est"], abs=exact)
            if not pd.isna(theirs["se"]):
                assert ours.se == pytest.approx(theirs["se"], rel=1e-6)
            n += 1
    assert n > 500


@needs_golden
def test_intervals_equal_the_reference_package_where_phases_overlap() -> None:
    for _, a, b, higher_is, golden in cases():
        for name, ours in all_of(a, b, higher_is).items():
            if name not in golden.index or pd.isna(golden.loc[name, "ci_lower"]):
                continue
            low, high = golden.loc[name, ["ci_lower", "ci_upper"]]
            if name.startswith("Tau_BC_Kendall"):
                low, high = max(low, -1), min(high, 1)
            if low == high:  # complete separation, see the next test
                continue
            # the package's root finder stops at about 5e-5
            assert (ours.low, ours.high) == pytest.approx((low, high), abs=1e-3)


def test_complete_separation_has_an_interval_and_not_a_point() -> None:
    # Peer defect: the interval of a NAP of 1 is 1 to 1, as if three scores settled it.
    found = nap(phases([3, 4, 5], [7, 8, 9], "better"))
    assert (found.value, found.high) == (1, 1)
    assert found.low < 0.8
    assert found.se > 0
    worst = nap(phases([3, 4, 5], [7, 8, 9], "worse"))
    assert (worst.value, worst.low) == (0, 0)
    assert worst.high == pytest.approx(1 - found.low)


def test_nap_and_tau_by_hand() -> None:
    # A 4 3, B 5 4 2: of 6 pairs 3 win (5>4, 5>3, 4>3), 1 ties, 2 lose: 3.5 / 6
    data = phases([4, 3], [5, 4, 2], "better")
    assert nap(data).value == pytest.approx(3.5 / 6)
    assert tau(data).value == pytest.approx(1 / 6)
    turned = phases([4, 3], [5, 4, 2], "worse")
    assert nap(turned).value == pytest.approx(2.5 / 6)


def test_tau_u_can_leave_its_range_as_published() -> None:
    # A falls 10 times over 10 pairs; all 15 comparisons rise: (15 + 10) / 15
    found = tau_u(phases([5, 4, 3, 2, 1], [6, 7, 8], "better"))
    assert found.value == pytest.approx(25 / 15)


def test_tau_u_turns_with_the_direction() -> None:
    # Peer defect: one package's sign flips for lower-is-better scales.
    falling = phases([9, 8, 9, 8], [4, 3, 3, 2], "worse")
    assert tau_u(falling).value > 0
    assert tau(falling).value == 1


def test_one_baseline_score_has_an_index_and_no_standard_error() -> None:
    # Peer defect: NAP 1 with a standard error of infinity.
    found = nap(phases([3], [5, 6, 7], "better"))
    assert (found.value, found.se, found.low) == (1, None, None)
    assert "fewer than 2" in found.reason
    assert tau_bc(phases([3], [5, 6], "better")).value is None


def test_constant_phases_are_undefined_with_their_reason() -> None:
    # Peer defects: SE .25 for NAP, infinite SMD, an interval of Tau beyond 1.
    data = phases([4, 4, 4], [4, 4, 4], "better")
    assert nap(data).reason == "all scores are the same"
    assert nap(data).se is None
    assert tau_bc(data, kind="kendall").value is None
    assert smd(data).reason == "no spread to standardise by"


def test_the_interval_of_kendalls_tau_stays_within_its_range() -> None:
    data = phases([1, 2, 1, 2], [6, 7, 8, 9, 9], "better")
    found = tau_bc(data, kind="kendall", only_if_trend=0.01)
    assert -1 <= found.low <= found.value <= found.high <= 1


def test_missing_scores_are_left_out_and_the_numbers_used_are_told() -> None:
    found = nap(phases([4, np.nan, 3], [5, 4, 2, np.nan], "better"))
    assert (found.n_a, found.n_b) == (2, 3)
    assert found.value == pytest.approx(3.5 / 6)


def test_empty_phases_have_a_reason_everywhere() -> None:
    data = phases([], [1, 2], "better")
    for index in OVERLAP.values():
        assert index(data).value is None
        assert index(data).reason
    assert log_response_ratio([], [1.0], "better").reason
    assert percent_of_goal([1.0, 2.0], [], 5).reason


def test_the_way_to_a_goal_by_hand() -> None:
    # from 2 on average to 6, goal 10: half of the way; SE 100/8 sqrt(2/2 + 1.25 * 2/2)
    found = percent_of_goal([1, 3], [5, 7], goal=10)
    assert found.value == pytest.approx(50)
    assert found.se == pytest.approx(12.5 * np.sqrt(1 + 1.25))
    assert percent_of_goal([1, 3], [5, 7], 10, se="delta").se == pytest.approx(
        12.5 * np.sqrt(1 + 0.25)
    )
    assert percent_of_goal([9, 7], [5, 3], goal=0).value == pytest.approx(50)
    assert "already" in percent_of_goal([1, 3], [5, 7], goal=2).reason


def test_a_mean_of_zero_has_no_log_ratio() -> None:
    assert "logarithm" in log_response_ratio([0, 0], [1, 2], "better").reason
    assert "logarithm" in log_ratio_of_medians([0, 1], [1, 2], "better").reason


def test_a_direction_is_needed() -> None:
    with pytest.raises(AnalysisError, match="direction"):
        phases([1], [2], "neither")
    with pytest.raises(AnalysisError, match="direction"):
        nap_table(pd.DataFrame({"case": [], "phase": [], "value": []}), "neither")


def long(a, b, case: str = "x") -> pd.DataFrame:
    phase = ["A"] * len(a) + ["B"] * len(b)
    return pd.DataFrame(
        {"case": case, "phase": phase, "time": range(len(phase)), "value": [*a, *b]}
    )


phase = st.lists(st.integers(0, 6), min_size=1, max_size=7)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(phase, phase), min_size=1, max_size=5))
def test_the_table_and_the_single_functions_never_disagree(pairs) -> None:
    rows = pd.concat([long(a, b, str(i)) for i, (a, b) in enumerate(pairs)])
    for higher_is in ("better", "worse"):
        table = nap_table(rows.sample(frac=1, random_state=1), higher_is)
        for i, (a, b) in enumerate(pairs):
            data = phases(np.array(a, float), np.array(b, float), higher_is)
            one, own = nap(data), table.loc[str(i)]
            assert own["nap"] == pytest.approx(one.value)
            assert own["tau_u"] == pytest.approx(tau_u(data).value)
            assert bool(own["reason"]) == bool(one.reason)
            for ours, single in (("se", one.se), ("low", one.low), ("high", one.high)):
                assert own[ours] == pytest.approx(single, nan_ok=True) or single is None


def test_a_case_with_one_phase_only_stays_in_the_table_without_an_index() -> None:
    table = nap_table(
        pd.concat([long([1, 2], []), long([1, 2], [3, 4], "y")]), "better"
    )
    assert np.isnan(table.loc["x", "nap"])
    assert table.loc["x", "reason"]
    assert table.loc["y", "nap"] == 1
    assert nap_table(long([], []), "better").empty
