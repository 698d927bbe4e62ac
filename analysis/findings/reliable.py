"""Reliable change from baseline to latest, for better and for worse."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.findings.practice import Practice
from analysis.findings.rows import found
from analysis.series import ROUNDING


def find_reliable_improvements(practice: Practice) -> pd.DataFrame:
    """Find scales on which the latest score is reliably better than the baseline."""
    return _reliable(practice, "reliable_improvement", 1.0)


def find_deteriorations(practice: Practice) -> pd.DataFrame:
    """Find scales on which the latest score is reliably worse than the baseline."""
    facts = _reliable_rows(practice, "reliable_deterioration", -1.0)
    return found("deterioration", facts)


def _reliable(practice: Practice, kind: str, sign: float) -> pd.DataFrame:
    return found(kind, _reliable_rows(practice, kind, sign))


def _reliable_rows(practice: Practice, verdict: str, sign: float) -> pd.DataFrame:
    """Since when: first of the run of scores beyond the threshold up to the latest."""
    courses, facts = practice.courses, practice.facts
    chosen = facts[verdict].fillna(False).to_numpy(bool)
    return facts.assign(
        date=courses.date_at(since_beyond(practice, sign)),
        points=facts["gain"] * sign,
    )[chosen]


def since_beyond(practice: Practice, sign: float) -> np.ndarray:
    """Position of the first of the latest scores a reliable change from baseline."""
    courses = practice.courses
    change = np.repeat(practice.per_course("reliable_change"), courses.n)
    gained = courses.gain - np.repeat(courses.gain[courses.first], courses.n)
    return courses.run_to_end(sign * gained >= change - ROUNDING)
