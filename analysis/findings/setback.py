"""Setback and early dip: a step for the worse that still stands (statistics, 5)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.findings.alarm_budget import chance_of, within_budget
from analysis.findings.lifting import least_score
from analysis.findings.practice import Practice
from analysis.findings.rows import found, no_findings
from analysis.series import Courses
from analysis.trend import Setbacks, cautious_noise, find_setbacks, is_judged, noise_of

# After this long the worse level is the level: status and deterioration speak of it.
MAX_WEEKS = 12
# A second score on the worse side confirms the step.
CONFIRMING = 2


def find_standing_setbacks(practice: Practice) -> pd.DataFrame:
    """Find the setbacks of open episodes that no score has lifted yet.

    Within the first weeks it is an early dip: common, often harmless, still shown.
    before and now are mean levels before the step and since, in the scale's own
    direction; points is the loss; a score of lifts_at would lift the flag. Those of
    one client are held together by the alarm budget.
    """
    rows = _standing(practice)
    if not len(rows):
        return rows
    is_early = rows["is_early"].to_numpy(bool)
    setbacks = found("setback", rows[~is_early])
    dips = found("early_dip", rows[is_early])
    return pd.concat([part for part in (setbacks, dips) if len(part)])


def _standing(practice: Practice) -> pd.DataFrame:
    judged = [name for name, scale in practice.scales.items() if is_judged(scale)]
    chosen = practice.facts["is_open"] & practice.facts["scale"].isin(judged)
    courses = practice.courses.choose(chosen.to_numpy(bool))
    noise = noise_of(courses.keys["scale"], practice.scales, practice.models)
    thresholds = practice.settings.thresholds
    change = practice.per_course("reliable_change")[chosen.to_numpy(bool)]
    r = cautious_noise(noise, change)
    setbacks = find_setbacks(courses, r, thresholds.setback)
    at = np.flatnonzero(setbacks.onset >= 0)
    weeks = (practice.day_number - courses.day[setbacks.onset[at]]) / 7.0
    at = at[weeks <= MAX_WEEKS]
    if not len(at):
        return no_findings()
    tested = courses.keys["episode_id"].map(courses.keys["episode_id"].value_counts())
    kept = within_budget(
        courses.keys["episode_id"].iloc[at],
        chance_of(setbacks.ratio[at], thresholds.setback),
        tested.to_numpy(float)[at],
    )
    return _rows(practice, courses, setbacks, at[kept])


def _rows(
    practice: Practice, courses: Courses, setbacks: Setbacks, at: np.ndarray
) -> pd.DataFrame:
    onset = setbacks.onset[at]
    n_scores = courses.last[at] - onset + 1
    now = np.array(
        [courses.gain[a : a + n].mean() for a, n in zip(onset, n_scores, strict=True)]
    )
    scales = [practice.scales[name] for name in courses.keys["scale"].iloc[at]]
    sign = courses.sign[at]
    weeks = (courses.day[onset] - courses.day[courses.first[at]]) / 7.0
    early = practice.settings.thresholds.early_dip_weeks
    confirmed = n_scores >= CONFIRMING
    return courses.keys.iloc[at].assign(
        date=courses.date_at(onset).array,
        grade=np.where(confirmed, "strong", "likely"),
        before=sign * setbacks.before[at],
        now=sign * now,
        points=setbacks.before[at] - now,
        confirmed=confirmed,
        lifts_at=[
            least_score(scale, lift)
            for scale, lift in zip(scales, setbacks.lift[at], strict=True)
        ],
        n_scores=n_scores,
        week=weeks.astype(np.int64) + 1,
        is_early=weeks < early,
    )
