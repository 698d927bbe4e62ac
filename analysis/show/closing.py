"""The client's own words, questions for next time, how to read these pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from analysis.blocks import Cell, Columns, Head, Paragraph, Section, Table
from analysis.records import Scale
from analysis.reports import ClientMonth
from analysis.reports.records import Words
from analysis.show.worth import has_room, questions_of
from analysis.wording import Wording, label

MOST_WORDS = 3
# A long note is cut for the page; the whole of it stays in the tables.
_MOST_LETTERS = 280


def questions(report: ClientMonth, words: Wording) -> Iterable[Any]:
    """What the client wrote beside open questions, drawn from the findings."""
    asked = (
        Section(words.sentence("section.questions")),
        *(Paragraph(text) for text in questions_of(report, words)),
    )
    told = tuple(_own_words(report, words))
    if told:
        yield Columns(told, asked, split=(6, 6))
    else:
        yield from asked


def _own_words(report: ClientMonth, words: Wording) -> Iterable[Any]:
    shared = [one for one in report.words if one.may_be_shown]
    if not shared:
        return
    yield Section(words.sentence("section.words"), words.sentence("section.words_note"))
    most = MOST_WORDS if has_room(report) else MOST_WORDS - 1
    for one in shared[-most:][::-1]:
        yield Paragraph(_quoted(one, words), "own_words")


def _quoted(one: Words, words: Wording) -> str:
    text = " ".join(one.text.split())
    if len(text) > _MOST_LETTERS:
        text = text[:_MOST_LETTERS].rsplit(" ", 1)[0] + " …"
    return f"{words.formats.short_day(one.date)}: {text}"


def method(report: ClientMonth, words: Wording) -> Iterable[Any]:
    """What was missing, the rules in force with their sources, words used."""
    yield Section(words.sentence("section.read"), words.sentence("read.limits"))
    for line in _missing(report, words):
        yield Paragraph(line, "fine")
    if report.has_scores:
        yield _sources(report, words)
    yield Columns(
        tuple(Paragraph(line, "fine") for line in _thresholds(report, words)),
        tuple(
            Paragraph(words.sentence(f"read.term.{name}"), "fine")
            for name in _terms(report)
        ),
        split=(6, 6),
    )


def _missing(report: ClientMonth, words: Wording) -> Iterable[str]:
    came = report.expected_scores
    said = {"came": came.done, "expected": came.of}
    if not report.prorated and not report.not_scored:
        yield words.sentence("read.none_missing", **said)
        return
    yield words.sentence("read.came", **said)
    shown = {facts.id for facts in report.scales}
    for scale, day, n in report.prorated:
        if scale in shown:
            instrument = report.known_scales[scale].instrument
            yield words.sentence("read.prorated", instrument=instrument, day=day, n=n)
    for scale, day, n, why in report.not_scored:
        if scale in shown:
            instrument = report.known_scales[scale].instrument
            yield words.sentence(
                "read.not_scored", instrument=instrument, day=day, n=n, why=why
            )


_HEADS: tuple[tuple[str, Literal["left", "right"], float], ...] = (
    ("scale", "left", 2.6),
    ("cutoff", "right", 0.8),
    ("meaning", "left", 4.9),
    ("change", "right", 0.9),
    ("source", "left", 2.9),
)


def _sources(report: ClientMonth, words: Wording) -> Table:
    heads = tuple(
        Head(words.sentence(f"read.heads_{name}"), align, share)
        for name, align, share in _HEADS
    )
    scales = [facts.course.scale for facts in report.scales]
    return Table(heads, tuple(_source_row(scale, words) for scale in scales))


def _source_row(scale: Scale, words: Wording) -> tuple[Cell, ...]:
    none = words.sentence("read.none_published")
    cutoff, change = scale.caseness, scale.reliable_change
    meaning = none
    if cutoff is not None:
        sure = words.term("sure", cutoff.verified)
        meaning = f"{words.term('meaning', cutoff.meaning)}; {sure}"
    return (
        Cell(f"{label(words, scale)} ({scale.instrument})"),
        Cell("–" if cutoff is None else words.formats.score(cutoff.value, scale.step)),
        Cell(meaning, tone="grey"),
        Cell("–" if change is None else words.formats.score(change, scale.step)),
        Cell(words.term("source", scale.reliable_change_source) or none, tone="grey"),
    )


def _terms(report: ClientMonth) -> Iterable[str]:
    """Words that stand on these pages and ask for a definition."""
    found = _found(report)
    if any(facts.status for facts in report.scales):
        yield from ("reliable_change", "recovery")
    for name in ("plateau", "holding", "setback", "too_early"):
        if name in found:
            yield name


def _found(report: ClientMonth) -> set[str]:
    """Statuses of the scales and kinds of finding on these pages."""
    kinds = {finding.kind for finding in report.findings}
    if "early_dip" in kinds:
        kinds.add("setback")
    return kinds | {facts.status for facts in report.scales}


def _thresholds(report: ClientMonth, words: Wording) -> Iterable[str]:
    """The rules in force behind what these pages say."""
    rule = report.settings.thresholds
    found = _found(report)
    if any(facts.status for facts in report.scales):
        yield words.sentence(
            "read.rule.trend",
            scores=rule.trend_min_scores,
            weeks=rule.trend_min_weeks,
            improving=rule.improving,
            plateau=rule.plateau_flat,
        )
        yield words.sentence(
            "read.rule.flat", weeks=rule.flat_weeks_per_reliable_change
        )
    if "plateau" in found:
        yield words.sentence(
            "read.rule.plateau",
            weeks=rule.plateau_min_weeks,
            scores=rule.plateau_min_scores,
            strong=rule.plateau_strong,
        )
    if "setback" in found:
        yield words.sentence(
            "read.rule.setback",
            threshold=words.formats.number(rule.setback, 2),
            weeks=rule.early_dip_weeks,
        )
    if "overdue" in found:
        yield words.sentence("read.rule.overdue", intervals=rule.overdue_intervals)
    if report.check_ins:
        yield words.sentence("read.rule.usual_range")
