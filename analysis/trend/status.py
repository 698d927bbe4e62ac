"""The verdict on a scale at the report date (docs/rules.md, section 4)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from analysis.settings import Thresholds
from analysis.trend.kalman import Numbers, Whole
from analysis.trend.regimes import Chances

Truth = npt.NDArray[np.bool_]

IMPROVING, WORSENING, PLATEAU, HOLDING, TOO_EARLY = (
    "improving",
    "worsening",
    "plateau",
    "holding",
    "too_early",
)


@dataclass(frozen=True)
class Judged:
    """What the status is decided from, one entry per course.

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
        return Judged(
            self.n[at],
            self.weeks[at],
            self.chances.take(at),
            self.stretch_scores[at],
            self.stretch_weeks[at],
            self.can_gain[at],
        )

    def later(self, n_more: int, weeks: Numbers, chances: Chances) -> Judged:
        """The same after so many more scores that leave the stretch unbroken."""
        return replace(
            self,
            n=self.n + n_more,
            weeks=self.weeks + weeks,
            chances=chances,
            stretch_scores=self.stretch_scores + n_more,
            stretch_weeks=self.stretch_weeks + weeks,
        )


def has_enough(judged: Judged, thresholds: Thresholds) -> Truth:
    """Whether there are scores and weeks enough for a trend."""
    return (judged.n >= thresholds.trend_min_scores) & (
        judged.weeks >= thresholds.trend_min_weeks - 1e-9
    )


def status_of(judged: Judged, thresholds: Thresholds) -> npt.NDArray[np.object_]:
    """The status of every course: nothing cleared is an answer, too early to say."""
    enough = has_enough(judged, thresholds)
    chances = judged.chances
    is_flat = enough & (chances.flat >= thresholds.plateau_flat)
    lasts = (judged.stretch_scores >= thresholds.plateau_min_scores) & (
        judged.stretch_weeks >= thresholds.plateau_min_weeks - 1e-9
    )
    return np.select(
        [
            enough & (chances.better >= thresholds.improving),
            enough & (chances.worse >= thresholds.worsening),
            is_flat & judged.can_gain & lasts,
            is_flat & ~judged.can_gain,
        ],
        [IMPROVING, WORSENING, PLATEAU, HOLDING],
        TOO_EARLY,
    ).astype(object)
