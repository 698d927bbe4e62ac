"""Check-ins: small multiples with the person's own usual range, and their words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from analysis.blocks import Cell, Head, PageTitle, Paragraph, Section, Table
from analysis.charts import line_picture
from analysis.reports import ClientMonth
from analysis.reports.records import CheckInFacts
from analysis.wording import Wording, label

MOST_WORDS = 5


def blocks(report: ClientMonth, words: Wording) -> Iterable[Any]:
    """One row for every question, then the client's own words."""
    title = words.sentence("section.check_ins")
    if not report.check_ins:
        yield Section(title)
        yield Paragraph(words.sentence("section.check_ins_none"), "grey")
        return
    yield PageTitle(title, words.sentence("section.check_ins_note"))
    yield _table(report, words)
    yield from _own_words(report, words)


def _table(report: ClientMonth, words: Wording) -> Table:
    heads = tuple(
        Head(words.sentence(f"check_ins.heads_{name}"), align, share)
        for name, align, share in (
            ("question", "left", 3.0),
            ("course", "left", 1.6),
            ("latest", "right", 0.8),
            ("usual", "right", 1.2),
            ("note", "left", 2.4),
        )
    )
    return Table(heads, tuple(_row(report, f, words) for f in report.check_ins))


def _row(report: ClientMonth, facts: CheckInFacts, words: Wording) -> tuple[Cell, ...]:
    scale = report.known_scales[facts.id]
    latest_day, latest = facts.values[-1]
    side = side_of(facts)
    said = {
        "label": label(words, scale),
        "latest": latest,
        "latest_date": latest_day,
        "usual_low": facts.usual_low,
        "usual_high": facts.usual_high,
        "low": facts.low,
        "high": facts.high,
        "higher_is": facts.higher_is,
        "n": len(facts.values),
        "side": side,
        "step": scale.step,
    }
    picture = line_picture(
        facts.values,
        since=min(report.episode.started_on, facts.values[0][0]),
        until=report.until,
        low=facts.low,
        high=facts.high,
        alt=words.sentence("check_ins.alt", **said),
    )
    is_news = side in ("below", "above")
    return (
        Cell(said["label"], is_strong=True),
        Cell("", picture=picture),
        Cell(words.formats.score(latest, scale.step), is_strong=is_news),
        Cell(words.sentence("check_ins.range", **said), tone="grey"),
        Cell(
            words.sentence("check_ins.side", **said), tone="body" if is_news else "grey"
        ),
    )


def side_of(facts: CheckInFacts) -> str | None:
    """Where the latest rating lies against the person's own usual range."""
    if facts.usual_low is None or facts.usual_high is None:
        return None
    latest = facts.values[-1][1]
    if latest < facts.usual_low:
        return "below"
    return "above" if latest > facts.usual_high else "within"


def _own_words(report: ClientMonth, words: Wording) -> Iterable[Any]:
    shared = [one for one in report.words if one.may_be_shown]
    if not shared:
        return
    yield Section(words.sentence("section.words"), words.sentence("section.words_note"))
    for one in shared[-MOST_WORDS:][::-1]:
        day = words.formats.day(one.date)
        yield Paragraph(f"{day}: {one.text}", "own_words")
