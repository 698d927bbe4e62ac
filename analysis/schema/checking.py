"""The check before every write: its errors name columns and rows, never a value."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.errors import AnalysisError
from analysis.schema.columns import Table
from analysis.schema.derived import DERIVED
from analysis.schema.tidy import TIDY

TABLES: Mapping[str, Table] = {table.name: table for table in (*TIDY, *DERIVED)}


def conform(rows: pd.DataFrame, name: str) -> pa.Table:
    """Return the rows as the table's Arrow table, or raise naming every problem.

    Columns the table does not know are refused; missing optional ones become empty.
    """
    return checked(rows, name).cast(TABLES[name].arrow())


def checked(rows: pd.DataFrame, name: str) -> pa.Table:
    """The same, with categoricals as dictionaries: spelled out they take much room."""
    table = TABLES[name]
    problems = _column_problems(rows, table)
    if not problems:
        problems = _row_problems(rows, table)
    if problems:
        lines = "\n".join(f"  {problem}" for problem in problems)
        raise AnalysisError(f"{name} has {len(problems)} problem(s):\n{lines}")
    present = {c: rows[c] for c in table.names if c in rows}
    arrays = []
    for field in table.arrow():
        values = present.get(field.name)
        arrays.append(
            pa.nulls(len(rows), field.type)
            if values is None
            else _array(values, field.type)
        )
    return pa.table(arrays, names=table.names)


def _array(values: pd.Series, kind: pa.DataType) -> pa.Array:
    if isinstance(values.dtype, pd.CategoricalDtype):
        return pa.Array.from_pandas(values)
    if pa.types.is_date(kind) and values.dtype == object:
        # never through Python dates: tables have millions of rows
        values = values.astype("datetime64[s]")
    return pa.Array.from_pandas(values, type=kind)


def _column_problems(rows: pd.DataFrame, table: Table) -> list[str]:
    unknown = [str(name) for name in rows.columns if name not in table.names]
    missing = [c.name for c in table.columns if c.required and c.name not in rows]
    return [f"unknown column {name}" for name in unknown] + [
        f"column {name} is missing" for name in missing
    ]


def _row_problems(rows: pd.DataFrame, table: Table) -> list[str]:
    problems = []
    for column in table.columns:
        if column.name not in rows:
            continue
        values = rows[column.name]
        if column.required and values.isna().any():
            problems.append(f"{column.name} is empty in {_where(values.isna())}")
        if column.allowed:
            wrong = values.notna() & ~values.isin(column.allowed)
            if wrong.any():
                allowed = ", ".join(column.allowed)
                problems.append(
                    f"{column.name} is none of {allowed} in {_where(wrong)}"
                )
    if table.key and len(rows) and not _rises(rows, table.key):
        twice = rows.duplicated(list(table.key), keep=False)
        if twice.any():
            problems.append(
                f"{' + '.join(table.key)} must be unique, see {_where(twice)}"
            )
    return problems


def _rises(rows: pd.DataFrame, key: tuple[str, ...]) -> bool:
    """Whether a key of a categorical and a whole number rises from row to row.

    Then it is unique, seen at a glance: responses have tens of millions of rows.
    """
    if len(key) == 1:
        return _rises_by_length(rows[key[0]])
    if len(key) != 2 or not isinstance(rows[key[0]].dtype, pd.CategoricalDtype):
        return False
    if rows[key[1]].dtype != "int64":
        return False
    first = rows[key[0]].cat.codes.to_numpy()
    second = rows[key[1]].to_numpy()
    same = (first[1:] == first[:-1]) & (second[1:] > second[:-1])
    return bool(np.all(same | (first[1:] > first[:-1])))


def _rises_by_length(ids: pd.Series) -> bool:
    """Whether ids rise, shorter ones first: a-2, a-3, …, a-10. Then each is unique."""
    if ids.dtype != "str":
        return False
    texts = pa.array(ids)
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    before, after = texts[:-1], texts[1:]
    short, long = pc.binary_length(before), pc.binary_length(after)
    same = pc.and_(pc.equal(short, long), pc.less(before, after))
    rises = pc.all(pc.or_(same, pc.less(short, long)), skip_nulls=False).as_py()
    return bool(rises)


def _where(mask: pd.Series) -> str:
    numbers = [str(n + 1) for n in mask.to_numpy().nonzero()[0][:5]]
    more = int(mask.sum()) - len(numbers)
    return f"row {', '.join(numbers)}" + (f" and {more} more" if more > 0 else "")
