"""The practice lead's later pages: months, comparison, signs, staying, method."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from analysis.blocks import Cell, Chart, Columns, Head, PageTitle, Paragraph, Section
from analysis.blocks import Table as TableBlock
from analysis.caseload.records import Funnel
from analysis.charts import (
    adjusted_picture,
    control_picture,
    funnel_picture,
    migration_picture,
    scatter_picture,
    signs_picture,
    staying_picture,
)
from analysis.reports import CaseloadReport
from analysis.wording import Wording, label

# The outcomes whose months are drawn; the others stand in the table of page one.
_DRAWN = ("reliable_improvement", "recovery", "reliable_deterioration")
_MOST_SCALES = 2


def over_time(report: CaseloadReport, words: Wording) -> Iterable[Any]:
    """Monthly control charts, scatter of first and last scores, severity migration."""
    period = report.period
    yield PageTitle(words.sentence("time.title"), words.sentence("time.control_note"))
    for chart in period.monthly:
        if chart.outcome in _DRAWN and len(chart.points):
            outcome = words.term("outcome", chart.outcome)
            yield Chart(
                words.sentence("time.control", outcome=outcome),
                control_picture(chart, words=words),
                axis=words.sentence("time.trial") if chart.is_trial else "",
            )
    scatters = [
        Chart(
            words.sentence("time.scatter", label=label(words, pairs.scale)),
            scatter_picture(pairs, words=words),
            axis=words.sentence("time.scatter_note", n=pairs.n),
            width="half",
        )
        for pairs in period.pairs[:_MOST_SCALES]
    ]
    if scatters:
        yield Columns((scatters[0],), tuple(scatters[1:]), split=(6, 6))
    for migration in period.migrations[:1]:
        if migration.n:
            yield Chart(
                words.sentence("time.migration", label=label(words, migration.scale)),
                migration_picture(migration, words=words),
            )


def compared(report: CaseloadReport, words: Wording) -> Iterable[Any]:
    """Funnels by programme and clinician; never sorted into a ranking."""
    funnels = report.period.funnels
    drawn = [funnel for funnel in funnels if len(funnel.points)]
    head = PageTitle if drawn else Section
    yield head(words.sentence("fair.title"), words.sentence("fair.note"))
    if not drawn:
        yield Paragraph(words.sentence("fair.none"))
    for funnel in funnels:
        yield from _funnel(funnel, words)


def _funnel(funnel: Funnel, words: Wording) -> Iterable[Any]:
    by = words.term("group", funnel.by)
    if len(funnel.points):
        outside = int((funnel.points["side"] != "inside").sum())
        yield Chart(
            words.sentence("fair.funnel", by=by),
            funnel_picture(funnel, words=words),
            axis=words.sentence("fair.method", method=funnel.method),
        )
        yield Paragraph(words.sentence("fair.outside", n=outside), "grey")
    if len(funnel.adjusted):
        yield Chart(
            words.sentence("fair.adjusted", by=by),
            adjusted_picture(funnel, words=words),
            axis=words.sentence("fair.adjusted_note"),
        )
    if funnel.n_suppressed:
        yield Paragraph(
            words.sentence(
                "fair.suppressed", n=funnel.n_suppressed, least=funnel.least_n
            ),
            "grey",
        )


def signs(report: CaseloadReport, words: Wording) -> Iterable[Any]:
    """Signs across the caseload, which move first, and goals."""
    period = report.period
    note = ""
    if period.signs.n_clients is not None:
        note = words.sentence("life.signs_note", n=period.signs.n_clients)
    yield PageTitle(words.sentence("life.signs"), note)
    if len(period.signs.counts):
        yield Chart("", signs_picture(period.signs, words=words))
    else:
        yield Paragraph(words.sentence("life.signs_none"))
    yield Section(words.sentence("life.goals"))
    counts = period.goals
    if None not in (counts.set, counts.revised, counts.met, counts.open):
        yield Paragraph(
            words.sentence(
                "life.goals_line",
                set=counts.set,
                revised=counts.revised,
                met=counts.met,
                open=counts.open,
            )
        )
    with_goals = counts.clients_with_goals
    if with_goals is not None and with_goals.of:
        yield Paragraph(
            words.sentence(
                "life.goals_clients", count=with_goals.count, of=with_goals.of
            )
        )


def staying(report: CaseloadReport, words: Wording) -> Iterable[Any]:
    """Sessions and weeks in therapy, endings."""
    period = report.period
    yield Section(words.sentence("life.staying"), words.sentence("life.staying_note"))
    if period.staying.n:
        yield Chart("", staying_picture(period.staying, words=words))
    for line in _staying_lines(report, words):
        yield Paragraph(line)


def _staying_lines(report: CaseloadReport, words: Wording) -> Iterable[str]:
    facts, stay = report.period.sessions, report.period.staying
    if facts.attended is not None and facts.missed is not None:
        yield words.sentence(
            "life.sessions", attended=facts.attended, missed=facts.missed
        )
    quartiles = {
        "median": facts.median_per_course,
        "quarter": facts.quarter_per_course,
        "three_quarters": facts.three_quarters_per_course,
    }
    if None not in quartiles.values():
        yield words.sentence("life.per_course", **quartiles)
    if facts.median_weeks is not None:
        yield words.sentence("life.weeks", weeks=facts.median_weeks)
    if None not in (stay.planned, stay.unplanned, stay.reason_unknown):
        yield words.sentence(
            "life.endings",
            planned=stay.planned,
            unplanned=stay.unplanned,
            unknown=stay.reason_unknown,
        )
    if stay.dropped_out is not None and stay.dropped_out.of:
        yield words.sentence(
            "life.dropped_out", count=stay.dropped_out.count, of=stay.dropped_out.of
        )


def method(report: CaseloadReport, words: Wording) -> Iterable[Any]:
    """Every metric's rule with its source, and who changes under the other rule."""
    period = report.period
    yield PageTitle(words.sentence("method.title"), words.sentence("method.limits"))
    if period.effect_sizes:
        yield Section(
            words.sentence("outcome.effect_title"),
            words.sentence("outcome.effect_note"),
        )
        yield _effects(report, words)
    yield Section(words.sentence("method.title"), words.term("rule", period.rule.id))
    for one in period.definitions:
        yield Paragraph(
            words.sentence("method.definition", title=one.title, rule=one.rule)
            + " "
            + words.sentence("method.source", source=one.source),
            "fine",
        )
    yield from _diff(report, words)


def _effects(report: CaseloadReport, words: Wording) -> TableBlock:
    heads = (
        Head(words.sentence("outcome.effect_scale"), "left", 2.4),
        Head(words.sentence("outcome.effect_n"), "right", 0.6),
        Head(words.sentence("outcome.effect_before"), "right", 0.8),
        Head(words.sentence("outcome.effect_after"), "right", 0.8),
        Head(words.sentence("outcome.effect_size"), "right", 2.0),
        Head(words.sentence("outcome.effect_sd"), "left", 2.0),
    )
    number = words.formats.number
    rows = tuple(
        (
            Cell(f"{label(words, one.scale)} ({one.scale.instrument})"),
            Cell(number(one.n)),
            Cell(number(one.mean_before, 1)),
            Cell(number(one.mean_after, 1)),
            Cell(
                f"{words.formats.signed(one.value, 2)} "
                f"({words.formats.signed(one.low, 2)} to "
                f"{words.formats.signed(one.high, 2)})"
            ),
            Cell(words.term("sd", one.by)),
        )
        for one in report.period.effect_sizes
    )
    return TableBlock(heads, rows)


def _diff(report: CaseloadReport, words: Wording) -> Iterable[Any]:
    diff = report.period.diff
    rule = words.term("rule", diff.other_rule)
    yield Section(words.sentence("method.diff"), rule)
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
