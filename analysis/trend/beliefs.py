"""What is believed of a course: its level now, its level at a mark, its slope.

A belief is a normal distribution of many courses at once. The mark is a day in the
past; until it is passed the level there is that of now. A course at rest has no slope.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.trend.kalman import Numbers, States, Whole
from analysis.trend.kalman import predict as predict_trend

Truth = npt.NDArray[np.bool_]

# Rows of the mean, and of the covariance's lower triangle, for level, mark, slope.
LEVEL, MARK, SLOPE = 0, 1, 2
_ONE = (LEVEL, LEVEL, MARK, LEVEL, MARK, SLOPE)
_OTHER = (LEVEL, MARK, MARK, SLOPE, SLOPE, SLOPE)
_LL, _LM, _MM, _LS, _MS, _SS = range(6)
_AT_REST = 3  # rows of the triangle without the slope
_TINY = 1e-12


@dataclass(frozen=True)
class Belief:
    """Mean (2 or 3 rows) and covariance (3 or 6 rows); a column per course."""

    mean: Numbers
    cov: Numbers

    def take(self, at: Whole | slice) -> Belief:
        """The beliefs about some courses."""
        return Belief(self.mean[:, at], self.cov[:, at])

    def put(self, at: Whole | slice, other: Belief) -> None:
        """Write beliefs into their places."""
        self.mean[:, at] = other.mean
        self.cov[:, at] = other.cov

    def at_rest(self) -> Belief:
        """The same course come to rest: where it stands, without its slope."""
        return Belief(self.mean[:SLOPE], self.cov[:_AT_REST])

    def moving(self, slope: Numbers, slope_sd: Numbers) -> Belief:
        """The same course that begins to move with a slope nobody knows yet."""
        none = np.zeros((2, self.mean.shape[1]))
        return Belief(
            np.vstack([self.mean, slope]), np.vstack([self.cov, none, slope_sd**2])
        )

    def shaken(self, sd: Numbers) -> Belief:
        """The same course after a step of unknown size."""
        cov = self.cov.copy()
        cov[_LL] += sd**2
        return Belief(self.mean, cov)

    def marked(self, here: Truth) -> Belief:
        """Set the mark: from now on remember the level of this day."""
        mean, cov = self.mean.copy(), self.cov.copy()
        mean[MARK] = np.where(here, mean[LEVEL], mean[MARK])
        cov[_LM] = np.where(here, cov[_LL], cov[_LM])
        cov[_MM] = np.where(here, cov[_LL], cov[_MM])
        if len(mean) > SLOPE:
            cov[_MS] = np.where(here, cov[_LS], cov[_MS])
        return Belief(mean, cov)

    def rise(self) -> tuple[Numbers, Numbers]:
        """Mean and SD of what the level has risen since the mark."""
        spread = self.cov[_LL] - 2 * self.cov[_LM] + self.cov[_MM]
        return self.mean[LEVEL] - self.mean[MARK], np.sqrt(np.maximum(spread, _TINY))


def first_belief(gain: Numbers, r: Numbers) -> Belief:
    """What the first score says of a course at rest: the level's prior is flat."""
    return Belief(np.stack([gain, gain]), np.stack([r**2] * _AT_REST))


def mixed(parts: Sequence[tuple[Numbers, Belief]]) -> tuple[Numbers, Belief]:
    """Total chance, mean and covariance of beliefs held with these chances."""
    total = np.sum([chance for chance, _ in parts], axis=0)
    shares = [chance / np.maximum(total, _TINY) for chance, _ in parts]
    each = [belief for _, belief in parts]
    mean = np.zeros_like(each[0].mean)
    cov = np.zeros_like(each[0].cov)
    for share, one in zip(shares, each, strict=True):
        mean += share * one.mean
    for share, one in zip(shares, each, strict=True):
        apart = one.mean - mean
        for row, covariance in enumerate(one.cov):
            apart_both = apart[_ONE[row]] * apart[_OTHER[row]]
            cov[row] += share * (covariance + apart_both)
    return total, Belief(mean, cov)


def carried(belief: Belief, since: Whole, until: Whole, q: Numbers) -> Belief:
    """Carry a moving course from day to day, counted from its first score."""
    mean, cov = belief.mean, belief.cov
    now = States(mean[LEVEL], mean[SLOPE], cov[_LL], cov[_LS], cov[_SS])
    then = predict_trend(now, since, until, q)
    weeks = (until - since) / 7.0
    with_mark = cov[_LM] + weeks * cov[_MS]
    return Belief(
        np.stack([then.level, mean[MARK], then.slope]),
        np.stack(
            [then.level_var, with_mark, cov[_MM], then.cov, cov[_MS], then.slope_var]
        ),
    )


def updated(belief: Belief, gain: Numbers, r: Numbers) -> tuple[Belief, Numbers]:
    """Take a score into account; returns the belief and the score's log-density."""
    with_level = belief.cov[[_LL, _LM, _LS][: len(belief.mean)]]
    spread = belief.cov[_LL] + r**2
    surprise = gain - belief.mean[LEVEL]
    weight = with_level / spread
    cov = np.empty_like(belief.cov)
    for row, covariance in enumerate(belief.cov):
        cov[row] = covariance - weight[_ONE[row]] * with_level[_OTHER[row]]
    log_density = -0.5 * (np.log(2 * np.pi * spread) + surprise**2 / spread)
    return Belief(belief.mean + weight * surprise, cov), log_density
