"""The report on every raw file: imports.csv, and the rows that were set aside."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.importers.faults import Fault, said_of
from analysis.importers.outcome import Outcome, counts_of
from analysis.importers.reading import ACCEPTED, Reading
from analysis.importers.sheet import Broken, Document, Refusal, Said, Sheet

COLUMNS = (
    "file",
    "format",
    "action",
    "rows_in",
    "accepted",
    "quarantined",
    "duplicates",
    "ignored",
    "messages",
)
_COUNTS = ("accepted", "quarantined", "duplicates", "ignored")
# What stands in quarantine/ instead of a cell that identifies somebody.
WITHHELD = "(not carried over)"


@dataclass(frozen=True)
class FileRead:
    """One raw file: what was read of it, what was refused and why."""

    file: str
    format: str = ""
    readings: tuple[Reading, ...] = ()
    refused: tuple[tuple[Sheet | Document, Refusal], ...] = ()
    refusal: Refusal | None = None
    said: tuple[Said, ...] = ()

    @property
    def n_rows(self) -> int:
        """Rows of all parts that were refused."""
        return sum(len(part.rows) + len(part.broken) for part, _ in self.refused)


def files_report(
    reads: Sequence[FileRead], outcomes: Sequence[Outcome]
) -> pd.DataFrame:
    """imports.csv: one row per raw file, counts that add up, messages to act on."""
    rows = []
    start = 0
    for read in reads:
        own = outcomes[start : start + len(read.readings)]
        start += len(read.readings)
        rows.append(_refused(read) if read.refusal else _row(read, own))
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    counts = ["rows_in", *_COUNTS]
    return frame.astype(dict.fromkeys(counts, "int64"))


def _refused(read: FileRead) -> dict[str, object]:
    refusal = read.refusal or Refusal("")
    n = read.n_rows
    counts = dict.fromkeys(_COUNTS, 0) | {"quarantined": n, "rows_in": n}
    said = [f"The file {refusal.text}", *(s.text for s in read.said)]
    return {
        "file": read.file,
        "format": read.format or "unknown",
        "action": refusal.action,
        "messages": " ".join(said),
        **counts,
    }


def _row(read: FileRead, outcomes: Sequence[Outcome]) -> dict[str, object]:
    counts = dict.fromkeys(_COUNTS, 0)
    said = list(read.said)
    for part, refusal in read.refused:
        counts["quarantined"] += len(part.rows) + len(part.broken)
        where = f"Sheet {_title(part)}" if _title(part) else "One table"
        said.append(Said(f"{where} of the file {refusal.text}"))
    for outcome in outcomes:
        for name, n in counts_of(outcome).items():
            counts[name] += n
        said += _told(outcome)
    if not sum(counts.values()):
        said.append(Said("There are no rows below the header."))
    distinct = list(dict.fromkeys(s.text for s in said))
    return {
        "file": read.file,
        "format": read.format,
        "action": _action(counts, said),
        "rows_in": sum(counts.values()),
        "messages": " ".join(distinct),
        **counts,
    }


def _title(part: Sheet | Document) -> str:
    return part.title if isinstance(part, Sheet) else ""


def _action(counts: dict[str, int], said: Sequence[Said]) -> str:
    if counts["quarantined"]:
        return "quarantine"
    needed_repair = counts["duplicates"] or any(s.level == "repair" for s in said)
    return "repair" if needed_repair else "accept"


def _told(outcome: Outcome) -> list[Said]:
    """Everything to say about one sheet: what was set aside first."""
    sheet = outcome.reading.sheet
    told = [_said_of_broken(sheet)] if sheet.broken else []
    told += [said_of(one, sheet.rows) for one in decisive(outcome)]
    return [*told, *outcome.said, *outcome.reading.said]


def _said_of_broken(sheet: Sheet) -> Said:
    details = "; ".join(f"row {b.row}: {b.reason}" for b in sheet.broken[:8])
    more = len(sheet.broken) - 8
    extra = f" and {more} more" if more > 0 else ""
    rules = ", ".join(dict.fromkeys(b.rule for b in sheet.broken))
    n = len(sheet.broken)
    return Said(f"{n} row{'s' * (n != 1)} set aside: {rules} ({details}{extra}).")


def decisive(outcome: Outcome) -> list[Fault]:
    """Faults cut down to the rows they decide: each row stands under one of them."""
    left = outcome.bins != ACCEPTED
    found = []
    for one in outcome.faults:
        mine = left[one.rows]
        if mine.all():
            found.append(one)
        elif mine.any():
            reasons = one.reasons
            if len(reasons) > 1:
                reasons = tuple(r for r, m in zip(reasons, mine, strict=True) if m)
            found.append(Fault(one.bin, one.about, one.rows[mine], reasons, one.level))
        left = left.copy()
        left[one.rows] = False
    return found


# --- quarantine ----------------------------------------------------------------------


def set_aside_rows(
    reads: Sequence[FileRead], outcomes: Sequence[Outcome]
) -> dict[str, pd.DataFrame]:
    """Per file the rows in quarantine, whole: file, row, reason, then the raw cells.

    Cells that identify somebody are withheld; the raw file still has them.
    """
    made: dict[str, pd.DataFrame] = {}
    start = 0
    for read in reads:
        own = outcomes[start : start + len(read.readings)]
        start += len(read.readings)
        rows = [row for o in own for row in _rows(o)]
        for part, refusal in read.refused:
            rows += _all_rows(part, f"The file {refusal.text}")
        if rows:
            made[read.file] = pd.DataFrame(rows).fillna("")
    return made


def _all_rows(part: Sheet | Document, reason: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    if isinstance(part, Document):
        for row, record in zip(part.rows, part.records, strict=True):
            cells = {"record": json.dumps(record, ensure_ascii=False)}
            rows.append({**_head(part.file, int(row), reason), **cells})
    else:
        names = _names(part)
        for place, row in enumerate(part.rows):
            cells = dict(zip(names, part.cells(place), strict=True))
            rows.append({**_head(part.file, int(row), reason), **cells})
    return rows + [_broken_row(part, b) for b in part.broken]


def _rows(outcome: Outcome) -> list[dict[str, object]]:
    sheet, dropped = outcome.reading.sheet, outcome.reading.layout.dropped
    names = _names(sheet)
    rows = [_broken_row(sheet, b) for b in sheet.broken]
    for one in decisive(outcome):
        if one.bin != "quarantined":
            continue
        for place, row in enumerate(one.rows):
            cells = sheet.cells(int(row))
            for column in dropped:
                cells[column] = WITHHELD if cells[column] else ""
            own = one.reason(place)
            reason = f"{one.about}: {own}" if own else one.about
            number = int(sheet.rows[row])
            rows.append(
                {
                    **_head(sheet.file, number, reason),
                    **dict(zip(names, cells, strict=True)),
                }
            )
    return sorted(rows, key=lambda r: int(str(r["row"])))


def _head(file: str, row: int, reason: str) -> dict[str, object]:
    return {"file": file, "row": row, "reason": reason}


def _broken_row(sheet: Sheet | Document, broken: Broken) -> dict[str, object]:
    names = _names(sheet) if isinstance(sheet, Sheet) else ["record"]
    extra = [f"(cell {n + 1})" for n in range(len(names), len(broken.cells))]
    cells = dict(zip([*names, *extra], broken.cells, strict=False))
    return {**_head(sheet.file, broken.row, broken.reason), **cells}


def _names(sheet: Sheet) -> list[str]:
    """Names of columns, each once and none of them one of ours."""
    names: list[str] = []
    for number, name in enumerate(sheet.names):
        plain = name.strip() or f"(column {number + 1})"
        taken = {"file", "row", "reason", *names}
        names.append(plain if plain not in taken else f"{plain} ({number + 1})")
    return names
