"""The report on every raw file: imports.csv, and the rows that were set aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.importers.keeping.outcome import Outcome, counts_of
from analysis.importers.readers.reading import ACCEPTED, Reading
from analysis.importers.sheets.sheet import Document, Refusal, Said, Sheet
from analysis.importers.values.faults import Fault, said_of

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
