"""The verdict on a scale at the report date (statistics, section 4)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from analysis.settings import Thresholds
from analysis.trend.kalman import Noise, Numbers, States, Whole, predict

Truth = npt.NDArray[np.bool_]

IMPROVING, WORSENING, PLATEAU, HOLDING, TOO_EARLY = (
    "improving",
    "worsening",
    "plateau",
    "holding",
    "too_early",
)
# A status that so many further scores would not settle is not put into a number.
MAX_MORE_SCORES = 12
# 90 % of a normal distribution lies within so many SDs.
Z90 = 1.6448536269514722


@dataclass(frozen=True)
class Chances:
    """Where the current slope may lie: three probabilities that add up to 1."""

    better: Numbers
    flat: Numbers
    worse: Numbers


@dataclass(frozen=True)
class Judged:
    """What the status is decided from, one entry per course, from its latest step on.

    stretch_*: the level stretch that ends with the latest score. can_gain: still a
    case, or without a cut-off still a reliable change away from the best score.
    """

    n: Whole
    weeks: Numbers
    chances: Chances
    stretch_scores: Whole
    stretch_weeks: Numbers
    can_gain: Truth

    def take(self, at: Whole) -> Judged:
        """What was judged of some courses."""
        chances = self.chances
        return Judged(
            self.n[at],
            self.weeks[at],
            Chances(chances.better[at], chances.flat[at], chances.worse[at]),
            self.stretch_scores[at],
            self.stretch_weeks[at],
            self.can_gain[at],
        )


def chances_of(slope: Numbers, sd: Numbers, delta: Numbers) -> Chances:
    """Chances that the slope is above delta, within it, below -delta."""
    better = special.ndtr((slope - delta) / sd)
    worse = special.ndtr((-delta - slope) / sd)
    return Chances(better, np.clip(1 - better - worse, 0, 1), worse)


def status_of(judged: Judged, thresholds: Thresholds) -> npt.NDArray[np.object_]:
    """The status of every course: nothing cleared is an answer, too early to say."""
    enough = (judged.n >= thresholds.trend_min_scores) & (
        judged.weeks >= thresholds.trend_min_weeks - 1e-9
    )
    chances = judged.chances
    is_flat = chances.flat >= thresholds.plateau_flat
    lasts = (judged.stretch_scores >= thresholds.plateau_min_scores) & (
        judged.stretch_weeks >= thresholds.plateau_min_weeks - 1e-9
    )
    return np.select(
        [
            enough & (chances.better >= thresholds.improving),
            enough & (chances.worse >= thresholds.worsening),
            enough & is_flat & judged.can_gain & lasts,
            enough & is_flat & ~judged.can_gain,
        ],
        [IMPROVING, WORSENING, PLATEAU, HOLDING],
        TOO_EARLY,
    ).astype(object)


def more_scores_needed(
    judged: Judged,
    states: States,
    noise: Noise,
    delta: Numbers,
    interval_days: Whole,
    thresholds: Thresholds,
) -> Numbers:
    """How many more scores at the usual interval would settle what is too early to say.

    Supposes that the slope stays as it looks now and only its spread shrinks; NaN where
    more than MAX_MORE_SCORES would be needed.
    """
    needed = np.full(len(judged.n), np.nan)
    later, since = states, np.rint(judged.weeks * 7).astype(np.int64)
    for k in range(1, MAX_MORE_SCORES + 1):
        until = since + interval_days
        later, since = _after_one_more(later, since, until, noise), until
        weeks = interval_days * k / 7.0
        then = Judged(
            judged.n + k,
            judged.weeks + weeks,
            chances_of(states.slope, np.sqrt(later.slope_var), delta),
            judged.stretch_scores + k,
            judged.stretch_weeks + weeks,
            judged.can_gain,
        )
        settled = status_of(then, thresholds) != TOO_EARLY
        needed = np.where(np.isnan(needed) & settled, k, needed)
    return needed


def _after_one_more(states: States, since: Whole, until: Whole, noise: Noise) -> States:
    """Spread of the state after one more score; the mean is left as it is."""
    expected = predict(states, since, until, noise.q)
    weight = expected.level_var / (expected.level_var + noise.r**2)
    slope_weight = expected.cov / (expected.level_var + noise.r**2)
    return States(
        states.level,
        states.slope,
        expected.level_var * (1 - weight),
        expected.cov * (1 - weight),
        expected.slope_var - slope_weight * expected.cov,
    )
