"""Sudden gains and losses (Tang & DeRubeis 1999), for one course and for a table.

Between two sessions, all three of: a change of at least `points`; at least a quarter
of the score before it; the mean of up to three scores before and of up to three after
differ by more than t times their pooled SD (t with n - 2 degrees of freedom: 2.776 for
3 + 3; the published formula has no sqrt(1/n + 1/n)). At least two scores on each side.

A loss is a gain on the scale turned round: the same code with the sign changed, so all
three criteria are truly mirrored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.errors import AnalysisError
from analysis.methods.sudden_criteria import (
    MIN_PER_SIDE,
    PUBLISHED,
    ROUNDING,
    WINDOW,
    Numbers,
    SuddenRule,
    judge,
    judge_sessions,
    moments,
)

__all__ = [
    "MIN_PER_SIDE",
    "ROUNDING",
    "WINDOW",
    "SuddenRule",
    "find_sudden_changes",
    "judge",
    "judge_sessions",
    "one_per_course",
    "sudden_changes",
]

KINDS: Mapping[str, float] = {"gain": 1.0, "loss": -1.0}

Which = Literal["first", "last", "smallest", "largest"]


def sudden_changes(
    series: pd.DataFrame,
    points: Mapping[str, float],
    higher_is: Mapping[str, str],
    rule: SuddenRule = PUBLISHED,
    by: Sequence[str] = ("client_id", "episode_id", "scale"),
) -> pd.DataFrame:
    """Find the sudden gains and losses of all courses at once.

    series: one row per `by` and date (date, value), in any order; missing values are
        left out, so windows hold the nearest scores there are.
    points: the least change by scale (its reliable change); scales without one, or
        without a direction in `higher_is` (better, worse), are not judged.
    Returns one row per change, in order of `by` and date: `by`, kind (gain, loss),
    before_date, date (first score after), before, after, points (of change, positive),
    mean_before, mean_after, n_after (scores since, that one included), total (points
    from first to last score in that direction), share_of_total (empty where the total
    is 0), held (no later score gave back more than half). No change is an empty table.
    """
    courses = _courses(series, points, higher_is, by)
    found = pd.concat([_of_kind(courses, kind, rule) for kind in KINDS])
    return _described(courses, found.sort_values(["at", "kind"]), by)


def find_sudden_changes(
    values: npt.ArrayLike,
    points: float,
    higher_is: str,
    rule: SuddenRule = PUBLISHED,
) -> pd.DataFrame:
    """Find the sudden gains and losses of one course, by position of its scores.

    The same algorithm and columns as `sudden_changes`; before_date and date are the
    positions (from 0) of the scores before and after.
    """
    scores = np.asarray(values, float)
    course = pd.DataFrame(
        {"scale": "one", "date": np.arange(len(scores)), "value": scores}
    )
    changes = sudden_changes(
        course, {"one": points}, {"one": higher_is}, rule, by=("scale",)
    )
    return changes.drop(columns="scale")


def one_per_course(
    changes: pd.DataFrame,
    which: Which = "first",
    by: Sequence[str] = ("client_id", "episode_id", "scale"),
) -> pd.DataFrame:
    """Keep one change per course and kind; of equal sizes the earliest."""
    keys = [*by, "kind"]
    if which in ("smallest", "largest"):
        ascending = [True] * len(keys) + [which == "smallest", True]
        ordered = changes.sort_values([*keys, "points", "date"], ascending=ascending)
        return ordered.drop_duplicates(keys).reset_index(drop=True)
    ordered = changes.sort_values([*keys, "date"])
    return ordered.drop_duplicates(keys, keep=which).reset_index(drop=True)


_SIGN = {"better": 1.0, "worse": -1.0}
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class _Courses:
    """All courses end to end: a row per score, `course` numbers them."""

    rows: pd.DataFrame
    course: Places
    value: Numbers
    direction: Numbers  # +1 where higher is better
    points: Numbers


def _courses(
    series: pd.DataFrame,
    points: Mapping[str, float],
    higher_is: Mapping[str, str],
    by: Sequence[str],
) -> _Courses:
    judged = [s for s in points if higher_is.get(s) in _SIGN and points[s] > 0]
    wanted = series["value"].notna() & series["scale"].isin(judged)
    rows = series.loc[wanted, [*by, "date", "value"]]
    rows, course = _in_order(rows, by)
    codes, scales = pd.factorize(rows["scale"])
    return _Courses(
        rows=rows,
        course=course,
        value=rows["value"].to_numpy(float),
        direction=np.array([_SIGN[higher_is[s]] for s in scales] or [0.0])[codes],
        points=np.array([points[s] for s in scales] or [0.0])[codes],
    )


def _in_order(rows: pd.DataFrame, by: Sequence[str]) -> tuple[pd.DataFrame, Places]:
    """Sort by course and date, unless they come so, and number the courses."""
    course = np.zeros(len(rows), np.int64)
    for key in by:
        codes, unique = pd.factorize(rows[key], sort=True, use_na_sentinel=False)
        joined = course * max(len(unique), 1) + codes
        course = np.unique(joined, return_inverse=True)[1] if len(by) > 1 else joined
    day = rows["date"].to_numpy()
    later = (course[1:] > course[:-1]) | (
        (course[1:] == course[:-1]) & (day[1:] >= day[:-1])
    )
    if not later.all():
        order = np.lexsort((day, course))
        rows, course, day = rows.iloc[order], course[order], day[order]
    twice = (course[1:] == course[:-1]) & (day[1:] == day[:-1])
    if twice.any():
        raise AnalysisError(
            f"{int(twice.sum())} course(s) hold two scores of one day. One score a day "
            "and scale counts: keep the later one, as the series table does."
        )
    return rows.reset_index(drop=True), course


def _windows(value: Numbers, course: Places, at: Places, offsets: range) -> Numbers:
    """The scores at these offsets from some rows, NaN beyond the row's own course."""
    columns = []
    for offset in offsets:
        there = np.clip(at + offset, 0, max(len(value) - 1, 0))
        inside = (there == at + offset) & (course[there] == course[at])
        columns.append(np.where(inside, value[there], np.nan))
    return np.column_stack(columns)


def _sides(c: _Courses, at: Places) -> tuple[Numbers, Numbers]:
    """Up to three scores before (row included) and after these rows."""
    before = _windows(c.value, c.course, at, range(1 - WINDOW, 1))
    return before, _windows(c.value, c.course, at, range(1, WINDOW + 1))


def _candidates(c: _Courses, sign: Numbers) -> Places:
    """Rows after which the size is met: very few, and all else is looked at there."""
    step = sign[:-1] * np.diff(c.value)
    same = c.course[1:] == c.course[:-1]
    return np.flatnonzero(same & (step >= c.points[:-1] - ROUNDING))


def _of_kind(c: _Courses, kind: str, rule: SuddenRule) -> pd.DataFrame:
    """The changes of one kind, as rows of `c.rows` (column `at`)."""
    sign = c.direction * KINDS[kind]
    at = _candidates(c, sign)
    before, after = _sides(c, at)
    is_sudden = judge(before, after, c.points[at], sign[at], rule)["is_sudden"] == 1
    enough = np.minimum(*((~np.isnan(side)).sum(axis=1) for side in (before, after)))
    at = at[is_sudden & (enough >= MIN_PER_SIDE)]
    gain = sign * c.value
    size = gain[at + 1] - gain[at]
    first, last = (np.searchsorted(c.course, c.course[at], side) for side in _SIDES)
    total = gain[last - 1] - gain[first]
    # a missing lowest means no later score: nothing was given back
    lowest = _windows(_lowest_on(gain, c.course), c.course, at, range(2, 3))[:, 0]
    share = np.divide(size, total, out=np.full(len(at), np.nan), where=total != 0)
    return pd.DataFrame(
        {
            "at": at,
            "kind": kind,
            "points": size,
            "n_after": last - at - 1,
            "total": total,
            "share_of_total": share,
            "held": ~(lowest < gain[at] + size / 2),
        }
    )


_SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")


def _lowest_on(gain: Numbers, course: Places) -> Numbers:
    """Lowest value of the course from each row on."""
    backwards = pd.Series(gain[::-1]).groupby(course[::-1], sort=False).cummin()
    return backwards.to_numpy()[::-1]


def _described(c: _Courses, found: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    at = found["at"].to_numpy()
    day = c.rows["date"].to_numpy()
    described = c.rows.loc[at, list(by)].reset_index(drop=True)
    before, after = _sides(c, at)
    return described.assign(
        kind=found["kind"].to_numpy(),
        before_date=day[at],
        date=day[at + 1],
        before=before[:, -1],
        after=after[:, 0],
        mean_before=moments(before)[1],
        mean_after=moments(after)[1],
        **{name: found[name].to_numpy() for name in _MEASURED},
    )


_MEASURED = ("points", "n_after", "total", "share_of_total", "held")
