"""Reads and writes the tidy tables, always through the schema."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analysis.errors import AnalysisError
from analysis.schema import TABLES, checked, frame

# Small row groups, sorted by client, so that one client's rows are read without
# unpacking the whole table.
ROWS_PER_GROUP = 65_536
# Arrow checks and packs outside Python's lock; more at once would cost memory.
_SIDE_BY_SIDE = 2


def write_table(rows: pd.DataFrame, name: str, folder: Path) -> None:
    """Check the rows and write them whole: temporary file, fsync, rename."""
    write_arrow(checked(rows, name), name, folder)


def write_arrow(table: pa.Table, name: str, folder: Path) -> None:
    """Write an Arrow table of the columns of `name`, ids as text or as dictionary."""
    with pieces(name, folder) as write:
        write(in_order(table))


def in_order(table: pa.Table) -> pa.Table:
    """The rows by client and date, as they are stored; others as they come."""
    if "client_id" in table.column_names and table.num_rows:
        keys = ["client_id"] + (["date"] if "date" in table.column_names else [])
        if not _is_sorted(table, keys):
            table = table.sort_by([(key, "ascending") for key in keys])
    return table


@contextlib.contextmanager
def pieces(name: str, folder: Path) -> Iterator[Callable[[pa.Table], None]]:
    """Give a function that adds rows, in order, to a table written anew.

    The table stands under its name when the block has ended; where it raises, the
    table that stood there before is unchanged.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.parquet"
    handle, temporary = tempfile.mkstemp(prefix=f".{name}-", dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            with _row_groups(TABLES[name].arrow(), file) as write:
                yield write
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as problem:
        raise AnalysisError(
            f"{path} could not be written ({problem.strerror}). The table that stood "
            "there before is unchanged. Free some room or choose another folder with "
            "--processed."
        ) from problem
    finally:
        Path(temporary).unlink(missing_ok=True)


@contextlib.contextmanager
def _row_groups(
    schema: pa.Schema, file: BinaryIO
) -> Iterator[Callable[[pa.Table], None]]:
    """Row groups of one size, whatever the pieces; one at a time is spelled out."""
    waiting = schema.empty_table()
    n_written = 0
    with pq.ParquetWriter(file, schema) as writer:

        def write(table: pa.Table) -> None:
            nonlocal waiting, n_written
            start = 0
            if waiting.num_rows:
                start = min(ROWS_PER_GROUP - waiting.num_rows, table.num_rows)
                more = table.slice(0, start).cast(schema)
                waiting = pa.concat_tables([waiting, more]).combine_chunks()
            if waiting.num_rows == ROWS_PER_GROUP:
                writer.write_table(waiting)
                waiting, n_written = schema.empty_table(), n_written + 1
            while table.num_rows - start >= ROWS_PER_GROUP:
                writer.write_table(table.slice(start, ROWS_PER_GROUP).cast(schema))
                start, n_written = start + ROWS_PER_GROUP, n_written + 1
            if start < table.num_rows:
                waiting = table.slice(start).cast(schema)

        yield write
        if waiting.num_rows or not n_written:
            writer.write_table(waiting)


def write_tables(
    tables: Mapping[str, pd.DataFrame], names: Sequence[str], folder: Path
) -> None:
    """Check and write several tables side by side, the largest of them last.

    Raises AnalysisError of the first that fails; the others are written or not.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        running = [pool.submit(write_table, tables[n], n, folder) for n in names]
        for one in running:
            one.result()


def _is_sorted(table: pa.Table, keys: Sequence[str]) -> bool:
    """Whether rows of two keys at most stand in order: seen faster than sorted."""
    columns = [table[key].combine_chunks() for key in keys]
    sorted_so_far = pa.scalar(True)
    for column in reversed(columns):
        before, after = column[:-1], column[1:]
        same = pc.and_(pc.equal(before, after), sorted_so_far)
        sorted_so_far = pc.or_(pc.less(before, after), same)
    return bool(pc.all(sorted_so_far, skip_nulls=False).as_py())


def read_table(
    name: str, folder: Path, clients: Iterable[str] | None = None
) -> pd.DataFrame:
    """Read one table, or only some clients' rows of it; absent means no rows."""
    wanted = None if clients is None else sorted(set(clients))
    chosen = None if wanted is None else pc.field("client_id").isin(wanted)
    return frame(read_arrow(name, folder, chosen))


def read_between(name: str, folder: Path, first: str, last: str) -> pd.DataFrame:
    """The rows of the clients from first to last, by id: row groups without any stay
    unread."""
    client = pc.field("client_id")
    return frame(read_arrow(name, folder, (client >= first) & (client <= last)))


def read_arrow(
    name: str, folder: Path, chosen: pc.Expression | None = None
) -> pa.Table:
    """One table as Arrow, or only its chosen rows; absent means no rows."""
    path = folder / f"{name}.parquet"
    table = TABLES[name]
    if not path.exists():
        return table.arrow().empty_table()
    try:
        rows = pq.read_table(path, filters=chosen)
        return rows.select(table.names).cast(table.arrow())
    except (pa.ArrowInvalid, pa.ArrowKeyError, KeyError, OSError) as problem:
        raise AnalysisError(
            f"{path} is damaged or was made by another version. Delete the folder "
            f"{folder} and run `make data`: it is rebuilt from the raw exports."
        ) from problem


def read_tables(
    folder: Path, names: Iterable[str] = tuple(TABLES), client: str | None = None
) -> Mapping[str, pd.DataFrame]:
    """Read several tables; with `client`, only that client's rows.

    Tables that have no client_id (responses, totals, goal steps, goal ratings) are cut
    down to the administrations and goals of that client.
    """
    tables = {name: _read_for(name, folder, client) for name in names}
    if client is None:
        return tables
    for child, parent, key in (
        ("responses", "administrations", "administration_id"),
        ("totals", "administrations", "administration_id"),
        ("goal_steps", "goals", "goal_id"),
        ("goal_ratings", "goals", "goal_id"),
    ):
        if child in tables:
            owner = tables.get(parent)
            if owner is None:
                owner = _read_for(parent, folder, client)
            tables[child] = tables[child][tables[child][key].isin(owner[key])]
    return tables


def _read_for(name: str, folder: Path, client: str | None) -> pd.DataFrame:
    has_client = "client_id" in TABLES[name].names
    return read_table(name, folder, [client] if client and has_client else None)
