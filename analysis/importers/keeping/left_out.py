"""Rows of clients who were forgotten: counted, and carried nowhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
import pandas as pd

from analysis.importers.readers.reading import Reading
from analysis.importers.report import FileRead
from analysis.importers.values.faults import fault
from analysis.importers.values.identity import one_form

FORGOTTEN = "(about a client who was forgotten)"
_ABOUT = "they are about clients who were forgotten"
# Columns of quarantine/ that say where a row stood.
_OURS = 3


class LeftOut(Protocol):
    """Whom to leave out."""

    def __bool__(self) -> bool: ...

    def has_client(self, client_id: str) -> bool: ...

    def has_goal(self, goal_id: str) -> bool: ...


def leave_out(reads: Sequence[FileRead], gone: LeftOut) -> list[FileRead]:
    """Ignore their rows before anything else is done with them."""
    if not gone:
        return list(reads)
    goals = {goal for read in reads for goal in _goals_of(read, gone)}

    def is_theirs(goal: str) -> bool:
        return goal in goals or gone.has_goal(goal)

    return [
        replace(
            read, readings=tuple(_without(r, gone, is_theirs) for r in read.readings)
        )
        for read in reads
    ]


def _goals_of(read: FileRead, gone: LeftOut) -> Iterator[str]:
    for reading in read.readings:
        if reading.layout.table == "goals":
            goals = reading.columns["goal_id"].to_pylist()
            yield from (
                goals[row] for row in np.flatnonzero(_of_clients(reading, gone))
            )


def _of_clients(reading: Reading, gone: LeftOut) -> np.ndarray:
    names = [bool(name) and gone.has_client(name) for name in reading.ids]
    return np.array([*names, False], dtype=bool)[reading.client]


def _without(
    reading: Reading, gone: LeftOut, is_theirs: Callable[[str], bool]
) -> Reading:
    theirs = _of_clients(reading, gone)
    if "goal_id" in reading.columns:
        goals = reading.columns["goal_id"].to_pylist()
        theirs = theirs | np.array([bool(g) and is_theirs(g) for g in goals], bool)
    if not theirs.any():
        return reading
    rows = np.flatnonzero(theirs)
    # rows stay apart by client while files are put together, and no message says whose
    ids = tuple(
        f"forgotten-{number}" if name and gone.has_client(name) else name
        for number, name in enumerate(reading.ids)
    )
    return replace(
        reading,
        ids=ids,
        faults=(*fault("ignored", _ABOUT, rows, [""], "note"), *reading.faults),
    )


def blank_rows(
    set_aside: Mapping[str, pd.DataFrame], gone: LeftOut
) -> dict[str, pd.DataFrame]:
    """Rows in quarantine that name one of them keep their place and lose their cells.

    Files and lines that could not be read as what they are may hold such rows too.
    """
    if not gone:
        return dict(set_aside)
    return {file: _blanked(rows, gone) for file, rows in set_aside.items()}


def _blanked(rows: pd.DataFrame, gone: LeftOut) -> pd.DataFrame:
    cells = rows.iloc[:, _OURS:]
    words = pd.unique(cells.to_numpy(dtype=object).ravel())
    named = {word for word in words if _names(str(word), gone)}
    theirs = cells.isin(named).any(axis=1)
    cells = cells.mask(theirs, FORGOTTEN)
    if any(_names(str(name), gone) for name in cells.columns):
        # a file without a header: its first row stands where the names should
        cells.columns = [f"(column {n + 1})" for n in range(cells.shape[1])]
    return pd.concat([rows.iloc[:, :_OURS], cells], axis=1)


def _names(cell: str, gone: LeftOut) -> bool:
    return any(
        gone.has_client(one_form(word)) or gone.has_goal(word) for word in _words(cell)
    )


def _words(cell: str) -> Iterator[str]:
    """A cell as it stands; of a record in JSON everything it holds, and its parts."""
    if cell[:1] not in "{[":
        yield cell.strip()
        return
    try:
        held: Any = json.loads(cell)
    except ValueError:
        held = cell.strip('{}[]" ').split()
    left = [held]
    while left:
        one = left.pop()
        if isinstance(one, Mapping):
            left += one.values()
        elif isinstance(one, list):
            left += one
        else:
            yield from (str(one), *str(one).split("/"))
