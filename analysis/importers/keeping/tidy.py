"""What was read and kept, as the tidy tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.importers.keeping.outcome import Outcome
from analysis.importers.keeping.people import People
from analysis.importers.keeping.tidy_clients import clients
from analysis.importers.keeping.tidy_forms import (
    administrations,
    numbered,
    responses,
    totals,
)
from analysis.importers.readers.reading import ACCEPTED
from analysis.schema import TABLES, frame

NAMES = (
    "clients",
    "sessions",
    "administrations",
    "responses",
    "totals",
    "goals",
    "goal_steps",
    "goal_ratings",
    "events",
    "notes",
)
# Who writes the free text of a table.
_AUTHORS = {"sessions": "clinician"}


def tidy_tables(outcomes: Sequence[Outcome], people: People) -> dict[str, pd.DataFrame]:
    """Every tidy table that an import fills, without episodes.

    responses hold administration_id as a categorical: millions of rows share few ids.
    """
    ids = pa.array(people.ids, pa.string())
    numbers = numbered(outcomes)
    tables = {
        "administrations": stacked(
            "administrations", administrations(outcomes, numbers, ids)
        ),
        "responses": responses(outcomes, numbers),
        "totals": stacked("totals", totals(outcomes, numbers)),
        "notes": stacked("notes", [_notes(o, ids) for o in outcomes]),
        "clients": stacked("clients", [clients(outcomes, ids)]),
    }
    for name in ("sessions", "goals", "goal_steps", "goal_ratings", "events"):
        parts = [_register(o, ids) for o in outcomes if o.reading.layout.table == name]
        tables[name] = stacked(name, parts)
    return {name: tables[name] for name in NAMES}


def stacked(name: str, parts: Sequence[pa.Table]) -> pd.DataFrame:
    """Parts of a table below each other; columns they lack are empty."""
    schema = TABLES[name].arrow()
    wanted = [field for field in schema if field.name != "episode_id"]
    whole = [_completed(part, wanted) for part in parts]
    return frame(pa.concat_tables(whole or [pa.schema(wanted).empty_table()]))


def _completed(part: pa.Table, wanted: Sequence[pa.Field]) -> pa.Table:
    n = part.num_rows
    columns = [
        part[f.name].cast(f.type)
        if f.name in part.column_names
        else pa.nulls(n, f.type)
        for f in wanted
    ]
    return pa.table(columns, schema=pa.schema(list(wanted)))


# --- registers and notes -------------------------------------------------------------


def _register(outcome: Outcome, ids: pa.Array) -> pa.Table:
    reading = outcome.reading
    rows = np.flatnonzero(outcome.bins == ACCEPTED)
    chosen = pa.array(rows)
    columns = {name: values.take(chosen) for name, values in reading.columns.items()}
    if reading.layout.client >= 0:
        columns["client_id"] = ids.take(pa.array(outcome.client[rows]))
    if reading.day is not None:
        columns["date"] = pa.array(reading.day[rows], pa.date32())
    if reading.layout.table == "sessions":
        columns["source_file"] = pa.array([reading.sheet.file] * len(rows), pa.string())
        columns["source_row"] = pa.array(reading.sheet.rows[rows])
    if reading.layout.table == "goal_steps" and "position" not in columns:
        goals = pd.Series(columns["goal_id"].to_pandas())
        columns["position"] = pa.array(goals.groupby(goals).cumcount().to_numpy() + 1)
    return pa.table(columns)


def _notes(outcome: Outcome, ids: pa.Array) -> pa.Table:
    notes = outcome.reading.notes
    if notes is None or not outcome.note_kept.any():
        return TABLES["notes"].arrow().empty_table()
    kept = np.flatnonzero(outcome.note_kept)
    kinds = [notes.kind[i] for i in kept]
    layout = outcome.reading.layout
    return pa.table(
        {
            "client_id": ids.take(pa.array(outcome.client[notes.row[kept]])),
            "date": pa.array(notes.day[kept], pa.date32()),
            "author": pa.array([_author(k, layout.table) for k in kinds], pa.string()),
            "kind": pa.array(kinds, pa.string()),
            "text": pa.array([notes.text[i] for i in kept], pa.string()),
            "may_be_shown": pa.array(notes.may_be_shown[kept]),
        }
    )


def _author(kind: str, table: str) -> str | None:
    """Questions of a check-in are the client's; of other notes we cannot say."""
    if kind not in ("note", "review"):
        return "client"
    return _AUTHORS.get(table)
