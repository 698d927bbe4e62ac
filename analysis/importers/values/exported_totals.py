"""Totals as exported: which score they are, and whether they agree with the items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from analysis.importers.sheets.sheet import Said, Sheet
from analysis.importers.values.answer_columns import Column
from analysis.importers.values.answers import Allowed
from analysis.measures import Measure, ScoreRule

# A sum or a mean of the answers, as most scores are.
_FACTORS = {"sum": 1.0, "sum_x2": 2.0, "sum_x4": 4.0, "mean": 0.0, "mean_x10": 0.0}
# Exports round to one or two places.
ROUNDING = 0.051


def expected_total(
    measure: Measure, score: str, items: Sequence[int], answers: np.ndarray
) -> np.ndarray | None:
    """The score of rows answered whole, where it is a plain sum or mean.

    items: the item of each column of `answers`.
    """
    rule = next(rule for rule in measure.scores if rule.id == score)
    places = [items.index(n) for n in rule.items if n in items]
    if rule.method not in _FACTORS or len(places) < len(rule.items) or not places:
        return None
    total = np.zeros(len(answers))
    for number, place in zip(rule.items, places, strict=True):
        item = measure.by_number[number]
        flipped = number in measure.reversed_items
        value = answers[:, place]
        total += item.low + item.high - value if flipped else value
    if rule.method.startswith("mean"):
        return total / len(places) * (10 if rule.method == "mean_x10" else 1)
    return total * _FACTORS[rule.method]


def compared(
    sheet: Sheet,
    measure: Measure,
    score: str,
    column: Column,
    value: np.ndarray,
    items: Mapping[int, Column],
    answers: np.ndarray,
) -> tuple[np.ndarray, list[Said]]:
    """Totals as exported, without those that disagree with the items."""
    expected = expected_total(measure, score, list(items), answers)
    if expected is None:
        return value, []
    given = column.all_numbers()
    off = np.flatnonzero(np.abs(given - expected) > ROUNDING)
    if not len(off):
        return value, []
    kept = value.copy()
    kept[off] = np.nan
    details = "; ".join(
        f"row {sheet.rows[r]}: {column.name} says {given[r]:g}, the items make "
        f"{expected[r]:g}"
        for r in off[:8]
    )
    more = f" and {len(off) - 8} more" if len(off) > 8 else ""
    text = (
        f"The exported total differs from the items in {len(off)} row(s) "
        f"({details}{more}). The items count."
    )
    return kept, [Said(text, "repair")]


def which_score(measure: Measure, numbers: np.ndarray) -> list[str]:
    """The scores that a column called "total" may hold, by the numbers in it.

    Some forms have two, a raw sum and one made from it: WHO-5 in points or in percent.
    """
    headline = measure.headline
    alike = [r for r in measure.scores if set(r.items) == set(headline.items)]
    fitting = [rule.id for rule in alike if _fits(rule, numbers)]
    if len(alike) < 2 or not fitting:
        return [headline.id]
    return fitting


def _fits(rule: ScoreRule, numbers: np.ndarray) -> bool:
    if rule.table:
        return bool(np.isin(numbers, list(rule.table.values())).all())
    allowed = Allowed(rule.low, rule.high, rule.step)
    return all(allowed.has(number) for number in numbers)
