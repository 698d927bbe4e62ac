"""Findings of every kind, with every value that decides how they are worded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

from sample_courses import PHQ, WHO

from analysis.records import EVIDENCE, Finding, Scale

DAY = date(2026, 8, 3)
GRADES = ("likely", "strong", "")
# A plateau always has a grade.
_GRADED = {"plateau": ("likely", "strong")}
# One value for every field of evidence, as it is stored: days as text.
VALUES: dict[str, Any] = {
    "after": 7.0, "answer": 1.0, "baseline": 18.0, "baseline_date": "2026-04-13",
    "before": 13.0, "below": True, "bound": 14.5, "closed_on": "2026-09-21",
    "confirmed": True, "cutoff": 10.0, "days": 24, "drop": 1.5, "due": "2026-09-28",
    "expected": 11.2, "flagged_on": "2026-09-04", "gain_high": 0.4, "gain_low": -0.3,
    "gain_per_week": 0.02, "goal_id": "G1", "held": True, "highest": 12.0,
    "item": 9, "last_date": "2026-09-04", "latest": 6.0,
    "latest_date": "2026-09-28",
    "lifts_at": 9.0, "lowest": 11.0, "meaning": "thoughts of death or self-harm",
    "measure": "phq9", "measures": ["phq9", "gad7"], "n_after": 9, "n_flagged": 1,
    "n_scores": 8, "n_since": 3, "now": 16.3, "p_flat": 0.8, "points": 12.0,
    "previous": 38.0, "rating": 5.0, "reliable_change": 6.0, "rule": "below_cutoff",
    "since": "2026-07-20", "statement": "See or call a friend once a week",
    "status": "now", "usual_days": 7, "week": 3, "weeks": 8.1,
    "what": "Two stops alone",
}  # fmt: skip
# What else a field may hold, where the words depend on it.
ALSO: dict[str, tuple[Any, ...]] = {
    "answer": (None,),
    "below": (False,),
    "confirmed": (False,),
    "cutoff": (None,),
    "due": (None,),
    "held": (False,),
    "highest": (11.0, 15.0),
    "lifts_at": (None,),
    "n_after": (0, 1),
    "n_flagged": (2,),
    "n_since": (0, 1),
    "previous": (None,),
    "rating": (None,),
    "status": ("past", "unknown"),
    "weeks": (1.0,),
}
RULES = {
    "small_win": (
        "below_cutoff", "below_band", "personal_best", "gain_held", "step_done",
        "goal_up", "sign_moving", "check_in_streak", "skill_weeks",
    ),
    "not_on_track": ("expected course", "rational rule"),
}  # fmt: skip
# These rules know no score before and after, as detectors write them.
_NO_SCORES = {"sign_moving": "3"}
# There is no recovery without a cut-off.
_ALWAYS = {("recovery", "cutoff"), ("reliable_recovery", "cutoff")}
# Kinds that are about a goal, a measure or the whole client, not about a scale.
_NO_SCALE = ("risk_item", "overdue", "goal_met", "goal_stalled")
NAMES = {"phq9": "PHQ-9", "gad7": "GAD-7"}


def findings(kind: str) -> Iterator[tuple[Finding, Scale | None]]:
    """Every way a finding of this kind may come, with its scale."""
    scales = [None] if kind in _NO_SCALE else [PHQ, replace(WHO, label="Hope")]
    for evidence, scale, grade in product(
        _evidences(kind), scales, _GRADED.get(kind, GRADES)
    ):
        name = None if scale is None else scale.id
        yield Finding(kind, name, DAY, grade, evidence), scale


def _evidences(kind: str) -> Iterator[dict[str, Any]]:
    plain = {field: VALUES[field] for field in EVIDENCE[kind]}
    for rule in RULES.get(kind, ("",)):
        ruled = {**plain, "rule": rule} if rule else plain
        if rule in _NO_SCORES:
            ruled |= {"before": None, "after": None, "what": _NO_SCORES[rule]}
        if rule == "rational rule":
            ruled |= {"expected": None, "bound": None}
        yield ruled
        for field, others in ALSO.items():
            if field in ruled and (kind, field) not in _ALWAYS:
                yield from ({**ruled, field: other} for other in others)
