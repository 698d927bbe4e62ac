"""Rows of every file to their bins: accepted, quarantined, duplicates, ignored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.importers.keeping.people import People
from analysis.importers.keeping.registry_repeats import register_faults
from analysis.importers.keeping.repeats import Repeats, find_repeats
from analysis.importers.keeping.same_day import JOINED, KEPT, REPEATED, TORN
from analysis.importers.readers.reading import ACCEPTED, NoteRows, Reading, bins_of
from analysis.importers.sheets.sheet import Said
from analysis.importers.values.faults import Fault, fault


@dataclass(frozen=True)
class Outcome:
    """What is kept of one reading: forms and notes by position, rows by bin.

    joins: forms that are the rest of another, with the reading and form of that.
    """

    reading: Reading
    client: np.ndarray
    faults: tuple[Fault, ...]
    bins: np.ndarray
    form_kept: np.ndarray
    joins: Mapping[int, tuple[int, int]]
    note_kept: np.ndarray
    said: tuple[Said, ...]


def outcomes_of(readings: Sequence[Reading], people: People) -> list[Outcome]:
    """Decide every row, looking at all files together."""
    repeats = find_repeats(readings, people)
    new_notes = _new_notes(readings, people)
    registers = register_faults(readings, people)
    return [
        _outcome(
            number, readings, people, repeats, new_notes[number], registers[number]
        )
        for number in range(len(readings))
    ]


def _outcome(
    number: int,
    readings: Sequence[Reading],
    people: People,
    repeats: Repeats,
    new_note: np.ndarray,
    register: tuple[Fault, ...],
) -> Outcome:
    reading = readings[number]
    faults = (
        *reading.faults,
        *register,
        *_torn_rows(number, readings, people, repeats),
        *_repeated_rows(number, readings, repeats, new_note),
    )
    bins = bins_of(len(reading.sheet.rows), faults)
    forms = reading.forms
    states = repeats.states[number]
    kept = np.zeros(0, bool)
    joins: dict[int, tuple[int, int]] = {}
    if forms is not None:
        there = bins[forms.row] == ACCEPTED
        kept = (states == KEPT) & there
        joined = np.flatnonzero((states == JOINED) & there)
        joins = {int(form): repeats.other[number][int(form)] for form in joined}
    notes = np.zeros(0, bool)
    if reading.notes is not None:
        notes = new_note & (bins[reading.notes.row] == ACCEPTED)
    said = [*people.said[number], *_said_again(repeats.n_again[number])]
    said += _said_partly(reading, repeats.states[number], bins)
    return Outcome(
        reading, people.codes[number], faults, bins, kept, joins, notes, tuple(said)
    )


def _said_again(n: int) -> list[Said]:
    if not n:
        return []
    return [
        Said(
            f"{n} form(s) were filled in again within an hour (resubmission); all are "
            "kept, the last one of the day counts."
        )
    ]


def _said_partly(reading: Reading, states: np.ndarray, bins: np.ndarray) -> list[Said]:
    """Forms dropped as repeats from rows that bring something new besides."""
    if reading.forms is None or not (states == REPEATED).any():
        return []
    rows = reading.forms.row[states == REPEATED]
    n = int((bins[rows] == ACCEPTED).sum())
    if not n or reading.forms.row_of_link is not None:
        return []
    return [
        Said(f"{n} form(s) in rows that were read are duplicates of others.", "repair")
    ]


# --- rows of forms -------------------------------------------------------------------


def _rows_of(reading: Reading, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the chosen forms, and the form of each."""
    forms = reading.forms
    if forms is None:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    if forms.row_of_link is None or forms.form_of_link is None:
        return forms.row[chosen], chosen
    mine = np.isin(forms.form_of_link, chosen)
    return forms.row_of_link[mine], forms.form_of_link[mine]


def _torn_rows(
    number: int, readings: Sequence[Reading], people: People, repeats: Repeats
) -> tuple[Fault, ...]:
    reading = readings[number]
    forms = reading.forms
    torn = np.flatnonzero(repeats.states[number] == TORN)
    if forms is None or not len(torn):
        return ()
    rows, owners = _rows_of(reading, torn)
    rows, first = np.unique(rows, return_index=True)
    reasons = []
    for row, form in zip(rows, owners[first], strict=True):
        client = people.ids[people.codes[number][row]]
        place = _place(number, readings, repeats.other[number][int(form)])
        name = forms.measures[forms.measure[form]]
        reasons.append(
            f"{name} of {client} on {forms.day[form]} stands in {place} with other "
            "answers"
        )
    about = "conflicting answers for the same client, form and day"
    return fault("quarantined", about, rows, reasons, "note")


def _place(number: int, readings: Sequence[Reading], other: tuple[int, int]) -> str:
    reading = readings[other[0]]
    forms = reading.forms
    row = reading.sheet.rows[forms.row[other[1]]] if forms is not None else 0
    is_here = reading.sheet.file == readings[number].sheet.file
    return f"row {row}" + ("" if is_here else f" of {reading.sheet.file}")


def _repeated_rows(
    number: int,
    readings: Sequence[Reading],
    repeats: Repeats,
    new_note: np.ndarray,
) -> tuple[Fault, ...]:
    """Rows that bring nothing new."""
    reading = readings[number]
    forms = reading.forms
    if forms is None:
        return ()
    states = repeats.states[number]
    repeated = np.flatnonzero(states == REPEATED)
    if not len(repeated):
        return ()
    rows, owners = _rows_of(reading, repeated)
    others, _ = _rows_of(reading, np.flatnonzero(states != REPEATED))
    brings = set(others.tolist())
    if reading.notes is not None:
        brings |= set(reading.notes.row[new_note].tolist())
    only = np.array([row not in brings for row in rows], dtype=bool)
    rows, first = np.unique(rows[only], return_index=True)
    owners = owners[only][first]
    reasons = [
        f"the same as {_place(number, readings, repeats.other[number][int(form)])}"
        for form in owners
    ]
    about = "duplicates of what was read already"
    return fault("duplicates", about, rows, reasons, "repair")


def _new_notes(readings: Sequence[Reading], people: People) -> list[np.ndarray]:
    """Notes that stand nowhere further up."""
    seen: set[tuple[int, object, str, str]] = set()
    made = []
    for reading, codes in zip(readings, people.codes, strict=True):
        notes: NoteRows | None = reading.notes
        if notes is None:
            made.append(np.zeros(0, bool))
            continue
        clients = codes[notes.row]
        is_new = np.zeros(len(notes.row), bool)
        for place, key in enumerate(
            zip(
                clients.tolist(),
                notes.day.tolist(),
                notes.kind,
                notes.text,
                strict=True,
            )
        ):
            is_new[place] = key not in seen
            seen.add(key)
        made.append(is_new)
    return made


def counts_of(outcome: Outcome) -> dict[str, int]:
    """Rows by bin, broken rows counted as quarantined."""
    found = np.bincount(outcome.bins, minlength=4)
    n_broken = len(outcome.reading.sheet.broken)
    return {
        "accepted": int(found[0]),
        "quarantined": int(found[1]) + n_broken,
        "duplicates": int(found[2]),
        "ignored": int(found[3]),
    }


def clients_seen(outcomes: Sequence[Outcome]) -> np.ndarray:
    """Codes of the clients with at least one row that was accepted."""
    parts = [o.client[(o.bins == ACCEPTED) & (o.client >= 0)] for o in outcomes]
    return pd.unique(np.concatenate([np.zeros(0, np.int64), *parts]))
