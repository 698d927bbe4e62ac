"""Classical trends against R's figures: OLS, GLS, break points; GAS T by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.methods.break_points import find_breaks
from analysis.methods.gls_models import fit_gls
from analysis.methods.goals import gas_t
from analysis.methods.trends_for_analysts import (
    glsar_line,
    hac_line,
    ols_table,
    theil_sen_line,
)

REFERENCE = Path(__file__).parents[2] / "shared" / "reference"
needs_golden = pytest.mark.skipif(
    not REFERENCE.exists(), reason="the golden tables are not here"
)
SETS = {
    "btheb_long": ("bdi", "month", "id"),
    "claus_2020": ("bdi", "time", "id"),
    "sleepstudy": ("Reaction", "Days", "Subject"),
    "sim_phq9_long": ("score", "session", "id"),
}
CORRELATIONS = {"none": "none", "AR1": "ar1", "CAR1": "car1", "CS": "cs"}


def rows_of(dataset: str) -> pd.DataFrame:
    y, time, group = SETS[dataset]
    rows = pd.read_csv(REFERENCE / "data" / f"{dataset}.csv")
    rows = rows.rename(columns={y: "y", time: "time", group: "group"})
    return rows.assign(group=rows["group"].astype(str))


def golden(table: str, dataset: str) -> pd.DataFrame:
    rows = pd.read_csv(REFERENCE / "golden" / f"{table}.csv", dtype={"id": str})
    return rows[rows["dataset"] == dataset]


@needs_golden
@pytest.mark.parametrize("dataset", SETS)
def test_every_clients_line_equals_r(dataset) -> None:
    rows, theirs = rows_of(dataset), golden("ols_per_client", dataset).set_index("id")
    ours = ols_table(rows["group"], rows["time"], rows["y"]).loc[theirs.index]
    assert (ours["n"] == theirs["n"]).all()
    pairs = {"se": "se_slope", "low": "ci_low", "high": "ci_high"}
    for name in ("intercept", "slope", "se", "p", "low", "high", "sigma", "r2"):
        their_name = pairs.get(name, name)
        exact = theirs["sigma"].fillna(1) > 1e-9  # R's noise on perfect lines
        np.testing.assert_allclose(
            ours[name][exact], theirs[their_name][exact], rtol=1e-9, atol=1e-9
        )


def test_a_line_by_hand_and_its_absence() -> None:
    # times 0 1 2 3, values 1 3 2 6: slope 7/5, intercept 0.9, residuals .1 .7 -1.7 .9
    # with sum of squares 4.2, sigma sqrt(2.1), se sqrt(2.1 / 5), t(2) 4.30265
    group = ["a"] * 4 + ["b"] * 2 + ["c", "d", "d"]
    time = [0, 1, 2, 3, 0, 1, 0, 5, 5]
    value = [1, 3, 2, 6, 4, 8, 1, 1, 2]
    table = ols_table(group, time, value)
    assert table.loc["a", ["intercept", "slope"]].tolist() == pytest.approx([0.9, 1.4])
    assert table.loc["a", "se"] == pytest.approx((2.1 / 5) ** 0.5)
    assert table.loc["a", "high"] == pytest.approx(1.4 + 4.30265 * 0.42**0.5, abs=1e-4)
    assert table.loc["b", "slope"] == 4
    assert table.loc["b", ["se", "low", "sigma"]].isna().all()
    assert table.loc[["c", "d"], "slope"].isna().all()
    assert table["n"].tolist() == [4, 2, 1, 2]
    assert ols_table([], [], []).empty


@needs_golden
@pytest.mark.parametrize("method", ["REML", "ML"])
@pytest.mark.parametrize("correlation", CORRELATIONS)
@pytest.mark.parametrize("dataset", SETS)
def test_caseload_lines_with_correlated_errors_equal_nlme(
    dataset, correlation, method
) -> None:
    rows = rows_of(dataset)
    theirs = golden("nlme_gls", dataset)
    theirs = theirs[
        (theirs["correlation"] == correlation) & (theirs["method"] == method)
    ].set_index("term")
    ours = fit_gls(
        rows["y"], rows["time"], rows["group"], CORRELATIONS[correlation], method
    )
    first = theirs.iloc[0]
    assert ours.log_likelihood == pytest.approx(first["logLik"], abs=1e-5)
    np.testing.assert_allclose(ours.fixed["estimate"], theirs["estimate"], rtol=2e-4)
    np.testing.assert_allclose(ours.fixed["se"], theirs["se"], rtol=1e-3)
    assert ours.sigma == pytest.approx(first["sigma"], rel=1e-3)
    if correlation != "none":
        assert ours.phi == pytest.approx(first["phi"], abs=1e-3)


@needs_golden
def test_single_clients_with_ar1_errors_equal_nlme_away_from_the_boundary() -> None:
    rows = rows_of("sleepstudy")
    theirs = golden("gls_ar1_per_client", "sleepstudy")
    n = 0
    for row in theirs[~theirs["boundary"]].itertuples():
        own = rows[rows["group"] == row.id]
        ours = fit_gls(own["y"], own["time"], correlation="ar1", method=row.method)
        # where the likelihood has two hills the higher one is right
        assert ours.log_likelihood > row.logLik - 1e-6
        if ours.log_likelihood < row.logLik + 1e-6:
            assert ours.phi == pytest.approx(row.phi, abs=2e-3)
            assert ours.fixed.loc["time", "estimate"] == pytest.approx(
                row.slope, rel=1e-3
            )
            n += 1
    assert n > 25


@needs_golden
def test_break_points_equal_strucchange() -> None:
    rows = rows_of("sim_phq9_long").dropna()
    by_client = dict(list(rows.groupby("group")))
    n = 0
    for row in golden("strucchange_one_break", "sim_phq9_long").itertuples():
        own = by_client[row.id].sort_values("time")
        most = -(-row.n // row.h) - 2  # the package's default
        ours = find_breaks(own["y"], own["time"], row.model, least=row.h, most=most)
        assert ours.n == row.n
        assert ours.rss[0] == pytest.approx(row.rss0, abs=1e-8)
        assert ours.bic[0] == pytest.approx(row.bic0, abs=1e-6)
        if not pd.isna(row.rss1) and row.rss1 > 1e-9:
            assert ours.rss[1] == pytest.approx(row.rss1, abs=1e-8)
            assert ours.bic[1] == pytest.approx(row.bic1, abs=1e-6)
            assert ours.sup_f == pytest.approx(row.supF, rel=1e-6)
            assert ours.n_breaks == row.n_breaks_bic
            n += 1
    assert n > 100


def test_a_step_is_found_where_it_was_made_and_a_level_has_none() -> None:
    found = find_breaks([10, 11, 10, 11, 4, 5, 4, 5, 4])
    assert (found.n_breaks, found.last_of_segments) == (1, (4,))
    assert find_breaks([10, 11, 10, 11, 10, 11, 10]).n_breaks == 0
    assert find_breaks([10, 11]) is None


def test_hac_and_glsar_widen_the_interval_where_errors_follow_each_other() -> None:
    random = np.random.default_rng(3)
    errors = np.zeros(60)
    for i in range(1, 60):
        errors[i] = 0.7 * errors[i - 1] + random.normal()
    time = np.arange(60.0)
    value = 20 - 0.1 * time + errors
    plain = ols_table(["a"] * 60, time, value).loc["a"]
    width = plain["high"] - plain["low"]
    hac, glsar = hac_line(time, value), glsar_line(time, value)
    assert hac.slope == pytest.approx(plain["slope"])
    assert hac.high - hac.low > width
    assert glsar.high - glsar.low > width
    assert 0.4 < glsar.rho < 0.95


def test_theil_sen_is_not_moved_by_one_wild_score() -> None:
    # slopes of 0 1 2 3 90: the median of the ten pairwise ones is 1
    found = theil_sen_line([0, 1, 2, 3, 4], [0, 1, 2, 3, 90])
    assert found.slope == 1
    assert found.low <= 1 <= found.high


@pytest.mark.parametrize("fit", [hac_line, glsar_line, theil_sen_line])
def test_too_few_scores_have_a_reason_instead_of_a_slope(fit) -> None:
    few = fit([0, 1], [3, 4])
    assert (few.slope, few.n) == (None, 2)
    assert "fewer than" in few.reason
    same = fit([1] * 8, [1, 2, 3, 4, 5, 6, 7, 8])
    assert same.reason == "all scores at one time"
    assert fit([0, 1, np.nan], [3, np.nan, 4]).n == 1


def test_goal_attainment_by_hand() -> None:
    # three goals at +1, 0, +2: 50 + 10 * 3 / sqrt(.7 * 3 + .3 * 9) = 63.69
    assert gas_t([1, 0, 2]) == pytest.approx(63.693, abs=1e-3)
    assert gas_t([0, 0]) == 50
    # weights 3 and 1: 50 + 10 * (3 - 1) / sqrt(.7 * 10 + .3 * 16) = 55.82
    assert gas_t([1, -1], [3, 1]) == pytest.approx(55.822, abs=1e-3)
    assert gas_t([1, np.nan]) == gas_t([1]) == 60
    assert gas_t([]) is None
    with pytest.raises(ValueError, match="between -2 and 2"):
        gas_t([3])
    with pytest.raises(ValueError, match="above 0"):
        gas_t([1, 1], [1, 0])
