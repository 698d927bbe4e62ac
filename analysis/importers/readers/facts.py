"""What exports say about a client besides answers: sex and year of birth."""

from __future__ import annotations

import pyarrow as pa

from analysis.importers.layout import Rules
from analysis.importers.values.answers import number_of
from analysis.importers.values.cells import words_of
from analysis.importers.values.clock import Clock
from analysis.importers.values.dates import DateRules, Order, read_days

_SEXES = {
    "female": "f female w woman girl weiblich frau femme féminin mujer femenino "
    "vrouw v",
    "male": "m male man männlich mann homme masculin hombre masculino boy jongen",
}
_SEX_OF = {word: sex for sex, words in _SEXES.items() for word in words.split()}
_YEARS = range(1900, 2100)


def birth_years(column: pa.Array, rules: Rules, order: Order) -> pa.Array:
    """Years of birth of dates of birth; the day and month are not kept."""
    words = words_of(column)
    date_rules = DateRules(rules.today, Clock(), order or "day-first", is_birth=True)
    days = read_days(words.texts, date_rules).day
    years = [str(day)[:4] for day in days]
    known = [int(year) if year.isdigit() else None for year in years]
    return pa.array(known, pa.int64()).take(pa.array(words.codes))


def whole_years(column: pa.Array) -> list[int | None]:
    """Years written as numbers."""
    words = words_of(column)
    numbers = [number_of(text) for text in words.list()]
    known = [int(n) if n is not None and int(n) in _YEARS else None for n in numbers]
    return [known[code] for code in words.codes]


def sexes(column: pa.Array) -> list[str | None]:
    """female, male or nothing: norms know no more."""
    words = words_of(column)
    known = [_SEX_OF.get(text.casefold()) for text in words.list()]
    return [known[code] for code in words.codes]
