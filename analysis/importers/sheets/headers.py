"""Whether a first row that is not known names columns, or is a row of data itself.

Only names may be repeated in a message: a file without a header has a client there.
"""

from __future__ import annotations

import re

from analysis.importers.sheets.sheet import Sheet

_NUMBER_OR_DATE = re.compile(r"[-+]?\d[\d.,:/ \-T+Z%]*")
_ROWS = 50


def names_its_columns(sheet: Sheet) -> bool:
    """True where the first row is words only, and numbers or dates stand below one."""
    names = [name.strip() for name in sheet.names]
    if any("@" in name or _NUMBER_OR_DATE.fullmatch(name) for name in names):
        return False
    return any(
        _is_numbers([str(cell) for cell in column.slice(0, _ROWS).to_pylist()])
        for name, column in zip(names, sheet.columns, strict=True)
        if name
    )


def _is_numbers(cells: list[str]) -> bool:
    filled = [cell.strip() for cell in cells if cell.strip()]
    return bool(filled) and all(_NUMBER_OR_DATE.fullmatch(cell) for cell in filled)
