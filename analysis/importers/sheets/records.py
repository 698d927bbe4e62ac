"""Text to records and header: quotes, blank lines, preface, footer, cut-off rows."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.importers.sheets.footers import Record, footer_of
from analysis.importers.sheets.sheet import Broken, Said

# A cell longer than this is no answer and no note: about 30 printed pages.
MAX_CELL = 100_000
# Header rows are looked for in so many records from the top.
HEADER_WITHIN = 40
_NUMBER = re.compile(r"[-+]?\d+([.,:/-]\d+)*")
Knows = Callable[[str], bool]


@dataclass(frozen=True)
class Block:
    """One table of the file: header, records below it, what was set aside."""

    header: Record
    records: list[Record]
    broken: list[Broken]
    said: list[Said]


def read_records(
    text: str, delimiter: str, *, backslash: bool = False, spaced: bool = False
) -> Iterator[Record | Broken]:
    """Every record in turn, blank lines as records without cells.

    A line whose quotes do not match is broken by itself and takes no other with it.
    backslash: quotes inside quotes are written \\" and not "". spaced: a space stands
    behind every delimiter.
    """
    how: dict[str, Any] = {"delimiter": delimiter, "skipinitialspace": spaced}
    if backslash:
        how |= {"escapechar": "\\", "doublequote": False}
    csv.field_size_limit(2**31 - 1)
    lines = io.StringIO(text, newline="").readlines()
    start, row = 0, 0
    while start < len(lines):
        done = start
        reader = csv.reader(_from(lines, start), strict=True, **how)
        try:
            for cells in reader:
                done = start + reader.line_num
                row += 1
                if not any(cells) and len(cells) <= 1:
                    cells = []
                yield Record(row, cells)
            return
        except csv.Error:
            row += 1
            first = next(csv.reader([lines[done]], delimiter=delimiter))
            yield Broken(
                row,
                tuple(cell.rstrip("\r\n") for cell in first),
                "its quotation marks do not match",
            )
            start = done + 1


def _from(lines: Sequence[str], start: int) -> Iterator[str]:
    for number in range(start, len(lines)):
        yield lines[number]


def is_header(cells: Sequence[str], knows: Knows) -> bool:
    """Whether a record names columns: at least two names, no number among them."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    n_known = sum(knows(cell) for cell in filled)
    n_numbers = sum(bool(_NUMBER.fullmatch(cell)) for cell in filled)
    return n_known >= 2 and n_known > n_numbers


def blocks(
    found: Sequence[Record | Broken],
    knows: Knows,
    header_row: int = 0,
    trims: frozenset[str] = frozenset(),
) -> list[Block]:
    """Split the records into tables, each with its header.

    header_row: row of the header, where a profile declares it; 0 = find it. trims:
    names of columns of exports that leave out the empty cells at the end of a row.
    """
    start = _header_position(found, knows, header_row)
    if start is None:
        return []
    made = []
    above = [r for r in found[:start] if isinstance(r, Broken) or r.cells]
    while start is not None:
        end = _next_table(found, start, knows)
        block = _block(found[start:end], trims)
        if above:
            header = block.header.row
            block.said.append(
                Said(
                    f"The header was found in row {header}; {len(above)} line(s) above "
                    "it are no data.",
                    "repair",
                )
            )
            above = []
        made.append(block)
        start = end if end < len(found) else None
    if len(made) > 1:
        rows = ", ".join(str(block.header.row) for block in made)
        said = Said(
            f"{len(made)} tables stand in it, headers in rows {rows}.", "repair"
        )
        made[0].said.append(said)
    return made


def _header_position(
    found: Sequence[Record | Broken], knows: Knows, header_row: int
) -> int | None:
    if header_row:
        rows = [r.row for r in found]
        return rows.index(header_row) if header_row in rows else None
    top = [r for r in found[:HEADER_WITHIN] if isinstance(r, Record)]
    widths = Counter(
        len(r.cells) for r in found[:1000] if isinstance(r, Record) and len(r.cells) > 1
    )
    if not widths:
        return None
    usual = widths.most_common(1)[0][0]
    # a header may be one name short of its rows, where they carry row names
    whole = [r for r in top if len(r.cells) >= usual - 1 > 0]
    named = [r for r in whole if _are_names(r.cells, usual, knows)]
    known = [r for r in top if is_header(r.cells, knows)]
    chosen = (named or known or whole)[:1]
    return found.index(chosen[0]) if chosen else None


def _are_names(cells: Sequence[str], width: int, knows: Knows) -> bool:
    """Cells that may be names of columns: filled, different, no number among them."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if any(_NUMBER.fullmatch(cell) for cell in filled):
        return is_header(cells, knows)
    return len(filled) > width / 2 and len(set(filled)) > 0.8 * len(filled)


def _next_table(found: Sequence[Record | Broken], start: int, knows: Knows) -> int:
    """Where another table begins: a different header below a blank line."""
    header = found[start]
    for position in range(start + 2, len(found)):
        above, record = found[position - 1], found[position]
        if isinstance(above, Broken) or above.cells or isinstance(record, Broken):
            continue
        names = [cell for cell in record.cells if cell]
        if len(names) > 1 and is_header(record.cells, knows):
            same = isinstance(header, Record) and record.cells == header.cells
            if not same:
                return position
    return len(found)


def _block(found: Sequence[Record | Broken], trims: frozenset[str]) -> Block:
    header = _as_record(found[0])
    names = _trimmed(header.cells, found[1:])
    said: list[Said] = []
    body = list(found[1:])
    footer = footer_of(body, len(names))
    if footer:
        rows = ", ".join(str(r.row) for r in footer)
        said.append(
            Said(
                f"{len(footer)} line(s) below the data are no data (row {rows}).",
                "repair",
            )
        )
        body = body[: body.index(footer[0])]
    names, body = _row_names(names, body, said)
    if trims & set(names):
        body = [_filled_up(record, len(names)) for record in body]
    records, broken = _sorted_out(names, body, said)
    return Block(Record(header.row, names), records, broken, said)


def _filled_up(record: Record | Broken, width: int) -> Record | Broken:
    if isinstance(record, Broken) or not record.cells:
        return record
    return Record(record.row, record.cells + [""] * (width - len(record.cells)))


def _as_record(one: Record | Broken) -> Record:
    return one if isinstance(one, Record) else Record(one.row, list(one.cells))


def _trimmed(cells: Sequence[str], below: Sequence[Record | Broken]) -> list[str]:
    """Names of columns without the empty ones at the end, where nothing is below."""
    names = list(cells)
    while names and not names[-1].strip():
        names.pop()
    rows = [r.cells for r in below if isinstance(r, Record) and r.cells]
    wider = [row for row in rows if any(cell.strip() for cell in row[len(names) :])]
    return list(cells) if len(wider) > len(rows) / 2 else names


def _row_names(
    names: list[str], body: list[Record | Broken], said: list[Said]
) -> tuple[list[str], list[Record | Broken]]:
    """Name the first column where every row has one cell more than the header."""
    rows = [r.cells for r in body if isinstance(r, Record) and r.cells]
    wider = [cells for cells in rows if len(cells) == len(names) + 1 and cells[-1]]
    if not rows or len(wider) < 0.9 * len(rows):
        return names, body
    said.append(
        Said(
            "The header is one name short: the first column was taken as row names.",
            "repair",
        )
    )
    return ["", *names], body


def _sorted_out(
    names: list[str], body: Sequence[Record | Broken], said: list[Said]
) -> tuple[list[Record], list[Broken]]:
    records: list[Record] = []
    broken: list[Broken] = []
    n_headers = 0
    for record in body:
        if isinstance(record, Broken):
            broken.append(record)
        elif not any(cell.strip() for cell in record.cells):
            continue
        elif record.cells[: len(names)] == names:
            n_headers += 1
        else:
            _put(record, len(names), records, broken)
    if n_headers:
        said.append(
            Said(
                f"The header row stands {n_headers} more time(s) among the data.",
                "repair",
            )
        )
    if broken and not isinstance(broken[-1], Record) and body:
        last = body[-1]
        is_short = len(broken[-1].cells) < len(names)
        if isinstance(last, Record) and broken[-1].row == last.row and is_short:
            said.append(Said("The last row is cut off: the export may be incomplete."))
    return records, broken


def _put(
    record: Record, width: int, records: list[Record], broken: list[Broken]
) -> None:
    """Bring a record to the header's width, or set it aside whole."""
    cells = record.cells
    extra = cells[width:]
    if "\x00" in "".join(cells):
        reason = "it holds NUL bytes, from a fault of a disk or a network"
        broken.append(Broken(record.row, tuple(cells), reason, "NUL"))
    elif len(cells) < width or any(cell.strip() for cell in extra):
        reason = f"it has {len(cells)} cells, the header {width}"
        broken.append(Broken(record.row, tuple(cells), reason))
    elif any(len(cell) > MAX_CELL for cell in cells):
        short = tuple(cell[:1000] for cell in cells)
        reason = f"a cell is longer than {MAX_CELL:,} characters"
        broken.append(Broken(record.row, short, reason))
    else:
        records.append(Record(record.row, cells[:width]))
