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
# A fall that began so long before its latest step is no step.
FALLING_WEEKS = 4
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
    facts = practice.facts
    chosen = (facts["is_open"] & facts["scale"].isin(judged)).to_numpy(bool)
    courses, facts = practice.courses.choose(chosen), facts[chosen]
    noise = noise_of(courses.keys["scale"], practice.scales, practice.models)
    r = cautious_noise(noise, practice.per_course("reliable_change")[chosen])
    threshold = practice.settings.thresholds.setback
    setbacks = find_setbacks(courses, r, threshold)
    weeks = (practice.day_number - courses.day[setbacks.onset]) / 7.0
    stands = (setbacks.onset >= 0) & (weeks <= MAX_WEEKS)
    stands &= ~_is_long_worsening(facts, courses.date_at(setbacks.onset))
    at = np.flatnonzero(stands)
    if not len(at):
        return no_findings()
    episode = courses.keys["episode_id"]
    tested = episode.map(episode.value_counts()).to_numpy(float)
    chance = chance_of(setbacks.ratio[at], threshold)
    kept = within_budget(episode.iloc[at], chance, tested[at])
    return _rows(practice, courses, setbacks, at[kept])


def _is_long_worsening(facts: pd.DataFrame, onset: pd.Series) -> np.ndarray:
    """Whether a course has been falling, reliably, since long before its last step.

    Every few scores of a steady fall look like a step. The finding of a reliable
    deterioration speaks for it, and its status says since when.
    """
    began = pd.to_timedelta(FALLING_WEEKS * 7, unit="D")
    is_falling = (facts["trend_status"] == "worsening").to_numpy(bool)
    since = pd.Series(facts["trend_since"].to_numpy())
    is_worse = facts["reliable_deterioration"].fillna(False).to_numpy(bool)
    return is_falling & is_worse & (since <= onset - began).to_numpy(bool)


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
