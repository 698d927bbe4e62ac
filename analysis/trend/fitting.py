"""Empirical Bayes: the numbers of the trend's model from a practice's own scores."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd
from scipy import optimize

from analysis.episodes import belong
from analysis.membership import one_of
from analysis.records import Scale
from analysis.series import Courses, courses_of
from analysis.trend.kalman import Noise, log_likelihood
from analysis.trend.models import Model, default_model, is_judged, model_rows

MIN_EPISODES = 50
MIN_SCORES = 4
# More episodes make the fit slower and hardly better.
MAX_EPISODES = 2_000
# A practice's numbers stay within this factor of the defaults.
FURTHEST = 4.0
_MAX_TURNS = 160


def fit_models(
    series: pd.DataFrame,
    episodes: pd.DataFrame,
    scales: Mapping[str, Scale],
    until: date,
) -> pd.DataFrame:
    """Fit r, q and the prior of the slope of every judged scale; rows of `models`.

    Pooled maximum likelihood over episodes of four or more scores up to `until`; with
    fewer than 50 of them a scale keeps its defaults and has no row. The fit does not
    depend on the order of rows.
    """
    known = series[belong(series, episodes)]
    return fit_courses(courses_of(known, scales, until), scales, until)


def fit_courses(
    courses: Courses, scales: Mapping[str, Scale], until: date
) -> pd.DataFrame:
    """The same, from courses in order of episode and scale; all scales together."""
    judged = [name for name, scale in scales.items() if is_judged(scale)]
    is_wanted = one_of(courses.keys["scale"], judged) & (courses.n >= MIN_SCORES)
    courses = courses.choose(is_wanted)
    fits = {}
    for name, n in courses.keys["scale"].value_counts().items():
        if n >= MIN_EPISODES:
            own = courses.choose((courses.keys["scale"] == name).to_numpy(bool))
            fits[str(name)] = _fit(own, scales[str(name)], until)
    return model_rows(fits)


def _fit(courses: Courses, scale: Scale, until: date) -> Model:
    every = -(-len(courses) // MAX_EPISODES)
    sample = courses.choose(np.arange(len(courses)) % every == 0)
    start = default_model(scale)
    unit = start.slope_sd

    def model(x: np.ndarray) -> Model:
        r, q, sd = np.exp(np.clip(x[:3], -np.log(FURTHEST), np.log(FURTHEST)))
        return Model(
            r=start.r * r,
            q=start.q * q,
            slope=start.slope + unit * x[3],
            slope_sd=start.slope_sd * sd,
            fitted_on=until,
            n_episodes=len(courses),
        )

    def loss(x: np.ndarray) -> float:
        return -_log_likelihood(sample, model(x)) / len(sample)

    best = optimize.minimize(
        loss,
        np.zeros(4),
        method="Nelder-Mead",
        options={
            "maxfev": _MAX_TURNS,
            "xatol": 0.01,
            "fatol": 1e-5,
            "initial_simplex": np.vstack([np.zeros(4), 0.3 * np.eye(4)]),
        },
    )
    return model(best.x)


def _log_likelihood(courses: Courses, model: Model) -> float:
    n = len(courses)
    noise = Noise(
        np.full(n, model.r),
        np.full(n, model.q),
        np.full(n, model.slope),
        np.full(n, model.slope_sd),
    )
    return log_likelihood(courses.day, courses.gain, courses.first, courses.n, noise)
