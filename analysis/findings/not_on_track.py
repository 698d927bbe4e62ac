"""Not on track: worse than expected from closed episodes, else by a rational rule."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.findings.expected import expected_model
from analysis.findings.practice import Practice
from analysis.findings.recovery import is_case_flat
from analysis.findings.rows import found
from analysis.series import ROUNDING
from analysis.trend import is_judged

Numbers = npt.NDArray[np.float64]
Truth = npt.NDArray[np.bool_]

KIND = "not_on_track"
# Rational rule: less than this share of a reliable change gained by this week.
RATIONAL_WEEKS = 6.0
RATIONAL_SHARE = 0.5
EXPECTED, RATIONAL = "expected course", "rational rule"


def find_not_on_track(practice: Practice) -> pd.DataFrame:
    """Find scales of open episodes that lag behind.

    With the practice's own model: the score lies beyond what 90 % of closed episodes
    from such a start reached by then. Without: no gain of half a reliable change by
    week 6 while a case, or a reliable deterioration. `rule` names the one used. Since
    when: the first of the run of scores that lag, up to the latest.
    """
    courses, facts = practice.courses, practice.facts
    expected, bound, has_model = _expectations(practice)
    position_in_course = np.arange(len(courses.gain)) - np.repeat(
        courses.first, courses.n
    )
    lags = np.where(
        np.repeat(has_model, courses.n),
        courses.gain < bound - ROUNDING,
        _lags_by_rational_rule(practice),
    ) & (position_in_course > 0)
    chosen = lags[courses.last] & facts["is_open"].to_numpy(bool) & _judged(practice)
    rows = facts.assign(
        date=courses.date_at(courses.run_to_end(lags)),
        rule=np.where(has_model, EXPECTED, RATIONAL),
        week=(courses.weeks[courses.last]).astype(np.int64),
        expected=courses.sign * expected[courses.last],
        bound=courses.sign * bound[courses.last],
    )
    return found(KIND, rows[chosen], audience="clinician")


def _judged(practice: Practice) -> Truth:
    judged = [name for name, scale in practice.scales.items() if is_judged(scale)]
    return practice.courses.keys["scale"].isin(judged).to_numpy(bool)


def _lags_by_rational_rule(practice: Practice) -> Truth:
    courses = practice.courses
    change = np.repeat(practice.per_course("reliable_change"), courses.n)
    gained = courses.gain - np.repeat(courses.gain[courses.first], courses.n)
    slow = (
        (courses.weeks >= RATIONAL_WEEKS)
        & is_case_flat(practice)
        & (gained < RATIONAL_SHARE * change - ROUNDING)
    )
    return slow | (gained <= -change + ROUNDING)


def _expectations(practice: Practice) -> tuple[Numbers, Numbers, Truth]:
    """Expected gain level and bound for every score, and which courses have a model."""
    courses = practice.courses
    expected = np.full(len(courses.gain), np.nan)
    bound = np.full(len(courses.gain), np.nan)
    has_model = np.zeros(len(courses), bool)
    for name in courses.keys["scale"].unique():
        model = expected_model(practice.models, name)
        if model is None:
            continue
        own = (courses.keys["scale"] == name).to_numpy(bool)
        rows = np.repeat(own, courses.n)
        base = np.repeat(courses.gain[courses.first], courses.n)[rows]
        expected[rows], bound[rows] = model.at(courses.weeks[rows], base)
        has_model |= own
    return expected, bound, has_model
