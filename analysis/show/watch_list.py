"""Who needs a look now: the practice lead's list of open clients."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
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

# Printed rows: two pages. The others are counted and stand in the HTML report.
MOST_PRINTED = 40
# Ids named in one line, and clinicians in the table, before the rest is counted.
MOST_NAMED = 12
MOST_CLINICIANS = 24
# Height of the small line, in millimetres: rows stay low, two pages hold the list.
_LINE_MM = 4.6


def blocks(report: CaseloadReport, words: Wording) -> Iterable[Any]:
    """Open clients to look at, most urgent kind first; ids, no names."""
    watch = report.period.watch
    if not watch.is_known:
        return
    yield heading(report, words)
    if watch.clients:
        yield _table(report, words)
    left_out = len(watch.clients) - MOST_PRINTED
    if left_out > 0:
        kinds = Counter(one.kind for one in watch.clients[MOST_PRINTED:])
        yield Paragraph(
            words.sentence(
                "watch.not_printed", n=left_out, kinds=_counted(kinds, words)
            ),
            "strong",
        )
    yield from closing(report, words)
    yield Paragraph(words.sentence("watch.ids"), "grey")


def _counted(kinds: Mapping[str, int], words: Wording) -> list[str]:
    return [
        words.sentence("watch.of_kind", n=n, kind=words.term("kind", kind).lower())
        for kind, n in kinds.items()
    ]


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
        yield Box(tuple(_lifted(report, words)))
    if report.viewer:
        return
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
        ("client", "left", 0.85),
        ("clinician", "left", 1.0),
        ("what", "left", 3.3),
        ("scores", "left", 0.95),
        ("since", "right", 0.9),
        ("last", "right", 0.9),
        ("next", "left", 1.35),
    )
    heads = tuple(
        Head(words.sentence(f"watch.head_{name}"), align, share)
        for name, align, share in shares
    )
    clients = report.period.watch.clients[:MOST_PRINTED]
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
        Cell(what_line(one, report, words) + _also(one, words)),
        _last_scores(one, words),
        Cell(day(one.since)),
        Cell("–" if one.last_score is None else day(one.last_score)),
        Cell(next_line(one, words)),
    )


def next_line(one: Watch, words: Wording) -> str:
    """When to look next, by the most urgent flag."""
    return words.sentence("watch.next", kind=one.kind)


def _also(one: Watch, words: Wording) -> str:
    """Further kinds of flag, each once; the HTML report names their scales."""
    kinds = dict.fromkeys(kind for kind, _ in one.also if kind != one.kind)
    if not kinds:
        return ""
    flags = [words.term("kind", kind).lower() for kind in kinds]
    return words.sentence("watch.also", flags=flags)


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
            height_mm=_LINE_MM,
            width_mm=17.0,
        ),
    )


def _lifted(report: CaseloadReport, words: Wording) -> Iterable[tuple[str, str]]:
    """Good news by kind: a line each, with the clients."""
    by_kind: dict[str, list[str]] = {}
    for one in report.period.watch.lifted:
        by_kind.setdefault(one.kind, []).append(one.client_id)
    label = words.sentence("watch.lifted_label")
    if not by_kind:
        yield label, words.sentence("watch.lifted_none")
        return
    for number, (kind, ids) in enumerate(by_kind.items()):
        what = words.sentence("watch.lifted_what", kind=kind)
        named = words.sentence(
            "watch.lifted", what=what, clients=_named(ids, MOST_NAMED, words)
        )
        yield (label if number == 0 else "", named)


def _named(ids: Sequence[str], most: int, words: Wording) -> str:
    """So many ids, then how many more."""
    shown = ", ".join(ids[:most])
    if len(ids) <= most:
        return shown
    return words.sentence("watch.and_more", ids=shown, n=len(ids) - most)


def _by_clinician(report: CaseloadReport, words: Wording) -> Table:
    none = words.sentence("said.none")
    heads = (
        Head(words.sentence("watch.head_clinician"), "left", 1.4),
        Head(words.sentence("watch.head_open"), "right", 0.9),
        Head(words.sentence("watch.head_together"), "left", 4.0),
    )
    looks = report.period.watch.by_clinician
    rows = [
        (
            Cell(one.name),
            Cell(str(one.n_open)),
            Cell(_named(one.to_look_at, MOST_NAMED, words) or none),
        )
        for one in looks[:MOST_CLINICIANS]
    ]
    if len(looks) > MOST_CLINICIANS:
        rest = looks[MOST_CLINICIANS:]
        said = words.sentence(
            "watch.more_clinicians",
            n=len(rest),
            flagged=sum(len(one.to_look_at) for one in rest),
        )
        n_open = str(sum(one.n_open for one in rest))
        rows.append((Cell("…"), Cell(n_open), Cell(said)))
    return Table(heads, tuple(rows))
