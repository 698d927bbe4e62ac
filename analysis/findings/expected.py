"""The course expected from the practice's own closed episodes.

Mixed model of the score on log(1 + weeks) by baseline severity, random intercept and
slope; the baseline itself is no outcome. Fitted once for the practice, by scale; with
fewer than 100 closed episodes there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.episodes import are_open, belong
from analysis.membership import one_of
from analysis.methods.mixed_models import NotFitted, fit_mixed
from analysis.records import Scale, Smoothed
from analysis.schema import TABLES
from analysis.series import Courses, courses_of
from analysis.trend import is_judged

Numbers = npt.NDArray[np.float64]

KIND = "expected"
MIN_EPISODES = 100
# More episodes than this make the model slower and no better.
MAX_EPISODES = 20_000
# 90 % of closed episodes lie on the better side of so many SDs.
Z90_ONE_SIDED = 1.2815515655446004


@dataclass(frozen=True)
class ExpectedCourse:
    """The model of one scale, in gain (a rise is good), x = log(1 + weeks)."""

    intercept: float
    slope: float
    baseline: float
    baseline_slope: float
    intercept_var: float
    covariance: float
    slope_var: float
    residual_var: float

    def at(self, weeks: Numbers, baseline: Numbers) -> tuple[Numbers, Numbers]:
        """Expected gain level and the bound that 90 % of closed episodes reach."""
        x = np.log1p(weeks)
        mean = (
            self.intercept
            + self.slope * x
            + (self.baseline + self.baseline_slope * x) * baseline
        )
        var = (
            self.intercept_var
            + 2 * self.covariance * x
            + self.slope_var * x**2
            + self.residual_var
        )
        return mean, mean - Z90_ONE_SIDED * np.sqrt(var)


def fit_expected_courses(
    series: pd.DataFrame,
    episodes: pd.DataFrame,
    scales: Mapping[str, Scale],
    until: date,
    gap_days: int,
) -> pd.DataFrame:
    """Fit the expected course of every judged scale; rows of the table `models`."""
    closed = episodes[~are_open(episodes, until, gap_days)]
    courses = courses_of(series[belong(series, closed)], scales, until)
    return fit_closed_courses(courses, scales, until)


def fit_closed_courses(
    courses: Courses, scales: Mapping[str, Scale], until: date
) -> pd.DataFrame:
    """The same, from courses of closed episodes in order of episode and scale."""
    judged = [name for name, scale in scales.items() if is_judged(scale)]
    is_wanted = one_of(courses.keys["scale"], judged) & (courses.n > 1)
    courses = courses.choose(is_wanted)
    parts = [
        _model_rows(name, courses.choose(chosen), until)
        for name in sorted(courses.keys["scale"].unique())
        if (chosen := (courses.keys["scale"] == name).to_numpy(bool)).sum()
        >= MIN_EPISODES
    ]
    parts = [part for part in parts if len(part)]
    if not parts:
        return TABLES["models"].empty()
    return pd.concat(parts, ignore_index=True)


def _model_rows(name: str, courses: Courses, until: date) -> pd.DataFrame:
    every = -(-len(courses) // MAX_EPISODES)
    courses = courses.choose(np.arange(len(courses)) % every == 0)
    later = courses.weeks > 0
    x = np.log1p(courses.weeks[later])
    owner = courses.owner[later]
    base = courses.gain[courses.first][owner]
    covariates = pd.DataFrame({"baseline": base, "baseline_slope": base * x})
    fit = fit_mixed(courses.gain[later], owner, x, covariates)
    if isinstance(fit, NotFitted) or not fit.is_converged:
        return TABLES["models"].empty()
    spread = np.zeros((2, 2))
    spread[: len(fit.covariance), : len(fit.covariance)] = fit.covariance
    estimate = fit.fixed["estimate"]
    model = ExpectedCourse(
        intercept=float(estimate["intercept"]),
        slope=float(estimate["time"]),
        baseline=float(estimate["baseline"]),
        baseline_slope=float(estimate["baseline_slope"]),
        intercept_var=float(spread[0, 0]),
        covariance=float(spread[0, 1]),
        slope_var=float(spread[1, 1]),
        residual_var=fit.residual_variance,
    )
    names = [field.name for field in fields(ExpectedCourse)]
    return pd.DataFrame(
        {
            "kind": KIND,
            "scale": name,
            "fitted_on": pd.Timestamp(until).as_unit("s"),
            "n_episodes": len(courses),
            "parameter": names,
            "value": [getattr(model, parameter) for parameter in names],
        }
    )


def expected_model(models: pd.DataFrame | None, scale_id: str) -> ExpectedCourse | None:
    """The fitted model of a scale; None where the practice has none."""
    if models is None or not len(models):
        return None
    own = models[(models["kind"] == KIND) & (models["scale"] == scale_id)]
    if not len(own):
        return None
    return ExpectedCourse(**dict(zip(own["parameter"], own["value"], strict=True)))


def expected_course(
    models: pd.DataFrame | None,
    scale: Scale,
    baseline: float,
    start: date,
    until: date,
) -> Smoothed | None:
    """The expected course from a baseline, week by week, in the scale's own direction.

    low and high: the bounds that 90 % of closed episodes do not go beyond, on either
    side. None where the practice has no model for the scale.
    """
    model = expected_model(models, scale.id)
    if model is None:
        return None
    sign = scale.gain(0, 1)
    days = np.append(np.arange(0, (until - start).days, 7), (until - start).days)
    mean, bound = model.at(days / 7.0, np.full(len(days), sign * baseline))
    lines = sign * np.array([mean, bound, 2 * mean - bound])
    level, one, other = np.clip(lines, scale.low, scale.high)
    return Smoothed(
        dates=tuple(start + timedelta(days=int(day)) for day in days),
        level=tuple(level.tolist()),
        low=tuple(np.minimum(one, other).tolist()),
        high=tuple(np.maximum(one, other).tolist()),
    )
