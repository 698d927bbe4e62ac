"""LimeSurvey: CSV with semicolons, codes or questions as header."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from analysis.importers.layout import NONE, Layout, Plan, Rules, When
from analysis.importers.sheets.reshaping import column, renamed
from analysis.importers.sheets.sheet import Refusal, Sheet
from analysis.importers.systems.plain import refuse_without, wide_plan
from analysis.importers.values.faults import Fault, fault
from analysis.importers.values.wording import fields_by_wording

_NAMES = ("submitdate", "lastpage", "startlanguage", "seed", "datestamp", "startdate")
# phq9[SQ001] and phq9[1]: the question and the line inside it.
_LINE = re.compile(r"(.+)\[(?:SQ)?0*(\d{1,3})\]")
# Written where the survey keeps no time stamps.
_NO_STAMP = "1980-01-01"


def recognise(sheet: Sheet, rules: Rules) -> Plan | Refusal | None:
    """The layout of a LimeSurvey export, or None where it is none."""
    names = [_code(name) for name in sheet.names]
    if not is_export(sheet):
        return None
    made = renamed(sheet, [_line(name) for name in names])
    words = rules.vocabulary
    fields = words.fields_of(made.names) or fields_by_wording(names, rules.measures)
    if not fields:
        return None
    others = [n if n != "id" else "" for n in made.names]
    client = words.role("client_id", others)
    if client == NONE and "token" in names:
        client = names.index("token")
    stamps = [n for n in ("submitdate", "datestamp", "startdate") if n in names]
    if client == NONE or not stamps:
        return refuse_without(sheet, ["client" if stamps else "date"])
    day = _stamp(made, stamps)
    known = Layout(
        "LimeSurvey",
        client=client,
        when=When(names.index(day)),
        faults=unfinished(sheet),
    )
    return wide_plan(made, fields, rules, known)


def is_export(sheet: Sheet) -> bool:
    """Whether a sheet has the columns that every export of LimeSurvey begins with."""
    names = [_code(name) for name in sheet.names]
    return names[:1] in (["id"], ["ID"]) and sum(n in _NAMES for n in names) >= 2


def unfinished(sheet: Sheet) -> tuple[Fault, ...]:
    """Responses that were never sent."""
    names = [_code(name) for name in sheet.names]
    if "submitdate" not in names:
        return ()
    cells = sheet.columns[names.index("submitdate")].to_pylist()
    sent = [bool(str(c).strip()) and str(c).strip() != "N/A" for c in cells]
    rows = np.flatnonzero(~np.array(sent, dtype=bool))
    return fault("quarantined", "the response is unfinished", rows, [""], "note")


def _code(name: str) -> str:
    """The code of "submitdate. Date submitted", as some exports write headers."""
    first, dot, _ = name.partition(". ")
    return first.strip() if dot and first.strip() in ("id", *_NAMES) else name.strip()


def _line(name: str) -> str:
    match = _LINE.fullmatch(name)
    return f"{match[1]}_{int(match[2])}" if match else name


def _stamp(sheet: Sheet, stamps: Sequence[str]) -> str:
    """The first time stamp that was really kept."""
    for name in stamps:
        cells = [cell for cell in column(sheet, name) if cell.strip()]
        if cells and not all(cell.startswith(_NO_STAMP) for cell in cells):
            return name
    return stamps[0]
