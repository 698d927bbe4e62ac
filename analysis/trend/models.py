"""The numbers of the trend's model: defaults from the reliable change, or fitted.

With 50 or more episodes of four or more scores, a practice's own scores say how noisy
a scale is and how fast its clients change (empirical Bayes, pooled maximum likelihood);
the fit is kept with its date and n and printed. It is made once for the practice and
handed to every later step, so that one client's report and the caseload agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analysis.records import RC_PER_SEM, Scale
from analysis.schema import TABLES
from analysis.trend.kalman import Noise, Numbers

# In units of the reliable change (docs/rules.md, section 3).
SLOPE_STEP = 0.027
SLOPE_MEAN = 0.05
SLOPE_SD = 0.13
# In units of the standard error of measurement: people vary a little, too.
NOISE_PER_SEM = 1.1

KIND = "trend"


@dataclass(frozen=True)
class Model:
    """The model of one scale, in points; slopes are gain per week."""

    r: float
    q: float
    slope: float
    slope_sd: float
    fitted_on: date | None = None  # None: the defaults
    n_episodes: int = 0


def default_model(scale: Scale) -> Model:
    """The model of a scale with a reliable change, before a practice has its own."""
    change, sem = scale.reliable_change, scale.sem
    if not change or sem is None:
        raise ValueError(f"{scale.id} has no reliable change, so it has no trend")
    return Model(
        r=NOISE_PER_SEM * sem,
        q=SLOPE_STEP * change,
        slope=SLOPE_MEAN * change,
        slope_sd=SLOPE_SD * change,
    )


def is_judged(scale: Scale) -> bool:
    """Whether a scale gets a trend: followed, with a direction and a reliable change.

    Others are shown and not judged: no threshold is published for them.
    """
    return bool(
        scale.followed and scale.higher_is != "neither" and scale.reliable_change
    )


def model_of(scale: Scale, models: pd.DataFrame | None = None) -> Model:
    """The practice's own model of the scale where one was fitted, else the default."""
    if models is None or not len(models):
        return default_model(scale)
    own = models[(models["kind"] == KIND) & (models["scale"] == scale.id)]
    if not len(own):
        return default_model(scale)
    value = dict(zip(own["parameter"], own["value"], strict=True))
    return Model(
        r=float(value["r"]),
        q=float(value["q"]),
        slope=float(value["slope"]),
        slope_sd=float(value["slope_sd"]),
        fitted_on=own["fitted_on"].iloc[0].date(),
        n_episodes=int(own["n_episodes"].iloc[0]),
    )


def noise_of(
    names: pd.Series, scales: Mapping[str, Scale], models: pd.DataFrame | None = None
) -> Noise:
    """The model's numbers for every course, from the id of its scale."""
    code, unique = pd.factorize(names)
    own = [model_of(scales[name], models) for name in unique]
    return Noise(
        np.array([model.r for model in own], float)[code],
        np.array([model.q for model in own], float)[code],
        np.array([model.slope for model in own], float)[code],
        np.array([model.slope_sd for model in own], float)[code],
    )


def model_rows(fits: Mapping[str, Model]) -> pd.DataFrame:
    """Fitted models as rows of the table `models`."""
    rows = [
        {
            "kind": KIND,
            "scale": name,
            "fitted_on": pd.Timestamp(model.fitted_on),
            "n_episodes": model.n_episodes,
            "parameter": parameter,
            "value": getattr(model, parameter),
        }
        for name, model in sorted(fits.items())
        for parameter in ("r", "q", "slope", "slope_sd")
    ]
    return pd.DataFrame(rows) if rows else TABLES["models"].empty()


def cautious_noise(noise: Noise, change: Numbers) -> Numbers:
    """Noise SD that flags are held against: the default, or the practice's if larger.

    change: reliable change, one per course. A practice may be noisier than the manual
    of a measure says; that it is surer is no reason to flag more people.
    """
    return np.maximum(noise.r, NOISE_PER_SEM * change / RC_PER_SEM)
