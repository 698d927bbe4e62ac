"""How well a rule tells flat from moving courses, and whether its chances are true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from analysis.settings import Thresholds
from analysis.simulator.practice import Simulated, as_series
from analysis.trend import trends

Numbers = npt.NDArray[np.float64]
Truth = npt.NDArray[np.bool_]

# True slopes, in reliable changes per week, that are flat and that move (0.15 and 0.35
# points a week on the PHQ-9-like scale); between them nothing is counted.
FLAT = 0.15 / 6
MOVING = 0.35 / 6
# Share of moving clients that may be flagged.
FALSE_FLAGS = 0.05
# No score lies later.
LATEST = date(2200, 1, 1)
_BINS = 10


@dataclass(frozen=True)
class Separation:
    """Flat against moving: area under the curve, and flat ones found at 5 % false.

    auc_half is half the 95 % interval of the area (DeLong, DeLong & Clarke-Pearson
    1988).
    """

    auc: float
    auc_half: float
    found: float


def true_slopes(simulated: Simulated) -> Numbers:
    """True gain per week, in reliable changes."""
    return simulated.slope / float(simulated.plan.scale.reliable_change or np.nan)


def is_flat(simulated: Simulated) -> Truth:
    """Clients in whom nothing moves."""
    return np.abs(true_slopes(simulated)) <= FLAT


def is_moving(simulated: Simulated) -> Truth:
    """Clients who get better or worse."""
    return np.abs(true_slopes(simulated)) >= MOVING


def is_improving(simulated: Simulated) -> Truth:
    """Clients who get better."""
    return true_slopes(simulated) >= MOVING


def separation(flatness: Numbers, simulated: Simulated) -> Separation:
    """How well a measure of flatness tells flat from moving clients."""
    flat, moving = flatness[is_flat(simulated)], flatness[is_moving(simulated)]
    both = stats.rankdata(np.concatenate([flat, moving]))
    # share of moving clients that each flat one beats, and the other way round
    beats = (both[: len(flat)] - stats.rankdata(flat)) / len(moving)
    loses = 1 - (both[len(flat) :] - stats.rankdata(moving)) / len(flat)
    variance = beats.var(ddof=1) / len(flat) + loses.var(ddof=1) / len(moving)
    cut = np.quantile(moving, 1 - FALSE_FLAGS)
    return Separation(
        float(beats.mean()), float(1.96 * np.sqrt(variance)), float((flat > cut).mean())
    )


def judged(
    simulated: Simulated,
    thresholds: Thresholds,
    models: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The toolkit's own verdicts, one row per client, in order."""
    series, episodes = as_series(simulated)
    scale = simulated.plan.scale
    rows = trends(series, episodes, {scale.id: scale}, LATEST, thresholds, models)
    return rows.set_index("episode_id").reindex(episodes["episode_id"])


def flatness_of(verdicts: pd.DataFrame) -> Numbers:
    """Chance of being flat; where there are too few scores, what is true of anybody."""
    return verdicts["p_flat"].fillna(1 / 3).to_numpy(float)


def calibration(verdicts: pd.DataFrame, simulated: Simulated, delta: float) -> Numbers:
    """Expected calibration error of better, flat, worse; chances in ten equal bins.

    delta: slope up to which a course is flat, in reliable changes per week.
    """
    slope = true_slopes(simulated)
    truths = (slope > delta, np.abs(slope) <= delta, slope < -delta)
    errors = [
        _error(verdicts[name].to_numpy(float), truth)
        for name, truth in zip(("p_better", "p_flat", "p_worse"), truths, strict=True)
    ]
    return np.array(errors)


def _error(chance: Numbers, truth: Truth) -> float:
    known = ~np.isnan(chance)
    chance, truth = chance[known], truth[known]
    bins = np.minimum((chance * _BINS).astype(int), _BINS - 1)
    n = np.bincount(bins, minlength=_BINS)
    said = np.bincount(bins, weights=chance, minlength=_BINS)
    came = np.bincount(bins, weights=truth.astype(float), minlength=_BINS)
    return float(np.abs(said - came).sum() / n.sum())
