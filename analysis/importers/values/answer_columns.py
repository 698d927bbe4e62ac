"""One column of answers, looked at as a whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.importers.values.answers import (
    NOT_ALLOWED,
    READ,
    Allowed,
    Answers,
)
from analysis.importers.values.cells import Words
from analysis.measures import Item, Measure


@dataclass(frozen=True)
class Column:
    """The answers in one column."""

    name: str
    words: Words
    answers: Answers
    allowed: Allowed

    @property
    def values(self) -> np.ndarray:
        """The number in every row, NaN where there is none."""
        return self.words.spread(self.answers.values)

    def rows(self, *states: int) -> np.ndarray:
        """Rows whose word is in one of the states."""
        return self.words.has(np.isin(self.answers.states, states))

    def numbers(self) -> np.ndarray:
        """The distinct numbers, without codes for missing."""
        chosen = np.isin(self.answers.states, (READ, NOT_ALLOWED))
        return self.answers.numbers[chosen & ~np.isnan(self.answers.numbers)]

    def all_numbers(self) -> np.ndarray:
        """The number in every row, answers that are not allowed included."""
        return self.words.spread(self.answers.numbers)


def allowed_of(item: Item | None) -> Allowed:
    """Which numbers an item takes; any where the measure says nothing."""
    if item is None:
        return Allowed(-np.inf, np.inf, 0)
    return Allowed(item.low, item.high, item.step, item.allowed)


def allowed_total(measure: Measure, score: str) -> Allowed:
    """Which numbers a score takes."""
    rule = next(rule for rule in measure.scores if rule.id == score)
    return Allowed(rule.low, rule.high, 0)
