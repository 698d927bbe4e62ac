"""Until when a reading holds: dates ahead of today are read otherwise one day."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from analysis.importers.layout import NONE, Rules, When
from analysis.importers.readers.days import DATE_COLUMNS, date_rules, orders_of
from analysis.importers.readers.reading import Reading
from analysis.importers.report import FileRead
from analysis.importers.sheets.sheet import Refusal
from analysis.importers.values.cells import words_of
from analysis.importers.values.dates import read_days

_DAY = timedelta(days=1)


def holds_until(read: FileRead, rules: Rules) -> date:
    """The first later day on which the same file may be read otherwise.

    What today decides: whether a date lies in the future, whether an appointment lies
    further ahead than any is made, and the century of two-digit years. `date.max`
    where the file holds none of these.
    """
    # nothing is refused for being early: refusals hold until the file or a rule changes
    return min((_of(reading, rules) for reading in read.readings), default=date.max)


def _of(reading: Reading, rules: Rules) -> date:
    layout = reading.layout
    orders = orders_of(reading.sheet, layout, rules)
    if isinstance(orders, Refusal):
        raise ValueError("a sheet that was read has an order of day and month")
    whens = [layout.when, *(form.when for form in layout.forms if form.when)]
    whens += [When(date=layout.columns.get(name, NONE)) for name in DATE_COLUMNS]
    whens.append(When(date=layout.facts.get("birth_date", NONE)))
    ends = [date.max]
    for when in whens:
        if when.date == NONE:
            continue
        if when.offset != NONE:
            ends.append(rules.today + _DAY)  # every row has a clock of its own
            continue
        texts = words_of(reading.sheet.columns[when.date]).texts
        days = read_days(texts, date_rules(when, orders, rules, reading.sheet.epoch))
        if days.has_short_year.any() or "%y" in when.pattern:
            ends.append(date(rules.today.year + 1, 1, 1))
        ends.append(_first_ahead(days.day, rules))
    return min(ends)


def _first_ahead(days: np.ndarray, rules: Rules) -> date:
    """The day on which the next date that is refused as too late would be taken.

    A day of grace is given to both limits: somewhere it is tomorrow already.
    """
    known = days[~np.isnat(days)]
    ends = [date.max]
    for limit in (rules.today, rules.last_booking):
        late = known[known > np.datetime64(limit + _DAY, "D")]
        if len(late):
            gap = late.min() - np.datetime64(limit + _DAY, "D")
            ends.append(rules.today + timedelta(days=int(gap.astype(np.int64))))
    return min(ends)
