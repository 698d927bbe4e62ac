"""The dates of a sheet: one order for the file, then a day for every row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from analysis.importers.layout import NONE, Layout, Rules, Since, When
from analysis.importers.sheets.sheet import Refusal, Said, Sheet
from analysis.importers.values.answers import number_of
from analysis.importers.values.cells import Words, words_of
from analysis.importers.values.clock import NO_TIME, Clock, seconds_of, unix_to_clinic
from analysis.importers.values.dates import (
    EARLIEST,
    DateRules,
    Days,
    Order,
    evidence,
    order_of,
    read_days,
)
from analysis.importers.values.faults import shown

DATE_COLUMNS = (
    "started_on",
    "ended_on",
    "due",
    "set_on",
    "closed_on",
    "done_on",
    "birth_date",
)
_NAT = np.datetime64("NaT")


@dataclass(frozen=True)
class RowDays:
    """A day and a second for every row; `wrong` rows have a problem instead.

    problems: per row of `wrong`, in words for the message.
    """

    day: np.ndarray
    second: np.ndarray
    wrong: np.ndarray
    problems: tuple[str, ...]
    said: tuple[Said, ...] = ()


def orders_of(
    sheet: Sheet, layout: Layout, rules: Rules
) -> Mapping[int, Order] | Refusal:
    """The order of day and month in every date column, decided from all rows."""
    columns = sorted(_date_columns(layout))
    found = [evidence(words_of(sheet.columns[c]).texts) for c in columns]
    declared = {c: w.order for w in _whens(layout) for c in (w.date,) if w.order}
    orders, asks = order_of(found, rules.day_first)
    chosen = {c: declared.get(c, o) for c, o in zip(columns, orders, strict=True)}
    unknown = [
        c
        for c, e in zip(columns, found, strict=True)
        if e.needs_order and not chosen[c]
    ]
    if not asks or not unknown:
        return chosen
    names = ", ".join(sheet.names[c] for c in unknown)
    why = "every date fits both orders (is 03/04 the 3 April or March 4?)"
    if any(e.day_first and e.month_first for e in found):
        why = "some dates can only be day first and others only month first"
    if any(e.may_be_year_first for e in found):
        why = 'the year may stand first (then give pattern = "%y-%m-%d" in a profile)'
    return Refusal(
        f"has dates whose order of day and month cannot be told, in {names}: {why}. "
        "Say it with --day-first or --month-first, or in a profile.",
        "needs_config",
    )


def _whens(layout: Layout) -> list[When]:
    return [layout.when, *(f.when for f in layout.forms if f.when is not None)]


def _date_columns(layout: Layout) -> set[int]:
    found = {w.date for w in _whens(layout) if not w.pattern}
    found |= {layout.columns.get(name, NONE) for name in DATE_COLUMNS}
    return (found | {layout.facts.get("birth_date", NONE)}) - {NONE}


def row_days(
    sheet: Sheet,
    when: When,
    orders: Mapping[int, Order],
    rules: Rules,
    *,
    may_be_ahead: bool = False,
    only: np.ndarray | None = None,
) -> RowDays:
    """The day of every row. only: rows whose date matters; the others may lack one."""
    n = len(sheet.rows)
    if when.fixed is not None:
        day = np.full(n, np.datetime64(when.fixed, "D"))
        return RowDays(day, np.full(n, NO_TIME), np.zeros(0, np.int64), ())
    if when.since is not None:
        return _since(sheet, when.since, only)
    words = words_of(sheet.columns[when.date])
    if when.offset != NONE:
        days = _with_offset(sheet, when, words)
        words = Words(np.arange(n), words.texts.take(pa.array(words.codes)), words.raw)
    else:
        days = read_days(words.texts, date_rules(when, orders, rules, sheet.epoch))
    name = sheet.names[when.date]
    _check_plausible(days, rules, may_be_ahead)
    day, second = words.spread(days.day), words.spread(days.second)
    wrong = words.has(np.isnat(days.day))
    if only is not None:
        wrong = wrong[only[wrong]]
    problems = tuple(
        _problem(name, days.problem[words.codes[r]], words.at(r)) for r in wrong
    )
    told: tuple[Said, ...] = ()
    if when.time != NONE:
        second, told = _times(sheet, when, second)
    said = (*_said_of_days(name, words, days), *told)
    return RowDays(day, second, wrong, problems, said)


def date_rules(
    when: When, orders: Mapping[int, Order], rules: Rules, epoch: int
) -> DateRules:
    """How the dates of a column are read."""
    return DateRules(
        today=rules.today,
        clock=Clock(rules.timezone, when.zone),
        order=orders.get(when.date, when.order),
        epoch=epoch,
        pattern=when.pattern,
    )


def _check_plausible(days: Days, rules: Rules, may_be_ahead: bool) -> None:
    latest = np.datetime64(rules.last_booking if may_be_ahead else rules.today, "D")
    # a day of grace: somewhere it is tomorrow already
    late = days.day > latest + np.timedelta64(1, "D")
    early = days.day < EARLIEST
    days.problem[late] = "lies in the future"
    days.problem[early] = "lies before 1970"
    days.day[late | early] = _NAT


def _problem(name: str, problem: str, value: str) -> str:
    return f"{name} {problem}" + (f": {shown(value)}" if value else "")


def _said_of_days(name: str, words: Words, days: Days) -> tuple[Said, ...]:
    read = ~np.isnat(days.day)
    said = []
    if (days.has_short_year & read).any():
        years = days.day[days.has_short_year & read].astype("datetime64[Y]")
        span = f"{years.min()} to {years.max()}"
        said.append(Said(f"{name} has two-digit years, read as {span}."))
    if (days.is_serial & read).any():
        n = len(words.has(days.is_serial & read))
        said.append(
            Said(
                f"{name} holds a spreadsheet's day numbers in {n} row(s): read as "
                f"dates from {days.day[read].min()} to {days.day[read].max()}.",
                "repair",
            )
        )
    return tuple(said)


def _times(
    sheet: Sheet, when: When, second: np.ndarray
) -> tuple[np.ndarray, tuple[Said, ...]]:
    words = words_of(sheet.columns[when.time])
    read = seconds_of(words.texts)
    times = words.spread(read)
    unread = (read == NO_TIME) & np.array([bool(text) for text in words.list()], bool)
    n = len(words.has(unread))
    text = f"{sheet.names[when.time]} holds no time that can be read in {n} row(s)."
    said = (Said(text),) if n else ()
    return np.where(times != NO_TIME, times, second).astype(np.int32), said


def _with_offset(sheet: Sheet, when: When, words: Words) -> Days:
    """Unix seconds with the seconds to add for the place where somebody answered."""
    texts = [number_of(text) for text in words.list()]
    numbers = np.array([np.nan if t is None else t for t in texts], dtype=float)
    shifts = words_of(sheet.columns[when.offset])
    shift = np.array([number_of(t) or 0.0 for t in shifts.list()], dtype=float)
    stamps = words.spread(numbers)
    known = stamps > 0
    day = np.full(len(stamps), _NAT, "datetime64[D]")
    second = np.full(len(stamps), NO_TIME, np.int32)
    local = (stamps + shifts.spread(shift))[known]
    day[known], second[known] = unix_to_clinic(local, Clock("UTC"))
    problem = np.full(len(stamps), "is empty", object)
    never = np.zeros(len(stamps), bool)
    return Days(day, second, problem, never, never)


def _since(sheet: Sheet, since: Since, only: np.ndarray | None) -> RowDays:
    """Days counted from a start."""
    n = len(sheet.rows)
    number = np.full(n, since.first)
    if since.column != NONE:
        words = words_of(sheet.columns[since.column])
        values = [number_of(text, ".") for text in words.list()]
        number = words.spread(np.array([np.nan if v is None else v for v in values]))
    passed = np.round((number - since.first) * since.days)
    known = ~np.isnan(passed)
    day = np.full(n, _NAT, "datetime64[D]")
    start = np.datetime64(since.start, "D")
    day[known] = start + passed[known].astype("timedelta64[D]")
    wrong = np.flatnonzero(~known if only is None else ~known & only)
    name = sheet.names[since.column] if since.column != NONE else "the row"
    problems = tuple(f"{name} holds no number to count the date from" for _ in wrong)
    return RowDays(day, np.full(n, NO_TIME), wrong, problems)
