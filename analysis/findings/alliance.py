"""Alliance: below the measure's cut-off, or lower than the session before."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.findings.practice import Practice
from analysis.findings.recovery import cutoffs, is_case_flat
from analysis.findings.rows import found

KIND = "alliance"
PURPOSE = "alliance"
# The threshold for a fall is given in points of the SRS, which runs from 0 to 40; on
# another measure it is the same share of the range.
RANGE_OF_SRS = 40.0


def find_weak_alliances(practice: Practice) -> pd.DataFrame:
    """Find alliance scores of open episodes that are low, or fell since the last one.

    drop: points lost since the score before, empty for a first score. Since when: the
    first of the run of low scores; for a fall the day of the latest score.
    """
    courses, facts = practice.courses, practice.facts
    n = courses.n
    previous = courses.last - (n > 1)
    # rounded, as 36.2 - 35.9 is not quite 0.3
    drop = np.round(courses.gain[previous] - courses.gain[courses.last], 6)
    width = practice.per_course("high") - practice.per_course("low")
    least = practice.settings.thresholds.alliance_drop * width / RANGE_OF_SRS
    is_low = is_case_flat(practice)
    below = is_low[courses.last]
    fell = (n > 1) & (drop >= least - 1e-9)
    since = np.where(below, courses.run_to_end(is_low), courses.last)
    rows = facts.assign(
        date=courses.date_at(since),
        latest=courses.value[courses.last],
        previous=np.where(n > 1, courses.value[previous], np.nan),
        drop=np.where(n > 1, np.maximum(drop, 0.0), np.nan),
        cutoff=cutoffs(practice),
        below=below,
    )
    chosen = _is_alliance(practice) & facts["is_open"].to_numpy(bool)
    return found(KIND, rows[chosen & (below | fell)], audience="clinician")


def _is_alliance(practice: Practice) -> np.ndarray:
    names = [
        name
        for name, scale in practice.scales.items()
        if (measure := practice.measures.get(scale.measure)) is not None
        and measure.purpose == PURPOSE
    ]
    return practice.courses.keys["scale"].isin(names).to_numpy(bool)
