"""mindLAMP: events of a participant, each with the answers to one survey.

An event is a row, a question a column. The value of an answer is the chosen words, or
the place of the choice in its list: 0 for the first. Places are no scores, so they are
taken only where a profile says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.importers.layout import NONE, Layout, Plan, Rules, When
from analysis.importers.sheets.reshaping import sheet_of_rows
from analysis.importers.sheets.sheet import Document, Refusal, Sheet
from analysis.importers.systems.plain import HINT, wide_plan
from analysis.importers.systems.wide_forms import listed
from analysis.importers.values.answers import number_of
from analysis.importers.values.cells import words_of
from analysis.importers.values.wording import fields_by_wording

_EVENT = ("timestamp", "activity", "temporal_slices")
_CLIENT = ("participant", "participant_id", "user_id")


def answers(document: Document) -> Sheet | None:
    """The events of a document as a sheet; None where they are no such events."""
    records = document.records
    if not records or not all(name in records[0] for name in _EVENT):
        return None
    rows = [_row(record) for record in records]
    return sheet_of_rows(document, range(len(rows)), rows)


def _row(record: Mapping[str, Any]) -> dict[str, str]:
    row = {"timestamp": _text(record.get("timestamp"))}
    row |= {name: _text(record[name]) for name in _CLIENT if name in record}
    row["activity"] = _text(record.get("activity"))
    slices = record.get("temporal_slices")
    for one in slices if isinstance(slices, list) else ():
        if isinstance(one, dict) and one.get("item") is not None:
            row[_text(one["item"])] = _text(one.get("value"))
    return row


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, str | int | float) else ""


def recognise(sheet: Sheet, rules: Rules) -> Plan | Refusal | None:
    """The layout of mindLAMP's events, or None where the sheet holds none."""
    if sheet.names[:1] != ("timestamp",) or "activity" not in sheet.names[:3]:
        return None
    fields = fields_by_wording(sheet.names, rules.measures)
    asked = [n for n in sheet.names if n not in ("timestamp", "activity", *_CLIENT)]
    client = next((sheet.names.index(n) for n in _CLIENT if n in sheet.names), NONE)
    if client == NONE or not fields:
        return Refusal(
            "is an export of mindLAMP. It does not say whose answers these are, or its "
            f"questions are not known: {listed(asked)}. {HINT}",
            "needs_config",
        )
    if any(_holds_places(sheet, column) for column in fields):
        return Refusal(
            "is an export of mindLAMP whose answers are places in the list of choices. "
            f"Say in a profile what they stand for. {HINT}",
            "needs_config",
        )
    when = When(date=sheet.names.index("timestamp"))
    known = Layout("mindLAMP", client=client, when=when, blank="ignored")
    return wide_plan(sheet, fields, rules, known)


def _holds_places(sheet: Sheet, column: int) -> bool:
    """Whether answers are numbers and no words."""
    texts = [text for text in words_of(sheet.columns[column]).list() if text]
    return bool(texts) and all(number_of(text) is not None for text in texts)
