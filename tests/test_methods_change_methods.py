"""Methods of reliable change: the worked example, R's golden tables, peers' defects."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.methods.change_methods import (
    METHODS,
    Norms,
    classify,
    critical_value,
    crossings,
    cutoff,
    rci,
    sample_norms,
)

REFERENCE = Path(__file__).parents[2] / "shared" / "reference"
needs_golden = pytest.mark.skipif(
    not REFERENCE.exists(), reason="the golden tables are not here"
)
# Jacobson & Truax 1991: couples' scores, mean 40 against 60, SD 7.5, reliability .80.
JT1991 = Norms(40, 7.5, 0.80, functional_mean=60, functional_sd=7.5)


def golden(table: str) -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "golden" / f"{table}.csv", dtype={"id": str})


def norms_of(rows: pd.DataFrame, row) -> Norms:
    post = None if np.isnan(row.reliability_post) else row.reliability_post
    return sample_norms(
        rows["pre"], row.reliability, row.m_functional, row.sd_functional, post
    )


def direction(row) -> str:
    return "better" if row.better_is == "higher" else "worse"


def reference_settings():
    """Every dataset, method and cut-off of the golden summary, with its clients."""
    summary = golden("cs_combined_summary")
    clients = golden("cs_combined_clients").groupby(
        ["dataset", "outcome", "method", "cutoff_type", "significance_level"]
    )
    for row in summary[summary["method"] != "HLM"].itertuples():
        key = (
            row.dataset, row.outcome, row.method, row.cutoff_type,
            row.significance_level,
        )  # fmt: skip
        yield row, clients.get_group(key)


def test_the_published_worked_example() -> None:
    assert cutoff("a", JT1991, "better") == pytest.approx(55)
    assert cutoff("b", JT1991, "better") == pytest.approx(45)
    assert cutoff("c", JT1991, "better") == pytest.approx(50)
    assert rci([32.5], [47.5], JT1991, "better") == pytest.approx([3.162], abs=5e-4)
    assert pytest.approx(3.354, abs=5e-4) == JT1991.sem


def test_the_cut_off_c_published_for_the_core10() -> None:
    # clinical 19.7 (SD 7.7), general 4.7 (SD 4.8): 10.46, used as 11
    core10 = Norms(19.7, 7.7, 0.90, functional_mean=4.7, functional_sd=4.8)
    assert cutoff("c", core10, "worse") == pytest.approx(10.46, abs=0.005)


@needs_golden
def test_indices_and_cut_offs_equal_the_reference_package() -> None:
    for row, rows in reference_settings():
        sign = 1 if row.better_is == "higher" else -1
        ours = sign * rci(
            rows["pre"], rows["post"], norms_of(rows, row), direction(row), row.method
        )
        np.testing.assert_allclose(ours, rows["rci"], atol=1e-9)
        ours = cutoff(
            row.cutoff_type, norms_of(rows, row), direction(row), "clinical", row.method
        )
        assert ours == pytest.approx(row.cutoff, abs=1e-9)
        assert critical_value(row.method, row.significance_level) == pytest.approx(
            row.critical_value, abs=1e-9
        )


@needs_golden
def test_no_category_differs_from_the_reference_package() -> None:
    n = 0
    for row, rows in reference_settings():
        facts = classify(
            rows["pre"], rows["post"], norms_of(rows, row), direction(row), row.method,
            row.cutoff_type, row.significance_level, "neither", "clinical",
        )  # fmt: skip
        assert (facts["category"] == rows["category"].str.lower()).all()
        n += len(facts)
    assert n > 14_000


@needs_golden
def test_crossing_the_cut_off_alone_equals_the_reference_package() -> None:
    summary = golden("cs_combined_summary").query("method in ('JT', 'HA')")
    rows_of = golden("cs_statistical_clients").groupby(
        ["dataset", "outcome", "method", "cutoff_type"]
    )
    for row in summary.itertuples():
        rows = rows_of.get_group(
            (row.dataset, row.outcome, row.method, row.cutoff_type)
        )
        facts = classify(
            rows["pre"], rows["post"], norms_of(rows, row), direction(row), row.method,
            row.cutoff_type, row.significance_level, "neither", "clinical",
        )  # fmt: skip
        ours = crossings(facts)
        theirs = rows["category"].str.lower()
        # HA's R version calls everybody who started functional and is not proven
        # functional after "deteriorated", also who stayed on the functional side
        agrees = (ours == theirs) | (facts["functional_pre"] & (row.method == "HA"))
        assert agrees.all()


def test_cut_off_b_uses_the_functional_groups_sd() -> None:
    # Peer defect: the clinical SD, which only shows where the two differ.
    unequal = Norms(40, 10, 0.80, functional_mean=60, functional_sd=4)
    assert cutoff("b", unequal, "better") == 52
    assert cutoff("b", unequal, "better", b_uses="clinical") == 40


def test_a_score_on_the_cut_off_is_clinical_as_published_cut_offs_say() -> None:
    # Peer defect: a score exactly at the cut-off belongs to neither side.
    facts = classify([55.0, 40.0], [70.0, 55.0], JT1991, "better", kind="a")
    assert facts["clinical_pre"].tolist() == [True, True]
    assert facts["category"].tolist() == ["recovered", "improved"]
    loose = classify([55.0], [70.0], JT1991, "better", kind="a", at_cutoff="neither")
    assert loose["category"].tolist() == ["improved"]


@pytest.mark.parametrize("reliability", [0.0, 1.0, 1.2, -0.1])
def test_a_reliability_of_one_or_none_is_refused(reliability) -> None:
    # Peer defect: with 1 the index is infinite, any change "reliable".
    with pytest.raises(AnalysisError, match="reliability"):
        Norms(40, 7.5, reliability)


def test_one_client_works_with_norms_from_the_manual() -> None:
    # Peer defect: one client gives NA everywhere without a word.
    facts = classify([32.5], [47.5], JT1991, "better", kind="b")
    assert facts["category"].tolist() == ["recovered"]
    with pytest.raises(AnalysisError, match="norms"):
        sample_norms([32.5], 0.8)
    with pytest.raises(AnalysisError, match="pairs"):
        classify([32.5], [47.5], JT1991, "better", method="HA")


def test_worse_but_still_functional_is_deteriorated_and_not_harmed_under_ha() -> None:
    # Peer defect: HA calls any reliable loss of a client who started functional harmed.
    pre = pd.Series([40.0, 45, 35, 50, 42, 38, 90, 85])
    post = pd.Series([60.0, 62, 50, 66, 58, 55, 72, 30])
    norms = Norms(45, 15, 0.95, functional_mean=65, functional_sd=8)
    facts = classify(pre, post, norms, "better", method="HA", kind="c")
    assert facts["category"].iloc[6:].tolist() == ["deteriorated", "harmed"]


def test_in_the_normal_range_throughout_is_said_beside_the_category() -> None:
    facts = classify([70.0, 30.0], [71.0, 31.0], JT1991, "better")
    assert facts["is_normal_throughout"].tolist() == [True, False]
    assert facts["category"].tolist() == ["unchanged", "unchanged"]


def test_a_missing_score_has_no_category() -> None:
    facts = classify([30.0, np.nan], [np.nan, 50.0], JT1991, "better")
    assert facts["category"].isna().all()


def test_the_index_must_lie_strictly_beyond_its_critical_value() -> None:
    edge = critical_value("JT") * np.sqrt(2) * JT1991.sem
    facts = classify([30, 30, 30], [30 + edge, 30 + edge + 1e-6, 0], JT1991, "better")
    assert facts["improved"].tolist() == [False, True, False]


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=5, max_size=9)
)
def test_turning_the_scale_round_changes_no_category(method, pairs) -> None:
    pre, post = np.array(pairs, float).T
    norms = Norms(40, 12, 0.9, 60, 12, reliability_post=0.9)
    mirrored = Norms(-40, 12, 0.9, -60, 12, reliability_post=0.9)
    try:
        one = classify(pre, post, norms, "better", method)
    except AnalysisError:
        assert method == "HA"  # scores that hardly vary have no reliability
        return
    other = classify(-pre, -post, mirrored, "worse", method)
    pd.testing.assert_frame_equal(one, other)


def test_a_direction_is_needed() -> None:
    with pytest.raises(AnalysisError, match="direction"):
        rci([1.0], [2.0], JT1991, "neither")
