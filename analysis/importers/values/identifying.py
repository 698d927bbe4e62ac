"""Columns that say who or where somebody is, seen by what stands in their cells."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

# So many rows from the top tell what a column holds.
_LOOKED_AT = 1000
_SHAPES = (
    r"^[^@\s]+@[^@\s]+\.[A-Za-z]{2,}$",  # e-mail
    r"^\d{1,3}(\.\d{1,3}){3}$|^[0-9A-Fa-f]{0,4}(:[0-9A-Fa-f]{0,4}){3,7}$",  # IP
    # telephone: signs between the digits, or a country's code, unlike a plain number
    r"^\+[\d ()/.-]{7,20}$|^00\d\d[ /.-][\d ()/.-]{6,18}$",
    r"^\(?0\d{2,5}\)?[ /-]\d[\d ()/-]{5,15}$",
    r"^-?\d{1,3}\.\d{3,}\s*[,; ]\s*-?\d{1,3}\.\d{3,}$",  # coordinates
)


def holds_addresses(column: pa.Array) -> bool:
    """Whether most cells are e-mail or IP addresses, telephone numbers, coordinates."""
    words = pc.utf8_trim_whitespace(column.slice(0, _LOOKED_AT))
    words = words.filter(pc.greater(pc.utf8_length(words), 0))
    return any(_share(words, shape) > 0.5 for shape in _SHAPES)


def _share(words: pa.Array, shape: str) -> float:
    if not len(words):
        return 0.0
    return float(pc.mean(pc.match_substring_regex(words, shape)).as_py())
