"""Sheets of one row per client, session, event, goal, step or rating."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analysis.importers.layout import NONE, Plan, Rules, When
from analysis.importers.readers.assessments import date_faults, read_clients
from analysis.importers.readers.days import RowDays, orders_of, row_days
from analysis.importers.readers.facts import birth_years, sexes
from analysis.importers.readers.notes import clean_text, read_notes
from analysis.importers.readers.reading import Reading, bins_of
from analysis.importers.sheets.sheet import Refusal, Said, Sheet
from analysis.importers.values.answers import (
    NOT_ALLOWED,
    UNKNOWN,
    Allowed,
    AnswerRules,
    read_answers,
)
from analysis.importers.values.cells import words_of
from analysis.importers.values.dates import Order
from analysis.importers.values.faults import Fault, set_aside, shown

Kind = Literal["text", "id", "date", "birth", "number", "whole", "truth", "sex"]


@dataclass(frozen=True)
class Cell:
    """What a column of a register holds."""

    kind: Kind
    low: float = -np.inf
    high: float = np.inf
    may_be_ahead: bool = True


_TEXT, _ID, _DATE = Cell("text"), Cell("id"), Cell("date")
_RATING = Cell("number", 0, 10)
REGISTERS: Mapping[str, Mapping[str, Cell]] = {
    "clients": {
        "clinician_id": _TEXT,
        "programme": _TEXT,
        "name_on_report": _TEXT,
        "birth_year": Cell("whole", 1900, 2100),
        "birth_date": Cell("birth"),
        "sex": Cell("sex"),
        "started_on": _DATE,
        "ended_on": _DATE,
        "end_reason": _TEXT,
    },
    "sessions": {"attended": Cell("truth"), "kind": _TEXT, "clinician_id": _TEXT},
    "events": {"kind": _TEXT, "label": _TEXT},
    "goals": {
        "goal_id": _ID,
        "statement": _TEXT,
        "specific": _TEXT,
        "measurable": _TEXT,
        "achievable": _TEXT,
        "relevant": _TEXT,
        "target": _RATING,
        "due": _DATE,
        "set_on": _DATE,
        "closed_on": _DATE,
        "status": _TEXT,
        "replaces": _TEXT,
        "reason": _TEXT,
    },
    "goal_steps": {
        "goal_id": _ID,
        "step": _TEXT,
        "position": Cell("whole", 1, 1000),
        "done_on": Cell("date", may_be_ahead=False),
    },
    "goal_ratings": {"goal_id": _ID, "rating": _RATING, "gas": Cell("number", -2, 2)},
}
_WORDS = {
    True: "yes y true 1 ja oui si sí attended showed came present kept completed "
    "attended late erschienen",
    False: "no n false 0 nein non nee missed dna absent cancelled canceled no-show "
    "noshow did-not-attend nichterschienen late-cancellation",
}
_TRUTHS = {word: truth for truth, words in _WORDS.items() for word in words.split()}


def read_register(plan: Plan, rules: Rules) -> Reading | Refusal:
    """Read a sheet of a register: every cell checked against what its column holds."""
    sheet, layout = plan.sheet, plan.layout
    orders = orders_of(sheet, layout, rules)
    if isinstance(orders, Refusal):
        return orders
    faults: list[Fault] = [*layout.faults]
    said: list[Said] = [*layout.said]
    ids: tuple[str, ...] = ()
    raw: tuple[str, ...] = ()
    client = np.full(len(sheet.rows), -1)
    if layout.client != NONE:
        ids, raw, client, wrong = read_clients(plan)
        faults += wrong
    columns, bad, told = _columns(plan, rules, orders)
    faults += bad
    said += told
    days = _day(plan, rules, orders, columns)
    if days is not None:
        faults += date_faults(days)
        said += days.said
    day = days.day if days is not None else None
    kept = bins_of(len(sheet.rows), tuple(faults)) == 0
    return Reading(
        sheet=sheet,
        layout=layout,
        ids=ids,
        raw_ids=raw,
        client=client,
        faults=tuple(faults),
        said=tuple(said),
        notes=None if day is None else read_notes(sheet, layout.notes, day, kept),
        columns=columns,
        day=day,
    )


def _day(
    plan: Plan,
    rules: Rules,
    orders: Mapping[int, Order],
    columns: Mapping[str, pa.Array],
) -> RowDays | None:
    """The day of every row; a session that was attended does not lie ahead."""
    sheet, layout = plan.sheet, plan.layout
    if layout.when.date == NONE:
        return None
    ahead = layout.table in ("sessions", "events")
    days = row_days(sheet, layout.when, orders, rules, may_be_ahead=ahead)
    if "attended" not in columns:
        return days
    came = pc.fill_null(columns["attended"], False).to_numpy(zero_copy_only=False)
    late = days.day > np.datetime64(rules.today, "D") + np.timedelta64(1, "D")
    rows = np.flatnonzero(came & late)
    name = sheet.names[layout.when.date]
    problems = [f"{name} lies in the future, yet the session was attended"] * len(rows)
    return replace(
        days,
        wrong=np.concatenate([days.wrong, rows]),
        problems=(*days.problems, *problems),
    )


def _columns(
    plan: Plan, rules: Rules, orders: Mapping[int, Order]
) -> tuple[dict[str, pa.Array], list[Fault], list[Said]]:
    columns: dict[str, pa.Array] = {}
    faults: list[Fault] = []
    said: list[Said] = []
    for name, position in plan.layout.columns.items():
        cell = REGISTERS[plan.layout.table][name]
        values, wrong, told = _column(plan.sheet, position, cell, rules, orders)
        columns["birth_year" if cell.kind == "birth" else name] = values
        faults += wrong
        said += told
    return columns, faults, said


def _column(
    sheet: Sheet,
    position: int,
    cell: Cell,
    rules: Rules,
    orders: Mapping[int, Order],
) -> tuple[pa.Array, tuple[Fault, ...], tuple[Said, ...]]:
    column, name = sheet.columns[position], sheet.names[position]
    if cell.kind in ("text", "id"):
        return _text(column, name, needed=cell.kind == "id")
    if cell.kind == "date":
        return _date(sheet, position, cell, rules, orders)
    if cell.kind == "birth":
        order = orders.get(position, "")
        return birth_years(column, rules, order), (), ()
    if cell.kind == "truth":
        return _truth(column, name)
    if cell.kind == "sex":
        return pa.array(sexes(column), pa.string()), (), ()
    return _number(column, name, cell)


def _text(
    column: pa.Array, name: str, *, needed: bool
) -> tuple[pa.Array, tuple[Fault, ...], tuple[Said, ...]]:
    clean = clean_text(column)
    empty = pc.equal(pc.utf8_length(clean), 0)
    rows = np.flatnonzero(empty.to_numpy(zero_copy_only=False)) if needed else ()
    wrong = set_aside(f"{name} is empty", np.asarray(rows, np.int64), [""])
    return pc.if_else(empty, pa.scalar(None, pa.string()), clean), wrong, ()


def _date(
    sheet: Sheet, position: int, cell: Cell, rules: Rules, orders: Mapping[int, Order]
) -> tuple[pa.Array, tuple[Fault, ...], tuple[Said, ...]]:
    words = words_of(sheet.columns[position])
    filled = words.spread(np.array([bool(text) for text in words.list()], dtype=bool))
    days = row_days(
        sheet,
        When(date=position),
        orders,
        rules,
        may_be_ahead=cell.may_be_ahead,
        only=filled,
    )
    return pa.array(days.day, pa.date32()), date_faults(days), days.said


def _truth(
    column: pa.Array, name: str
) -> tuple[pa.Array, tuple[Fault, ...], tuple[Said, ...]]:
    words = words_of(column)
    texts = ["-".join(text.casefold().split()) for text in words.list()]
    known = [_TRUTHS.get(text) for text in texts]
    unknown = np.array(
        [bool(t) and k is None for t, k in zip(texts, known, strict=True)], bool
    )
    rows = words.has(unknown)
    reasons = [f"{name} = {shown(words.at(r))} is neither yes nor no" for r in rows]
    values = [known[code] for code in words.codes]
    return (
        pa.array(values, pa.bool_()),
        set_aside(f"{name} is unclear", rows, reasons),
        (),
    )


def _number(
    column: pa.Array, name: str, cell: Cell
) -> tuple[pa.Array, tuple[Fault, ...], tuple[Said, ...]]:
    words = words_of(column)
    allowed = Allowed(cell.low, cell.high, 1.0 if cell.kind == "whole" else 0)
    answers = read_answers(words, allowed, AnswerRules())
    rows = words.has(np.isin(answers.states, (NOT_ALLOWED, UNKNOWN)))
    reasons = [
        f"{name} = {shown(words.at(r))} is out of range (allowed: {allowed.text})"
        for r in rows
    ]
    values = pa.array(words.spread(answers.values), from_pandas=True)
    if cell.kind == "whole":
        values = values.cast(pa.int64(), safe=False)
    return values, set_aside(f"{name} is out of range", rows, reasons), ()
