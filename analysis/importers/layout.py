"""What the columns of one sheet hold: the plan by which its rows are read.

A format recognises a sheet and gives it a layout; one reader does the rest for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date as Date
from datetime import timedelta

from analysis.importers.sheets.sheet import Refusal, Said, Sheet
from analysis.importers.values.answers import AnswerRules
from analysis.importers.values.dates import Order
from analysis.importers.values.faults import Fault
from analysis.importers.values.vocabulary import Vocabulary
from analysis.measures import Measure

NONE = -1  # no column


@dataclass(frozen=True)
class Since:
    """Dates counted from a start: session 3, month 5.

    column: holds the number. A number `first` is the start itself.
    """

    start: Date
    column: int = NONE
    days: float = 7.0  # between one number and the next
    first: float = 0.0
    start_column: int = NONE  # each client's own start, instead of `start`


@dataclass(frozen=True)
class When:
    """Where the day of a row stands.

    zone: of times without one; "" = the clinic's. fixed: the day of every row.
    offset: column of seconds or hours east of Greenwich for Unix times.
    """

    date: int = NONE
    time: int = NONE
    order: Order = ""
    pattern: str = ""
    zone: str = ""
    offset: int = NONE
    since: Since | None = None
    fixed: Date | None = None


@dataclass(frozen=True)
class Form:
    """One questionnaire in the columns of a row.

    items: column by item number. totals: column by score id. when: its own date, where
    a row holds several forms. columns that are all blank mean: not filled in.
    """

    measure: str
    items: Mapping[int, int] = field(default_factory=dict)
    totals: Mapping[str, int] = field(default_factory=dict)
    when: When | None = None
    rules: AnswerRules = field(default_factory=AnswerRules)
    context: str = ""  # JSON, for scoring


@dataclass(frozen=True)
class Long:
    """One answer, or one score, per row."""

    measure: int
    item: int
    response: int
    constant: str = ""  # measure of all rows, where no column says it
    rules: AnswerRules = field(default_factory=AnswerRules)
    words: Mapping[tuple[str, str], tuple[str, int, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Layout:
    """The plan for one sheet.

    table: "assessments", or the tidy table that the rows are.
    columns: column of a register (clients, sessions, goals, …) by name.
    facts: columns that say something lasting about the client, by name.
    notes: kind of note by column. instance: columns that tell sittings of a day apart.
    unused: columns that nothing is read from. dropped: those that identify a person.
    blank: where rows without any answer go.
    """

    format: str
    table: str = "assessments"
    client: int = NONE
    when: When = When()
    forms: tuple[Form, ...] = ()
    long: Long | None = None
    columns: Mapping[str, int] = field(default_factory=dict)
    facts: Mapping[str, int] = field(default_factory=dict)
    notes: Mapping[int, str] = field(default_factory=dict)
    instance: tuple[int, ...] = ()
    unused: tuple[int, ...] = ()
    dropped: tuple[int, ...] = ()
    faults: tuple[Fault, ...] = ()
    said: tuple[Said, ...] = ()
    blank: str = "quarantined"
    everyone: str = ""  # client of all rows, where no column says it
    prefix: str = ""  # goes before ids that count from 1 in several systems
    ids_as_they_are: bool = False  # ids that differ in case are different
    may_be_split: bool = False  # one form may stand in several files


@dataclass(frozen=True)
class Plan:
    """A sheet and its layout."""

    sheet: Sheet
    layout: Layout


@dataclass(frozen=True)
class Rules:
    """What reading rests on besides the files."""

    measures: Mapping[str, Measure]
    vocabulary: Vocabulary
    today: Date
    timezone: str = "UTC"
    day_first: bool | None = None
    beside: tuple[Sheet, ...] = ()  # the other tables of the same folder

    @property
    def last_booking(self) -> Date:
        """Appointments and events may lie ahead, but not in another age."""
        return self.today + timedelta(days=3 * 366)


Recognised = Plan | Refusal | None
