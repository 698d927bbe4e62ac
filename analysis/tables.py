"""Numbers and dates as a reader sees them: rounding, signs and order by locale.

Everything before this returns raw numbers; rounding is decided here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal

from analysis.errors import AnalysisError

MINUS = "−"
PLUS = "+"
MISSING = "–"


@dataclass(frozen=True)
class Formats:
    """How one locale writes numbers and dates.

    year: dates in this year are written without it; None writes the year always.
    is_whole: whole numbers only, for readers who get no decimals.
    """

    locale: str = "en_GB"
    year: int | None = None
    is_whole: bool = False

    def __post_init__(self) -> None:
        """Refuse a locale that Babel does not know."""
        try:
            Locale.parse(self.locale)
        except (UnknownLocaleError, ValueError) as problem:
            raise AnalysisError(
                f"locale {self.locale!r} is not known: use a language and a region, "
                "such as en_GB or de_DE"
            ) from problem

    @property
    def language(self) -> str:
        """Language part of the locale: en, de."""
        return Locale.parse(self.locale).language

    def speaking_in(self, year: int) -> Formats:
        """Leave out this year in dates that need no year."""
        return replace(self, year=year)

    def number(self, value: float, decimals: int = 0) -> str:
        """A number with so many decimals, rounded half away from zero; never "-0"."""
        places = 0 if self.is_whole else decimals
        return _number(self.locale, _rounded(value, places), places)

    def score(self, value: float, step: float = 1.0) -> str:
        """A score with the decimals it has: 6, 38.5; two where its step needs them."""
        tenths = step * 10
        if abs(tenths - round(tenths)) > 1e-6:  # a mean of items, such as BRS
            return self.number(value, 2)
        return self.number(value, 0 if _rounded(value, 1) % 1 == 0 else 1)

    def signed(self, value: float, decimals: int = 1) -> str:
        """A change with its sign: +0.4, −0.3, and 0.0 without one."""
        places = 0 if self.is_whole else decimals
        sign = PLUS if _rounded(value, places) > 0 else ""
        return sign + self.number(value, decimals)

    def percent(self, share: float) -> str:
        """A share of 0 to 1 as whole per cent: 67 %."""
        return f"{self.number(share * 100)}\u00a0%"

    def levels(self, lowest: float, highest: float, step: float = 1.0) -> str:
        """Two ends of a range, or the one value both of them print as."""
        low, high = self.score(lowest, step), self.score(highest, step)
        return low if low == high else f"{low}–{high}"

    def day(self, when: date) -> str:
        """3 August, with the year where it is another one."""
        if when.year == self.year:
            return format_skeleton("MMMMd", when, locale=self.locale)
        return format_date(when, "long", locale=self.locale)

    def full_day(self, when: date) -> str:
        """3 August 2026, always with the year."""
        return format_date(when, "long", locale=self.locale)

    def short_day(self, when: date) -> str:
        """3 Aug, with the year where it is another one."""
        skeleton = "MMMd" if when.year == self.year else "yMMMd"
        return format_skeleton(skeleton, when, locale=self.locale)

    def tick_day(self, when: date) -> str:
        """3 Aug, for an axis that shows its years elsewhere."""
        return format_skeleton("MMMd", when, locale=self.locale)

    def month(self, when: date) -> str:
        """August, with the year where it is another one."""
        if when.year == self.year:
            return format_date(when, "LLLL", locale=self.locale)
        return format_skeleton("yMMMM", when, locale=self.locale)

    def month_year(self, when: date) -> str:
        """August 2026."""
        return format_skeleton("yMMMM", when, locale=self.locale)

    def short_month(self, when: date) -> str:
        """Aug."""
        return format_date(when, "LLL", locale=self.locale)

    def listed(self, parts: Sequence[str]) -> str:
        """a, b and c."""
        return format_list(list(parts), locale=self.locale)

    def plural(self, count: float) -> str:
        """CLDR plural form of a count: one, other, …"""
        return _plural(self.locale, count)


@lru_cache(maxsize=4096)
def _number(locale: str, rounded: Decimal, places: int) -> str:
    pattern = "#,##0" + ("." + "0" * places if places else "")
    text = format_decimal(rounded, format=pattern, locale=locale)
    return text.replace("-", MINUS)


@lru_cache(maxsize=1024)
def _plural(locale: str, count: float) -> str:
    return Locale.parse(locale).plural_form(count)


def _rounded(value: float, places: int) -> Decimal:
    # through the shortest text, so that 0.15 rounds as it is printed; half away from
    # zero, as a reader with pencil and paper does
    step = Decimal(1).scaleb(-places)
    rounded = Decimal(repr(float(value))).quantize(step, rounding=ROUND_HALF_UP)
    return abs(rounded) if rounded == 0 else rounded
