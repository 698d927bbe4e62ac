"""What is said about the data: frozen records, no sentence among them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class FileQuality:
    """One raw file, as imports.csv counts it."""

    file: str
    format: str
    action: str  # accept, repair, quarantine, reject, needs_config
    rows_in: int
    accepted: int
    quarantined: int
    duplicates: int
    ignored: int
    messages: str


@dataclass(frozen=True)
class Skipped:
    """How often one item was left open, among forms that came with their items."""

    item: int
    count: int
    of: int


@dataclass(frozen=True)
class FormQuality:
    """Every filling-in of one measure up to the report's day."""

    measure: str
    instrument: str
    forms: int
    clients: int
    first: date
    last: date
    prorated: int
    not_scored: int
    totals_only: int  # forms whose items were not exported
    superseded: int  # another score of the same day counts
    usual_days: int
    days_before: float | None  # median days between two forms of a client, before
    days_now: float | None  # the same over the last 90 days
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True)
class Ask:
    """One thing to ask the exporting system, or the team, for.

    kind: a line ask.<kind> of the analyst's wording. about: a file or an instrument.
    """

    kind: str
    count: int = 0
    of: int = 0
    about: str = ""
    item: int = 0


@dataclass(frozen=True)
class Quality:
    """Everything the data quality report says."""

    until: date
    files: tuple[FileQuality, ...]
    forms: tuple[FormQuality, ...]
    clients: int
    asks: tuple[Ask, ...]

    @property
    def rows_in(self) -> int:
        """Rows of all files."""
        return sum(file.rows_in for file in self.files)

    @property
    def accepted(self) -> int:
        """Rows that were taken into the tables."""
        return sum(file.accepted for file in self.files)

    @property
    def set_aside(self) -> int:
        """Rows in quarantine."""
        return sum(file.quarantined for file in self.files)
