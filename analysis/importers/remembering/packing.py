"""Records to bytes and back: frozen dataclasses, tuples, mappings, arrays.

No pickle: bytes that somebody put into the folder can at worst be no record, never a
program. Only the kinds of record that the expected one is made of come back.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import typing
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

_MAGIC = b"cairn reading 1\n"
_DIGEST = hashlib.sha256
_N_DIGEST = 32
_N_LENGTH = 8
_CODEC = "lz4"
Record = TypeVar("Record")


class Unreadable(ValueError):
    """Bytes that are no record of the expected kind: cut off, or damaged."""


def packed(record: Any) -> bytes:
    """A record as bytes, with a checksum over all of them.

    Raises TypeError for what has no form here: a set of numbers, an open file.
    """
    blobs = _Blobs()
    tree = json.dumps(_plain(record, blobs), separators=(",", ":")).encode()
    parts = [len(tree).to_bytes(_N_LENGTH, "big"), tree]
    for blob in blobs.made:
        parts += [len(blob).to_bytes(_N_LENGTH, "big"), blob]
    digest = _DIGEST()
    for part in parts:
        digest.update(part)
    return b"".join([_MAGIC, digest.digest(), *parts])


def unpacked(data: bytes, kind: type[Record]) -> Record:
    """The record that was packed. Raises Unreadable where the bytes are not whole."""
    start = len(_MAGIC) + _N_DIGEST
    body = memoryview(data)[start:]
    if (
        not data.startswith(_MAGIC)
        or _DIGEST(body).digest() != data[start - 32 : start]
    ):
        raise Unreadable("the bytes are damaged")
    hint: Any = kind
    try:
        tree, *blobs = _parts(body)
        record = _record(json.loads(bytes(tree)), blobs, kinds_in(hint))
    except (LookupError, TypeError, ValueError, pa.ArrowException) as problem:
        raise Unreadable("the bytes hold no record") from problem
    if not isinstance(record, kind):
        raise Unreadable("the bytes hold another kind of record")
    return record


def _parts(body: memoryview) -> list[memoryview]:
    """The pieces, each of which has its length in front."""
    parts = []
    place = 0
    while place < len(body):
        length = int.from_bytes(body[place : place + _N_LENGTH], "big")
        place += _N_LENGTH
        parts.append(body[place : place + length])
        place += length
    return parts


def text_of(record: Any) -> str:
    """A record as text that is the same on every run: for keys."""
    blobs = _Blobs()
    text = json.dumps(_plain(record, blobs), separators=(",", ":"))
    return text + "".join(_DIGEST(blob).hexdigest() for blob in blobs.made)


@cache
def kinds_in(kind: Any) -> Mapping[str, type]:
    """Every dataclass that a record of this kind may be made of, by its name."""
    found: dict[str, type] = {}
    _collect(kind, found)
    return found


def _collect(hint: Any, found: dict[str, type]) -> None:
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        if hint.__name__ in found:
            return
        found[hint.__name__] = hint
        for inner in typing.get_type_hints(hint).values():
            _collect(inner, found)
    for inner in typing.get_args(hint):
        _collect(inner, found)


# --- to plain JSON -------------------------------------------------------------------


class _Blobs:
    """Arrays as bytes; one that stands in several records is packed once."""

    def __init__(self) -> None:
        self.made: list[bytes] = []
        self._known: dict[int, tuple[int, Any]] = {}

    def place(self, array: Any) -> int:
        if id(array) not in self._known:
            # the array is kept, so that its id is not given to another
            self._known[id(array)] = (len(self.made), array)
            self.made.append(_array_bytes(array))
        return self._known[id(array)][0]


def _plain(value: Any, blobs: _Blobs) -> Any:
    """JSON for a value; arrays go into `blobs`. A list marks everything compound."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.generic) and not isinstance(value, np.datetime64):
        return value.item()
    if dataclasses.is_dataclass(value):
        fields = [getattr(value, f.name) for f in dataclasses.fields(value)]
        return ["record", type(value).__name__, *(_plain(f, blobs) for f in fields)]
    if isinstance(value, np.ndarray | pa.Array | pa.ChunkedArray):
        return ["array", blobs.place(value)]
    if isinstance(value, Mapping):
        pairs = [[_plain(k, blobs), _plain(v, blobs)] for k, v in value.items()]
        return ["map", *pairs]
    if isinstance(value, date):
        return ["date", value.isoformat()]
    for name, kind in (("tuple", tuple), ("list", list)):
        if isinstance(value, kind):
            return [name, *(_plain(one, blobs) for one in value)]
    if isinstance(value, frozenset):
        return ["set", *sorted(_plain(one, blobs) for one in value)]
    raise TypeError(f"a {type(value).__name__} cannot be packed")


def _array_bytes(array: np.ndarray | pa.Array) -> bytes:
    """An array as its kind, its length in bytes, and its compressed bytes."""
    if isinstance(array, np.ndarray):
        if array.dtype == object or array.ndim != 1:
            raise TypeError("only plain rows of numbers, days and truths are packed")
        small = _narrowed(array)
        kind = f"{array.dtype.str} {small.dtype.str}"
        raw: Any = pa.py_buffer(np.ascontiguousarray(small).view(np.uint8))
    else:
        kind = "arrow arrow"
        whole = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
        batch = pa.record_batch([whole], ["column"])
        sink = io.BytesIO()
        with pa.ipc.new_stream(sink, batch.schema) as stream:
            stream.write_batch(batch)
        raw = pa.py_buffer(sink.getvalue())
    head = f"{kind} {raw.size}\n".encode()
    return head + pa.compress(raw, codec=_CODEC, asbytes=True)


# Stands for "no number" among answers of one byte.
_NO_NUMBER = -128


def _narrowed(array: np.ndarray) -> np.ndarray:
    """The same numbers in fewer bytes, where nothing is lost.

    Answers are small whole numbers in millions of floats of eight bytes.
    """
    if not len(array) or array.dtype not in (np.int64, np.float64):
        return array
    if array.dtype == np.int64:
        low, high = int(array.min()), int(array.max())
        fitting = (np.int8, np.int16, np.int32, np.int64)
        kind = next(
            k for k in fitting if np.iinfo(k).min <= low and high <= np.iinfo(k).max
        )
        return array.astype(kind)
    missing = np.isnan(array)
    if (np.abs(array) > 127).any():
        return array
    small = np.where(missing, _NO_NUMBER, array).astype(np.int8)
    return small if ((small == array) | missing).all() else array


def _widened(array: np.ndarray, kind: np.dtype) -> np.ndarray:
    if array.dtype == kind:
        return array
    wide = array.astype(kind)
    if kind == np.float64:
        wide[array == _NO_NUMBER] = np.nan
    return wide


# --- and back ------------------------------------------------------------------------


def _record(plain: Any, blobs: list[memoryview], kinds: Mapping[str, type]) -> Any:
    if not isinstance(plain, list):
        return plain
    mark, *rest = plain
    if mark == "array":
        return _array(blobs[rest[0]])
    if mark == "date":
        return date.fromisoformat(rest[0])
    if mark == "record":
        values = [_record(one, blobs, kinds) for one in rest[1:]]
        return kinds[rest[0]](*values)
    if mark == "map":
        pairs = [[_record(one, blobs, kinds) for one in pair] for pair in rest]
        return dict(pairs)
    return _SEQUENCES[mark](_record(one, blobs, kinds) for one in rest)


_SEQUENCES: Mapping[str, Any] = {"tuple": tuple, "list": list, "set": frozenset}


def _array(blob: memoryview) -> np.ndarray | pa.Array:
    end = bytes(blob[:64]).index(b"\n")
    kind, small, size = bytes(blob[:end]).decode().split(" ")
    compressed = pa.py_buffer(blob[end + 1 :])
    raw = pa.decompress(compressed, decompressed_size=int(size), codec=_CODEC)
    if kind != "arrow":
        return _widened(np.frombuffer(raw, np.dtype(small)), np.dtype(kind))
    column = pa.ipc.open_stream(raw).read_all()["column"]
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
