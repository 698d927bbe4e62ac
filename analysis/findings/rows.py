"""From a detector's frames to rows of the table `findings`, evidence as JSON."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.records import EVIDENCE
from analysis.schema import TABLES

NAMES = TABLES["findings"].names
_KEYS = ("client_id", "episode_id", "scale", "date", "grade")


def found(kind: str, rows: pd.DataFrame, *, audience: str = "both") -> pd.DataFrame:
    """Make findings of one kind.

    rows: one row per finding with client_id, episode_id, date (since when), scale and
    grade (left out where there are none), and the fields of EVIDENCE[kind].
    """
    fields = list(EVIDENCE[kind])
    missing = [name for name in fields if name not in rows]
    if missing:
        raise ValueError(f"a {kind} finding lacks {', '.join(missing)}")
    keys = {name: rows[name].array if name in rows else None for name in _KEYS}
    findings = pd.DataFrame(keys, index=range(len(rows)))
    return findings.assign(
        kind=kind,
        evidence=json_objects(rows[fields]),
        audience=audience,
    )[NAMES]


def no_findings() -> pd.DataFrame:
    """Nothing worth telling."""
    return TABLES["findings"].empty()


def json_objects(rows: pd.DataFrame) -> pd.Series:
    """Write every row as a JSON object; dates as ISO days, missing values as null.

    Column by column: tables of millions of findings are written in seconds.
    """
    if not len(rows):
        return pd.Series([], dtype="str")
    parts: list[Any] = []
    for number, name in enumerate(rows.columns):
        lead = ("{" if number == 0 else ", ") + json.dumps(name) + ": "
        parts += [pa.scalar(lead), _as_json(rows[name])]
    joined = pc.binary_join_element_wise(*parts, pa.scalar("}"), "")
    return pd.Series(joined.to_pandas().to_numpy(), dtype="str")


def _as_json(values: pd.Series) -> pa.Array:
    if pd.api.types.is_bool_dtype(values.dtype) or pd.api.types.is_numeric_dtype(
        values.dtype
    ):
        plain = pa.Array.from_pandas(values)
        return pc.fill_null(pc.cast(plain, pa.string()), "null")
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return _quoted(values.dt.strftime("%Y-%m-%d"))
    return _quoted(values)


def _quoted(values: pd.Series) -> pa.Array:
    """Text and lists, each different value written once."""
    if values.map(lambda value: isinstance(value, list | tuple)).any():
        return pa.array([json.dumps(value) for value in values], pa.string())
    code, unique = pd.factorize(values)
    written = [json.dumps(value, ensure_ascii=False) for value in unique] + ["null"]
    return pa.array(written, pa.string()).take(pa.array(code % len(written)))
