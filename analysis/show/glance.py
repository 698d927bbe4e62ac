"""Page one of the progress report: the answer, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Literal

from analysis.blocks import (
    Box,
    Columns,
    GoalLine,
    GoalLines,
    Headline,
    Marked,
    Paragraph,
    RiskStrip,
    Section,
    Space,
    Status,
    Tiles,
)
from analysis.charts import spark_picture
from analysis.records import Course
from analysis.reports import ClientMonth
from analysis.reports.records import GoalFacts, RiskHistory, ScaleFacts
from analysis.show.room import GOAL_LETTERS, clipped
from analysis.show.worth import (
    ONE_ROW,
    questions_of,
    strips,
    worth_a_look,
    worth_celebrating,
)
from analysis.wording import Wording, headline, status, tile

MOST_TILES = 9
MOST_GOALS = 5
# How wide a small line is where so many tiles share a row; the tiles fill the row.
SPARK_MM = {1: 52.0, 2: 52.0, 3: 52.0, 4: 37.5, 5: 28.6}


def blocks(report: ClientMonth, words: Wording) -> Iterable[Any]:
    """Headline, risk, tiles, worth a look beside worth celebrating, signs and goals."""
    yield Headline(_headline(report, words), context(report, words))
    yield from _risk_strips(report, words)
    first = Columns(
        tuple(worth_a_look(report, words)), tuple(worth_celebrating(report, words))
    )
    second = Columns(tuple(_signs(report, words)), tuple(_goals(report, words)))
    if report.has_scores:
        yield _tiles(report, words)
    else:  # without scores the page starts with signs and goals
        yield Paragraph(words.sentence("section.no_scores"))
        first, second = second, first
    yield Space()
    yield first
    yield Space()
    yield second
    yield Space()
    yield _this_month(report, words)


def _headline(report: ClientMonth, words: Wording) -> str:
    """The answer; the alliance is no symptom and is told in the grey line."""
    flagged = [risk for risk in report.risks if _is_flagged_now(risk, report.month)]
    symptoms = [facts for facts in report.scales if not facts.is_alliance]
    kept = report.check_ins_in_month
    if not flagged and not report.has_scores and kept.of:
        return words.sentence("headline.check_ins", done=kept.done, of=kept.of)
    return headline(
        words,
        symptoms or report.scales,
        risk_flagged_on=max(map(_last_flag, flagged)) if flagged else None,
    )


# --- headline and risk ---------------------------------------------------------------


def context(report: ClientMonth, words: Wording) -> str:
    """One grey line: alliance, goals, since when, attendance, what is missing."""
    reached = sum(goal.status == "reached" for goal in report.goals)
    still_open = sum(goal.status == "open" for goal in report.goals)
    share = report.settings.thresholds.missing_share
    came = report.expected_scores
    missing = came.of - came.done
    clauses = [
        words.sentence("context.alliance", is_case=_alliance_is_low(report)),
        _goals_clause(report, reached, still_open, words),
        words.sentence("context.episode", number=report.episode.number),
        _since_clause(report, words),
        words.sentence(
            "context.sessions", done=report.sessions.done, of=report.sessions.of
        ),
        words.sentence(
            "context.check_ins",
            done=report.check_ins_done.done,
            of=report.check_ins_done.of,
        ),
    ]
    if came.of and missing / came.of > share:
        clauses.append(words.sentence("context.missing", missing=missing, of=came.of))
    return " ".join(clause for clause in clauses if clause)


def _goals_clause(
    report: ClientMonth, reached: int, still_open: int, words: Wording
) -> str:
    if report.goals and not reached and not still_open:
        return words.sentence("context.resting", n=len(report.goals))
    return words.sentence("context.goals", reached=reached, open=still_open)


def _since_clause(report: ClientMonth, words: Wording) -> str:
    episode = report.episode
    if episode.ended_on is not None:
        return words.sentence(
            "context.ended", started_on=episode.started_on, ended_on=episode.ended_on
        )
    return words.sentence(
        "context.since", started_on=episode.started_on, clinician=episode.clinician
    )


def _alliance_is_low(report: ClientMonth) -> bool | None:
    for facts in report.scales:
        if facts.is_alliance:
            return facts.is_case
    return None


def _is_flagged_now(risk: RiskHistory, month: date) -> bool:
    return any(
        flag == "yes" and day >= month
        for flag, day in zip(risk.flags, risk.dates, strict=True)
    )


def _last_flag(risk: RiskHistory) -> date:
    return max(
        d for d, flag in zip(risk.dates, risk.flags, strict=True) if flag == "yes"
    )


def _risk_strips(report: ClientMonth, words: Wording) -> Iterable[RiskStrip]:
    """A strip for every item; what to do first is said once."""
    told: set[str] = set()
    for risk in strips(report):
        strip = risk_strip(risk, report.month, words)
        if strip is not None:
            first_step = words.sentence("risk.first_step")
            lines = tuple(line for line in strip.lines if line not in told)
            told |= {first_step} & set(strip.lines)
            yield replace(strip, lines=lines)


def risk_strip(risk: RiskHistory, month: date, words: Wording) -> RiskStrip | None:
    """The strip above the tiles whenever the episode holds a flag, or a blank answer.

    A flag in this month: level now. A flag before: past. The latest answer left blank
    and no flag this month: unknown, never clear.
    """
    flagged = [i for i, flag in enumerate(risk.flags) if flag == "yes"]
    if not flagged and risk.flags[-1] != "unknown":
        return None
    last = flagged[-1] if flagged else None
    is_now = last is not None and risk.dates[last] >= month
    level: Literal["now", "past", "unknown"] = "now" if is_now else "past"
    if not is_now and risk.flags[-1] == "unknown":
        level = "unknown"
    since = [] if last is None else list(risk.flags[last + 1 :])
    said = {
        "status": level,
        "measure": risk.instrument,
        "item": risk.item,
        "answer": None if last is None or level == "unknown" else risk.answers[last],
        "meaning": words.term("risk_meaning", risk.meaning),
        "flagged_on": None if last is None else risk.dates[last],
        "clear_since": _clear_since(risk, last),
        "n_flagged": len(flagged),
        "n_since": sum(flag == "no" for flag in since),
        "latest_date": risk.dates[-1],
        "n": len(risk.flags),
    }
    keys = ["risk.answer", "risk.asks"]
    keys += {"now": ["risk.first_step"], "past": ["risk.since"]}.get(level, [])
    return RiskStrip(
        level=level,
        title=words.sentence("risk.title", **said),
        lines=tuple(words.sentence(key, **said) for key in keys),
        dots=risk.flags,
        first=words.formats.day(risk.dates[0]),
        last=words.formats.day(risk.dates[-1]),
    )


def _clear_since(risk: RiskHistory, last: int | None) -> date | None:
    if last is None or last + 1 >= len(risk.dates):
        return None
    return risk.dates[last + 1]


# --- tiles, worth a look, worth celebrating -------------------------------------------


def _tiles(report: ClientMonth, words: Wording) -> Tiles:
    shown = tiles_shown(report.scales)
    height = 13.0 if len(shown) <= ONE_ROW else 6.5
    width = SPARK_MM.get(len(shown), min(SPARK_MM.values()))
    return Tiles(
        tuple(
            tile(
                words,
                facts,
                spark_picture(facts.course, width_mm=width, height_mm=height),
            )
            for facts in shown
        ),
        _tiles_note(shown, words),
    )


def tiles_shown(scales: Sequence[ScaleFacts]) -> list[ScaleFacts]:
    """The scales that get a tile: all, up to what the page holds."""
    return list(scales[:MOST_TILES])


def _tiles_note(shown: Sequence[ScaleFacts], words: Wording) -> str:
    courses = [facts.course for facts in shown if len(facts.course.dates) > 1]
    has_cutoff = any(facts.course.scale.caseness is not None for facts in shown)
    has_plateau = any(
        stretch.kind == "plateau" for one in courses for stretch in one.stretches
    )
    parts = [_from_to(courses, words)] if courses else []
    parts += [words.sentence("page.tiles_cutoff")] if has_cutoff else []
    parts += [words.sentence("page.tiles_plateau")] if has_plateau else []
    return " ".join(parts)


def _from_to(courses: Sequence[Course], words: Wording) -> str:
    firsts = {course.dates[0] for course in courses}
    lasts = {course.dates[-1] for course in courses}
    return words.sentence(
        "page.tiles_note",
        first=words.sentence(
            "page.tiles_first", day=firsts.pop() if len(firsts) == 1 else None
        ),
        latest=words.sentence(
            "page.tiles_latest", day=lasts.pop() if len(lasts) == 1 else None
        ),
    )


# --- signs, goals and the month in short ----------------------------------------------


def _signs(report: ClientMonth, words: Wording) -> Iterable[Any]:
    ten = [sign for sign in report.signs if sign.id != "goals"]
    counted = {
        name: sum(sign.direction == name for sign in ten)
        for name in ("moving", "steady", "slipping", "not_known")
    }
    note = ", ".join(
        words.sentence(f"signs.note.{name}", n=n) for name, n in counted.items() if n
    )
    yield Section(words.sentence("section.signs"), note)
    yield Marked(
        tuple(Status(s.direction, words.term("sign", s.id)) for s in ten), columns=2
    )


def _goals(report: ClientMonth, words: Wording) -> Iterable[Any]:
    yield Section(words.sentence("section.goals"), words.sentence("goals.steps_note"))
    if not report.goals:
        yield Paragraph(words.sentence("section.goals_none"), "grey")
        return
    overdue = [goal for goal in report.goals if goal.is_overdue]
    notes = []
    if overdue:
        number = report.goals.index(overdue[0]) + 1
        notes.append(
            words.sentence("goals.overdue_short", n=number, due=overdue[0].due)
        )
    if len(report.goals) > MOST_GOALS:
        notes.append(words.sentence("goals.more", n=len(report.goals) - MOST_GOALS))
    lines = [
        _goal_line(goal, number, words)
        for number, goal in enumerate(report.goals[:MOST_GOALS], start=1)
    ]
    yield GoalLines(tuple(lines), " ".join(notes))


def _goal_line(goal: GoalFacts, number: int, words: Wording) -> GoalLine:
    name = clipped(goal.statement, GOAL_LETTERS)
    is_reached = goal.status == "reached"
    if goal.status in ("paused", "stopped"):
        return GoalLine(
            f"{number}  {name}", count=words.sentence(f"goals.{goal.status}")
        )
    return GoalLine(
        title=f"{number}  {name}",
        done=goal.n_done,
        of=len(goal.steps),
        count=words.sentence("goals.count", done=goal.n_done, of=len(goal.steps)),
        status=status(words, "reached") if is_reached else None,
    )


def _this_month(report: ClientMonth, words: Wording) -> Box:
    lines = [(words.sentence("month.label"), _month_text(report, words))]
    questions = questions_of(report, words)
    if questions:
        lines.append((words.sentence("month.question"), questions[0]))
    return Box(tuple(lines), at_foot=True)


def _month_text(report: ClientMonth, words: Wording) -> str:
    sessions, check_ins = report.sessions_in_month, report.check_ins_in_month
    parts = [
        words.sentence("month.sessions", done=sessions.done, of=sessions.of),
        words.sentence("month.check_ins", done=check_ins.done, of=check_ins.of),
        _month_scores(report.scales, words),
    ]
    return " ".join(part for part in parts if part)


def _month_scores(scales: Sequence[ScaleFacts], words: Wording) -> str:
    told = []
    for facts in scales[:5]:
        if not facts.scores_in_month:
            continue
        scale = facts.course.scale
        before = facts.value_before_month
        after = words.formats.score(facts.course.values[-1], scale.step)
        key = "month.latest" if before is None else "month.change"
        old = "" if before is None else words.formats.score(before, scale.step)
        told.append(
            words.sentence(key, instrument=scale.instrument, before=old, after=after)
        )
    if not told:
        return words.sentence("month.no_scores")
    return ", ".join(told) + "."
