"""Check-ins: every question against the person's own usual range."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Literal

from analysis.blocks import Cell, Columns, Head, PageTitle, Paragraph, Section, Table
from analysis.charts import line_picture
from analysis.reports import ClientMonth
from analysis.reports.records import CheckInFacts
from analysis.wording import Wording, label


def blocks(report: ClientMonth, words: Wording) -> Iterable[Any]:
    """One row for every question, in two columns."""
    title = words.sentence("section.check_ins")
    if not report.check_ins:
        yield Section(title)
        yield Paragraph(words.sentence("section.check_ins_none"), "grey")
        return
    kept = report.check_ins_done
    apart = sum(side_of(facts) in ("below", "above") for facts in report.check_ins)
    note = [words.sentence("section.check_ins_note", done=kept.done, of=kept.of)]
    days = skill_days(report)
    if days is not None:
        note.append(words.sentence("section.check_ins_skills", **days))
    yield PageTitle(words.sentence("section.check_ins_apart", n=apart), " ".join(note))
    half = (len(report.check_ins) + 1) // 2
    left, right = report.check_ins[:half], report.check_ins[half:]
    tables = [_table(report, part, words) for part in (left, right) if part]
    yield Columns((tables[0],), tuple(tables[1:]), split=(6, 6))


_SKILLS = "checkin.coping_skill_used"
_RECENT = 4  # check-ins that "now" looks at


def skill_days(report: ClientMonth) -> dict[str, Any] | None:
    """Days a week with a skill, lowest and highest of late; None where none was used.

    One fact for both readers.
    """
    for facts in report.check_ins:
        if facts.id == _SKILLS:
            days = [value for _, value in facts.values[-_RECENT:]]
            low, high = min(days), max(days)
            return {"low": low, "high": high, "is_same": low == high} if high else None
    return None


_HEADS: tuple[tuple[str, Literal["left", "right"], float], ...] = (
    ("question", "left", 3.1),
    ("course", "left", 1.9),
    ("latest", "right", 0.8),
    ("usual", "right", 0.9),
)


def _table(
    report: ClientMonth, shown: tuple[CheckInFacts, ...], words: Wording
) -> Table:
    heads = tuple(
        Head(words.sentence(f"check_ins.heads_{name}"), align, share)
        for name, align, share in _HEADS
    )
    return Table(heads, tuple(_row(report, facts, words) for facts in shown))


def _row(report: ClientMonth, facts: CheckInFacts, words: Wording) -> tuple[Cell, ...]:
    """Outside the own usual range both the rating and the side are printed bold."""
    scale = report.known_scales[facts.id]
    day, latest = facts.values[-1]
    side = side_of(facts)
    said = _said(facts, label(words, scale), latest, day, side, scale.step)
    picture = line_picture(
        facts.values,
        since=min(report.episode.started_on, facts.values[0][0]),
        until=report.until,
        low=facts.low,
        high=facts.high,
        width_mm=21.0,
        height_mm=4.6,
        alt=words.sentence("check_ins.alt", **said),
    )
    is_news = side in ("below", "above")
    return (
        Cell(said["label"], is_strong=is_news),
        Cell("", picture=picture),
        Cell(words.formats.score(latest, scale.step), is_strong=is_news),
        Cell(words.sentence("check_ins.range", **said), tone="grey"),
    )


def _said(
    facts: CheckInFacts,
    name: str,
    latest: float,
    day: date,
    side: str | None,
    step: float,
) -> dict[str, Any]:
    return {
        "label": name,
        "latest": latest,
        "latest_date": day,
        "usual_low": facts.usual_low,
        "usual_high": facts.usual_high,
        "low": facts.low,
        "high": facts.high,
        "higher_is": facts.higher_is,
        "n": len(facts.values),
        "side": side,
        "step": step,
    }


def side_of(facts: CheckInFacts) -> str | None:
    """Where the latest rating lies against the person's own usual range."""
    if facts.usual_low is None or facts.usual_high is None:
        return None
    latest = facts.values[-1][1]
    if latest < facts.usual_low:
        return "below"
    return "above" if latest > facts.usual_high else "within"
