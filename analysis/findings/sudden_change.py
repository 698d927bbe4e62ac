"""Sudden gains and losses between two scores (Tang & DeRubeis; statistics, 6)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.findings.practice import Practice
from analysis.findings.rows import found

# A change that was mostly undone is told for so long; then it is history.
UNDONE_DAYS = 62


def find_sudden_gains(practice: Practice) -> pd.DataFrame:
    """Find sudden gains: the first score after, and whether it held since."""
    return _found(practice, "sudden_gain", "gain")


def find_sudden_losses(practice: Practice) -> pd.DataFrame:
    """Find sudden losses; held: no later score made good more than half of it."""
    return _found(practice, "sudden_loss", "loss")


def _found(practice: Practice, kind: str, way: str) -> pd.DataFrame:
    courses = practice.courses
    changes = practice.sudden_changes
    changes = changes[changes["kind"] == way]
    position = changes["position"].to_numpy(np.int64)
    is_old = practice.day_number - courses.day[position] > UNDONE_DAYS
    told = changes["held"].to_numpy(bool) | ~is_old
    changes, position = changes[told], position[told]
    rows = courses.keys.iloc[courses.owner[position]].assign(
        date=courses.date_at(position).array,
        before=changes["before"].to_numpy(),
        after=changes["after"].to_numpy(),
        points=changes["points"].to_numpy(),
        held=changes["held"].to_numpy(bool),
        n_after=changes["n_after"].to_numpy(np.int64) - 1,
    )
    return found(kind, rows)
