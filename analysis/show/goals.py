"""Goals: each with its steps as a ladder, its ratings, its revisions as history."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from analysis.blocks import Ladder, Paragraph, Picture, Section, Status, Step
from analysis.charts import line_picture
from analysis.reports import ClientMonth
from analysis.reports.records import GoalFacts
from analysis.wording import Wording, status


def blocks(report: ClientMonth, words: Wording) -> Iterable[Any]:
    """Every goal in the order it was set."""
    if not report.goals:
        yield Section(words.sentence("goals.title", reached=0, open=0))
        yield Paragraph(words.sentence("section.goals_none"), "grey")
        return
    yield Section(
        words.sentence(
            "goals.title",
            reached=sum(goal.status == "reached" for goal in report.goals),
            open=sum(goal.status == "open" for goal in report.goals),
        ),
        words.sentence("goals.note"),
    )
    for number, goal in enumerate(report.goals, start=1):
        yield ladder(report, goal, number, words)


def ladder(report: ClientMonth, goal: GoalFacts, number: int, words: Wording) -> Ladder:
    """One goal as the clinician reads it."""
    return Ladder(
        title=f"{number}  {goal.statement}",
        status=_status(goal, words),
        due=_due(goal, words),
        steps=steps(goal, next_word=words.sentence("goals.next"), words=words),
        picture=_picture(report, goal, words),
        rating=_rating(goal, words),
        history=tuple(_history(goal, words)),
        summary=words.sentence("goals.count", done=goal.n_done, of=len(goal.steps)),
    )


def steps(
    goal: GoalFacts, *, next_word: str, words: Wording | None = None
) -> tuple[Step, ...]:
    """The steps from left to right: done ones (dated with `words`), then the next."""
    shown, next_is_named = [], False
    for step in goal.steps:
        if step.done_on is not None:
            day = "" if words is None else words.formats.day(step.done_on)
            shown.append(Step(step.text, day, "done"))
        elif goal.status == "open" and not next_is_named:
            shown.append(Step(step.text, next_word, "next"))
            next_is_named = True
        else:
            shown.append(Step(step.text))
    return tuple(shown)


def _status(goal: GoalFacts, words: Wording) -> Status | None:
    """Reached, or where the ratings point; none for a goal that rests."""
    if goal.status == "reached":
        return status(words, "reached")
    return status(words, goal.direction) if goal.status == "open" else None


def _due(goal: GoalFacts, words: Wording) -> str:
    if goal.status == "reached" and goal.closed_on:
        return words.sentence("goals.reached", closed_on=goal.closed_on, due=goal.due)
    if goal.status in ("paused", "stopped"):
        return words.sentence(f"goals.{goal.status}")
    if goal.due is None:
        return ""
    key = "goals.overdue" if goal.is_overdue else "goals.due"
    return words.sentence(key, due=goal.due)


def _picture(report: ClientMonth, goal: GoalFacts, words: Wording) -> Picture | None:
    if not goal.ratings:
        return None
    latest = goal.ratings[-1][1]
    return line_picture(
        goal.ratings,
        since=min(report.episode.started_on, goal.ratings[0][0]),
        until=report.until,
        low=0.0,
        high=10.0,
        target=goal.target,
        width_mm=30.0,
        height_mm=12.0,
        latest_text=words.formats.score(latest),
        alt=words.sentence("goals.alt", **_rated(goal)),
    )


def _rated(goal: GoalFacts) -> dict[str, Any]:
    return {
        "first": goal.ratings[0][1],
        "latest": goal.ratings[-1][1],
        "target": goal.target,
        "statement": goal.statement,
    }


def _rating(goal: GoalFacts, words: Wording) -> str:
    if not goal.ratings:
        return words.sentence("goals.no_rating")
    return words.sentence("goals.rating", **_rated(goal))


def _history(goal: GoalFacts, words: Wording) -> Iterable[str]:
    if goal.replaced_statement:
        yield words.sentence(
            "goals.revised",
            set_on=goal.set_on,
            before=goal.replaced_statement,
            reason=words.term("reason", goal.reason),
        )
    if goal.is_overdue:
        yield words.sentence("goals.overdue_note")
