"""What no report needs, and may identify somebody, stays in the raw file.

It is taken out as soon as a file is read, so that nothing that comes after (tables,
quarantine/, what is remembered of a file) can carry it on.
"""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from analysis.importers.layout import NONE, Layout
from analysis.importers.readers.reading import Reading
from analysis.importers.report import FileRead
from analysis.importers.sheets.sheet import Broken, Document, Refusal, Sheet
from analysis.importers.values.vocabulary import Vocabulary

# Stands instead of a cell that is not carried on. The raw file still has it.
WITHHELD = "(not carried over)"
# Of records that are refused: what kind they are. All else may be anything.
_KINDS = ("resourceType", "status")


def withheld(read: FileRead, words: Vocabulary) -> FileRead:
    """The same file without the cells that identify somebody.

    Of a table that was read the columns that nothing is read from, and days of birth;
    of a table that was refused all columns whose name is not known: nobody can say
    what they hold.
    """
    refused = tuple(
        (_refused(part, words), _bare(refusal)) for part, refusal in read.refused
    )
    return replace(
        read,
        readings=tuple(_reading(reading) for reading in read.readings),
        refused=refused,
        refusal=None if read.refusal is None else _bare(read.refusal),
    )


def _bare(refusal: Refusal) -> Refusal:
    return replace(refusal, sheet=None)


def _reading(reading: Reading) -> Reading:
    sheet, kept = reading.sheet, _columns_read(reading.layout)
    if len(kept) == len(sheet.columns):
        return reading
    columns = tuple(
        column if place in kept else _masked(column)
        for place, column in enumerate(sheet.columns)
    )
    # cells of a broken row may stand under any name
    broken = tuple(_emptied(one) for one in sheet.broken)
    return replace(reading, sheet=replace(sheet, columns=columns, broken=broken))


def _columns_read(layout: Layout) -> set[int]:
    """Columns that something is read from, days of birth left out: a year is kept."""
    found = {layout.client, *layout.instance, *layout.notes}
    for when in (layout.when, *(form.when for form in layout.forms if form.when)):
        found |= {when.date, when.time, when.offset}
        if when.since is not None:
            found |= {when.since.column, when.since.start_column}
    for form in layout.forms:
        found |= {*form.items.values(), *form.totals.values()}
    if layout.long is not None:
        found |= {layout.long.measure, layout.long.item, layout.long.response}
    for named in (layout.columns, layout.facts):
        found |= {place for name, place in named.items() if name != "birth_date"}
    return found - {NONE}


def _masked(column: pa.Array) -> pa.Array:
    blank = pc.equal(pc.utf8_length(pc.utf8_trim_whitespace(column)), 0)
    return pc.if_else(blank, pa.scalar("", pa.string()), pa.scalar(WITHHELD))


def _emptied(broken: Broken) -> Broken:
    return replace(broken, cells=(WITHHELD,) if broken.cells else ())


def _refused(part: Sheet | Document, words: Vocabulary) -> Sheet | Document:
    broken = tuple(_emptied(one) for one in part.broken)
    if isinstance(part, Document):
        records = tuple(
            {name: str(record[name]) for name in _KINDS if name in record}
            for record in part.records
        )
        return replace(part, records=records, broken=broken)
    kept = [
        place
        for place, name in enumerate(part.names)
        if words.knows(name) and not words.is_identifying(name)
    ]
    return replace(
        part,
        names=tuple(part.names[place] for place in kept),
        columns=tuple(part.columns[place] for place in kept),
        more_headers=(),
        broken=broken,
    )
