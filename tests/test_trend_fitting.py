"""Models fitted to a practice: what they find, keep and leave alone."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from small_practice import PHQ, rows

from analysis.schema import conform
from analysis.settings import Thresholds
from analysis.simulator import Plan, as_series, simulate
from analysis.simulator.practice import PHQ_LIKE
from analysis.trend import fit_models, model_of, noise_of, smooth, trends
from analysis.trend.models import cautious_noise, default_model

LATE = date(2030, 1, 1)
SCALES = {PHQ_LIKE.id: PHQ_LIKE}


def practice(n: int, **plan: object) -> tuple[pd.DataFrame, pd.DataFrame]:
    random = np.random.default_rng(5)
    return as_series(simulate(n, Plan(**plan), random))


def test_the_defaults_follow_from_the_reliable_change() -> None:
    # RC 6: SEM 6 / (1.96 * sqrt 2) = 2.165; r = 1.1 SEM; statistics.md, section 3
    model = default_model(PHQ)
    assert model.r == pytest.approx(2.381, abs=1e-3)
    assert model.q == pytest.approx(0.162)
    assert (model.slope, model.slope_sd) == (pytest.approx(0.3), pytest.approx(0.78))
    assert model.fitted_on is None


@pytest.mark.parametrize(("n", "rows_of_models"), [(49, 0), (50, 4)])
def test_fifty_episodes_are_needed(n: int, rows_of_models: int) -> None:
    series, episodes = practice(n, missed=0.0)
    models = fit_models(series, episodes, SCALES, LATE)
    assert len(models) == rows_of_models
    conform(models, "models")


def test_the_fit_finds_how_noisy_a_practice_is() -> None:
    series, episodes = practice(300, noise=3.5, autocorrelation=0.0)
    model = model_of(PHQ_LIKE, fit_models(series, episodes, SCALES, LATE))
    assert model.r == pytest.approx(3.5, abs=0.4)
    assert model.n_episodes == 300
    assert model.fitted_on == LATE


def test_the_fit_is_better_than_the_defaults_and_does_not_depend_on_row_order() -> None:
    series, episodes = practice(120)
    one = fit_models(series, episodes, SCALES, LATE)
    two = fit_models(series.sample(frac=1, random_state=3), episodes, SCALES, LATE)
    pd.testing.assert_frame_equal(one, two)


def test_the_fitted_model_is_used_where_it_is_given_only() -> None:
    series, episodes = practice(120, noise=3.5)
    models = fit_models(series, episodes, SCALES, LATE)
    rules = Thresholds()
    default = trends(series, episodes, SCALES, LATE, rules)
    fitted = trends(series, episodes, SCALES, LATE, rules, models)
    assert not np.allclose(default["high"], fitted["high"], equal_nan=True)
    points = series[series["client_id"] == "S0000003"]
    plain = smooth(points, PHQ_LIKE, rules)
    own = smooth(points, PHQ_LIKE, rules, models=models)
    assert plain is not None
    assert own is not None
    assert plain.level != own.level


def test_a_practice_may_be_noisier_than_the_manual_says_but_never_surer() -> None:
    names = pd.Series([PHQ_LIKE.id])
    quiet = practice(120, noise=1.0, autocorrelation=0.0)
    loud = practice(120, noise=4.0, autocorrelation=0.0)
    change = np.array([6.0])
    default = default_model(PHQ_LIKE).r
    for (series, episodes), expected in ((quiet, default), (loud, None)):
        models = fit_models(series, episodes, SCALES, LATE)
        noise = noise_of(names, SCALES, models)
        cautious = cautious_noise(noise, change)[0]
        assert cautious == pytest.approx(expected or noise.r[0])


def test_scales_without_a_reliable_change_have_no_model() -> None:
    with pytest.raises(ValueError, match="no reliable change"):
        default_model(PHQ.__class__("x.y", "x", "", "", 0, 1, "better"))
    assert not len(fit_models(rows([]), rows([]), SCALES, LATE))
