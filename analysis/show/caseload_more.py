"""The practice lead's later pages: months, comparison, signs, staying, method."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from analysis.blocks import (
    Cell,
    Chart,
    Columns,
    Head,
    PageTitle,
    Paragraph,
    Section,
    Table,
)
from analysis.caseload.records import ControlChart, Funnel, Migration
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
_DRAWN = (
    "reliable_improvement",
    "recovery",
    "reliable_recovery",
    "reliable_deterioration",
)
_MOST_SCALES = 2
# Less than this between groups is as good as nothing.
_LEAST_SHARE = 0.005
# Width of a drawing in one of two columns.
_HALF_MM = 85.5
_SCATTER_MM = 70.0


def over_time(report: CaseloadReport, words: Wording) -> Iterable[Any]:
    """Monthly control charts, scatter of first and last scores, severity migration."""
    period = report.period
    drawn = [one for one in period.monthly if _may_be_drawn(one)]
    note = words.sentence("time.control_note") if drawn else ""
    yield PageTitle(words.sentence("time.title"), note)
    if not drawn:
        key = "time.none" if period.is_shared else "time.none_yet"
        yield Paragraph(words.sentence(key))
    controls = [_control(chart, words) for chart in drawn]
    for left in range(0, len(controls), 2):
        yield from _side_by_side(controls[left : left + 2])
    scatters = [
        Chart(
            words.sentence("time.scatter", label=label(words, pairs.scale)),
            scatter_picture(pairs, words=words, width_mm=_SCATTER_MM),
            axis=_scatter_note(pairs.n, pairs.n_drawn, words),
            width="half",
        )
        for pairs in period.pairs[:_MOST_SCALES]
    ]
    yield from _side_by_side(scatters)
    matrices = [
        _migration(migration, words)
        for migration in period.migrations[:_MOST_SCALES]
        if migration.n != 0
    ]
    yield from _side_by_side(matrices)
    if None not in period.sudden.values() and period.sudden:
        yield Paragraph(words.sentence("time.sudden", **period.sudden))


def _control(chart: ControlChart, words: Wording) -> Chart:
    outcome = words.term("outcome", chart.outcome)
    return Chart(
        words.sentence("time.control", outcome=outcome),
        control_picture(
            chart, words=words, width_mm=_HALF_MM, height_mm=30.0, with_counts=True
        ),
        axis=words.sentence("time.trial") if chart.is_trial else "",
        width="half",
    )


def _may_be_drawn(chart: ControlChart) -> bool:
    return chart.outcome in _DRAWN and bool(chart.points["share"].notna().any())


def _side_by_side(charts: list[Chart]) -> Iterable[Any]:
    if charts:
        yield Columns((charts[0],), tuple(charts[1:]), split=(6, 6))


def _scatter_note(n: int, drawn: int, words: Wording) -> str:
    if drawn < n:
        return words.sentence("time.scatter_sample", drawn=drawn, n=n)
    return words.sentence("time.scatter_note", n=n)


def _migration(migration: Migration, words: Wording) -> Chart:
    moved = {
        "better": migration.n_better,
        "same": migration.n_same,
        "worse": migration.n_worse,
    }
    note = words.sentence("time.migration_hidden")
    if None not in moved.values():
        note = words.sentence("time.migration_note", **moved)
    return Chart(
        words.sentence("time.migration", label=label(words, migration.scale)),
        migration_picture(migration, words=words, width_mm=_HALF_MM),
        axis=note,
        width="half",
    )


def compared(report: CaseloadReport, words: Wording) -> Iterable[Any]:
    """Funnels by programme and clinician; never sorted into a ranking."""
    funnels = report.period.funnels
    drawn = [funnel for funnel in funnels if len(funnel.points)]
    yield PageTitle(words.sentence("fair.title"), words.sentence("fair.note"))
    if not drawn:
        yield Paragraph(words.sentence("fair.none"))
    for funnel in funnels:
        yield from _funnel(funnel, report, words)


def _funnel(funnel: Funnel, report: CaseloadReport, words: Wording) -> Iterable[Any]:
    by = words.term("group", funnel.by)
    # a clinician's own view names their own point only
    is_own = bool(report.viewer) and funnel.by == "clinician"
    named = {report.viewer} if is_own else None
    if len(funnel.points):
        outside = int((funnel.points["side"] != "inside").sum())
        yield Chart(
            words.sentence("fair.funnel", by=by),
            funnel_picture(funnel, words=words, named=named),
            axis=words.sentence("fair.method", method=funnel.method),
        )
        said = [words.sentence("fair.outside", n=outside)]
        if is_own:
            said.append(words.sentence("fair.own"))
        if funnel.between_share is not None and funnel.between_share >= _LEAST_SHARE:
            said.append(words.sentence("fair.between", share=funnel.between_share))
        yield Paragraph(" ".join(said), "grey")
    if len(funnel.adjusted):
        yield Chart(
            words.sentence("fair.adjusted", by=by),
            adjusted_picture(funnel, words=words, named=named),
            axis=words.sentence("fair.adjusted_note"),
        )
    if funnel.n_suppressed:
        key = "fair.hidden" if report.is_shared else "fair.suppressed"
        said_of = {"n": funnel.n_suppressed, "least": funnel.least_n}
        yield Paragraph(words.sentence(key, **said_of), "grey")


def signs(report: CaseloadReport, words: Wording) -> Iterable[Any]:
    """Signs across the caseload, which move first, and goals."""
    period = report.period
    note = ""
    if period.signs.n_clients is not None:
        note = words.sentence("life.signs_note", n=period.signs.n_clients)
    # where there is nothing to compare, signs fill the page of the comparison
    head = PageTitle if any(len(one.points) for one in period.funnels) else Section
    yield head(words.sentence("life.signs"), note)
    if not len(period.signs.counts):
        yield Paragraph(words.sentence("life.signs_none"))
    else:
        heat = Chart("", signs_picture(period.signs, words=words))
        moves = tuple(_first_moves(report, words))
        yield Columns((heat,), moves, split=(8, 4)) if moves else heat
    yield Section(words.sentence("life.goals"))
    counts = period.goals
    figures = (counts.set, counts.revised, counts.met, counts.open)
    if not any(figures) and None not in figures:
        yield Paragraph(words.sentence("life.goals_none"), "grey")
    elif None not in figures:
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


def _first_moves(report: CaseloadReport, words: Wording) -> Iterable[Any]:
    """Which signs move first: weeks, and how many moved at all."""
    moves = report.period.signs.first_moves
    if not len(moves):
        return
    sentence = words.sentence
    yield Paragraph(sentence("life.first"), "strong")
    heads = (
        Head(sentence("life.first_sign"), "left", 2.4),
        Head(sentence("life.first_week"), "right", 1.0),
        Head(sentence("life.first_moved"), "right", 1.2),
    )
    rows = tuple(
        (
            Cell(words.term("sign", str(sign))),
            Cell(
                sentence("said.none")
                if math.isnan(row.median_week)
                else words.formats.number(row.median_week)
            ),
            Cell(sentence("said.count", count=int(row.moved), of=int(row.n))),
        )
        for sign, row in moves.iterrows()
    )
    yield Table(heads, rows)
    yield Paragraph(sentence("life.first_note"), "fine")


def staying(report: CaseloadReport, words: Wording) -> Iterable[Any]:
    """Sessions and weeks in therapy, endings."""
    period = report.period
    yield Section(words.sentence("life.staying"), words.sentence("life.staying_note"))
    if period.staying.n:
        yield Chart("", staying_picture(period.staying, words=words))
    elif period.is_shared:
        yield Paragraph(words.sentence("life.curve_stays"), "grey")
    for line in _staying_lines(report, words):
        yield Paragraph(line)


def _staying_lines(report: CaseloadReport, words: Wording) -> Iterable[str]:
    facts, stay = report.period.sessions, report.period.staying
    if facts.attended is not None and facts.missed is not None:
        n = facts.attended + facts.missed
        yield words.sentence(
            "life.sessions",
            attended=facts.attended,
            missed=facts.missed,
            share=facts.missed / n if n else 0.0,
        )
    if facts.basis == "score days":
        yield words.sentence("life.basis")
    if facts.clients is not None and facts.back_again is not None:
        yield words.sentence("life.back", clients=facts.clients, back=facts.back_again)
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
