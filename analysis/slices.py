"""One client's rows of all tables, found by their offset: for a report each.

Beside a folder of tables stands a copy of them ordered by client, uncompressed and
mapped into memory, with an index that says where a client's rows begin. Reading one
client's month then costs the same in a practice of ten clients and of a million.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analysis import store
from analysis.errors import AnalysisError
from analysis.schema import TABLES, frame

FOLDER = ".by_client"
_INDEX = "index.arrow"
# Tables without client_id whose rows are a client's all the same: parent and key.
_HANGING = {
    "goal_steps": ("goals", "goal_id"),
    "goal_ratings": ("goals", "goal_id"),
}
# Single answers and exported totals: scores are made of them, reports never read them.
NAMES = tuple(name for name in TABLES if name not in ("responses", "totals"))


def write_slices(tables: Path) -> None:
    """Put the rows of every client together, unless it is done for these very tables.

    Raises AnalysisError where the folder cannot be written.
    """
    home = tables / FOLDER
    wanted = home / _fingerprint(tables)
    if wanted.exists():
        return
    try:
        home.mkdir(exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=home))
        try:
            _write_all(tables, draft)
            os.replace(draft, wanted)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as problem:
        if wanted.exists():  # another run was first, with the same rows
            return
        raise AnalysisError(
            f"{home} could not be written ({problem.strerror}). Free some room or "
            "choose another folder with --processed."
        ) from problem
    for older in home.iterdir():
        if older != wanted:
            shutil.rmtree(older, ignore_errors=True)


def read_client(tables: Path, client: str) -> Mapping[str, pd.DataFrame]:
    """One client's rows of every table; tables of no client are whole.

    Single answers and exported totals are left out. The same rows in the same order as
    `store.read_tables` gives, which is asked where no copy was written for these very
    tables.
    """
    home = tables / FOLDER / _fingerprint(tables)
    if not home.exists():
        return store.read_tables(tables, NAMES, client=client)
    index = _mapped(home / _INDEX)
    at = pc.index(index["client_id"], pa.scalar(client)).as_py()
    found = {}
    for name in NAMES:
        start, end = 0, -1
        if name in index.column_names:
            bounds = index[name].slice(at, 2).to_pylist() if at >= 0 else [0, 0]
            start, end = bounds
        found[name] = _rows(home / f"{name}.arrow", name, start, end)
    return found


def _rows(path: Path, name: str, start: int, end: int) -> pd.DataFrame:
    """Rows from start to before end; all of them where end is -1."""
    if start == end:
        return _no_rows(name).copy()
    return frame(_mapped(path).slice(start, None if end < 0 else end - start))


@cache
def _no_rows(name: str) -> pd.DataFrame:
    return TABLES[name].empty()


def _mapped(path: Path) -> pa.Table:
    with pa.memory_map(str(path)) as file:
        return pa.ipc.open_file(file).read_all()


def _fingerprint(tables: Path) -> str:
    """Of which tables: their names, sizes and times of writing, nothing read."""
    digest = hashlib.sha256()
    for name in TABLES:
        path = tables / f"{name}.parquet"
        if path.exists():
            known = path.stat()
            digest.update(f"{name} {known.st_size} {known.st_mtime_ns};".encode())
    return digest.hexdigest()[:16]


def _write_all(tables: Path, draft: Path) -> None:
    rows = {name: _read(name, tables) for name in NAMES}
    owners = {name: _owners(name, rows) for name in NAMES}
    owned = [owner for owner in owners.values() if owner is not None]
    clients = pc.unique(pa.concat_arrays(owned)).drop_null()
    index: dict[str, pa.Array] = {"client_id": clients}
    for name, owner in owners.items():
        kept = rows.pop(name)
        if owner is not None:
            order, bounds = _by_client(owner, clients)
            kept = kept.take(order)
            index[name] = pa.array(bounds)
        _write(kept, draft / f"{name}.arrow")
    # one bound more than clients: where the last one's rows end
    index["client_id"] = pa.concat_arrays([clients, pa.nulls(1, pa.string())])
    _write(pa.table(index), draft / _INDEX)


def _by_client(owner: pa.Array, clients: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Row numbers in the order of clients, and where each client's rows begin."""
    codes = pc.fill_null(pc.index_in(owner, clients), len(clients)).to_numpy()
    order = np.argsort(codes, kind="stable")
    bounds = np.searchsorted(codes[order], np.arange(len(clients) + 1))
    return order[: bounds[-1]], bounds


def _owners(name: str, rows: Mapping[str, pa.Table]) -> pa.Array | None:
    """Whose each row is; None for a table of the whole practice."""
    if "client_id" in rows[name].column_names:
        return rows[name]["client_id"].combine_chunks()
    if name not in _HANGING:
        return None
    parent, key = _HANGING[name]
    at = pc.index_in(rows[name][key].combine_chunks(), rows[parent][key])
    return rows[parent]["client_id"].combine_chunks().take(at)


def _read(name: str, tables: Path) -> pa.Table:
    path, schema = tables / f"{name}.parquet", TABLES[name].arrow()
    if not path.exists():
        return schema.empty_table()
    return pq.read_table(path).select(schema.names).cast(schema)


def _write(rows: pa.Table, path: Path) -> None:
    whole = rows.combine_chunks()
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, rows.schema) as out:
        out.write_table(whole, max_chunksize=max(whole.num_rows, 1))
