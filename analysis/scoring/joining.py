"""Which row of one table belongs to which row of another, for millions of rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


def positions(ids: pd.Series, among: pd.Series) -> np.ndarray:
    """Position of each id in `among`, -1 where it is not there.

    Rows of one administration mostly stand together: only the first of each run is
    looked up.
    """
    texts = _texts(ids)
    if len(texts) == 0:
        return np.empty(0, np.int64)
    changes = pc.not_equal(texts[1:], texts[:-1]).to_numpy(zero_copy_only=False)
    starts = np.concatenate([[0], np.flatnonzero(changes) + 1])
    found = pc.index_in(texts.take(pa.array(starts)), value_set=_texts(among))
    where = found.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return np.repeat(where, np.diff([*starts, len(texts)]))


def codes(values: pd.Series) -> tuple[np.ndarray, list[str]]:
    """A number for each distinct text, and the texts; -1 stands for an empty cell."""
    encoded = _texts(values).dictionary_encode()
    indices = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return indices.astype(np.int64), encoded.dictionary.to_pylist()


def _texts(values: pd.Series) -> pa.Array:
    array = pa.array(values, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if pa.types.is_null(array.type) or not pa.types.is_large_string(array.type):
        array = array.cast(pa.large_string())
    return array
