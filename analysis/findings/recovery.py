"""Recovery: a case at baseline, none now; reliable recovery: reliably better, too."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.findings.practice import Practice
from analysis.findings.reliable import since_beyond
from analysis.findings.rows import found


def find_recoveries(practice: Practice) -> pd.DataFrame:
    """Find scales that were a case at baseline and are none now."""
    return _recovered(practice, "recovery", since_well(practice))


def find_reliable_recoveries(practice: Practice) -> pd.DataFrame:
    """Find recoveries that are a reliable improvement as well."""
    since = np.maximum(since_well(practice), since_beyond(practice, 1.0))
    return _recovered(practice, "reliable_recovery", since)


def _recovered(practice: Practice, kind: str, since: np.ndarray) -> pd.DataFrame:
    facts = practice.facts
    chosen = facts[kind].fillna(False).to_numpy(bool)
    rows = facts.assign(
        date=practice.courses.date_at(since),
        since=practice.courses.date_at(since_well(practice)),
        cutoff=cutoffs(practice),
    )
    return found(kind, rows[chosen])


def since_well(practice: Practice) -> np.ndarray:
    """Position of the first of the latest scores that are not a case."""
    return practice.courses.run_to_end(~is_case_flat(practice, unknown=True))


def is_case_flat(practice: Practice, *, unknown: bool = False) -> np.ndarray:
    """Whether each score is a case; `unknown` where there is no cut-off."""
    return practice.is_case.fillna(unknown).to_numpy(bool)


def cutoffs(practice: Practice) -> np.ndarray:
    """The published cut-off of each course's scale; NaN where there is none."""
    code, names = pd.factorize(practice.courses.keys["scale"])
    known = [practice.scales[name].caseness for name in names]
    values = [np.nan if cutoff is None else cutoff.value for cutoff in known]
    return np.array(values, float)[code]
