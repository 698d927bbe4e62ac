"""Who needs a look now: the practice lead's list of open clients."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from analysis.blocks import (
    Box,
    Cell,
    Head,
    PageTitle,
    Paragraph,
    Section,
    Status,
    Table,
)
from analysis.caseload.records import Watch
from analysis.charts import line_picture
from analysis.reports import CaseloadReport
from analysis.wording import Wording, watch_line


def blocks(report: CaseloadReport, words: Wording) -> Iterable[Any]:
    """Open clients to look at, most urgent kind first; ids, no names."""
    watch = report.period.watch
    if not watch.is_known:
        return
    yield heading(report, words)
    if watch.clients:
        yield _table(report, words)
    yield from closing(report, words)
    yield Paragraph(words.sentence("watch.ids"), "grey")


def heading(report: CaseloadReport, words: Wording) -> PageTitle:
    """How many need a look, and how many chance alone would flag."""
    watch = report.period.watch
    chance = words.sentence(
        "watch.chance", expected=watch.expected_by_chance, n=watch.n_judged
    )
    parts = (words.sentence("watch.note"), chance, words.sentence("watch.verdict"))
    return PageTitle(
        words.sentence("watch.title", flagged=watch.n_flagged, open=watch.n_open),
        " ".join(part for part in parts if part),
    )


def closing(report: CaseloadReport, words: Wording) -> Iterable[Any]:
    """What stands under the list: flags lifted, clients by clinician."""
    watch = report.period.watch
    if not watch.clients:
        yield Paragraph(words.sentence("watch.nobody"))
    if watch.lifted_is_known:
        yield Box(((words.sentence("watch.lifted_label"), _lifted(report, words)),))
    yield Section(
        words.sentence("watch.by_clinician"), words.sentence("watch.by_clinician_note")
    )
    yield _by_clinician(report, words)


def what_line(one: Watch, report: CaseloadReport, words: Wording) -> str:
    """Why the client stands on the list, in a few words."""
    return watch_line(
        words,
        one.kind,
        one.grade,
        one.since,
        one.evidence,
        one.scale,
        names=report.names,
    )


def _table(report: CaseloadReport, words: Wording) -> Table:
    shares: tuple[tuple[str, Literal["left", "right"], float], ...] = (
        ("flag", "left", 1.5),
        ("client", "left", 0.9),
        ("clinician", "left", 1.2),
        ("what", "left", 2.6),
        ("scores", "left", 1.4),
        ("since", "right", 0.8),
        ("last", "right", 0.9),
    )
    heads = tuple(
        Head(words.sentence(f"watch.head_{name}"), align, share)
        for name, align, share in shares
    )
    clients = report.period.watch.clients
    rows, starts = [], []
    for number, one in enumerate(clients):
        is_first = number == 0 or clients[number - 1].kind != one.kind
        if is_first:
            starts.append(number)
        rows.append(_row(one, report, words, is_first))
    return Table(heads, tuple(rows), tuple(starts))


def _row(
    one: Watch, report: CaseloadReport, words: Wording, is_first: bool
) -> tuple[Cell, ...]:
    shape = words.terms["shape"][one.kind]
    kind = words.term("kind", one.kind)
    day = words.formats.short_day
    return (
        Cell("", is_strong=True, status=Status(shape, kind) if is_first else None),
        Cell(one.client_id, is_strong=True),
        Cell(report.settings.clinician_name(one.clinician_id)),
        Cell(what_line(one, report, words)),
        _last_scores(one, words),
        Cell(day(one.since)),
        Cell("–" if one.last_score is None else day(one.last_score)),
    )


def _last_scores(one: Watch, words: Wording) -> Cell:
    scale = one.scores_scale
    if len(one.scores) < 2 or scale is None:
        return Cell(words.sentence("watch.none_since"), tone="grey")
    return Cell(
        "",
        picture=line_picture(
            one.scores,
            since=one.scores[0][0],
            until=one.scores[-1][0],
            low=scale.low,
            high=scale.high,
            height_mm=6.0,
        ),
    )


def _lifted(report: CaseloadReport, words: Wording) -> str:
    lifted = report.period.watch.lifted
    if not lifted:
        return words.sentence("watch.lifted_none")
    return " · ".join(
        words.sentence(
            "watch.lifted",
            client=one.client_id,
            what=words.sentence("watch.lifted_what", kind=one.kind),
        )
        for one in lifted
    )


def _by_clinician(report: CaseloadReport, words: Wording) -> Table:
    heads = (
        Head(words.sentence("watch.head_clinician"), "left", 1.4),
        Head(words.sentence("watch.head_open"), "right", 0.9),
        Head(words.sentence("watch.head_together"), "left", 4.0),
    )
    rows = tuple(
        (
            Cell(one.name),
            Cell(str(one.n_open)),
            Cell(", ".join(one.to_look_at) or words.sentence("said.none")),
        )
        for one in report.period.watch.by_clinician
    )
    return Table(heads, rows)
