"""Answers as text to answers as numbers, looked at once per distinct word."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from analysis.importers.values.cells import Words

_FILE = Path(__file__).with_name("missing.toml")
_TRUTHS = {
    "yes": 1.0,
    "no": 0.0,
    "true": 1.0,
    "false": 0.0,
    "y": 1.0,
    "n": 0.0,
    "ja": 1.0,
    "nein": 0.0,
    "nee": 0.0,
    "oui": 1.0,
    "non": 0.0,
    "sí": 1.0,
    "si": 1.0,
    "checked": 1.0,
    "unchecked": 0.0,
}
_NUMBER = re.compile(r"[-+−]?(\d+([.,]\d*)?|[.,]\d+)([eE][-+]?\d{1,3})?\s*%?")
_CODED = re.compile(
    r"\(?([-+]?\d{1,3})\)?\s*[-–—=:.)]?\s+\D.*|([-+]?\d{1,3})\s*[=:]\s*\D.*"
)
_CODED_AT_END = re.compile(r"\D.*[\s(]([-+]?\d{1,3})\)?")

# 1,234 is a thousand and more in some countries and one and a bit in others.
_EITHER = re.compile(r"[-+−]?[1-9]\d{0,2},\d{3}")
_NOISE = 1e-6
# Words with a code in front or behind are no longer than this.
_LONGEST = 80

# What became of a word.
BLANK, MISSING, READ, NOT_ALLOWED, UNKNOWN = range(5)


@dataclass(frozen=True)
class Allowed:
    """Which numbers are answers: every `step` from low to high, or those listed."""

    low: float
    high: float
    step: float = 1.0
    only: tuple[float, ...] = ()

    def has(self, number: float) -> bool:
        """Whether a number is an answer."""
        if self.only:
            return number in self.only
        if not self.low <= number <= self.high:
            return False
        if not self.step:
            return True
        return abs(number - self.snapped(number)) < _NOISE

    def snapped(self, number: float) -> float:
        """A number without the noise of binary fractions: 3.2000000000000002 is 3.2."""
        if self.only or not self.step:
            return number
        steps = round((number - self.low) / self.step)
        return round(self.low + steps * self.step, 9)

    @property
    def text(self) -> str:
        """The answers as a message lists them."""
        if self.only:
            return ", ".join(f"{n:g}" for n in self.only)
        if self.step == 1 and self.high - self.low <= 5:
            n = int(self.high - self.low) + 1
            return ", ".join(f"{self.low + i:g}" for i in range(n))
        return f"{self.low:g} to {self.high:g}"


@dataclass(frozen=True)
class AnswerRules:
    """How the answers of a column are read.

    words: number by word, in lower case. missing: further words and numbers that mean
    no answer. decimal: "," or "."; "" takes either. multiply, add: from the number in
    the file to the number on the form. not_allowed_is_missing: codes of missing.toml.
    """

    words: Mapping[str, float] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    decimal: str = ""
    multiply: float = 1.0
    add: float = 0.0


@dataclass(frozen=True)
class Answers:
    """What every distinct word is: its number, NaN unless it is an answer, its state.

    numbers: as values, and the numbers of words that are no answer of the form.
    """

    values: np.ndarray
    numbers: np.ndarray
    states: np.ndarray
    texts: list[str]


def read_answers(words: Words, allowed: Allowed, rules: AnswerRules) -> Answers:
    """Read the distinct words of a column as answers."""
    texts = words.list()
    numbers = np.full(len(texts), np.nan)
    states = np.zeros(len(texts), np.int8)
    for place, text in enumerate(texts):
        numbers[place], states[place] = read_answer(text, allowed, rules)
    values = np.where(states == READ, numbers, np.nan)
    return Answers(values, numbers, states, texts)


def read_answer(text: str, allowed: Allowed, rules: AnswerRules) -> tuple[float, int]:
    """Read one word: its number, NaN if none, and what it is.

    A number that is no answer of the form comes with the state NOT_ALLOWED.
    """
    # forms with several choices end each of them with a semicolon
    word = " ".join(text.split()).casefold().rstrip("; ")
    if not word:
        return np.nan, BLANK
    if word in rules.missing:
        return np.nan, MISSING
    if word in rules.words:
        return rules.words[word], READ
    number = number_of(word, rules.decimal)
    if number is not None:
        return _numbered(number, allowed, rules)
    if is_missing_word(word):
        return np.nan, MISSING
    number = _coded(word, rules)
    if number is not None:
        return number, READ if allowed.has(number) else NOT_ALLOWED
    is_truth = allowed.has(0) and allowed.has(1) and allowed.high == 1
    if is_truth and word in _TRUTHS:
        return _TRUTHS[word], READ
    return np.nan, UNKNOWN


def _numbered(number: float, allowed: Allowed, rules: AnswerRules) -> tuple[float, int]:
    answer = number * rules.multiply + rules.add
    if allowed.has(answer):
        return allowed.snapped(answer), READ
    if f"{number:g}" in rules.missing or number in _missing()[1]:
        return np.nan, MISSING
    return answer, NOT_ALLOWED


def _coded(word: str, rules: AnswerRules) -> float | None:
    """The number of "3 - nearly every day", unless its words mean another number."""
    if len(word) > _LONGEST:
        return None
    match = _CODED.fullmatch(word) or _CODED_AT_END.fullmatch(word)
    if match is None:
        return None
    digits = next(group for group in match.groups() if group)
    words = word.replace(digits, "", 1).strip(" -–—=:.()")
    number = float(digits)
    if words not in rules.words:
        # a sentence with a number in it is no answer
        is_plain = len(words) <= 40 and not any(sign.isdigit() for sign in words)
        return number if is_plain and match.re is _CODED else None
    return number if rules.words[words] == number else None


def number_of(word: str, decimal: str = "") -> float | None:
    """A number in either notation; None where the word is none."""
    if not _NUMBER.fullmatch(word) or (decimal == "." and "," in word):
        return None
    if decimal != "," and _EITHER.fullmatch(word):
        return None
    number = float(word.rstrip(" %").replace(",", ".").replace("−", "-"))
    return number if math.isfinite(number) else None


def is_missing_word(word: str) -> bool:
    """Whether a word, in lower case, says that there is no answer."""
    return word in _missing()[0] or word.strip(" .") in _missing()[0]


@cache
def _missing() -> tuple[frozenset[str], frozenset[float]]:
    known = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return frozenset(known["words"]), frozenset(map(float, known["codes"]))
