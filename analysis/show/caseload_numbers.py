"""The practice lead's last page: every number with its rule, and definitions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from analysis.blocks import Cell, Head, PageTitle, Paragraph, Section, Table
from analysis.caseload.records import EffectSize, OutcomeRate
from analysis.reports import CaseloadReport
from analysis.wording import Wording, label

# Scales whose change is standardised on the page, most pairs first.
_MOST_SCALES = 6


def method(report: CaseloadReport, words: Wording) -> Iterable[Any]:
    """Rates in full by both rules, sizes of change, definitions, who would change."""
    period = report.period
    sentence = words.sentence
    yield PageTitle(sentence("method.title"), sentence("method.limits"))
    yield Section(sentence("method.numbers"), sentence("method.numbers_note"))
    yield _numbers(report, words)
    if period.effect_sizes:
        yield Section(sentence("outcome.effect_title"), sentence("outcome.effect_note"))
        yield _effects(period.effect_sizes, words)
        if period.is_shared:
            yield Paragraph(sentence("method.coarse"), "fine")
    yield from _diff(report, words)
    yield Section(sentence("method.rules"), words.term("rule", period.rule.id))
    for one in period.definitions:
        yield Paragraph(
            sentence("method.definition", title=one.title, rule=one.rule)
            + " "
            + sentence("method.source", source=one.source),
            "fine",
        )


def _numbers(report: CaseloadReport, words: Wording) -> Table:
    """Count, interval, bounds and published denominator of every rate."""
    period = report.period
    names = ("outcome", "rule", "count", "share", "interval", "bounds", "official")
    shares = (2.1, 0.8, 1.2, 0.7, 1.3, 1.6, 1.7)
    heads = tuple(
        Head(words.sentence(f"method.number_{name}"), "left", share)
        for name, share in zip(names, shares, strict=True)
    )
    rows: list[tuple[Cell, ...]] = []
    starts: list[int] = []
    other = {rate.outcome: rate for rate in period.other_outcomes}
    for rate in period.outcomes:
        starts.append(len(rows))
        rows.append(_number_row(rate, period.rule.id, words))
        theirs = period.diff.other_rule
        rows.append(_number_row(other[rate.outcome], theirs, words))
    return Table(heads, tuple(rows), tuple(starts))


def _number_row(rate: OutcomeRate, rule: str, words: Wording) -> tuple[Cell, ...]:
    hidden, none = words.sentence("said.hidden"), words.sentence("said.none")
    texts = [hidden] * 5
    if rate.rate is not None and rate.rate.value is None:
        texts = [none] * 5
    elif rate.rate is not None and rate.rate.value is not None:
        texts = [
            words.sentence("said.count", count=rate.rate.count, of=rate.rate.of),
            words.formats.percent(rate.rate.value),
            _range(rate.low, rate.high, words),
            _range(rate.worst, rate.best, words),
            _official(rate, words),
        ]
    # printed once a group, but told with every row
    name = words.term("outcome", rate.outcome)
    return (
        Cell(name, is_strong=True),
        Cell(words.sentence("method.rule_id", rule=rule)),
        *(Cell(text) for text in texts),
    )


def _range(low: float | None, high: float | None, words: Wording) -> str:
    if low is None or high is None:
        return words.sentence("said.hidden")
    return words.sentence("method.range", low=low, high=high)


def _official(rate: OutcomeRate, words: Wording) -> str:
    one = rate.official
    if one is None:
        return words.sentence("said.hidden")
    if one.value is None:
        return words.sentence("said.none")
    return words.sentence(
        "method.official", share=one.value, count=one.count, of=one.of
    )


def _effects(sizes: tuple[EffectSize, ...], words: Wording) -> Table:
    """One row a scale: means, and the change by each of three SDs."""
    by_scale: dict[str, dict[str, EffectSize]] = {}
    for size in sizes:
        by_scale.setdefault(size.scale.id, {})[size.by] = size
    heads = (
        Head(words.sentence("outcome.effect_scale"), "left", 2.1),
        Head(words.sentence("outcome.effect_n"), "right", 0.55),
        Head(words.sentence("outcome.effect_before"), "right", 0.6),
        Head(words.sentence("outcome.effect_after"), "right", 0.6),
        Head(words.sentence("method.effect_before"), "right", 2.0),
        Head(words.sentence("method.effect_both"), "right", 2.0),
        Head(words.sentence("method.effect_change"), "right", 2.0),
    )
    rows = tuple(
        _effect_row(own, words) for own in list(by_scale.values())[:_MOST_SCALES]
    )
    return Table(heads, rows)


def _effect_row(own: dict[str, EffectSize], words: Wording) -> tuple[Cell, ...]:
    one = own["pre"]
    number, signed = words.formats.number, words.formats.signed
    sizes = (
        words.sentence(
            "outcome.effect",
            value=signed(size.value, 2),
            low=signed(size.low, 2),
            high=signed(size.high, 2),
        )
        for size in (own["pre"], own["both"], own["change"])
    )
    return (
        Cell(f"{label(words, one.scale)} ({one.scale.instrument})"),
        Cell(number(one.n)),
        Cell(number(one.mean_before, 1)),
        Cell(number(one.mean_after, 1)),
        *(Cell(text) for text in sizes),
    )


def _diff(report: CaseloadReport, words: Wording) -> Iterable[Any]:
    diff = report.period.diff
    rule = words.term("rule", diff.other_rule)
    yield Section(words.sentence("method.diff"), rule)
    if diff.n_episodes is None:
        yield Paragraph(words.sentence("method.diff_hidden"), "grey")
        return
    n_changed = int(diff.pairs["n"].fillna(0).sum()) if len(diff.pairs) else 0
    if not n_changed:
        yield Paragraph(words.sentence("method.diff_none", rule=rule))
        return
    yield Paragraph(words.sentence("method.diff_some", n=n_changed, rule=rule))
    for row in diff.pairs.itertuples():
        before, after = row[1], row[2]
        yield Paragraph(
            words.sentence(
                "method.diff_line",
                n=row.n,
                before=words.term("outcome", before).lower(),
                after=words.term("outcome", after).lower(),
            ),
            "grey",
        )
