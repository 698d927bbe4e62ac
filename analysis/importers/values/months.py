"""Dates with the month in words, in the languages of the systems we know."""

from __future__ import annotations

import re
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc
from babel import Locale

LANGUAGES = ("en", "de", "fr", "es", "nl", "it", "pt", "pl", "sv", "da", "nb", "fi")
_WORD = re.compile(r"[^\W\d_]{3,}\.?")
_DAY_FIRST = re.compile(
    r"^(\d{1,2})(?:st|nd|rd|th|\.|er)?[\s./-]+\x00(\d+)\x00[\s./,-]+(\d{4}|\d{2})\b(.*)$"
)
_MONTH_FIRST = re.compile(
    r"^\x00(\d+)\x00[\s.]*(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b(.*)$"
)
_YEAR_FIRST = re.compile(r"^(\d{4})[\s./-]+\x00(\d+)\x00[\s./-]+(\d{1,2})\b(.*)$")


def with_month_names(texts: pa.Array) -> pa.Array:
    """Rewrite dates such as "3 March 2025" as 2025-03-03; others stay as they are."""
    named = pc.match_substring_regex(texts, r"\p{L}{3,}.*\d")
    if not pc.any(named).as_py():
        return texts
    return pa.array([_rewritten(text) for text in texts.to_pylist()], pa.string())


def _rewritten(text: str) -> str:
    if len(text) > 60:
        return text
    month = None

    def number(match: re.Match[str]) -> str:
        nonlocal month
        word = match[0].rstrip(".").casefold()
        if word in _days():
            return ""
        found = _months().get(word)
        if found is None or month is not None:
            return match[0]
        month = found
        return f"\x00{found}\x00"

    marked = _WORD.sub(number, text).replace(" de ", " ").strip(" ,.")
    if month is None:
        return text
    return _in_order(marked) or text


def _in_order(marked: str) -> str:
    if found := _DAY_FIRST.match(marked):
        day, month, year, rest = found.groups()
    elif found := _MONTH_FIRST.match(marked):
        month, day, year, rest = found.groups()
    elif found := _YEAR_FIRST.match(marked):
        year, month, day, rest = found.groups()
    else:
        return ""
    year = f"20{year}" if len(year) == 2 else year
    return f"{year}-{int(month):02d}-{int(day):02d} {rest.strip(' ,')}".strip()


@cache
def _months() -> dict[str, int]:
    found: dict[str, int] = {}
    for language in LANGUAGES:
        for form in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                months = Locale(language).months[form][width]
                for number, name in months.items():
                    found.setdefault(name.rstrip(".").casefold(), number)
    found |= {"sept": 9, "mrz": 3, "mär": 3, "maerz": 3, "fev": 2, "aout": 8}
    return found


@cache
def _days() -> frozenset[str]:
    """Words for the days of the week: they stand before a date and say nothing new."""
    names: set[str] = set()
    for language in LANGUAGES:
        for width in ("wide", "abbreviated"):
            days = Locale(language).days["format"][width].values()
            names |= {name.rstrip(".").casefold() for name in days}
    return frozenset(names - set(_months()))
