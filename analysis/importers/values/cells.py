"""Columns of text as codes and distinct words: checks look at each word once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# Signs that are not seen and mean nothing in an id, a date or an answer: zero-width
# spaces, direction marks, byte-order marks, soft hyphens.
_UNSEEN = "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"


@dataclass(frozen=True)
class Words:
    """A column as the distinct words in it: row i holds texts[codes[i]].

    raw: the distinct words with the spaces that stood around them.
    """

    codes: np.ndarray
    texts: pa.Array
    raw: pa.Array

    def __len__(self) -> int:
        return len(self.codes)

    def list(self) -> list[str]:
        """The distinct words."""
        return [str(text) for text in self.texts.to_pylist()]

    def at(self, position: int | np.integer[Any]) -> str:
        """The word in a row."""
        return str(self.texts[int(self.codes[position])].as_py())

    def spread(self, values: np.ndarray) -> np.ndarray:
        """A value per distinct word as a value per row."""
        return values[self.codes]

    def has(self, chosen: np.ndarray) -> np.ndarray:
        """Positions of the rows whose word is chosen; quick where none is."""
        if not chosen.any():
            return np.zeros(0, np.int64)
        return np.flatnonzero(chosen[self.codes])


def words_of(column: pa.Array) -> Words:
    """Split a column into codes and distinct words, spaces around them taken off."""
    encoded = column.dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    texts = trimmed(encoded.dictionary)
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    return Words(codes, texts, encoded.dictionary)


def trimmed(texts: pa.Array) -> pa.Array:
    """Without spaces of any kind around, and without signs that are not seen."""
    if pc.any(pc.match_substring_regex(texts, _UNSEEN)).as_py():
        texts = pc.replace_substring_regex(texts, _UNSEEN, "")
    return pc.utf8_trim_whitespace(texts)


def is_blank(column: pa.Array) -> np.ndarray:
    """Which cells hold nothing but space."""
    blank = pc.equal(pc.utf8_length(pc.utf8_trim_whitespace(column)), 0)
    return blank.to_numpy(zero_copy_only=False)
