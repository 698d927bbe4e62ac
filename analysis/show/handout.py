"""The handout: one page a client wants to keep, from the same facts as the report.

Nothing here looks at risk items, private notes or findings for clinicians; what may be
told is chosen in `_told`, once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from analysis.blocks import (
    Box,
    Chart,
    Columns,
    Headline,
    Ladder,
    Paragraph,
    Section,
    Space,
    Win,
    Wins,
)
from analysis.charts import handout_picture
from analysis.records import Finding
from analysis.reports import ClientMonth
from analysis.reports.records import CheckInFacts, GoalFacts, ScaleFacts
from analysis.reports.wins import CHANGES
from analysis.show.checkins import skill_days
from analysis.show.goals import steps
from analysis.show.room import (
    PLANS,
    STATEMENT_LETTERS,
    Plan,
    clipped,
    column_lines,
    handout_room,
)
from analysis.show.worth import scale_of
from analysis.wording import Wording, lead, question, stretch, told_of, win

_PATTERNS = "checkin.noticing_patterns"
_DIPS = ("setback", "early_dip")
_RECENT = 4  # check-ins that "now" looks at


def blocks(report: ClientMonth, words: Wording) -> Iterable[Any]:
    """Everything on the one page, good news first, the safety box last."""
    practice = report.settings.practice
    yield Headline(words.sentence("handout.title"))
    reached = sum(goal.status == "reached" for goal in report.goals)
    symptoms = [facts for facts in report.scales if not facts.is_alliance]
    answer = lead(words, symptoms, goals_reached=reached)
    asked = _question(report, words)
    wide = (answer, _chart_note(symptoms, words), asked, practice.crisis_text)
    plan, columns = _fitting(report, words, wide)
    yield Paragraph(answer, "lead")
    yield from _changed(symptoms, plan, words)
    yield columns
    yield Space()
    yield Box(((words.sentence("handout.question"), asked),), "blue")
    yield Box(((words.sentence("handout.safety"), practice.crisis_text),), "ink")


def _fitting(
    report: ClientMonth, words: Wording, wide: tuple[str, ...]
) -> tuple[Plan, Columns]:
    """The roomiest plan whose columns fit the one page, else the tightest."""
    paper = "Letter" if report.settings.practice.paper == "Letter" else "A4"
    for plan in PLANS:
        left = (
            *_wins(report, plan.wins, words),
            *_doing(report, words),
            *_between(report, words),
        )
        right = (*_goals(report, plan.goals, words), *_stretch(report, words))
        taken = max(column_lines(left, paper), column_lines(right, paper))
        room = handout_room(plan, wide, paper, has_logo=bool(report.logo_svg))
        if taken <= room:
            break
    return plan, Columns(left, right, split=(6, 6))


def _told(report: ClientMonth, words: Wording) -> list[Finding]:
    """Findings a client may be told of: for both readers, and worded for clients."""
    return [
        finding
        for finding in (*report.findings, *report.wins)
        if finding.audience == "both" and not words.omits(finding.kind)
    ]


def _changed(symptoms: list[ScaleFacts], plan: Plan, words: Wording) -> Iterable[Any]:
    yield Section(words.sentence("handout.changed"))
    if symptoms:
        course = _drawn(symptoms).course
        height = plan.plot_mm
        drawn = handout_picture(course, words=words, plot_height_mm=height)
        yield Chart(title="", picture=drawn)
    yield Paragraph(_chart_note(symptoms, words))


def _drawn(symptoms: list[ScaleFacts]) -> ScaleFacts:
    """The scale of the one chart: the one that is named first, if it has a course.

    Else the one that moved most: what is said first is what the eye looks for.
    """
    named = told_of(symptoms)
    if len(named[0].course.values) > 1:
        return named[0]
    return max(named, key=_change)


def _chart_note(symptoms: list[ScaleFacts], words: Wording) -> str:
    if not symptoms:
        return words.sentence("handout.no_scores")
    facts = _drawn(symptoms)
    dates = facts.course.dates
    said = [
        words.sentence("handout.explain" if len(dates) > 1 else "handout.one_score")
    ]
    if facts.is_stale:
        said.append(words.sentence("handout.stale", last_date=dates[-1]))
    return " ".join(said)


def _change(facts: ScaleFacts) -> tuple[float, int]:
    """How far a scale has moved, in reliable changes; then by its number of scores."""
    course = facts.course
    if course.baseline is None or course.latest is None:
        return 0.0, len(course.values)
    moved = abs(course.scale.gain(course.baseline, course.latest))
    return moved / (course.scale.reliable_change or float("inf")), len(course.values)


def _wins(report: ClientMonth, most: int, words: Wording) -> Iterable[Any]:
    told: list[Win] = []
    # what was done comes first; how scores have changed is told above the chart
    for finding in sorted(report.wins, key=lambda one: one.kind in CHANGES):
        if finding not in _told(report, words) or len(told) == most:
            continue
        scale = scale_of(report, finding.scale)
        shown = win(words, finding, scale, until=report.until)
        if shown not in told:
            told.append(shown)
    if told:
        yield Section(words.sentence("handout.wins"))
        yield Wins(tuple(told))


def _doing(report: ClientMonth, words: Wording) -> Iterable[Any]:
    yield Section(words.sentence("handout.doing"))
    yield Paragraph(" ".join(_deeds(report, words)))


def _deeds(report: ClientMonth, words: Wording) -> list[str]:
    asked = {facts.id: facts for facts in report.check_ins}
    deeds = []
    days = skill_days(report)
    if days is not None:
        deeds.append(words.sentence("doing.skills", **days))
    if _has_risen(asked.get(_PATTERNS)):
        deeds.append(words.sentence("doing.patterns"))
    if not deeds and report.check_ins_in_month.done:
        deeds.append(words.sentence("doing.check_ins"))
    if not deeds and any(goal.n_done for goal in report.goals):
        deeds.append(words.sentence("doing.steps"))
    return deeds or [words.sentence("doing.start")]


def _recent(facts: CheckInFacts | None) -> list[float]:
    return [] if facts is None else [value for _, value in facts.values[-_RECENT:]]


def _has_risen(facts: CheckInFacts | None) -> bool:
    return facts is not None and min(_recent(facts)) > facts.values[0][1]


def _between(report: ClientMonth, words: Wording) -> Iterable[Any]:
    measured = [facts for facts in report.scales if facts.is_alliance]
    is_low = any(finding.kind == "alliance" for finding in report.findings)
    is_low = is_low or any(facts.is_case for facts in measured)
    key = "talk" if is_low else "good" if measured else "unknown"
    yield Section(words.sentence("handout.between"))
    yield Paragraph(words.sentence(f"between.{key}"))


def _goals(report: ClientMonth, most: int, words: Wording) -> Iterable[Any]:
    yield Section(words.sentence("handout.goals"))
    shown = [goal for goal in report.goals if goal.status in ("open", "reached")]
    if not shown:
        key = "resting" if report.goals else "none"
        yield Paragraph(words.sentence(f"goals.{key}"))
    newest = sorted(shown, key=lambda goal: goal.status == "reached")[:most]
    for goal in newest:
        yield _ladder(goal, words)


def _ladder(goal: GoalFacts, words: Wording) -> Ladder:
    is_reached = goal.status == "reached"
    nexts = [step.text for step in goal.steps if step.done_on is None]
    if is_reached:
        line = words.sentence("goals.reached_line")
    elif nexts:
        line = words.sentence("goals.next", text=nexts[0])
    else:
        line = words.sentence("goals.first_step")
    counted = words.sentence("goals.steps", done=goal.n_done, of=len(goal.steps))
    return Ladder(
        title=clipped(goal.statement, STATEMENT_LETTERS),
        status=None,
        steps=steps(goal, next_word=""),
        summary=words.sentence("goals.reached") if is_reached else counted,
        next_step=line,
        history=(words.sentence("goals.overdue"),) if goal.is_overdue else (),
    )


def _stretch(report: ClientMonth, words: Wording) -> Iterable[Any]:
    """One stretch at most: what is hard, before what is level."""
    for finding in _stretches(report, words)[:1]:
        scale = scale_of(report, finding.scale)
        title, text = stretch(words, finding, scale, until=report.until)
        yield Section(title)
        yield Paragraph(text)


def _stretches(report: ClientMonth, words: Wording) -> list[Finding]:
    """Findings with a stretch to tell; a dip explains what is harder than before."""
    found = [
        one for one in _told(report, words) if words.has(f"stretch.{one.kind}.title")
    ]
    dips = {one.scale for one in found if one.kind in _DIPS}
    harder = {one.scale for one in found if one.kind == "deterioration"}
    if not harder <= dips:  # something is harder that no dip explains
        return found
    return sorted(found, key=lambda one: one.kind not in _DIPS)


def _question(report: ClientMonth, words: Wording) -> str:
    for finding in (*_stretches(report, words)[:1], *_told(report, words)):
        if words.has(f"question.{finding.kind}"):
            scale = scale_of(report, finding.scale)
            return question(words, finding, scale, until=report.until)
    return words.sentence("question.general")
