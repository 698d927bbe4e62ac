"""The rules that others use to call a course flat, for comparison on known truth.

Every rule gives a number per client that grows with how flat it thinks the course is
now, and says whom it flags as commonly used. They work on the matrix of scores, weekly
positions in columns, NaN where there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from analysis.simulator.practice import Simulated

Numbers = npt.NDArray[np.float64]
Truth = npt.NDArray[np.bool_]

# Broken stick: shortest piece, in scores.
_LEAST = 3


@dataclass(frozen=True)
class Verdict:
    """How flat each course looks, and who is flagged as the rule is commonly used."""

    flatness: Numbers
    flagged: Truth


@dataclass(frozen=True)
class Line:
    """A least-squares line per client: slope, standard error, degrees of freedom."""

    slope: Numbers
    se: Numbers
    df: Numbers


def last_four_not_significant(simulated: Simulated) -> Verdict:
    """A line through the last four scores with p > .05."""
    weeks, score = _last_scores(simulated, 4)
    line = fit_lines(weeks, score)
    p = 2 * stats.t.sf(np.abs(line.slope / line.se), line.df)
    p = np.where(np.isnan(p), 0.5, p)
    return Verdict(p, p > 0.05)


def less_than_reliable_change(simulated: Simulated) -> Verdict:
    """Less than a reliable change between the latest score and six weeks before."""
    weeks, score = simulated.days / 7.0, simulated.score
    last = _last(simulated)
    now = score[np.arange(len(last)), last]
    ago = np.where(weeks <= _at(weeks, last)[:, None] - 6, score, np.nan)
    before = _latest_known(ago)
    change = np.abs(now - before)
    threshold = simulated.plan.scale.reliable_change or np.nan
    return Verdict(-np.nan_to_num(change, nan=threshold), ~(change >= threshold))


def equivalent_over_twelve_weeks(simulated: Simulated) -> Verdict:
    """A line through twelve weeks whose 90 % interval lies within the flat band."""
    weeks = simulated.days / 7.0
    last = _at(weeks, _last(simulated))
    inside = weeks >= last[:, None] - 12
    line = fit_lines(weeks, np.where(inside, simulated.score, np.nan))
    return _equivalence(line, _delta(simulated))


def broken_stick_by_bic(simulated: Simulated) -> Verdict:
    """The last piece of one line or of two that meet in level and slope, by BIC."""
    weeks, score = simulated.days / 7.0, simulated.score
    best, best_bic = _with_bic(weeks, score, np.full(len(score), -np.inf), pieces=1)
    for turn in range(_LEAST, score.shape[1] - _LEAST):
        start = weeks[:, turn]
        line, bic = _with_bic(weeks, score, start, pieces=2)
        better = bic < best_bic
        best_bic = np.where(better, bic, best_bic)
        best = Line(
            np.where(better, line.slope, best.slope),
            np.where(better, line.se, best.se),
            np.where(better, line.df, best.df),
        )
    return _equivalence(best, _delta(simulated))


RIVALS: Mapping[str, Callable[[Simulated], Verdict]] = {
    "last 4 scores, p > .05": last_four_not_significant,
    "change over 6 weeks < RC": less_than_reliable_change,
    "OLS over 12 weeks, equivalence": equivalent_over_twelve_weeks,
    "broken stick by BIC": broken_stick_by_bic,
}


def fit_lines(weeks: Numbers, score: Numbers) -> Line:
    """Least-squares line of every row over its known scores; NaN with too few."""
    known = ~np.isnan(score)
    n = known.sum(1)
    mean_week = np.where(known, weeks, 0.0).sum(1) / np.maximum(n, 1)
    mean_score = np.where(known, score, 0.0).sum(1) / np.maximum(n, 1)
    week = np.where(known, weeks - mean_week[:, None], 0.0)
    value = np.where(known, score - mean_score[:, None], 0.0)
    spread = (week**2).sum(1)
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = (week * value).sum(1) / spread
        rest = ((value - slope[:, None] * week) ** 2).sum(1)
        # a perfect fit still has rounding error: half a step either way
        se = np.sqrt(np.maximum(rest / (n - 2), 1 / 12) / spread)
    few = n < _LEAST
    return Line(np.where(few, np.nan, slope), np.where(few, np.nan, se), n - 2.0)


def _equivalence(line: Line, delta: float) -> Verdict:
    df = np.maximum(line.df, 1)
    above = stats.t.sf((delta - line.slope) / line.se, df)
    below = stats.t.cdf((-delta - line.slope) / line.se, df)
    flatness = np.nan_to_num(1 - above - below, nan=0.25)
    return Verdict(flatness, (above <= 0.05) & (below <= 0.05))


def _with_bic(
    weeks: Numbers, score: Numbers, start: Numbers, pieces: int
) -> tuple[Line, Numbers]:
    """Continuous line that turns at `start`; slope of the last piece, and the BIC."""
    known = ~np.isnan(score)
    n = known.sum(1)
    bend = np.maximum(weeks - np.where(np.isinf(start), 0.0, start)[:, None], 0.0)
    columns = [np.ones_like(weeks), weeks] + ([bend] if pieces == 2 else [])
    design = np.where(known[..., None], np.stack(columns, -1), 0.0)
    gram = np.einsum("ijk,ijl->ikl", design, design)
    gram = gram + 1e-9 * np.eye(len(columns))
    value = np.where(known, score, 0.0)
    beta = np.linalg.solve(gram, np.einsum("ijk,ij->ik", design, value)[..., None])
    rest = ((value - (design @ beta)[..., 0]) ** 2 * known).sum(1)
    rest = np.maximum(rest, n / 12)
    df = n - len(columns) - (pieces == 2)
    last = np.array([0.0, 1.0, 1.0][: len(columns)])
    variance = np.einsum("k,ikl,l->i", last, np.linalg.inv(gram), last)
    usable = (df >= 1) & ((known & (weeks >= start[:, None])).sum(1) >= _LEAST)
    bic = n * np.log(rest / n) + (len(columns) + (pieces == 2)) * np.log(n)
    line = Line(
        beta[..., 0] @ last, np.sqrt(variance * rest / np.maximum(df, 1)), df + 0.0
    )
    return line, np.where(usable | (pieces == 1), bic, np.inf)


def _delta(simulated: Simulated) -> float:
    return float(simulated.plan.scale.reliable_change or np.nan) / 24


def _last(simulated: Simulated) -> npt.NDArray[np.int64]:
    """Column of the latest score of every client."""
    known = ~np.isnan(simulated.score)
    return known.shape[1] - 1 - known[:, ::-1].argmax(1)


def _at(values: Numbers, column: npt.NDArray[np.int64]) -> Numbers:
    return values[np.arange(len(column)), column]


def _latest_known(score: Numbers) -> Numbers:
    known = ~np.isnan(score)
    column = known.shape[1] - 1 - known[:, ::-1].argmax(1)
    return np.where(known.any(1), _at(score, column), np.nan)


def _last_scores(simulated: Simulated, n: int) -> tuple[Numbers, Numbers]:
    known = ~np.isnan(simulated.score)
    rank = known[:, ::-1].cumsum(1)[:, ::-1]
    return simulated.days / 7.0, np.where(known & (rank <= n), simulated.score, np.nan)
