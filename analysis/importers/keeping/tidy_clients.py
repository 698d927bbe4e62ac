"""The clients of all files, with what the files say about them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.importers.keeping.outcome import Outcome, clients_seen
from analysis.importers.readers.reading import ACCEPTED
from analysis.schema import TABLES


def clients(outcomes: Sequence[Outcome], ids: pa.Array) -> pa.Table:
    """Every client with a row that was read: the register first, then other files.

    ids: client by code. Of what other files say the latest by date is taken.
    """
    seen = clients_seen(outcomes)
    everyone = pd.DataFrame({"client": np.sort(seen)})
    facts = [f for o in outcomes for f in _facts(o)]
    registers = [
        _client_rows(o) for o in outcomes if o.reading.layout.table == "clients"
    ]
    if registers:
        told = pd.concat(registers).drop_duplicates("client")
        everyone = everyone.merge(told, on="client", how="left")
    for name, rows in _by_name(facts).items():
        latest = rows.sort_values("day", kind="stable", na_position="first")
        latest = latest.drop_duplicates("client", keep="last").set_index("client")[
            "value"
        ]
        extra = everyone["client"].map(latest)
        known = everyone[name] if name in everyone else pd.Series(pd.NA, everyone.index)
        everyone[name] = known.where(known.notna(), extra)
    codes = pa.array(everyone["client"].to_numpy(dtype=np.int64))
    table = {"client_id": ids.take(codes)}
    for field in TABLES["clients"].arrow():
        if field.name in everyone and field.name != "client_id":
            values = everyone[field.name]
            table[field.name] = _typed(values, field.type)
    return pa.table(table)


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
