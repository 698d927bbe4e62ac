"""What is worth celebrating: strongest first, each thing once, nothing trivial."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from analysis.records import Finding
from analysis.reports.records import ScaleFacts

# Kinds of finding that are worth celebrating, strongest first; every other kind is
# worth a look.
KINDS = (
    "reliable_recovery",
    "recovery",
    "reliable_improvement",
    "sudden_gain",
    "goal_met",
    "small_win",
)
# How a scale has changed since the start. One that recovered reliably has also
# recovered and improved: only the strongest is told.
CHANGES = KINDS[:3]
_SCORE_RULES = ("below_cutoff", "below_band", "personal_best")
# Good news of a scale beside one of these would contradict it.
_CONTRADICTING = ("deterioration", "setback", "early_dip", "not_on_track")
# Signs that say nothing of their own as a win: setbacks, wins, goals.
_ECHOES = ("9", "10", "goals")
# News of the last months; what happened before that is no news of this month.
_RECENT_DAYS = 62
_OLDEST_DAYS = 92


def celebrated(
    findings: Sequence[Finding], facts: Sequence[ScaleFacts], *, month_start: date
) -> tuple[Finding, ...]:
    """Choose the wins: one for each scale, goal and rule; recent ones first.

    The alliance crosses its cut-off from week to week, so that it neither recovers nor
    improves here.
    """
    alliance = {one.id for one in facts if one.is_alliance}
    doubtful = {one.scale for one in findings if one.kind in _CONTRADICTING}
    met = {
        f"goal.{one.evidence.get('goal_id')}".lower()
        for one in findings
        if one.kind == "goal_met"
    }
    told: set[tuple[str, str]] = set()
    kept = []
    place = {one.id: number for number, one in enumerate(facts)}
    for finding in sorted(findings, key=lambda one: _strength(one, place)):
        is_win = finding.kind in KINDS and not _is_trivial(
            finding, alliance, doubtful, month_start
        )
        if not is_win or (finding.scale or "").lower() in met:
            continue
        topic = _topic(finding)
        if topic in told:
            continue
        told.add(topic)
        kept.append(finding)
    recent = month_start - timedelta(days=_RECENT_DAYS)

    def is_old(finding: Finding) -> bool:
        return finding.kind not in CHANGES and finding.date < recent

    return tuple(sorted(kept, key=lambda one: (is_old(one), _rank(one))))


def _rank(finding: Finding) -> int:
    return KINDS.index(finding.kind)


def _strength(finding: Finding, place: Mapping[str, int]) -> tuple[int, int, int]:
    """Strongest kind first; changes in the order of the panels, all else newest first.

    Other kinds come last.
    """
    if finding.kind not in KINDS:
        return (len(KINDS), 0, 0)
    is_change = finding.kind in CHANGES
    panel = place.get(finding.scale or "", len(place)) if is_change else 0
    return (_rank(finding), panel, -finding.date.toordinal())


def _is_trivial(
    finding: Finding, alliance: set[str], doubtful: set[str | None], start: date
) -> bool:
    rule = finding.evidence.get("rule", "")
    if finding.kind in CHANGES:
        return finding.scale in alliance or finding.scale in doubtful
    if finding.date < start - timedelta(days=_OLDEST_DAYS):
        return True
    if rule in _SCORE_RULES:
        is_first = rule == "below_cutoff"  # of the alliance only this is news
        return finding.scale in doubtful or (finding.scale in alliance and not is_first)
    return rule == "sign_moving" and str(finding.evidence.get("what")) in _ECHOES


def _topic(finding: Finding) -> tuple[str, str]:
    """What a win is about: two of one topic are told once."""
    rule = str(finding.evidence.get("rule", ""))
    if finding.kind in CHANGES or rule in _SCORE_RULES:
        return str(finding.scale), "score"
    if finding.kind == "sudden_gain" or rule == "gain_held":
        return str(finding.scale), "gain"
    if finding.kind == "goal_met":
        return str(finding.evidence.get("goal_id")), "goal"
    return str(finding.scale or finding.evidence.get("what")), rule
