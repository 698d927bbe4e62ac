"""Lines below a table that are no data: sums, page numbers, who printed it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.importers.sheets.sheet import Broken

_FOOTER = re.compile(
    r"^\W*(grand |sub)?(total|totals|sum|count|mean|average|page|seite|end of|"
    r"generated|exported|printed|report|records?|n|filters?|copyright|confidential|©)\b",
    re.IGNORECASE,
)
# What stands in the first cell of a row that sums up a column.
_SUM = re.compile(
    r"(grand |sub)?(totals?|sum|mean|average|avg|median|count|sd|std\.? ?dev\.?|min|"
    r"max|summe|gesamt|mittelwert|durchschnitt|anzahl|somme|moyenne|ensemble|totaal|"
    r"gemiddelde|media|promedio|suma|totale)\W*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Record:
    """One record of a text file. row: number as a spreadsheet counts it."""

    row: int
    cells: list[str]


def footer_of(body: Sequence[Record | Broken], width: int) -> list[Record]:
    """Lines at the end that sum up or sign off: few cells, after a blank or a word."""
    footer: list[Record] = []
    for record in reversed(body):
        if isinstance(record, Broken):
            break
        filled = [cell for cell in record.cells if cell.strip()]
        if not filled:
            continue
        is_short = len(filled) <= max(2, width // 4) and len(filled) < width
        has_words = bool(_FOOTER.match(filled[0]))
        is_line = is_short and (has_words or _follows_blank(body, record))
        if not is_line and not _sums_up(body, record):
            break
        footer.insert(0, record)
    return footer


def _sums_up(body: Sequence[Record | Broken], record: Record) -> bool:
    """A row of sums or means: it is called so, and lacks what every row above has."""
    if not _SUM.fullmatch(record.cells[0].strip()):
        return False
    above = [r.cells for r in body[: body.index(record)] if isinstance(r, Record)]
    rows = [cells for cells in above if cells and not _SUM.fullmatch(cells[0].strip())]
    return any(
        not cell.strip()
        and bool(rows)
        and all(len(row) > place and row[place].strip() for row in rows)
        for place, cell in enumerate(record.cells)
    )


def _follows_blank(body: Sequence[Record | Broken], record: Record) -> bool:
    position = body.index(record)
    before = body[position - 1] if position else None
    return isinstance(before, Record) and not before.cells
