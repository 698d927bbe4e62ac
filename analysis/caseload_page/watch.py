"""The watch list as data for the page's table, and the controls around it.

Ids only, no names of clients. What many rows share (clinicians, programmes, days) is
written once, so that a large practice's list stays small.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from html import escape
from typing import Any

from analysis.caseload.records import Watch
from analysis.caseload_page.setting import paragraph, scrolling
from analysis.look.shapes import shape_symbols
from analysis.reports import CaseloadReport
from analysis.show.watch_list import next_line, what_line
from analysis.wording import Wording, label

# With more clients than this the least urgent are left out, and the page says so:
# it has to stay a file that can be sent and opened anywhere.
MOST_LISTED = 20_000
# Small lines are the heaviest part of a row: drawn for the most urgent only.
MOST_DRAWN = 10_000
# The small line, in pixels.
_WIDTH, _HEIGHT, _EDGE = 96, 24, 4

# Texts that many rows share, by column, with the number each is written as.
Known = dict[str, dict[str, int]]

_COLUMNS = (
    "flag",
    "client",
    "clinician",
    "programme",
    "what",
    "scores",
    "since",
    "last",
    "next",
)
_FILTERS = ("kind", "clinician", "programme")


def controls_html(report: CaseloadReport, words: Wording) -> str:
    """Filters, the empty table that the script fills, and what the list leaves out."""
    clients = report.period.watch.clients
    kinds = {words.terms["shape"][one.kind] for one in clients}
    selects = "".join(_select(name, words) for name in _FILTERS)
    search = (
        f'<label for="find-client">{escape(words.sentence("html.client"))}</label>'
        '<input id="find-client" type="search" autocomplete="off" spellcheck="false">'
    )
    buttons = "".join(
        f'<button type="button" id="{name}">{escape(words.sentence(f"html.{name}"))}'
        "</button>"
        for name in ("clear", "csv", "xlsx")
    )
    return (
        shape_symbols(kinds)
        + f'<noscript><p class="box">{escape(words.sentence("html.no_script"))}</p>'
        "</noscript>"
        f'<form class="filters" role="search" '
        f'aria-label="{escape(words.sentence("html.filters"))}">'
        f"{selects}<div>{search}</div><div class='buttons'>{buttons}</div></form>"
        '<p id="watch-shown" class="grey"></p>'
        + scrolling(_empty_table(words), words.sentence("html.list"))
        + "".join(paragraph(line, "grey") for line in _left_out(len(clients), words))
    )


def list_data(report: CaseloadReport, words: Wording) -> str:
    """The list as JSON that cannot end the element it stands in."""
    clients = report.period.watch.clients[:MOST_LISTED]
    shared = ("clinicians", "programmes", "days", "also", "nexts")
    known: Known = {name: {} for name in shared}
    rows = [
        _row(one, known, report, words, is_drawn=number < MOST_DRAWN)
        for number, one in enumerate(clients)
    ]
    data = {
        "rows": rows,
        "kinds": _kinds(clients, words),
        **{name: list(texts) for name, texts in known.items()},
        "days": [[day, _short(day, words)] for day in known["days"]],
        "words": _script_words(report, words),
    }
    return json_text(data)


def json_text(data: Any) -> str:
    """JSON for a script element: nothing in it is markup or ends a script's line."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def _row(
    one: Watch, known: Known, report: CaseloadReport, words: Wording, *, is_drawn: bool
) -> list[Any]:
    """What the script reads as kind, client, clinician, programme, what, also, …"""
    last = one.last_score
    programme = one.programme or words.sentence("said.no_programme")
    return [
        one.kind,
        one.client_id,
        _number(known["clinicians"], report.settings.clinician_name(one.clinician_id)),
        _number(known["programmes"], programme),
        what_line(one, report, words),
        _number(known["also"], _also(one, report, words)),
        _number(known["days"], one.since.isoformat()),
        -1 if last is None else _number(known["days"], last.isoformat()),
        _line(one) if is_drawn else "",
        list(dict.fromkeys(kind for kind, _ in one.also)),
        _number(known["nexts"], next_line(one, words)),
    ]


def _number(texts: dict[str, int], text: str) -> int:
    """The number of a text in the order they are first met."""
    return texts.setdefault(text, len(texts))


def _kinds(clients: Iterable[Watch], words: Wording) -> Mapping[str, list[str]]:
    """Word and shape of every kind on the list."""
    found: dict[str, None] = {}
    for one in clients:
        found.update(dict.fromkeys((one.kind, *(kind for kind, _ in one.also))))
    return {
        kind: [words.term("kind", kind), words.terms["shape"][kind]] for kind in found
    }


def _also(one: Watch, report: CaseloadReport, words: Wording) -> str:
    """Further flags of the client, each kind once with the scales it stands for."""
    if not one.also:
        return ""
    scales = {scale.id: scale for scale in report.period.scales}
    kinds: dict[str, list[str]] = {}
    for kind, scale in one.also:
        known = scales.get(scale or "")
        about = kinds.setdefault(words.term("kind", kind), [])
        if known is not None:
            about.append(label(words, known))
    flags = [
        words.sentence("html.also_flag", flag=kind, scales=about or None)
        for kind, about in kinds.items()
    ]
    return words.sentence("html.also", flags=flags)


def _short(day: str, words: Wording) -> str:
    return words.formats.short_day(date.fromisoformat(day))


def _line(one: Watch) -> str:
    """The latest scores as places in a small drawing, on the scale's full range."""
    scale = one.scores_scale
    if scale is None or len(one.scores) < 2:
        return ""
    first, last = one.scores[0][0], one.scores[-1][0]
    days, span = max((last - first).days, 1), scale.high - scale.low
    across, up = _WIDTH - 2 * _EDGE, _HEIGHT - 2 * _EDGE
    return " ".join(
        f"{_EDGE + across * (day - first).days / days:.0f},"
        f"{_EDGE + up * (scale.high - value) / span:.0f}"
        for day, value in one.scores
    )


def _select(name: str, words: Wording) -> str:
    title = escape(words.sentence(f"html.{name}"))
    every = escape(words.sentence(f"html.every_{name}"))
    return (
        f'<div><label for="filter-{name}">{title}</label>'
        f'<select id="filter-{name}"><option value="">{every}</option></select></div>'
    )


def _empty_table(words: Wording) -> str:
    heads = "".join(
        f'<th scope="col">{escape(text)}</th>' for text in _heads(words).values()
    )
    name = escape(words.sentence("html.list"))
    return (
        f'<table id="watch-list"><caption class="unseen">{name}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody></tbody></table>"
    )


def _heads(words: Wording) -> Mapping[str, str]:
    return {
        name: words.sentence(
            "html.programme" if name == "programme" else f"watch.head_{name}"
        )
        for name in _COLUMNS
    }


def _left_out(n: int, words: Wording) -> Iterable[str]:
    if n > MOST_LISTED:
        yield words.sentence("html.not_listed", n=MOST_LISTED, of=n)
    if n > MOST_DRAWN:
        yield words.sentence("html.not_drawn", n=MOST_DRAWN)


def _script_words(report: CaseloadReport, words: Wording) -> Mapping[str, Any]:
    """What the script says, worded here."""
    said = {
        name: words.sentence(f"html.{name}")
        for name in (
            "kind", "clinician", "programme", "client", "none", "empty", "shown",
            "shown_none", "shown_filtered", "per_page", "all_rows", "first", "previous",
            "next", "last", "page", "sort", "sort_reverse", "sort_remove", "no_scores",
            "also_head",
        )
    }  # fmt: skip
    name = f"watch-list-{report.period.until:%Y-%m}"
    return {**said, "heads": _heads(words), "file": name, "missing": "–"}
