"""Mixed models against lme4's own figures, and where statsmodels goes wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.methods.mixed_models import MixedFit, NotFitted, fit_mixed

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
MODELS = {
    "random_slope": "correlated",
    "random_slope_uncorrelated": "independent",
    "random_intercept": "none",
}


def fitted(dataset: str, **choices) -> MixedFit:
    y, time, group = SETS[dataset]
    rows = pd.read_csv(REFERENCE / "data" / f"{dataset}.csv")
    fit = fit_mixed(rows[y], rows[group].astype(str), rows[time], **choices)
    assert isinstance(fit, MixedFit)
    return fit


def golden(table: str, dataset: str, **conditions) -> pd.DataFrame:
    rows = pd.read_csv(REFERENCE / "golden" / f"{table}.csv", dtype={"id": str})
    rows = rows[rows["dataset"] == dataset]
    for name, value in conditions.items():
        rows = rows[rows[name] == value]
    return rows


@needs_golden
@pytest.mark.parametrize("method", ["REML", "ML"])
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("dataset", SETS)
def test_fixed_effects_and_likelihood_equal_lme4(dataset, model, method) -> None:
    fit = fitted(dataset, slopes=MODELS[model], method=method)
    theirs = golden("lmer_fixed", dataset, model=model, reml=method == "REML")
    theirs = theirs.set_index("term").loc[["(Intercept)", "t"]]
    assert fit.is_converged
    assert not fit.is_singular
    assert fit.log_likelihood == pytest.approx(theirs["logLik"].iloc[0], abs=2e-8)
    np.testing.assert_allclose(fit.fixed["estimate"], theirs["estimate"], rtol=1e-6)
    np.testing.assert_allclose(fit.fixed["se"], theirs["se"], rtol=1e-5)


@needs_golden
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("dataset", SETS)
def test_variances_equal_lme4(dataset, model) -> None:
    fit = fitted(dataset, slopes=MODELS[model])
    theirs = golden("lmer_varcomp", dataset, model=model, reml=True)
    variances = theirs[theirs["var2"].isna()]["vcov"].to_numpy()
    ours = [*np.diag(fit.covariance), fit.residual_variance]
    np.testing.assert_allclose(ours, variances, rtol=1e-4)
    if model == "random_slope":
        together = theirs[theirs["var2"] == "t"].iloc[0]
        assert fit.covariance[0, 1] == pytest.approx(together["vcov"], rel=1e-2)
        assert fit.correlation == pytest.approx(together["sdcor"], abs=1e-4)


@needs_golden
@pytest.mark.parametrize("dataset", SETS)
def test_every_clients_line_equals_lme4(dataset) -> None:
    fit = fitted(dataset)
    theirs = golden("lmer_blup_random_slope_reml", dataset).set_index("id")
    both = fit.groups.join(theirs)
    assert len(both) == len(theirs)
    for ours, lme4 in {
        "intercept": "intercept_total",
        "slope": "slope_total",
        "deviation_intercept": "condval_intercept",
        "deviation_slope": "condval_slope",
        "sd_intercept": "condsd_intercept",
        "sd_slope": "condsd_slope",
    }.items():
        spread = both[lme4].abs().max()
        assert (both[ours] - both[lme4]).abs().max() < 1e-4 * spread


@needs_golden
def test_statsmodels_silent_stop_does_not_happen_here() -> None:
    # On raw time its lbfgs says "converged", llf -566.16 and SE .527, without a
    # warning; lme4 finds -564.966 and .577.
    fit = fitted("claus_2020")
    assert fit.log_likelihood == pytest.approx(-564.966, abs=1e-3)
    assert fit.fixed.loc["time", "se"] == pytest.approx(0.577, abs=5e-4)


def simulated(
    n: int, sds: tuple[float, float], seed: int = 1, per_client: int = 8
) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    group = np.repeat(np.arange(n), per_client)
    time = np.tile(np.arange(float(per_client)), n)
    start = random.normal(15, sds[0], n)[group]
    slope = random.normal(-0.5, sds[1], n)[group]
    y = start + slope * time + random.normal(0, 2, len(group))
    return pd.DataFrame({"y": y, "group": group, "time": time})


def test_a_clients_interval_covers_the_true_slope_as_often_as_it_says() -> None:
    random = np.random.default_rng(4)
    rows = simulated(2_000, (0, 0), seed=4)
    own = random.normal(-0.5, 0.4, 2_000)
    rows["y"] = 15 + own[rows["group"]] * rows["time"] + random.normal(0, 2, len(rows))
    fit = fit_mixed(rows["y"], rows["group"], rows["time"])
    assert isinstance(fit, MixedFit)
    inside = (fit.groups["slope_low"] <= own) & (own <= fit.groups["slope_high"])
    assert 0.935 < inside.mean() < 0.965


def test_no_spread_between_clients_is_singular_and_still_converged() -> None:
    rows = simulated(60, (0, 0), seed=3)
    fit = fit_mixed(rows["y"], rows["group"], rows["time"])
    assert isinstance(fit, MixedFit)
    assert fit.is_converged
    assert fit.is_singular
    assert fit.fixed.loc["time", "estimate"] == pytest.approx(-0.5, abs=0.1)


def test_row_order_labels_and_units_change_nothing_but_units() -> None:
    rows = simulated(40, (5, 0.4))
    fit = fit_mixed(rows["y"], rows["group"], rows["time"])
    mixed = rows.sample(frac=1, random_state=2)
    weeks = fit_mixed(10 * mixed["y"], mixed["group"], mixed["time"] / 7 + 100)
    assert isinstance(fit, MixedFit)
    assert isinstance(weeks, MixedFit)
    np.testing.assert_allclose(
        weeks.groups["slope"], 70 * fit.groups["slope"], rtol=1e-4
    )
    assert weeks.groups.index.tolist() == list(range(40))


def test_missing_observations_are_left_out() -> None:
    rows = simulated(30, (5, 0.4))
    gone = rows.assign(y=rows["y"].mask(rows.index % 7 == 0))
    kept = gone.dropna()
    one = fit_mixed(gone["y"], gone["group"], gone["time"])
    other = fit_mixed(kept["y"], kept["group"], kept["time"])
    assert isinstance(one, MixedFit)
    assert isinstance(other, MixedFit)
    assert one.log_likelihood == pytest.approx(other.log_likelihood, abs=1e-9)
    assert one.n_obs == len(kept)


def test_covariates_are_fixed_effects() -> None:
    random = np.random.default_rng(8)
    group = np.repeat(np.arange(50), 20)
    severity = random.normal(0, 1, len(group))
    effect = random.normal(0, 0.5, 50)[group]
    y = 1 + 2 * severity + effect + random.normal(0, 1, len(group))
    fit = fit_mixed(y, group, covariates=pd.DataFrame({"severity": severity}))
    assert isinstance(fit, MixedFit)
    assert fit.fixed.loc["severity", "estimate"] == pytest.approx(2, abs=0.1)
    assert fit.covariance.shape == (1, 1)
    assert "slope" not in fit.groups


@pytest.mark.parametrize(
    ("y", "group", "time", "reason"),
    [
        ([], [], [], "fewer than two groups"),
        ([1, 2, 3], ["a"] * 3, [0, 1, 2], "fewer than two groups"),
        ([1, 2, 3], list("abc"), [0, 1, 2], "no group has two observations"),
        ([1, 2, 4, 3], list("aabb"), [1, 1, 1, 1], "do not vary"),
        ([2, 2, 2, 2, 2, 2], list("aaabbb"), [0, 1, 2] * 2, "are the same"),
    ],
)
def test_too_little_data_is_said_with_its_reason(y, group, time, reason) -> None:
    answer = fit_mixed(y, group, time)
    assert isinstance(answer, NotFitted)
    assert reason in answer.reason


def test_slopes_that_cannot_be_told_from_noise_fall_back_to_an_intercept() -> None:
    rows = simulated(30, (5, 0.4), per_client=2)
    fit = fit_mixed(rows["y"], rows["group"], rows["time"])
    assert isinstance(fit, MixedFit)
    assert fit.fell_back
    assert fit.slopes == "none"
