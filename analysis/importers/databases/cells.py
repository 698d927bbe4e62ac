"""Values of a database as the text that an export would hold."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


def as_text(values: Sequence[Any]) -> pa.Array:
    """One column as text; what is missing is an empty cell.

    Days are written 2025-01-06, times with their zone where they have one, truths true
    and false. Raises TypeError for binary values, which are no answers.
    """
    kinds = {type(value) for value in values} - {type(None)}
    if kinds <= {str, int, date} and len(kinds) <= 1:
        # millions of plain values: in one stroke
        return pc.fill_null(pa.array(values).cast(pa.string()), "")
    return pa.array([_word(value) for value in values], pa.string())


def _word(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        raise TypeError("binary")
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _number(value: float) -> str:
    """7.0 as 7: whole numbers come as such from some columns and not from others."""
    if math.isnan(value):
        return ""
    return str(int(value)) if value.is_integer() else repr(value)
