"""Answers of one measure as a sheet: a row an administration, a column an item."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.measures import Item, Measure, export_of

# Answers come from text and floats: 6.2 is a multiple of 0.1 within this.
_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Sheet:
    """Raw answers as on the printed form, and what is the matter with the others."""

    numbers: tuple[int, ...]  # item numbers, one for each column
    answers: np.ndarray  # NaN where missing or invalid
    invalid: np.ndarray  # outside the allowed values
    asked: np.ndarray  # the export has a cell for it, even an empty one

    @property
    def missing(self) -> np.ndarray:
        """Skipped: no answer, and nothing invalid either."""
        return np.isnan(self.answers) & ~self.invalid

    def columns(self, items: tuple[int, ...]) -> list[int]:
        """Column numbers of items."""
        return [self.numbers.index(number) for number in items]


def read_sheet(
    measure: Measure,
    numbers: tuple[int, ...],
    values: np.ndarray,
    asked: np.ndarray,
    unreadable: np.ndarray | None = None,
) -> Sheet:
    """Turn exported values into raw answers and find those that are not allowed.

    numbers: item numbers of the columns, all items of the form among them. values:
    as exported, NaN where empty. unreadable: an answer is there but is no number.
    """
    export = export_of(measure)
    answers = values + export.add if export.add else values.astype(float)
    invalid = np.zeros(values.shape, bool) if unreadable is None else unreadable.copy()
    for column, number in enumerate(numbers):
        item = item_of(measure, number)
        if number in export.recode:
            answers[:, column] = item.low + item.high - answers[:, column]
        invalid[:, column] |= _is_refused(answers[:, column], item)
    return Sheet(numbers, np.where(invalid, np.nan, answers), invalid, asked)


def item_of(measure: Measure, number: int) -> Item:
    """The item; in an open-ended form every number stands for one more goal."""
    if measure.is_open_ended and number not in measure.by_number:
        return measure.items[0]
    return measure.by_number[number]


def _is_refused(answers: np.ndarray, item: Item) -> np.ndarray:
    given = ~np.isnan(answers)
    if item.allowed:
        return given & ~np.isin(answers, item.allowed)
    refused = given & ((answers < item.low) | (answers > item.high))
    if item.step:
        with np.errstate(invalid="ignore"):
            steps = answers / item.step
            refused |= given & (np.abs(steps - np.rint(steps)) > _TOLERANCE)
    return refused
