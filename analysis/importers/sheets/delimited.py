"""CSV and TSV files to sheets: everything as text, large clean files in one stroke."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from analysis.importers.sheets.decoding import decode
from analysis.importers.sheets.records import (
    MAX_CELL,
    Block,
    Broken,
    Knows,
    Record,
    blocks,
    is_header,
    read_records,
)
from analysis.importers.sheets.sheet import Refusal, Said, Sheet, empty_sheet

DELIMITERS = (",", ";", "\t", "|")
# From this size on the fast reader is tried first; below, one reader does for all.
_LARGE = 200_000
# The careful reader takes about ten times a file's size in memory.
MAX_CAREFUL = 400 * 1024**2
_TOP = 65_536
MAX_COLUMNS = 10_000
# Columns that only m-Path has: its rows leave out the empty cells at their end.
TRIMS = frozenset(("connectionId", "sentBeepId"))


@dataclass(frozen=True)
class Declared:
    """What a profile says about a file; empty = find out."""

    encoding: str = ""
    delimiter: str = ""
    header_row: int = 0


def read_delimited(
    data: bytes, file: str, digest: str, knows: Knows, declared: Declared = Declared()
) -> list[Sheet] | Refusal:
    """Read every table of a text file. knows: whether a cell is a column's name."""
    decoded = decode(data, declared.encoding)
    if isinstance(decoded, Refusal):
        return decoded
    text, said = decoded
    text, moved = _excel_hint(text)
    delimiter = declared.delimiter or moved or _delimiter(text[:_TOP], knows)
    if len(text) >= _LARGE and not declared.header_row:
        sheet = _read_fast(text, delimiter, knows)
        if sheet is not None:
            return [replace(sheet, file=file, digest=digest, said=said)]
    if len(text) > MAX_CAREFUL:
        return Refusal(
            f"is larger than {MAX_CAREFUL // 1024**2} MB and has quotations over "
            "several lines or rows that are no rows, which takes more memory than "
            "there may be. Split it by year and try again."
        )
    found, said = _records(text.decode(errors="replace"), delimiter, said)
    if any(isinstance(r, Record) and len(r.cells) > MAX_COLUMNS for r in found[:60]):
        return Refusal(f"has rows of more than {MAX_COLUMNS:,} cells: it is no table.")
    tables = blocks(found, knows, declared.header_row, TRIMS)
    if not tables:
        return _without_table(found, file, digest, said)
    sheets = [sheet_of_block(block, file, digest) for block in tables]
    sheets[0] = replace(sheets[0], said=(*said, *sheets[0].said))
    return sheets


def _records(
    text: str, delimiter: str, said: tuple[Said, ...]
) -> tuple[list[Record | Broken], tuple[Said, ...]]:
    """The records, read in another way of quoting where that breaks fewer of them."""
    spaced = f'{delimiter} "' in text
    found = list(read_records(text, delimiter, spaced=spaced))
    n_broken = sum(isinstance(record, Broken) for record in found)
    if not n_broken or '\\"' not in text:
        return found, said
    again = list(read_records(text, delimiter, spaced=spaced, backslash=True))
    if any(isinstance(record, Broken) for record in again):
        return found, said
    told = Said(
        'Quotation marks inside cells are written \\": they were read so.', "repair"
    )
    return again, (*said, told)


def _without_table(
    found: Sequence[Record | Broken], file: str, digest: str, said: tuple[Said, ...]
) -> list[Sheet] | Refusal:
    if not any(isinstance(r, Broken) or "".join(r.cells).strip() for r in found):
        return Refusal("is empty: it holds nothing but blank lines.")
    names = [r.cells for r in found if isinstance(r, Record) and r.cells]
    if len(names) == 1 and len(names[0]) > 1:
        return [replace(empty_sheet(file, digest), names=tuple(names[0]), said=said)]
    return Refusal(
        "holds no table: no row of column names was found. The first row should name "
        "the columns, such as client_id, date, phq9_1."
    )


def _excel_hint(text: bytes) -> tuple[bytes, str]:
    """Excel's own first line, sep=;, which is no record."""
    first, _, _rest = text[:20].partition(b"\n")
    hint = first.strip().strip(b'"')
    if hint.lower().startswith(b"sep=") and len(hint) == 5:
        return b"\n" + text[len(first) + 1 :], hint[4:].decode()
    return text, ""


def _delimiter(top: bytes, knows: Knows) -> str:
    """The sign that cuts the first lines into most names of columns that are known."""
    text = top.decode(errors="replace")
    best, most = ",", (-1, -1.0, -1)
    for delimiter in DELIMITERS:
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        except csv.Error:
            continue
        rows = [row for row in rows[:60] if any(row)][:-1] or rows[:1]
        known = max(
            (sum(map(knows, r)) for r in rows if is_header(r, knows)), default=0
        )
        widths = [len(row) for row in rows]
        usual = max(set(widths), key=widths.count, default=0)
        share = widths.count(usual) / max(len(widths), 1) if usual > 1 else 0.0
        if (known, share, usual) > most:
            best, most = delimiter, (known, share, usual)
    return best


def sheet_of_block(block: Block, file: str, digest: str) -> Sheet:
    """One table of a file as a sheet."""
    names = block.header.cells
    cells = list(zip(*(r.cells for r in block.records), strict=True))
    cells = cells or [()] * len(names)
    return Sheet(
        file=file,
        names=tuple(names),
        columns=tuple(pa.array(column, pa.string()) for column in cells),
        rows=np.array([r.row for r in block.records], dtype=np.int64),
        digest=digest,
        broken=tuple(block.broken),
        said=tuple(block.said),
    )


# --- large files ---------------------------------------------------------------------


def _read_fast(text: bytes, delimiter: str, knows: Knows) -> Sheet | None:
    """Read a clean file in one stroke, or None where it needs a closer look.

    Clean: the header in the first line, a record on every line, no blank lines, no
    NUL, every row as wide as the header. Row numbers are then line numbers.
    """
    end = text.find(b"\n")
    first = text[: end + 1].decode(errors="replace")
    header = next(csv.reader([first.rstrip("\r\n")], delimiter=delimiter), [])
    if end < 0 or not is_header(header, knows) or not all(h.strip() for h in header):
        return None
    if len(header) > MAX_COLUMNS:
        return None
    if len(set(header)) < len(header) or not _has_a_record_per_line(text):
        return None
    names = [str(number) for number in range(len(header))]
    try:
        table = arrow_csv.read_csv(
            pa.py_buffer(text),
            read_options=arrow_csv.ReadOptions(column_names=names, skip_rows=1),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, ignore_empty_lines=False
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    columns = tuple(column.combine_chunks() for column in table.columns)
    if any(_longest(column) > MAX_CELL for column in columns):
        return None
    return Sheet("", tuple(header), columns, np.arange(2, table.num_rows + 2))


def _longest(column: pa.Array) -> int:
    offsets = np.frombuffer(column.buffers()[1], dtype=np.int32)
    return int(np.diff(offsets).max(initial=0))


def _has_a_record_per_line(text: bytes) -> bool:
    """No NUL, no blank line, and no quotation that runs over the end of a line."""
    if b"\x00" in text or b"\n\n" in text or b"\n\r\n" in text:
        return False
    signs = np.frombuffer(text, dtype=np.uint8)
    if b"\r" in text and text.count(b"\r") != text.count(b"\r\n"):
        return False
    if b'"' not in text:
        return True
    quotes = np.flatnonzero(signs == ord('"'))
    lines = np.searchsorted(np.flatnonzero(signs == ord("\n")), quotes)
    return not np.any(np.bincount(lines) % 2)
