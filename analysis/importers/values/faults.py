"""What is wrong with rows: which, why, where they go, and the sentence about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.importers.sheets.sheet import Bin, Level, Said
from analysis.importers.values.quoting import LONGEST, may_be_repeated

# So many rows are named one by one in a message; quarantine/ names all of them.
NAMED = 8


@dataclass(frozen=True)
class Fault:
    """Rows that do not go the straight way.

    rows: positions in the sheet. reasons: one for each of them, or one for all;
    they stand in quarantine/ and, for the first few rows, in the message.
    about: the sentence they share, such as "the date is in the future".
    """

    bin: Bin
    about: str
    rows: np.ndarray
    reasons: tuple[str, ...]
    level: Level = "note"

    def reason(self, number: int) -> str:
        """The reason of the row that stands `number` places down the list."""
        return self.reasons[number if len(self.reasons) > 1 else 0]


def fault(
    bin: Bin, about: str, rows: np.ndarray, reasons: Sequence[str], level: Level
) -> tuple[Fault, ...]:
    """A fault as a tuple of one, or of none where no row has it."""
    if not len(rows):
        return ()
    return (Fault(bin, about, rows, tuple(reasons), level),)


def set_aside(
    about: str, rows: np.ndarray, reasons: Sequence[str]
) -> tuple[Fault, ...]:
    """Rows that go into quarantine."""
    return fault("quarantined", about, rows, reasons, "note")


def shown(value: str) -> str:
    """An answer as a message may repeat it; anybody's own words are not repeated."""
    plain = " ".join(value.split())
    return f"“{plain}”" if may_be_repeated(plain) else "(text)"


def shown_label(value: str) -> str:
    """A word that stands as answer all over a sheet, and so is a label of a form."""
    plain = " ".join(value.split())
    return f"“{plain}”" if len(plain) <= LONGEST and plain.isprintable() else "(text)"


_VERBS = {
    "quarantined": "set aside",
    "duplicates": "dropped as duplicates",
    "ignored": "ignored",
}


def said_of(one: Fault, numbers: np.ndarray) -> Said:
    """The sentence about a fault. numbers: row numbers of the sheet's rows."""
    n = len(one.rows)
    words = f"{n} row{'s' * (n != 1)} {_VERBS[one.bin]}: {one.about}"
    named = numbers[one.rows[:NAMED]]
    if len(one.reasons) > 1 or one.reasons[0] not in ("", one.about):
        details = [f"row {r}: {one.reason(i)}" for i, r in enumerate(named)]
        listed = "; ".join(details)
    else:
        listed = f"row{'s' * (n != 1)} " + ", ".join(str(r) for r in named)
    more = f" and {n - NAMED} more" if n > NAMED else ""
    return Said(f"{words} ({listed}{more}).", one.level)
