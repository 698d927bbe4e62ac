"""Questions to a database: one read-only look at it, rows in pieces, text out."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analysis.errors import AnalysisError
from analysis.importers.databases import refusing
from analysis.importers.databases.address import DRIVERS, Address
from analysis.importers.databases.cells import as_text
from analysis.importers.databases.queries import Query
from analysis.importers.one_file import OpenedFile
from analysis.importers.sheets.records import MAX_CELL
from analysis.importers.sheets.sheet import Broken, Refusal, Sheet

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

Progress = Callable[[str, int, int], None]
# Rows that are fetched at once: what stands in memory besides the text made of them.
PIECE = 20_000
# The text of one table, as much as of one file.
MAX_BYTES = 2 * 1024**3
_PATIENCE_SECONDS = 10


def pull(
    address: Address,
    queries: Sequence[Query],
    password: str,
    progress: Progress | None = None,
) -> list[OpenedFile]:
    """Read what the queries name, all of it as it stood at one moment.

    A table that is not there or may not be read is refused like a file; the others are
    read. Raises AnalysisError where the database cannot be reached or is lost.
    """
    if importlib.util.find_spec("sqlalchemy") is None:
        raise AnalysisError(
            "Databases are read with the extra `db`, which is not installed: run "
            "`make setup EXTRAS=db` (docs/installing.md)."
        )
    pulled = []
    with _connected(address, password) as connection:
        for number, query in enumerate(queries):
            if progress is not None:
                progress(query.name, number, len(queries))
            pulled.append(_pulled(connection, query, address))
    return pulled


# --- the connection ------------------------------------------------------------------


@contextmanager
def _connected(address: Address, password: str) -> Iterator[Connection]:
    """A connection that cannot write, and sees nothing that changes meanwhile."""
    from sqlalchemy.exc import SQLAlchemyError

    engine = _engine(address, password)
    try:
        try:
            connection = engine.connect()
            if address.kind == "postgresql":
                connection = connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            connection.begin()
        except SQLAlchemyError as problem:
            raise refusing.not_reached(address, problem) from None
        with connection:
            yield connection
    finally:
        engine.dispose()


def _engine(address: Address, password: str) -> Engine:
    from sqlalchemy import create_engine, make_url
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.pool import NullPool

    if address.kind == "sqlite":
        return _sqlite_engine(address)
    try:
        url = make_url(address.url).set(drivername=DRIVERS[address.kind])
        url = url.set(password=password) if password else url
        return create_engine(
            url,
            poolclass=NullPool,
            hide_parameters=True,
            connect_args={"connect_timeout": _PATIENCE_SECONDS},
        )
    except SQLAlchemyError as problem:
        raise refusing.not_reached(address, problem) from None


def _sqlite_engine(address: Address) -> Engine:
    """A file that is opened for reading alone: it is neither made nor changed."""
    import sqlite3
    from pathlib import Path
    from urllib.parse import unquote, urlsplit

    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    path = Path(unquote(urlsplit(address.url).path)[1:])
    if not path.is_file():
        raise AnalysisError(
            f"There is no database file {path}. An address is sqlite:///folder/file.db "
            "from here, or sqlite:////folder/file.db from the root."
        )
    uri = f"{path.resolve().as_uri()}?mode=ro"
    return create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(uri, uri=True),
        poolclass=NullPool,
        hide_parameters=True,
    )


# --- one table -----------------------------------------------------------------------


def _pulled(connection: Connection, query: Query, address: Address) -> OpenedFile:
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with connection.begin_nested():
            found = _rows(connection, query)
    except SQLAlchemyError as problem:
        refusal = refusing.not_read(query, problem)
        if refusal is None:
            raise refusing.lost(address, query) from None
        return OpenedFile(query.name, refusal=refusal)
    if isinstance(found, Refusal):
        return OpenedFile(query.name, refusal=found)
    sheet = _sheet(query.name, *found)
    return OpenedFile(query.name, (sheet,), digest=sheet.digest)


def _rows(
    connection: Connection, query: Query
) -> tuple[tuple[str, ...], list[pa.Array]] | Refusal:
    """Names of the columns, and each of them as text."""
    statement = _statement(connection, query)
    if isinstance(statement, Refusal):
        return statement
    options = {"stream_results": True, "yield_per": PIECE}
    result = connection.execute(statement, execution_options=options)
    names = tuple(str(name) for name in result.keys())  # noqa: SIM118
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        return refusing.named_twice(sorted(twice))
    pieces: list[list[pa.Array]] = [[pa.array([], pa.string())] for _ in names]
    size = 0
    for rows in result.partitions():
        for name, column, values in zip(
            names, pieces, zip(*rows, strict=True), strict=True
        ):
            try:
                column.append(as_text(values))
            except TypeError:
                return refusing.binary(name)
            size += column[-1].nbytes
        if size > MAX_BYTES:
            return refusing.too_large(MAX_BYTES)
    return names, [pa.concat_arrays(column) for column in pieces]


def _statement(connection: Connection, query: Query) -> Any:
    """What is asked. A table is read in the order of its key, so that it stays one."""
    import sqlalchemy

    if query.sql:
        statement = sqlalchemy.text(query.sql)
        words = statement.compile().params
        return refusing.colon(sorted(words)) if words else statement
    schema, _, name = query.table.rpartition(".")
    looked = sqlalchemy.inspect(connection)
    if not looked.has_table(name, schema=schema or None):
        return refusing.no_table(query)
    key = looked.get_pk_constraint(name, schema=schema or None)
    columns: list[Any] = [
        sqlalchemy.column(column) for column in key["constrained_columns"]
    ]
    table = sqlalchemy.table(name, schema=schema or None)
    return sqlalchemy.select(sqlalchemy.text("*")).select_from(table).order_by(*columns)


def _sheet(name: str, names: tuple[str, ...], columns: list[pa.Array]) -> Sheet:
    """The sheet of a table. Rows are counted as in a spreadsheet: the first is 2."""
    n = len(columns[0]) if columns else 0
    digest = hashlib.sha256(repr(names).encode())
    wrong = np.zeros(n, bool)
    for column in columns:
        digest.update(_bytes(column))
        long = pc.greater(pc.utf8_length(column), MAX_CELL)
        nul = pc.match_substring(column, "\x00")
        wrong |= pc.or_(long, nul).to_numpy(zero_copy_only=False)
    reason = f"a cell holds a NUL byte or more than {MAX_CELL:,} characters"
    broken = tuple(Broken(int(row) + 2, (), reason) for row in np.flatnonzero(wrong))
    good = pa.array(np.flatnonzero(~wrong))
    kept = [column.take(good) for column in columns] if broken else columns
    return Sheet(
        name,
        names,
        tuple(kept),
        np.flatnonzero(~wrong).astype(np.int64) + 2,
        digest.hexdigest(),
        broken=broken,
    )


def _bytes(column: pa.StringArray) -> bytes:
    """Lengths and letters of a column, for its hash: nothing of what lies behind."""
    _, offsets, letters = column.buffers()
    ends = np.frombuffer(offsets, np.int32)[: len(column) + 1]
    return ends.tobytes() + bytes(memoryview(letters or b"")[: int(ends[-1])])
