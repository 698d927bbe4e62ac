"""Questions for the next session, and how to read these pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from analysis.blocks import Paragraph, Section
from analysis.reports import ClientMonth
from analysis.show.glance import questions_of
from analysis.wording import Wording

_TERMS = ("reliable_change", "recovery", "plateau", "holding", "setback", "too_early")


def questions(report: ClientMonth, words: Wording) -> Iterable[Any]:
    """Two to four open questions, drawn from the findings."""
    yield Section(words.sentence("section.questions"))
    for text in questions_of(report, words):
        yield Paragraph(text)


def method(report: ClientMonth, words: Wording) -> Iterable[Any]:
    """What was missing, the rules in force with their sources, words used."""
    yield Section(words.sentence("section.read"))
    yield Paragraph(words.sentence("read.missing"), "strong")
    for line in _missing(report, words):
        yield Paragraph(line, "grey")
    yield Paragraph(words.sentence("read.rules"), "strong")
    for line in (*_scale_rules(report, words), *_thresholds(report, words)):
        yield Paragraph(line, "grey")
    yield Paragraph(words.sentence("read.terms"), "strong")
    for name in _TERMS:
        yield Paragraph(words.sentence(f"read.term.{name}"), "grey")
    yield Paragraph(words.sentence("read.limits"), "grey")


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


def _scale_rules(report: ClientMonth, words: Wording) -> Iterable[str]:
    for facts in report.scales:
        scale = facts.course.scale
        if scale.caseness is not None:
            yield words.sentence(
                "read.rule.cutoff",
                instrument=scale.instrument,
                value=scale.caseness.value,
                meaning=scale.caseness.meaning,
                sure=words.term("sure", scale.caseness.verified),
                step=scale.step,
            )
        if scale.reliable_change is None:
            yield words.sentence(
                "read.rule.no_reliable_change", instrument=scale.instrument
            )
        else:
            yield words.sentence(
                "read.rule.reliable_change",
                instrument=scale.instrument,
                value=scale.reliable_change,
                source=scale.reliable_change_source,
                step=scale.step,
            )


def _thresholds(report: ClientMonth, words: Wording) -> Iterable[str]:
    rule = report.settings.thresholds
    yield words.sentence(
        "read.rule.trend",
        scores=rule.trend_min_scores,
        weeks=rule.trend_min_weeks,
        improving=rule.improving,
        plateau=rule.plateau_flat,
    )
    yield words.sentence(
        "read.rule.plateau",
        weeks=rule.plateau_min_weeks,
        scores=rule.plateau_min_scores,
        strong=rule.plateau_strong,
    )
    yield words.sentence("read.rule.flat", weeks=rule.flat_weeks_per_reliable_change)
    yield words.sentence(
        "read.rule.setback",
        threshold=words.formats.number(rule.setback, 2),
        weeks=rule.early_dip_weeks,
    )
    yield words.sentence("read.rule.overdue", intervals=rule.overdue_intervals)
    yield words.sentence("read.rule.usual_range")
