"""Two header rows, measures above and items below, made one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from analysis.importers.sheets.records import Knows, Record
from analysis.importers.sheets.sheet import Said

_ITEM = re.compile(r"(?:q|i|item|question|frage)?[ _.]*(\d{1,2})", re.IGNORECASE)
_TOTAL = re.compile(r"total|score|sum", re.IGNORECASE)
WITHIN = 20


def flattened(
    records: Sequence[Record], knows: Knows
) -> tuple[list[Record], tuple[Said, ...]]:
    """Join a row of measures with the row of item numbers below it, if there are two.

    A merged cell of a workbook holds its text in its first cell only: the measure's
    name is carried to the right over the columns below it.
    """
    for place, (upper, lower) in enumerate(pairwise(records[:WITHIN])):
        names = _joined(upper.cells, lower.cells, knows)
        if names:
            rows = f"{upper.row} and {lower.row}"
            said = Said(f"Two header rows ({rows}) were joined to one.", "repair")
            joined = Record(lower.row, names)
            return [*records[:place], joined, *records[place + 2 :]], (said,)
    return list(records), ()


def _joined(upper: Sequence[str], lower: Sequence[str], knows: Knows) -> list[str]:
    n_items = sum(bool(_ITEM.fullmatch(cell.strip())) for cell in lower)
    n_upper = sum(bool(cell.strip()) for cell in upper)
    if n_items < 2 or not n_upper or sum(knows(c) for c in upper if c.strip()) < 2:
        return []
    if all(re.fullmatch(r"\d+", c.strip()) for c in lower if c.strip()) and any(
        re.fullmatch(r"\d+", c.strip()) for c in upper
    ):
        return []
    names: list[str] = []
    above = ""
    for column in range(max(len(upper), len(lower))):
        top = upper[column].strip() if column < len(upper) else ""
        below = lower[column].strip() if column < len(lower) else ""
        above = top or above
        item = _ITEM.fullmatch(below)
        if item:
            names.append(f"{above}_{int(item[1])}")
        elif below and _TOTAL.search(below) and above:
            names.append(f"{above}_{below}")
        else:
            names.append(below or top)
    known = sum(knows(name) for name in names)
    return names if known > sum(knows(cell) for cell in upper) else []
