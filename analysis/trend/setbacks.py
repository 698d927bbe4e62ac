"""Steps for the worse, found on the scores themselves (docs/rules.md, section 5).

Generalised likelihood ratio: of all splits of the latest scores into the last m (1 to
4) and the p before (3 to 6), the largest of (mean before - mean last) over its standard
error r * sqrt(1/m + 1/p), gain being positive. A setback stands until a score comes
back to within one measurement error r of the level before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.series import Courses

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Truth = npt.NDArray[np.bool_]

LAST = (1, 2, 3, 4)  # scores that may lie after the step
BEFORE = (3, 4, 5, 6)  # scores before it that make the level
_NONE = -1


@dataclass(frozen=True)
class Setbacks:
    """What happened to every course, and the setback that stands at its end.

    onset is the position of the first score after the step, -1 where none stands;
    before is the gain level the client had, lift the gain that would end the setback.
    is_step marks, flat, every score with which a new level began: the onset of a
    setback and the return from it. A single odd score is none. made_good_from holds,
    flat, at such a return the position of the setback's onset, elsewhere -1.
    """

    onset: Whole
    before: Numbers
    lift: Numbers
    ratio: Numbers  # the likelihood ratio it was found with
    is_step: Truth
    made_good_from: Whole


def find_setbacks(courses: Courses, r: Numbers, threshold: float) -> Setbacks:
    """Follow every course score by score. r: noise SD in points, one per course."""
    ratio, last, before = likelihood_ratios(courses, np.repeat(r, courses.n))
    return _follow(courses, r, threshold, ratio, last, before)


def likelihood_ratios(courses: Courses, r: Numbers) -> tuple[Numbers, Whole, Numbers]:
    """For every score: the largest ratio, its m, and the mean of its scores before.

    r is flat here. Without enough scores before the ratio is minus infinity.
    """
    position = np.arange(len(courses.gain)) - np.repeat(courses.first, courses.n)
    # sums from the start of each course: small numbers, so that nothing is lost
    from_first = courses.gain - np.repeat(courses.gain[courses.first], courses.n)
    sums = np.append(0.0, np.cumsum(from_first))
    best = np.full(len(position), -np.inf)
    best_last = np.zeros(len(position), np.int64)
    best_before = np.full(len(position), np.nan)
    for m in LAST:
        for p in BEFORE:
            at = np.flatnonzero(position >= m + p - 1)
            split = sums[at + 1 - m]
            level = (split - sums[at + 1 - m - p]) / p
            now = (sums[at + 1] - split) / m
            ratio = (level - now) / (r[at] * np.sqrt(1 / m + 1 / p))
            larger = ratio > best[at]
            rows = at[larger]
            best[rows], best_last[rows] = ratio[larger], m
            best_before[rows] = level[larger]
    return best, best_last, best_before + courses.gain - from_first


def _follow(
    courses: Courses,
    r: Numbers,
    threshold: float,
    ratio: Numbers,
    last: Whole,
    before: Numbers,
) -> Setbacks:
    """Let setbacks begin, grow and be lifted, one position of all courses a turn."""
    state = Setbacks(
        onset=np.full(len(courses), _NONE),
        before=np.full(len(courses), np.nan),
        lift=np.full(len(courses), np.nan),
        ratio=np.full(len(courses), -np.inf),
        is_step=np.zeros(len(courses.gain), bool),
        made_good_from=np.full(len(courses.gain), _NONE),
    )
    flagged = ratio >= threshold
    touched = np.unique(courses.owner[flagged])
    order = touched[np.argsort(-courses.n[touched], kind="stable")]
    longest = courses.n[order]
    for k in range(int(longest[0]) if len(order) else 0):
        own = order[: np.searchsorted(-longest, -k, "left")]
        rows = courses.first[own] + k
        _lift(state, own, rows, courses.gain)
        new = flagged[rows] & (courses.gain[rows] < before[rows] - r[own])
        _begin(state, own[new], rows[new], ratio, last, before, r)
    return state


def _lift(state: Setbacks, own: Whole, rows: Whole, gain: Numbers) -> None:
    lifted = (state.onset[own] != _NONE) & (gain[rows] >= state.lift[own])
    own, rows = own[lifted], rows[lifted]
    onset = state.onset[own]
    was_level = rows - onset >= 2
    state.is_step[rows[was_level]] = True
    state.made_good_from[rows[was_level]] = onset[was_level]
    state.is_step[onset[~was_level]] = False
    state.onset[own], state.ratio[own] = _NONE, -np.inf


def _begin(
    state: Setbacks,
    own: Whole,
    rows: Whole,
    ratio: Numbers,
    last: Whole,
    before: Numbers,
    r: Numbers,
) -> None:
    """Begin a setback, place it better, or let a further one follow it."""
    onset = rows - last[rows] + 1
    standing = state.onset[own] != _NONE
    further = standing & (onset - state.onset[own] >= max(LAST))
    better = standing & ~further & (ratio[rows] > state.ratio[own])
    state.is_step[state.onset[own[better]]] = False
    chosen = ~standing | further | better
    own, rows, onset = own[chosen], rows[chosen], onset[chosen]
    state.is_step[onset] = True
    state.onset[own], state.ratio[own] = onset, ratio[rows]
    state.before[own] = before[rows]
    state.lift[own] = before[rows] - r[own]
