"""What was read and kept, as the tidy tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.importers.clock import NO_TIME
from analysis.importers.outcome import Outcome, clients_seen
from analysis.importers.people import People
from analysis.importers.reading import ACCEPTED
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
    forms = [_forms(o, ids) for o in outcomes if o.form_kept.any()]
    tables = {
        "administrations": _stacked("administrations", [f[0] for f in forms]),
        "responses": _responses([f[1] for f in forms]),
        "totals": _stacked("totals", [f[2] for f in forms]),
        "notes": _stacked("notes", [_notes(o, ids) for o in outcomes]),
        "clients": _clients(outcomes, people, ids),
    }
    for name in ("sessions", "goals", "goal_steps", "goal_ratings", "events"):
        parts = [_register(o, ids) for o in outcomes if o.reading.layout.table == name]
        tables[name] = _stacked(name, parts)
    return {name: tables[name] for name in NAMES}


def _stacked(name: str, parts: Sequence[pa.Table]) -> pd.DataFrame:
    schema = TABLES[name].arrow()
    wanted = [field for field in schema if field.name != "episode_id"]
    whole = [_completed(part, wanted) for part in parts]
    empty = pa.schema(wanted).empty_table()
    return frame(pa.concat_tables([empty, *whole]).combine_chunks())


def _completed(part: pa.Table, wanted: Sequence[pa.Field]) -> pa.Table:
    n = part.num_rows
    columns = [
        part[f.name].cast(f.type)
        if f.name in part.column_names
        else pa.nulls(n, f.type)
        for f in wanted
    ]
    return pa.table(columns, schema=pa.schema(list(wanted)))


# --- questionnaires ------------------------------------------------------------------


def _forms(
    outcome: Outcome, ids: pa.Array
) -> tuple[pa.Table, tuple[pa.Array, np.ndarray, np.ndarray, np.ndarray], pa.Table]:
    """Administrations, the parts of responses, and totals of one sheet."""
    forms = outcome.reading.forms
    if forms is None:
        raise ValueError("no forms to make tables of")
    sheet = outcome.reading.sheet
    kept = np.flatnonzero(outcome.form_kept)
    rows = sheet.rows[forms.row[kept]]
    names = administration_ids(outcome, kept)
    administrations = pa.table(
        {
            "administration_id": names,
            "client_id": ids.take(pa.array(outcome.client[forms.row[kept]])),
            "measure": _spread(forms.measures, forms.measure[kept]),
            "date": pa.array(forms.day[kept], pa.date32()),
            "time": _clock(forms.second[kept]),
            "context": _spread(
                [c or None for c in forms.contexts], forms.measure[kept]
            ),
            "source_file": pa.array([sheet.file], pa.string()).take(
                pa.array(np.zeros(len(kept), np.int32))
            ),
            "source_row": pa.array(rows),
        }
    )
    place = np.full(len(forms), -1, np.int32)
    place[kept] = np.arange(len(kept), dtype=np.int32)
    owner = place[forms.answer_form]
    answers = owner >= 0
    if answers.all():
        responses = (names, owner, forms.answer_item, forms.answer)
    else:
        responses = (
            names,
            owner[answers],
            forms.answer_item[answers],
            forms.answer[answers],
        )
    owner = place[forms.total_form]
    there = owner >= 0
    totals = pa.table(
        {
            "administration_id": names.take(pa.array(owner[there])),
            "scale": _spread(forms.scales, forms.total_scale[there]),
            "score": pa.array(forms.total[there]),
        }
    )
    return administrations, responses, totals


def _spread(names: Sequence[str | None], codes: np.ndarray) -> pa.Array:
    return pa.array(list(names), pa.string()).take(pa.array(codes))


def administration_ids(outcome: Outcome, kept: np.ndarray) -> pa.Array:
    """Ids that stay the same as long as the raw file does: file, row, measure.

    A file is known by the start of its SHA-256, a sheet of a workbook by its name's.
    """
    sheet, forms = outcome.reading.sheet, outcome.reading.forms
    if forms is None:
        return pa.array([], pa.string())
    mark = sheet.digest[:10] + (f".{sheet.title}" if sheet.title else "")
    rows = pa.array(sheet.rows[forms.row[kept]]).cast(pa.string())
    measures = _spread(forms.measures, forms.measure[kept])
    ids = pc.binary_join_element_wise(mark, rows, measures, "-")
    if len(set(forms.measures)) == len(forms.measures) and forms.row_of_link is None:
        return ids
    repeated = pd.Series(ids.to_pandas()).groupby(ids.to_pandas()).cumcount().to_numpy()
    if not repeated.any():
        return ids
    counts = pa.array(repeated + 1).cast(pa.string())
    again = pc.binary_join_element_wise(ids, counts, ".")
    return pc.if_else(pa.array(repeated > 0), again, ids)


def _clock(second: np.ndarray) -> pa.Array:
    known = second != NO_TIME
    if not known.any():
        return pa.nulls(len(second), pa.string())
    times = pa.array(second.astype(np.int32), mask=~known).cast(pa.time32("s"))
    return times.cast(pa.string())


def _responses(
    parts: Sequence[tuple[pa.Array, np.ndarray, np.ndarray, np.ndarray]],
) -> pd.DataFrame:
    if not parts:
        return TABLES["responses"].empty()
    names = pa.concat_arrays([part[0] for part in parts])
    starts = np.cumsum([0, *(len(part[0]) for part in parts)])
    owner = np.concatenate([p[1] + starts[i] for i, p in enumerate(parts)])
    ids = pd.Categorical.from_codes(owner, pd.Index(names.to_pandas()), validate=False)
    return pd.DataFrame(
        {
            "administration_id": ids,
            "item": np.concatenate([p[2] for p in parts]).astype(np.int64),
            "response": np.concatenate([p[3] for p in parts]),
        },
        copy=False,
    )


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


# --- clients -------------------------------------------------------------------------


def _clients(
    outcomes: Sequence[Outcome], people: People, ids: pa.Array
) -> pd.DataFrame:
    """Every client with a row that was read: the register first, then other files."""
    seen = clients_seen(outcomes)
    clients = pd.DataFrame({"client": np.sort(seen)})
    facts = [f for o in outcomes for f in _facts(o)]
    registers = [
        _client_rows(o) for o in outcomes if o.reading.layout.table == "clients"
    ]
    if registers:
        told = pd.concat(registers).drop_duplicates("client")
        clients = clients.merge(told, on="client", how="left")
    for name, rows in _by_name(facts).items():
        latest = rows.sort_values("day", kind="stable", na_position="first")
        latest = latest.drop_duplicates("client", keep="last").set_index("client")[
            "value"
        ]
        extra = clients["client"].map(latest)
        known = clients[name] if name in clients else pd.Series(pd.NA, clients.index)
        clients[name] = known.where(known.notna(), extra)
    codes = pa.array(clients["client"].to_numpy(dtype=np.int64))
    table = {"client_id": ids.take(codes)}
    for field in TABLES["clients"].arrow():
        if field.name in clients and field.name != "client_id":
            values = clients[field.name]
            table[field.name] = _typed(values, field.type)
    return _stacked("clients", [pa.table(table)])


def _typed(values: pd.Series, kind: pa.DataType) -> pa.Array:
    plain = [None if pd.isna(value) else value for value in values.tolist()]
    if pa.types.is_integer(kind):
        plain = [None if value is None else int(value) for value in plain]
    return pa.array(plain, kind)


def _client_rows(outcome: Outcome) -> pd.DataFrame:
    rows = np.flatnonzero(outcome.bins == ACCEPTED)
    chosen = pa.array(rows)
    columns = {
        name: values.take(chosen).to_pandas(date_as_object=True)
        for name, values in outcome.reading.columns.items()
    }
    return pd.DataFrame({"client": outcome.client[rows], **columns})


def _facts(outcome: Outcome) -> list[tuple[str, pd.DataFrame]]:
    reading = outcome.reading
    rows = np.flatnonzero((outcome.bins == ACCEPTED) & (outcome.client >= 0))
    found = []
    for name, column in reading.facts.items():
        values = column.take(pa.array(rows))
        filled = values.is_valid().to_numpy(zero_copy_only=False)
        own = rows[filled]
        day = reading.day[own] if reading.day is not None else np.datetime64("NaT")
        told = values.filter(pa.array(filled)).to_pandas()
        frame = pd.DataFrame({"client": outcome.client[own], "value": told, "day": day})
        found.append((name, frame))
    return found


def _by_name(facts: Sequence[tuple[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    names = dict.fromkeys(name for name, _ in facts)
    return {n: pd.concat([f for m, f in facts if m == n]) for n in names}
