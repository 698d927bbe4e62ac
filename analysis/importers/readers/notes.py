"""Free text of a sheet, and what its rows say about their client."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analysis.importers.layout import Rules
from analysis.importers.readers.facts import birth_years, sexes, whole_years
from analysis.importers.readers.reading import NoteRows
from analysis.importers.sheets.sheet import Sheet
from analysis.importers.values.cells import Words, trimmed, words_of
from analysis.importers.values.dates import Order

# Signs that change the direction of what follows, or are no text: never carried on.
# Of the code points that are no letters, XML knows none: a drawing breaks on them.
_CONTROLS = (
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f"
    "\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]"
)
_YES = frozenset(("yes", "y", "true", "1", "ja", "oui", "si", "sí", "agreed"))


def texts_there(sheet: Sheet, notes: Mapping[int, str]) -> np.ndarray:
    """Rows that hold free text."""
    there = np.zeros(len(sheet.rows), bool)
    for column, kind in notes.items():
        if kind != "may_be_shown":
            blank = pc.equal(pc.utf8_length(trimmed(sheet.columns[column])), 0)
            there |= ~blank.to_numpy(zero_copy_only=False)
    return there


def read_notes(
    sheet: Sheet, notes: Mapping[int, str], day: np.ndarray, kept: np.ndarray
) -> NoteRows | None:
    """Free text as it was written, without signs that change its direction."""
    if not notes:
        return None
    agreed = np.zeros(len(sheet.rows), bool)
    for column, kind in notes.items():
        if kind == "may_be_shown":
            agreed = yes(words_of(sheet.columns[column]))
    rows: list[int] = []
    kinds: list[str] = []
    texts: list[str] = []
    for column, kind in notes.items():
        if kind == "may_be_shown":
            continue
        clean = clean_text(sheet.columns[column])
        filled = pc.greater(pc.utf8_length(clean), 0).to_numpy(zero_copy_only=False)
        chosen = np.flatnonzero(filled & kept & ~np.isnat(day))
        rows += chosen.tolist()
        kinds += [kind] * len(chosen)
        texts += clean.take(pa.array(chosen)).to_pylist()
    places = np.array(rows, dtype=np.int64)
    return NoteRows(places, tuple(kinds), tuple(texts), agreed[places], day[places])


def clean_text(column: pa.Array) -> pa.Array:
    """Text without control and direction signs, and without space around it."""
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(column, _CONTROLS, ""))


def yes(words: Words) -> np.ndarray:
    """Rows that say yes."""
    return words.spread(np.array([t.casefold() in _YES for t in words.list()], bool))


def read_facts(
    sheet: Sheet, facts: Mapping[str, int], rules: Rules, orders: Mapping[int, Order]
) -> dict[str, pa.Array]:
    """What rows say about their client; of a date of birth only the year."""
    found: dict[str, pa.Array] = {}
    for name, column in facts.items():
        cells = sheet.columns[column]
        if name == "birth_date":
            found.setdefault("birth_year", birth_years(cells, rules, orders[column]))
        elif name == "birth_year":
            found[name] = pa.array(whole_years(cells), pa.int64())
        elif name == "sex":
            found[name] = pa.array(sexes(cells), pa.string())
        else:
            clean = clean_text(cells)
            blank = pc.equal(pc.utf8_length(clean), 0)
            found[name] = pc.if_else(blank, pa.scalar(None, pa.string()), clean)
    return found
