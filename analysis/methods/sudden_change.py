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
from scipy import stats

Numbers = npt.NDArray[np.float64]

WINDOW = 3  # scores before and after that the third criterion looks at
MIN_PER_SIDE = 2
# Full windows have 3 + 3 - 2 = 4 degrees of freedom.
FULL_DF = 2 * WINDOW - 2
# Thresholds are inclusive; decimals such as 0.3 - 0.1 must not fall short of 0.2.
ROUNDING = 1e-9
KINDS: Mapping[str, float] = {"gain": 1.0, "loss": -1.0}

Which = Literal["first", "last", "smallest", "largest"]


@dataclass(frozen=True)
class SuddenRule:
    """The criteria in force; None switches the second or third one off."""

    share: float | None = 0.25  # of the score before the change
    alpha: float | None = 0.05  # two-sided, for the third criterion's t
    adjusts_t: bool = True  # fewer scores, larger t; False: always 3 + 3


def judge(
    before: Numbers,
    after: Numbers,
    points: npt.ArrayLike,
    sign: npt.ArrayLike,
    rule: SuddenRule = SuddenRule(),
) -> pd.DataFrame:
    """Judge intervals by each criterion.

    before, after: (n, 3), scores N-2, N-1, N and N+1, N+2, N+3; missing is NaN.
    sign: +1 to look for rises, -1 for falls. Returns size_ok, share_ok, mean_ok and
    is_sudden: 1 yes, 0 no, NaN cannot be known. One certain no makes the whole a no.
    """
    sign = np.broadcast_to(np.asarray(sign, float), len(before))
    change = sign * (after[:, 0] - before[:, -1])
    verdict = {"size_ok": _truth(change >= np.asarray(points) - ROUNDING, change)}
    if rule.share is not None:
        needed = rule.share * np.abs(before[:, -1])
        verdict["share_ok"] = _truth(change >= needed - ROUNDING, change)
    if rule.alpha is not None:
        verdict["mean_ok"] = _means_differ(before, after, sign, rule)
    votes = np.column_stack(list(verdict.values()))
    is_sudden = np.where((votes == 0).any(axis=1), 0.0, votes.sum(axis=1))
    verdict["is_sudden"] = np.where(is_sudden > 0, 1.0, is_sudden)
    return pd.DataFrame(verdict)


def _truth(holds: npt.NDArray[np.bool_], known: Numbers) -> Numbers:
    return np.where(np.isnan(known), np.nan, holds.astype(float))


def _means_differ(
    before: Numbers, after: Numbers, sign: Numbers, rule: SuddenRule
) -> Numbers:
    n_before, mean_before, squares_before = _moments(before)
    n_after, mean_after, squares_after = _moments(after)
    df = n_before + n_after - 2
    enough = (n_before >= MIN_PER_SIDE) & (n_after >= MIN_PER_SIDE)
    safe_df = np.where(enough, df, FULL_DF)
    pooled = np.sqrt((squares_before + squares_after) / safe_df)
    by_df = stats.t.ppf(1 - (rule.alpha or 0) / 2, np.arange(1, FULL_DF + 1))
    t = by_df[safe_df.astype(int) - 1] if rule.adjusts_t else by_df[-1]
    differ = sign * (mean_after - mean_before) > t * pooled
    return np.where(enough, differ.astype(float), np.nan)


def _moments(window: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Count, mean and sum of squared deviations of each row; mean 0 without scores."""
    known = ~np.isnan(window)
    n = known.sum(axis=1).astype(float)
    mean = np.where(known, window, 0).sum(axis=1) / np.maximum(n, 1)
    deviation = np.where(known, window - mean[:, None], 0)
    return n, mean, (deviation**2).sum(axis=1)


def judge_sessions(
    scores: npt.ArrayLike,
    points: float,
    sign: float,
    rule: SuddenRule = SuddenRule(),
) -> pd.DataFrame:
    """Judge every testable interval of a table with a column per session.

    scores: (n, K), NaN where a session has no score. Sessions count from 1; intervals
    2->3 to (K-2)->(K-1) can be judged, so with fewer than 4 sessions there are none.
    Returns row, session (before the change) and the columns of `judge`.
    """
    values = _two_dimensional(scores)
    n, sessions = values.shape
    ends = np.arange(MIN_PER_SIDE, sessions - MIN_PER_SIDE + 1)
    padded = np.pad(values, ((0, 0), (WINDOW, WINDOW)), constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * WINDOW, axis=1)
    chosen = windows[:, ends].reshape(-1, 2 * WINDOW)
    verdict = judge(chosen[:, :WINDOW], chosen[:, WINDOW:], points, sign, rule)
    verdict.insert(0, "row", np.repeat(np.arange(n), len(ends)))
    verdict.insert(1, "session", np.tile(ends, n))
    return verdict


def _two_dimensional(scores: npt.ArrayLike) -> Numbers:
    values = np.asarray(scores, float)
    if values.ndim != 2:
        raise ValueError("scores must be a table: a row per person")
    return values


def sudden_changes(
    series: pd.DataFrame,
    points: Mapping[str, float],
    higher_is: Mapping[str, str],
    rule: SuddenRule = SuddenRule(),
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
    rule: SuddenRule = SuddenRule(),
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
    before: Numbers  # (n, 3)
    after: Numbers  # (n, 3)


def _courses(
    series: pd.DataFrame,
    points: Mapping[str, float],
    higher_is: Mapping[str, str],
    by: Sequence[str],
) -> _Courses:
    judged = [s for s in points if higher_is.get(s) in _SIGN and points[s] > 0]
    wanted = series["value"].notna() & series["scale"].isin(judged)
    rows = series.loc[wanted, [*by, "date", "value"]]
    rows = rows.sort_values([*by, "date"], kind="stable").reset_index(drop=True)
    course = _numbered(rows, by)
    value = rows["value"].to_numpy(float)
    codes, scales = pd.factorize(rows["scale"])
    return _Courses(
        rows=rows,
        course=course,
        value=value,
        direction=np.array([_SIGN[higher_is[s]] for s in scales] or [0.0])[codes],
        points=np.array([points[s] for s in scales] or [0.0])[codes],
        before=_windows(value, course, range(1 - WINDOW, 1)),
        after=_windows(value, course, range(1, WINDOW + 1)),
    )


def _numbered(rows: pd.DataFrame, by: Sequence[str]) -> Places:
    """Number the courses of sorted rows: a new one wherever a key changes."""
    is_new = np.zeros(len(rows), dtype=bool)
    for key in by:
        codes = pd.factorize(rows[key], use_na_sentinel=False)[0]
        is_new[1:] |= codes[1:] != codes[:-1]
    return np.cumsum(is_new)


def _windows(value: Numbers, course: Places, offsets: range) -> Numbers:
    """The scores at these offsets from every row, NaN beyond the row's own course."""
    rows = np.arange(len(value))
    columns = []
    for offset in offsets:
        there = np.clip(rows + offset, 0, max(len(value) - 1, 0))
        inside = (there == rows + offset) & (course[there] == course)
        columns.append(np.where(inside, value[there], np.nan))
    return np.column_stack(columns)


def _of_kind(all_courses: _Courses, kind: str, rule: SuddenRule) -> pd.DataFrame:
    """The changes of one kind, as rows of `all_courses.rows` (column `at`)."""
    c = all_courses
    sign = c.direction * KINDS[kind]
    is_sudden = judge(c.before, c.after, c.points, sign, rule)["is_sudden"] == 1
    at = np.flatnonzero(is_sudden & _has_both_sides(c))
    gain = sign * c.value
    size = gain[np.minimum(at + 1, len(gain) - 1)] - gain[at]
    first, last = (np.searchsorted(c.course, c.course[at], side) for side in _SIDES)
    total = gain[last - 1] - gain[first]
    # a missing lowest means no later score: nothing was given back
    given_back = _lowest_from(gain, c.course, 2)[at] < gain[at] + size / 2
    share = np.divide(size, total, out=np.full(len(at), np.nan), where=total != 0)
    return pd.DataFrame(
        {
            "at": at,
            "kind": kind,
            "points": size,
            "n_after": last - at - 1,
            "total": total,
            "share_of_total": share,
            "held": ~given_back,
        }
    )


_SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")


def _has_both_sides(c: _Courses) -> npt.NDArray[np.bool_]:
    sides = [(~np.isnan(window)).sum(axis=1) for window in (c.before, c.after)]
    return (sides[0] >= MIN_PER_SIDE) & (sides[1] >= MIN_PER_SIDE)


def _lowest_from(gain: Numbers, course: Places, offset: int) -> Numbers:
    """Lowest value of the course at `offset` rows from here or later; NaN if none."""
    backwards = pd.Series(gain[::-1]).groupby(course[::-1], sort=False).cummin()
    lowest = backwards.to_numpy()[::-1]
    return _windows(lowest, course, range(offset, offset + 1))[:, 0]


def _described(c: _Courses, found: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    at = found["at"].to_numpy()
    day = c.rows["date"].to_numpy()
    described = c.rows.loc[at, list(by)].reset_index(drop=True)
    before, after = c.before[at], c.after[at]
    return described.assign(
        kind=found["kind"].to_numpy(),
        before_date=day[at],
        date=day[at + 1],
        before=before[:, -1],
        after=after[:, 0],
        mean_before=_moments(before)[1],
        mean_after=_moments(after)[1],
        **{name: found[name].to_numpy() for name in _MEASURED},
    )


_MEASURED = ("points", "n_after", "total", "share_of_total", "held")
