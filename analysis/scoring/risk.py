"""Risk items: a flag looks at the raw answer and never waits for a total."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analysis.measures import Measure, RiskRule
from analysis.scoring.sheet import Sheet

NO, UNKNOWN, YES = range(3)
RISKS = ("no", "unknown", "yes")


@dataclass(frozen=True)
class RiskFlags:
    """One risk item of every row; unknown where it is not answered or invalid."""

    rule: RiskRule
    item: int
    answers: np.ndarray
    flags: np.ndarray  # position in RISKS


def risk_flags(measure: Measure, sheet: Sheet) -> Iterator[RiskFlags]:
    """Flag every risk item of a measure, one after the other."""
    for rule in measure.risks:
        for number in rule.items:
            answers = sheet.answers[:, sheet.numbers.index(number)]
            flags = np.where(
                np.isnan(answers), UNKNOWN, np.where(answers >= rule.at_least, YES, NO)
            )
            yield RiskFlags(rule, number, answers, flags.astype(np.int8))
