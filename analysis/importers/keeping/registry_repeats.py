"""Rows of registers that stand twice, contradict each other, or belong to nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.importers.keeping.people import People
from analysis.importers.readers.reading import ACCEPTED, Reading, bins_of
from analysis.importers.values.faults import Fault, fault, set_aside

# Columns that say which thing a row is about. Tables without a key may hold several
# rows of one client and day: two appointments, two events.
_KEYS = {
    "clients": ("client",),
    "goals": ("goal_id",),
    "goal_ratings": ("goal_id", "day"),
    "goal_steps": ("goal_id", "step"),
}
_PARENTS = {"goal_steps": "goals", "goal_ratings": "goals"}


def register_faults(
    readings: Sequence[Reading], people: People
) -> list[tuple[Fault, ...]]:
    """Per reading the rows of registers that repeat or contradict others."""
    found: list[list[Fault]] = [[] for _ in readings]
    for table in (
        "clients",
        "sessions",
        "events",
        "goals",
        "goal_steps",
        "goal_ratings",
    ):
        mine = [n for n, r in enumerate(readings) if r.layout.table == table]
        if mine:
            rows = pd.concat([_rows(n, readings[n], people) for n in mine])
            _mark(rows.reset_index(drop=True), table, readings, found)
    for table, parent in _PARENTS.items():
        _orphans(table, parent, readings, found)
    return [tuple(faults) for faults in found]


def _rows(number: int, reading: Reading, people: People) -> pd.DataFrame:
    columns = {name: values.to_pandas() for name, values in reading.columns.items()}
    rows = pd.DataFrame(columns, index=range(len(reading.sheet.rows)))
    rows["client"] = people.codes[number]
    if reading.day is not None:
        rows["day"] = reading.day
    rows["reading"] = number
    rows["row"] = np.arange(len(rows))
    return rows[reading.bins == ACCEPTED]


def _mark(
    rows: pd.DataFrame,
    table: str,
    readings: Sequence[Reading],
    found: list[list[Fault]],
) -> None:
    said = [c for c in rows.columns if c not in ("reading", "row")]
    same = rows.duplicated(said).to_numpy()
    _put(rows[same], found, "duplicates", "the same row stands further up")
    key = [name for name in _KEYS.get(table, ()) if name in rows]
    if not key:
        return
    left = rows[~same]
    torn = left[left.duplicated(key, keep=False)]
    about = f"conflicting rows about the same {table.rstrip('s').replace('_', ' ')}"
    _put(torn, found, "quarantined", about)


def _put(rows: pd.DataFrame, found: list[list[Fault]], bin: str, about: str) -> None:
    level = "repair" if bin == "duplicates" else "note"
    for number, own in rows.groupby("reading"):
        places = own["row"].to_numpy(dtype=np.int64)
        found[int(number)] += fault(bin, about, places, [""], level)  # type: ignore[arg-type]


def _orphans(
    table: str, parent: str, readings: Sequence[Reading], found: list[list[Fault]]
) -> None:
    """Steps and ratings whose goal is in no file belong to nobody."""
    known: set[str] = set()
    for number, reading in enumerate(readings):
        if reading.layout.table == parent:
            goals = reading.columns["goal_id"].to_pylist()
            known |= {goals[row] for row in _accepted(reading, found[number])}
    for number, reading in enumerate(readings):
        if reading.layout.table != table:
            continue
        goals = reading.columns["goal_id"].to_pylist()
        good = _accepted(reading, found[number])
        rows = [row for row in good if goals[row] not in known]
        about = f"their goal stands in no file of {parent}"
        found[number] += set_aside(about, np.array(rows, np.int64), [""])


def _accepted(reading: Reading, found: list[Fault]) -> np.ndarray:
    bins = bins_of(len(reading.sheet.rows), (*reading.faults, *found))
    return np.flatnonzero(bins == ACCEPTED)
