"""Qualtrics: three header rows (names, questions, JSON), or two in older exports."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from analysis.importers.layout import NONE, Layout, Plan, Rules, When
from analysis.importers.sheets.reshaping import column, renamed, without_top
from analysis.importers.sheets.sheet import Refusal, Said, Sheet
from analysis.importers.systems.plain import refuse_without, wide_plan
from analysis.importers.systems.wide_forms import listed
from analysis.importers.values.faults import Fault, fault
from analysis.importers.values.vocabulary import Field, plain
from analysis.importers.values.wording import fields_by_stem, fields_by_wording

_NAMES = ("StartDate", "EndDate", "Finished")
_DATES = ("EndDate", "RecordedDate", "StartDate")
_CLIENTS = ("ExternalReference", "ExternalDataReference")
# What is no answer of a client: codes and words of the column Status.
_NO_ANSWERS = {
    "1": "preview",
    "survey preview": "preview",
    "2": "test",
    "survey test": "test",
    "8": "spam",
    "spam": "spam",
    "9": "preview",
}
_UNFINISHED = frozenset(("false", "0", "no", "falsch", "faux"))


def recognise(sheet: Sheet, rules: Rules) -> Plan | Refusal | None:
    """The layout of a Qualtrics export, or None where it is none."""
    found = with_headers(sheet)
    if found is None:
        return None
    sheet, questions, imports = found
    fields = _fields(sheet, questions, rules)
    said: tuple[Said, ...] = ()
    if not fields:
        fields, said = fields_by_stem(questions)
    if not fields:
        return Refusal(
            "is a Qualtrics export whose questions are not known: "
            f"{listed([q for q in sheet.names if q not in _DATES])}. Name them in a "
            "profile.",
            "needs_config",
            sheet,
        )
    client = _client(sheet, rules)
    day = next((n for n in _DATES if n in sheet.names), "")
    if client == NONE or not day:
        refusal = refuse_without(sheet, ["client" if day else "date"])
        return replace(refusal, sheet=sheet)
    when = When(date=sheet.names.index(day), zone=zone_of(sheet, imports))
    known = Layout(
        "Qualtrics", client=client, when=when, faults=no_answers(sheet), said=said
    )
    plan = wide_plan(sheet, fields, rules, known)
    return replace(plan, sheet=sheet) if isinstance(plan, Refusal) else plan


def with_headers(
    sheet: Sheet,
) -> tuple[Sheet, Sequence[str], Sequence[str]] | None:
    """The sheet below its headers, the questions, and the JSON row if there is one."""
    top = [sheet.cells(row) for row in range(min(2, len(sheet.rows)))]
    if all(name in sheet.names for name in _NAMES):
        if len(top) == 2 and any(cell.startswith('{"ImportId"') for cell in top[1]):
            return without_top(sheet, 2), top[0], top[1]
        # an export of the interface: names alone
        return sheet, sheet.names, ()
    if top and sheet.names[:1] == ("V1",) and "StartDate" in top[0]:
        names = [
            below if above.startswith("V") and above[1:].isdigit() else above
            for above, below in zip(sheet.names, top[0], strict=True)
        ]
        return renamed(without_top(sheet, 1), names), top[0], ()
    return None


def _fields(
    sheet: Sheet, questions: Sequence[str], rules: Rules
) -> Mapping[int, Field]:
    by_name = rules.vocabulary.fields_of(sheet.names)
    return by_name or fields_by_wording(questions, rules.measures)


def _client(sheet: Sheet, rules: Rules) -> int:
    """An embedded field that names the client goes before the external reference."""
    others = [n if n not in _CLIENTS else "" for n in sheet.names]
    embedded = rules.vocabulary.role("client_id", others)
    if embedded != NONE:
        return embedded
    names = [plain(name) for name in sheet.names]
    wanted = [plain(name) for name in _CLIENTS]
    return next((names.index(name) for name in wanted if name in names), NONE)


def zone_of(sheet: Sheet, imports: Sequence[str]) -> str:
    """The time zone that the JSON row names for the day of a response."""
    day = next((n for n in _DATES if n in sheet.names), "")
    return _zone(imports[sheet.names.index(day)]) if day and imports else ""


def _zone(cell: str) -> str:
    try:
        zone = str(json.loads(cell).get("timeZone", ""))
        return ZoneInfo(zone).key if zone else ""
    except (json.JSONDecodeError, AttributeError, ZoneInfoNotFoundError, ValueError):
        return ""


def no_answers(sheet: Sheet) -> tuple[Fault, ...]:
    """Previews, tests and spam, and responses that were not finished."""
    statuses = [
        _NO_ANSWERS.get(s.strip().casefold(), "") for s in column(sheet, "Status")
    ]
    none = np.array([bool(status) for status in statuses], dtype=bool)
    finished = [f.strip().casefold() in _UNFINISHED for f in column(sheet, "Finished")]
    unfinished = np.array(finished, dtype=bool) & ~none
    reasons = [status for status in statuses if status]
    return (
        *fault(
            "ignored", "no answers of clients", np.flatnonzero(none), reasons, "note"
        ),
        *fault(
            "quarantined",
            "the response is unfinished",
            np.flatnonzero(unfinished),
            [""],
            "note",
        ),
    )
