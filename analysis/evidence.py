"""Evidence as JSON text: the numbers behind a finding or a sign, kept in a table."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


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
        days = pa.Array.from_pandas(values.astype("datetime64[s]")).cast(pa.date32())
        text = pc.binary_join_element_wise('"', days.cast(pa.string()), '"', "")
        return pc.fill_null(text, "null")
    if isinstance(values.dtype, pd.ArrowDtype):  # lists of text, see `gathered`
        lists = pa.Array.from_pandas(values)
        names = _quoted(lists.flatten().to_pandas())
        texts = pa.ListArray.from_arrays(lists.offsets, names)
        return pc.binary_join_element_wise("[", pc.binary_join(texts, ", "), "]", "")
    return _quoted(values)


def _quoted(values: pd.Series) -> pa.Array:
    """Text, each different value written once."""
    code, unique = pd.factorize(values)
    written = [json.dumps(value, ensure_ascii=False) for value in unique] + ["null"]
    return pa.array(written, pa.string()).take(pa.array(code % len(written)))


def gathered(names: pd.Series, sizes: npt.NDArray[np.int64]) -> pd.Series:
    """Gather text that stands in order into lists of these sizes."""
    offsets = pa.array(np.append(0, np.cumsum(sizes)), pa.int32())
    lists = pa.ListArray.from_arrays(offsets, pa.array(names, pa.string()))
    return pd.Series(pd.arrays.ArrowExtensionArray(lists))


def json_lists(objects: pd.Series, sizes: npt.NDArray[np.int64]) -> pd.Series:
    """Gather JSON objects that stand in order into lists of these sizes."""
    offsets = pa.array(np.append(0, np.cumsum(sizes)), pa.int32())
    lists = pa.ListArray.from_arrays(offsets, pa.array(objects, pa.string()))
    joined = pc.binary_join(lists, ", ")
    return "[" + pd.Series(joined.to_pandas().to_numpy(), dtype="str") + "]"
