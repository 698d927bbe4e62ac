"""Columns looked at by what stands in them, whatever they are called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa

from analysis.importers.layout import Rules
from analysis.importers.sheets.sheet import Sheet
from analysis.importers.values.answers import is_missing_word, number_of
from analysis.importers.values.cells import words_of
from analysis.importers.values.clock import NO_TIME, Clock, seconds_of
from analysis.importers.values.dates import DateRules, read_days

Kind = Literal["empty", "mail", "date", "time", "number", "label", "text", "word"]
# So many distinct words are looked at: the kind of a column shows in fewer.
_MOST = 5_000
# So much of a column has to be of a kind: the rest are slips.
_SHARE = 0.8
_FEW_LABELS = 12
_LONG_TEXT = 25
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.\w+")
_DIGITS = re.compile(r"\d{1,7}|\d{9,}|\d+[.,]\d+")


@dataclass(frozen=True)
class Look:
    """One column. n_filled, n_distinct: cells and distinct words in it.

    low, high: of its numbers, codes for missing left out; NaN where it holds none.
    words: the distinct words of a column of labels.
    """

    position: int
    name: str
    kind: Kind
    n_filled: int
    n_distinct: int
    low: float = float("nan")
    high: float = float("nan")
    is_whole: bool = False
    words: tuple[str, ...] = ()
    has_time: bool = False


def looks_of(sheet: Sheet, rules: Rules) -> tuple[Look, ...]:
    """A look at every column."""
    return tuple(_look(sheet, number, rules) for number in range(len(sheet.names)))


def _look(sheet: Sheet, position: int, rules: Rules) -> Look:
    words = words_of(sheet.columns[position])
    filled = [text for text in words.list() if text]
    n_filled = int(sum(bool(words.list()[code]) for code in words.codes[:100_000]))
    told = [t for t in filled[:_MOST] if not is_missing_word(t.casefold())]
    base = (position, sheet.names[position].strip())
    counts = (n_filled, len(filled))
    if not told:
        return Look(*base, "empty", *counts)
    numbers = np.array([n for n in map(number_of, told) if n is not None])
    kind = _kind(told, len(numbers), n_filled, rules)
    if kind == "number":
        usual = numbers[(numbers > -50) & ~np.isin(numbers, (777, 888, 999, 9999))]
        usual = usual if len(usual) else numbers
        whole = bool((usual == np.round(usual)).all())
        return Look(*base, kind, *counts, usual.min(), usual.max(), whole)
    labels = tuple(sorted(told)) if kind == "label" else ()
    has_time = kind == "date" and any(":" in text for text in told[:200])
    return Look(*base, kind, *counts, words=labels, has_time=has_time)


def _kind(told: list[str], n_numbers: int, n_filled: int, rules: Rules) -> Kind:
    n = len(told)
    if sum(bool(_MAIL.fullmatch(text)) for text in told) > _SHARE * n:
        return "mail"
    if sum(_is_date(told, rules)) >= _SHARE * n:
        return "date"
    times = seconds_of(pa.array(told)) != NO_TIME
    if sum(times & np.array([":" in t for t in told])) >= _SHARE * n:
        return "time"
    if n_numbers >= _SHARE * n:
        return "number"
    mean = sum(map(len, told)) / n
    if n <= _FEW_LABELS and n_filled >= 2 * n and mean < 60:
        return "label"
    spaced = sum(" " in text for text in told) / n
    return "text" if mean > _LONG_TEXT or spaced > 0.5 else "word"


def _is_date(told: list[str], rules: Rules) -> np.ndarray:
    """Which words are dates in one order or the other; bare numbers are none."""
    texts = pa.array(told, pa.string())
    found = np.zeros(len(told), bool)
    for order in ("day-first", "month-first"):
        days = read_days(
            texts,
            DateRules(rules.today, Clock(), order),
        )
        found |= ~np.isnat(days.day)
    return found & ~np.array([bool(_DIGITS.fullmatch(text)) for text in told])
