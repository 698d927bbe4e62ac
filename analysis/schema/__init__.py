"""The tidy tables: columns, keys and allowed values, declared once.

The same declaration gives the Parquet schema, the check before every write and the
page of documentation. A check's error names tables, columns and row numbers only,
never a value: values are clients' data.
"""

from analysis.schema.checking import TABLES, checked, conform
from analysis.schema.columns import (
    DATE,
    NUMBER,
    TEXT,
    TRUTH,
    WHOLE,
    Column,
    Table,
    frame,
)

__all__ = [
    "DATE",
    "NUMBER",
    "TABLES",
    "TEXT",
    "TRUTH",
    "WHOLE",
    "Column",
    "Table",
    "checked",
    "conform",
    "frame",
]
