"""What a table and a column are: kinds, names, the Arrow schema made from them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

TEXT, DATE, NUMBER, WHOLE, TRUTH = "text", "date", "number", "whole", "truth"

_ARROW = {
    TEXT: pa.string(),
    DATE: pa.date32(),
    NUMBER: pa.float64(),
    WHOLE: pa.int64(),
    TRUTH: pa.bool_(),
}


_MANY_ROWS = 100_000


@dataclass(frozen=True)
class Column:
    """One column: what it holds, whether it may be empty, what it may say."""

    name: str
    kind: str
    meaning: str
    required: bool = False
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One tidy table: a row is `row`; `key` columns together are unique."""

    name: str
    row: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    is_derived: bool = False

    @property
    def names(self) -> list[str]:
        """Column names, in order."""
        return [column.name for column in self.columns]

    def arrow(self) -> pa.Schema:
        """The table as an Arrow schema."""
        return pa.schema([(c.name, _ARROW[c.kind]) for c in self.columns])

    def empty(self) -> pd.DataFrame:
        """A frame with the right columns and kinds and no rows."""
        return frame(self.arrow().empty_table())


def frame(table: pa.Table) -> pd.DataFrame:
    """Turn Arrow into pandas: dates become datetime64, whole numbers stay nullable."""
    return table.to_pandas(
        date_as_object=False,
        types_mapper=_pandas_kind,
        # a process that makes one report has no use for threads, nor may all start them
        use_threads=table.num_rows > _MANY_ROWS,
    )


def _pandas_kind(kind: pa.DataType) -> object:
    if pa.types.is_integer(kind):
        return pd.Int64Dtype()
    if pa.types.is_boolean(kind):
        return pd.BooleanDtype()
    return None


def id_column(name: str, meaning: str) -> Column:
    return Column(name, TEXT, meaning, required=True)
