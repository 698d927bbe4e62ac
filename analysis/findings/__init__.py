"""Findings: what is worth telling, with its numbers; one file for each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import pandas as pd

from analysis.findings.alliance import find_weak_alliances
from analysis.findings.expected import (
    expected_course,
    fit_closed_courses,
    fit_expected_courses,
)
from analysis.findings.goals import find_goals_met, find_goals_stalled
from analysis.findings.not_on_track import find_not_on_track
from analysis.findings.overdue import find_overdue
from analysis.findings.plateau import find_plateaus
from analysis.findings.practice import Practice
from analysis.findings.recovery import find_recoveries, find_reliable_recoveries
from analysis.findings.reliable import find_deteriorations, find_reliable_improvements
from analysis.findings.risk_item import find_risk_items
from analysis.findings.rows import NAMES, no_findings
from analysis.findings.setback import find_standing_setbacks
from analysis.findings.small_win import find_small_wins
from analysis.findings.sudden_change import find_sudden_gains, find_sudden_losses
from analysis.measures import Measure
from analysis.records import Scale
from analysis.settings import Settings

__all__ = [
    "DETECTORS",
    "expected_course",
    "find_all",
    "fit_closed_courses",
    "fit_expected_courses",
]

Detector = Callable[[Practice], pd.DataFrame]

# The order of the report: most pressing first.
DETECTORS: tuple[Detector, ...] = (
    find_risk_items,
    find_deteriorations,
    find_standing_setbacks,
    find_sudden_losses,
    find_not_on_track,
    find_plateaus,
    find_weak_alliances,
    find_overdue,
    find_goals_stalled,
    find_reliable_recoveries,
    find_recoveries,
    find_reliable_improvements,
    find_sudden_gains,
    find_goals_met,
    find_small_wins,
)


def find_all(
    tables: Mapping[str, pd.DataFrame],
    scales: Mapping[str, Scale],
    episodes: pd.DataFrame,
    until: date,
    settings: Settings,
    measures: Mapping[str, Measure] | None = None,
) -> pd.DataFrame:
    """Find all that is worth telling at `until`; rows of the table `findings`.

    tables: tidy and derived ones (scores, risks, series, changes, trends, signs, goals,
    …), of one client or of all: the findings on a client are the same. date is since
    when a finding holds; evidence is a JSON object with the fields of EVIDENCE.
    measures: tells which scales are an alliance; without them none is.
    """
    practice = Practice(tables, scales, episodes, until, settings, measures or {})
    parts = [detect(practice) for detect in DETECTORS]
    parts = [part for part in parts if len(part)]
    if not parts:
        return no_findings()
    return pd.concat(parts, ignore_index=True)[NAMES]
