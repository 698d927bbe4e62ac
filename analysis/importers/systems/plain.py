"""The plain format: one table a file, columns as the contract names them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from analysis.importers.layout import (
    NONE,
    Layout,
    Long,
    Plan,
    Recognised,
    Rules,
    When,
)
from analysis.importers.sheets.headers import names_its_columns
from analysis.importers.sheets.sheet import Refusal, Said, Sheet
from analysis.importers.systems.wide_forms import forms_of, listed
from analysis.importers.values.cells import words_of
from analysis.importers.values.identifying import holds_addresses
from analysis.importers.values.vocabulary import Field, Vocabulary, plain
from analysis.importers.values.wording import fields_by_wording

# Tables by the columns that only they have; the first that fits is taken.
_REGISTERS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "goals": (
        ("goal_id", "client_id", "statement"),
        (
            "specific",
            "measurable",
            "achievable",
            "relevant",
            "target",
            "due",
            "set_on",
            "closed_on",
            "status",
            "replaces",
            "reason",
        ),
    ),
    "goal_steps": (("goal_id", "step"), ("position", "done_on")),
    "goal_ratings": (("goal_id", "date"), ("rating", "gas")),
    "sessions": (("client_id", "date", "attended"), ("kind", "clinician_id")),
    "events": (("client_id", "date", "kind", "label"), ()),
}
FACTS = (
    "clinician_id",
    "programme",
    "name_on_report",
    "birth_year",
    "birth_date",
    "sex",
)
# What to do about columns that are not known.
HINT = (
    "Let `python -m analysis profile` with the name of this file draft a mapping "
    "profile (docs/exports.md)."
)
_CLIENT = (*FACTS, "started_on", "ended_on", "end_reason")


def recognise(sheet: Sheet, rules: Rules) -> Recognised:
    """The layout of a sheet in the plain format, or why it cannot be read."""
    words = rules.vocabulary
    if words.role("goal_id", sheet.names) != NONE:
        # a column gas is a goal's rating here, not a questionnaire's total
        register = _register(sheet, words)
        if register is not None:
            return register
    fields = words.fields_of(sheet.names)
    if not fields:
        fields = fields_by_wording(sheet.names, rules.measures)
    if fields:
        return wide_plan(sheet, fields, rules, Layout("plain"))
    register = _register(sheet, words)
    if register is not None:
        return register
    return _long(sheet, words) or _clients(sheet, words) or _unknown(sheet, words)


def _role(sheet: Sheet, words: Vocabulary, name: str) -> int:
    return words.role(name, sheet.names)


def wide_plan(
    sheet: Sheet, fields: Mapping[int, Field], rules: Rules, known: Layout
) -> Plan | Refusal:
    """The plan of a sheet with whole questionnaires in its rows.

    known: what the format says already; a client, date or sitting that it leaves open
    is looked for among the names of the columns.
    """
    words = rules.vocabulary
    client = known.client if known.client != NONE else _role(sheet, words, "client_id")
    when = when_of(sheet, words) if known.when == When() else known.when
    absent = [n for n, c in (("client", client), ("date", when.date)) if c == NONE]
    if absent:
        return refuse_without(sheet, absent)
    counted = _counts_rows(sheet, words, client)
    if counted:
        return Refusal(counted, "needs_config")
    forms = known.forms or forms_of(sheet, fields, rules)
    if isinstance(forms, Refusal):
        return forms
    used = {client, when.date, when.time, when.offset, *fields, *known.instance}
    instance = _role(sheet, words, "instance")
    layout = replace(
        known,
        client=client,
        when=when,
        forms=forms,
        facts=facts_of(sheet, words, used),
        notes=notes_of(sheet, words, used),
        instance=known.instance or (() if instance == NONE else (instance,)),
    )
    return Plan(sheet, finished(sheet, layout, words, used))


# A column of these names may number the rows of an export as well.
_COUNTERS = frozenset(("id", "code", "record_id", "nr", "no"))


def _counts_rows(sheet: Sheet, words: Vocabulary, client: int) -> str:
    """Why the ids seem to number answers; "" where nothing speaks for it.

    Every row has the next number, while a column that names people repeats itself.
    """
    if plain(sheet.names[client]) not in _COUNTERS or len(sheet.rows) < 3:
        return ""
    ids = [str(cell).strip() for cell in sheet.columns[client].to_pylist()]
    numbers = [int(text) for text in ids if text.isdigit() and len(text) < 10]
    if len(numbers) < len(ids) or set(np.diff(numbers).tolist()) != {1}:
        return ""
    for column, name in enumerate(sheet.names):
        people = words_of(sheet.columns[column]).list()
        n = len([text for text in people if text])
        if words.is_identifying(name) and 0 < n < len(ids):
            return (
                f"numbers its rows in {listed([sheet.names[client]])} (1, 2, 3, …), "
                f"while fewer people stand in {listed([name])}: it does not name "
                f"clients. Add a column with a code for each client. {HINT}"
            )
    return ""


def when_of(sheet: Sheet, words: Vocabulary) -> When:
    """The columns of date and time."""
    day = _role(sheet, words, "date")
    time = _role(sheet, words, "time")
    return When(date=day, time=NONE if time == day else time)


def refuse_without(sheet: Sheet, missing: Sequence[str]) -> Refusal:
    """Say that a column nothing goes without was not found, and which there are."""
    return Refusal(
        f"has no column for {' and '.join(missing)} that is known. Its columns are: "
        f"{listed(sheet.names)}. {HINT}",
        "needs_config",
    )


def facts_of(sheet: Sheet, words: Vocabulary, used: set[int]) -> dict[str, int]:
    """Columns that say something lasting about the client."""
    found = {name: _role(sheet, words, name) for name in FACTS}
    return {n: c for n, c in found.items() if c != NONE and c not in used}


def notes_of(sheet: Sheet, words: Vocabulary, used: set[int]) -> dict[int, str]:
    """Columns of free text: questions answered in words, and notes."""
    found: dict[int, str] = {}
    for column, name in enumerate(sheet.names):
        word = plain(name)
        if column in used:
            continue
        if word in words.texts:
            found[column] = word
        elif word in words.roles["note"]:
            found[column] = "note"
    share = _role(sheet, words, "may_be_shown")
    if found and share != NONE:
        found[share] = "may_be_shown"
    return found


def _register(sheet: Sheet, words: Vocabulary) -> Plan | None:
    for table, (needed, optional) in _REGISTERS.items():
        columns = {name: _role(sheet, words, name) for name in (*needed, *optional)}
        has_all = all(columns[name] != NONE for name in needed)
        if table == "goal_ratings":
            has_all &= columns["rating"] != NONE or columns["gas"] != NONE
        if has_all and _is_named(sheet, words, table, needed):
            return _register_plan(sheet, words, table, columns)
    return None


def _is_named(
    sheet: Sheet, words: Vocabulary, table: str, needed: Sequence[str]
) -> bool:
    """Two needed roles must not stand in one column."""
    positions = [words.role(name, sheet.names) for name in needed]
    return len(set(positions)) == len(positions)


def _register_plan(
    sheet: Sheet, words: Vocabulary, table: str, columns: Mapping[str, int]
) -> Plan:
    found = {name: c for name, c in columns.items() if c != NONE}
    client = found.pop("client_id", NONE)
    when = When(date=found.pop("date", NONE))
    used = {client, when.date, *found.values()}
    notes = notes_of(sheet, words, used) if table == "sessions" else {}
    layout = Layout("plain", table, client, when, columns=found, notes=notes)
    return Plan(sheet, finished(sheet, layout, words, used))


def _long(sheet: Sheet, words: Vocabulary) -> Plan | None:
    names = ("client_id", "measure", "item", "response")
    client, measure, item, response = (_role(sheet, words, name) for name in names)
    when = when_of(sheet, words)
    if min(client, measure, response, when.date) == NONE:
        return None
    used = {client, measure, item, response, when.date, when.time}
    if len(used - {NONE}) < 4 + (item != NONE):
        return None
    layout = Layout(
        "plain",
        client=client,
        when=when,
        long=Long(measure, item, response),
        facts=facts_of(sheet, words, used),
    )
    return Plan(sheet, finished(sheet, layout, words, used))


def _clients(sheet: Sheet, words: Vocabulary) -> Plan | None:
    columns = {name: _role(sheet, words, name) for name in _CLIENT}
    found = {name: c for name, c in columns.items() if c != NONE}
    client = _role(sheet, words, "client_id")
    told = [n for n in found if n not in ("birth_date", "sex")]
    if client == NONE or not told:
        return None
    layout = Layout("plain", "clients", client, columns=found)
    return Plan(sheet, finished(sheet, layout, words, {client, *found.values()}))


def _unknown(sheet: Sheet, words: Vocabulary) -> Refusal:
    unmapped = [n for n in sheet.names if n.strip()]
    known = [n for n in unmapped if words.knows(n)]
    if not known and len(unmapped) < 3:
        return Refusal(
            "holds no table that is known: the first row should name the columns, such "
            "as client_id, date, phq9_1."
        )
    if not known and not names_its_columns(sheet):
        return Refusal(
            "has no column name that is known, and its first row may be data. If it "
            "is, put a row of names above it (client_id, date, phq9_1, …). If it "
            f"names the columns: {HINT}",
            "needs_config",
        )
    hint = f" Known among them: {listed(known)}." if known else ""
    return Refusal(
        f"has columns that are not mapped to anything: {listed(unmapped)}.{hint} "
        f"Which is the client, the date and the answers? {HINT}",
        "needs_config",
    )


def finished(sheet: Sheet, layout: Layout, words: Vocabulary, used: set[int]) -> Layout:
    """Sort the columns nothing is read from: those that identify somebody, others."""
    taken = used | set(layout.notes) | set(layout.facts.values())
    dropped: list[int] = []
    unused: list[int] = []
    for column, name in enumerate(sheet.names):
        if column in taken or not name.strip():
            continue
        identifies = words.is_identifying(name) or holds_addresses(
            sheet.columns[column]
        )
        (dropped if identifies else unused).append(column)
    said = list(layout.said)
    if layout.facts.get("birth_date", layout.columns.get("birth_date")) is not None:
        said.append(Said("Of dates of birth only the year is kept."))
    if dropped:
        names = listed([sheet.names[c] for c in dropped])
        said.append(Said(f"Columns that are identifying were dropped: {names}."))
    if unused:
        names = listed([sheet.names[c] for c in unused])
        said.append(Said(f"Columns that nothing is read from: {names}."))
    return replace(
        layout, dropped=tuple(dropped), unused=tuple(unused), said=tuple(said)
    )
