"""Text to days: the order of day and month is decided once, from all rows of a file.

Never row by row: 06/03 and 27/02 in one column are 6 March and 27 February.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analysis.importers.values.clock import NO_TIME, Clock, to_clinic, unix_to_clinic
from analysis.importers.values.months import with_month_names

Order = Literal["", "day-first", "month-first"]

_REST = r"(?:[T ,]+(?P<rest>\S.*))?"
_YEAR_FIRST = r"^(?P<y>\d{4})[-/. ](?P<m>\d{1,2})[-/. ](?P<d>\d{1,2})\.?" + _REST + "$"
_YEAR_LAST = (
    r"^(?P<a>\d{1,2})(?P<sign>[-/. ])\s?(?P<b>\d{1,2})[-/. ]\s?(?P<y>\d{4}|\d{2})"
    + _REST
    + "$"
)
_COMPACT = r"^(?P<y>(?:19|20)\d{2})(?P<m>0[1-9]|1[0-2])(?P<d>[0-3]\d)$"
_PARTIAL = r"^(\d{4}|\d{4}-\d{1,2}|\d{1,2}/\d{4})$"
_SERIAL = r"^\d{5}(\.\d+)?$"
_UNIX = r"^\d{9,10}(\.\d+)?$|^\d{13}$"
_NO_DAY = r"^0000-00-00.*$|^1900-01-00.*$|^0+$"

# Excel's day 0. Its 1900 counts a 29 February that never was: from March 1900 on the
# count fits when it starts on 30 December 1899.
_EXCEL = {1900: np.datetime64("1899-12-30"), 1904: np.datetime64("1904-01-01")}
# Days before this are no sessions: an empty cell counted as a number, a slip.
EARLIEST = np.datetime64("1970-01-02")


@dataclass(frozen=True)
class DateRules:
    """How the dates of one column are read.

    order: as declared or decided; "" = only what needs no order. is_birth: two-digit
    years lie in the past by a life, not by a treatment.
    """

    today: date
    clock: Clock = field(default_factory=Clock)
    order: Order = ""
    epoch: int = 1900
    is_birth: bool = False
    pattern: str = ""


@dataclass(frozen=True)
class Days:
    """Dates of distinct words. day: NaT where `problem` says why not.

    second: seconds since midnight, NO_TIME where the text has no time.
    """

    day: np.ndarray
    second: np.ndarray
    problem: np.ndarray
    has_short_year: np.ndarray
    is_serial: np.ndarray


@dataclass(frozen=True)
class Evidence:
    """How many distinct dates prove an order, and how many fit both."""

    day_first: int = 0
    month_first: int = 0
    either: int = 0
    dotted: bool = False
    may_be_year_first: bool = False  # 24-12-16, 25-01-06: years in front, or days?

    def __add__(self, other: Evidence) -> Evidence:
        return Evidence(
            self.day_first + other.day_first,
            self.month_first + other.month_first,
            self.either + other.either,
            self.dotted or other.dotted,
            self.may_be_year_first or other.may_be_year_first,
        )

    @property
    def order(self) -> Order:
        """The order that is proven; "" where none or both are."""
        if self.may_be_year_first:
            return ""
        if self.day_first and not self.month_first:
            return "day-first"
        if self.month_first and not self.day_first:
            return "month-first"
        return ""

    @property
    def needs_order(self) -> bool:
        """Whether some date cannot be read without knowing the order."""
        torn = self.day_first and self.month_first
        return bool(self.either or torn or self.may_be_year_first)


def evidence(texts: pa.Array) -> Evidence:
    """What the distinct dates of a column say about the order of day and month."""
    parts = _parts(texts, _YEAR_LAST)
    if parts is None:
        return Evidence()
    first, second = _number(parts, "a"), _number(parts, "b")
    whole = (first >= 1) & (second >= 1)
    day_first = whole & (first > 12) & (first <= 31) & (second <= 12)
    month_first = whole & (second > 12) & (second <= 31) & (first <= 12)
    either = whole & (first <= 12) & (second <= 12) & (first != second)
    return Evidence(
        int(day_first.sum()),
        int(month_first.sum()),
        int(either.sum()),
        bool((_text(parts, "sign") == ".")[either].any()),
        _may_be_year_first(first[whole], second[whole], _number(parts, "y")[whole]),
    )


# Years of one course lie close together, days of a month do not.
_CLOSE = 3


def _may_be_year_first(first: np.ndarray, second: np.ndarray, last: np.ndarray) -> bool:
    """Two-digit triples that make a course of a few years only when read from the year.

    Read as days they would be scattered over decades.
    """
    if len(last) < 3 or last.max() > 31 or last.min() < 1 or second.max() > 12:
        return False
    return bool(np.ptp(first) <= _CLOSE and np.ptp(last) > 2 * _CLOSE)


def read_days(texts: pa.Array, rules: DateRules) -> Days:
    """Read distinct words as days in the clinic's time zone."""
    texts = with_month_names(texts)
    n = len(texts)
    made = Days(
        np.full(n, np.datetime64("NaT"), "datetime64[D]"),
        np.full(n, NO_TIME, np.int32),
        np.full(n, "is no date that can be read", object),
        np.zeros(n, bool),
        np.zeros(n, bool),
    )
    blank = pc.equal(pc.utf8_length(texts), 0).to_numpy(zero_copy_only=False)
    made.problem[blank] = "is empty"
    if rules.pattern:
        _read_pattern(texts, rules, made)
        return made
    for read in (_read_year_first, _read_year_last, _read_compact, _read_numbers):
        read(texts, rules, made)
    _name_problem(texts, made, _PARTIAL, "is no whole date")
    _name_problem(texts, made, _NO_DAY, "is empty")
    return made


def _name_problem(texts: pa.Array, made: Days, pattern: str, problem: str) -> None:
    hit = pc.match_substring_regex(texts, pattern).to_numpy(zero_copy_only=False)
    made.problem[hit & np.isnat(made.day)] = problem


def _read_year_first(texts: pa.Array, rules: DateRules, made: Days) -> None:
    parts = _parts(texts, _YEAR_FIRST)
    if parts is not None:
        numbers = (_number(parts, name) for name in ("y", "m", "d"))
        _put(made, parts, rules, *numbers)


def _read_year_last(texts: pa.Array, rules: DateRules, made: Days) -> None:
    parts = _parts(texts, _YEAR_LAST)
    if parts is None:
        return
    first, second = _number(parts, "a"), _number(parts, "b")
    is_short = pc.equal(pc.utf8_length(pc.struct_field(parts, "y")), 2)
    short = pc.fill_null(is_short, False).to_numpy(zero_copy_only=False)
    year = _whole_years(_number(parts, "y"), short, rules)
    made.has_short_year[short] = True
    same = first == second
    order = rules.order
    day = np.where(order == "month-first", second, first)
    month = np.where(order == "month-first", first, second)
    if not order:
        # without an order only days that are the same in both can be read
        day, month = np.where(same, first, 0), np.where(same, second, 0)
    _put(made, parts, rules, year, month, day)


def _whole_years(year: np.ndarray, short: np.ndarray, rules: DateRules) -> np.ndarray:
    """Two-digit years: the latest that is not in the future; for a birth, not now."""
    newest = rules.today.year - (5 if rules.is_birth else 0)
    century = newest // 100 * 100
    full = year + century
    return np.where(short, np.where(full > newest, full - 100, full), year)


def _read_compact(texts: pa.Array, rules: DateRules, made: Days) -> None:
    parts = _parts(texts, _COMPACT)
    if parts is not None:
        numbers = (_number(parts, name) for name in ("y", "m", "d"))
        _put(made, None, rules, *numbers)


def _read_numbers(texts: pa.Array, rules: DateRules, made: Days) -> None:
    """Excel's count of days, and seconds or milliseconds since 1970."""
    serial = pc.match_substring_regex(texts, _SERIAL).to_numpy(zero_copy_only=False)
    if serial.any():
        number = _floats(texts, serial)
        whole = np.floor(number)
        made.day[serial] = _EXCEL[rules.epoch] + whole.astype("timedelta64[D]")
        share = np.round((number - whole) * 86_400).astype(np.int32)
        made.second[serial] = np.where(share > 0, share, NO_TIME)
        made.is_serial[serial] = True
    unix = pc.match_substring_regex(texts, _UNIX).to_numpy(zero_copy_only=False)
    if unix.any():
        seconds = _floats(texts, unix)
        seconds = np.where(seconds > 1e11, seconds / 1000, seconds)
        made.day[unix], made.second[unix] = unix_to_clinic(seconds, rules.clock)


def _read_pattern(texts: pa.Array, rules: DateRules, made: Days) -> None:
    """Dates in a pattern that a profile declares, such as %d.%m.%y."""
    stamps = pc.strptime(texts, rules.pattern, "s", error_is_null=True)
    read = pc.is_valid(stamps).to_numpy(zero_copy_only=False)
    values = stamps.to_numpy(zero_copy_only=False).astype("datetime64[s]")[read]
    made.day[read] = values.astype("datetime64[D]")
    seconds = (values - made.day[read]).astype(np.int64).astype(np.int32)
    has_time = any(mark in rules.pattern for mark in ("%H", "%I", "%T"))
    made.second[read] = seconds if has_time else NO_TIME


def _put(
    made: Days,
    parts: pa.StructArray | None,
    rules: DateRules,
    year: np.ndarray,
    month: np.ndarray,
    day: np.ndarray,
) -> None:
    """Enter the days that exist; the others are impossible, such as 31 February."""
    given = year > 0
    months = (np.clip(year, 1, 9999) - 1970) * 12 + np.clip(month, 1, 12) - 1
    start = months.astype("datetime64[M]")
    days = start.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    real = (month >= 1) & (month <= 12) & (day >= 1) & (days.astype("M8[M]") == start)
    made.problem[given & ~real] = "is no day of the calendar"
    good = given & real
    made.day[good] = days[good]
    if parts is None:
        return
    rest = pc.fill_null(pc.struct_field(parts, "rest"), "")
    timed = good & pc.not_equal(rest, "").to_numpy(zero_copy_only=False)
    if timed.any():
        chosen = rest.filter(pa.array(timed))
        moved, second, problem = to_clinic(made.day[timed], chosen, rules.clock)
        made.day[timed], made.second[timed] = moved, second
        made.problem[timed] = np.where(problem != "", problem, made.problem[timed])


def _parts(texts: pa.Array, pattern: str) -> pa.StructArray | None:
    parts = pc.extract_regex(texts, pattern)
    return parts if parts.null_count < len(parts) else None


def _number(parts: pa.StructArray, name: str) -> np.ndarray:
    """A part as a number, 0 where the pattern does not fit."""
    values = pc.struct_field(parts, name)  # keeps the nulls of the whole
    return pc.fill_null(pc.cast(values, pa.int64()), 0).to_numpy(zero_copy_only=False)


def _text(parts: pa.StructArray, name: str) -> np.ndarray:
    values = pc.fill_null(pc.struct_field(parts, name), "")
    return values.to_numpy(zero_copy_only=False)


def _floats(texts: pa.Array, chosen: np.ndarray) -> np.ndarray:
    numbers = pc.cast(texts.filter(pa.array(chosen)), pa.float64())
    return numbers.to_numpy(zero_copy_only=False)


def order_of(
    columns: Sequence[Evidence], declared: bool | None
) -> tuple[list[Order], bool]:
    """The order of each date column of a file, and whether the user has to say it.

    declared: True day first, False month first, None unknown. A column without proof
    of its own takes that of the file: one system wrote both. Dates with dots are day
    first wherever they are used.
    """
    if declared is not None:
        order: Order = "day-first" if declared else "month-first"
        return [order] * len(columns), False
    of_file = sum(columns, Evidence()).order
    orders: list[Order] = []
    asks = False
    for column in columns:
        order = column.order or of_file
        if not order and column.dotted and not column.month_first:
            order = "day-first"
        orders.append(order)
        asks |= column.needs_order and not order
    return orders, asks
