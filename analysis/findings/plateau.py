"""Plateau: a level stretch, earned by its scores, with something left to gain."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.findings.lifting import least_score
from analysis.findings.practice import Practice
from analysis.findings.recovery import cutoffs
from analysis.findings.rows import found, no_findings
from analysis.series import Courses
from analysis.trend import plateau_lifts_at

KIND = "plateau"


def find_plateaus(practice: Practice) -> pd.DataFrame:
    """Find the scales of open episodes whose status is plateau.

    grade: strong or likely, by the chance that the slope is flat. lifts_at: the next
    score, on the better side, from which on the status would be plateau no more.
    """
    courses, facts = practice.courses, practice.facts
    chosen = (facts["trend_status"] == KIND).to_numpy(bool) & facts["is_open"]
    if not chosen.any():
        return no_findings()
    since = facts["trend_since"].to_numpy("datetime64[D]").astype(np.int64)
    inside = courses.day >= np.repeat(since, courses.n)
    sure = practice.settings.thresholds.plateau_strong
    rows = facts.assign(
        date=facts["trend_since"],
        grade=np.where(facts["trend_p_flat"] >= sure, "strong", "likely"),
        weeks=(courses.day[courses.last] - since) / 7.0,
        n_scores=np.add.reduceat(inside, courses.first, dtype=np.int64),
        lowest=_extreme(np.minimum, courses, inside, np.inf),
        highest=_extreme(np.maximum, courses, inside, -np.inf),
        gain_per_week=facts["trend_gain_per_week"],
        gain_low=facts["trend_low"],
        gain_high=facts["trend_high"],
        p_flat=facts["trend_p_flat"],
        lifts_at=_lifts_at(practice, chosen.to_numpy(bool)),
        cutoff=cutoffs(practice),
    )[chosen.to_numpy()]
    return found(KIND, rows)


def _lifts_at(practice: Practice, chosen: np.ndarray) -> pd.Series:
    courses = practice.courses.choose(chosen)
    thresholds = practice.settings.thresholds
    gains = plateau_lifts_at(courses, practice.scales, thresholds, practice.models)
    scores = [
        least_score(practice.scales[name], gain)
        for name, gain in zip(courses.keys["scale"], gains, strict=True)
    ]
    return pd.Series(scores, index=np.flatnonzero(chosen), dtype=float)


def _extreme(
    pick: np.ufunc, courses: Courses, inside: np.ndarray, none: float
) -> np.ndarray:
    return pick.reduceat(np.where(inside, courses.value, none), courses.first)
