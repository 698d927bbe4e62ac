"""Answers that are not what they seem: counted otherwise, in other words or units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from analysis.importers.sheets.sheet import Refusal, Said
from analysis.importers.values.answer_columns import Column
from analysis.importers.values.answers import NOT_ALLOWED, READ, UNKNOWN, Allowed
from analysis.importers.values.faults import Fault, set_aside, shown, shown_label
from analysis.measures import Measure

# So many rows have to be there before the pattern of a column says anything.
_ENOUGH_ROWS = 3
_ENOUGH_ANSWERS = 20


def coded_otherwise(measure: Measure, items: Mapping[int, Column]) -> Refusal | None:
    """Why the answers of a form cannot be taken as they stand; None where they can.

    Row by row most of them would pass, each a point off.
    """
    return (
        _in_other_words(measure, items)
        or _counted_otherwise(measure, items)
        or _in_another_unit(measure, items)
        or _never_asked(measure, items)
    )


def _counted_otherwise(measure: Measure, items: Mapping[int, Column]) -> Refusal | None:
    """Answers counted from another number than the form does: 1 to 4 for 0 to 3."""
    groups: dict[Allowed, list[Column]] = {}
    for column in items.values():
        if column.allowed.step == 1 and not column.allowed.only:
            groups.setdefault(column.allowed, []).append(column)
    for allowed, columns in groups.items():
        numbers = np.concatenate([c.numbers() for c in columns])
        n_rows = max(len(c.words) for c in columns)
        if len(numbers) < 2 or n_rows < _ENOUGH_ROWS:
            continue
        refusal = shifted(measure, allowed, numbers)
        if refusal is not None:
            return refusal
    return None


def shifted(measure: Measure, allowed: Allowed, numbers: np.ndarray) -> Refusal | None:
    """Why answers that span the form's range one off are not taken as they stand."""
    low, high = numbers.min(), numbers.max()
    for shift in (1, -1):
        if low == allowed.low + shift and high == allowed.high + shift:
            return _refusal(measure, allowed, low, high, shift)
    return None


def _in_other_words(measure: Measure, items: Mapping[int, Column]) -> Refusal | None:
    """Words that no answer of the form has, in every row: a code or a translation."""
    unknown: Counter[str] = Counter()
    is_any_read = False
    for column in items.values():
        states = column.answers.states
        is_any_read |= bool((states == READ).any())
        texts = np.array(column.answers.texts, object)
        unknown.update(set(texts[states == UNKNOWN].tolist()))
    if is_any_read or len(unknown) < 2:
        return None
    # what answers several questions is a label of the form, and nobody's own words
    words = ", ".join(
        shown_label(word) if unknown[word] > 1 else shown(word)
        for word in sorted(unknown)[:8]
    )
    return Refusal(
        f"answers the {measure.instrument} in words that are not known: {words}. Say "
        "in a profile which number each stands for ([answers]).",
        "needs_config",
    )


def never_lowest(measure: Measure, items: Mapping[int, Column]) -> tuple[Said, ...]:
    """Say that nobody ever gave the lowest answer: a sign of counting from one higher.

    A form filled in by somebody who is very unwell looks the same, so rows are read.
    """
    columns = [c for c in items.values() if c.allowed.step == 1 and not c.allowed.only]
    lows = {column.allowed.low for column in columns}
    if len(lows) != 1 or not measure.has_total:
        return ()
    low = lows.pop()
    given = [c.values[~np.isnan(c.values)] for c in columns]
    n = sum(len(values) for values in given)
    people = max((len(values) for values in given), default=0)
    if n < _ENOUGH_ANSWERS or people < _ENOUGH_ROWS:
        return ()
    if any((values == low).any() for values in given):
        return ()
    text = (
        f"{measure.instrument}: none of {n} answers is {low:g}, the form's lowest. If "
        f"the export counts from {low + 1:g}, say add = -1 in a profile."
    )
    return (Said(text),)


def _refusal(
    measure: Measure, allowed: Allowed, low: float, high: float, shift: int
) -> Refusal:
    return Refusal(
        f"holds answers to the {measure.instrument} from {low:g} to {high:g}, while "
        f"the form's range is {allowed.low:g} to {allowed.high:g}: they seem to be "
        f"counted from {low:g}. Say so in a profile (add = {-shift}), or export the "
        "scores.",
        "needs_config",
    )


# So much of a column lies beyond the form's range when it is in another unit.
_MOST = 0.8


def _in_another_unit(measure: Measure, items: Mapping[int, Column]) -> Refusal | None:
    """Millimetres instead of centimetres, percent instead of points."""
    for column in items.values():
        highest = column.numbers().max(initial=-np.inf)
        if highest < 2 * column.allowed.high or column.allowed.high <= 0:
            continue
        numbers = column.all_numbers()
        given = numbers[~np.isnan(numbers)]
        beyond = (given > column.allowed.high).mean()
        if len(given) >= _ENOUGH_ROWS and beyond > _MOST:
            return Refusal(
                f"holds values up to {highest:g} in {column.name}, out of the range of "
                f"the {measure.instrument} ({column.allowed.text}): they seem to be in "
                "another unit. Say in a profile what to multiply them with "
                "(multiply = 0.1), or export the scores.",
                "needs_config",
            )
    return None


def _never_asked(measure: Measure, items: Mapping[int, Column]) -> Refusal | None:
    """A column without any answer while the others are filled: an item left out."""
    if not measure.has_total or measure.is_open_ended:
        return None
    n_answers = {n: len(column.rows(READ)) for n, column in items.items()}
    most = max(n_answers.values(), default=0)
    absent = [
        items[n].name
        for n, count in n_answers.items()
        if not count and not measure.by_number[n].is_extra
    ]
    if most < _ENOUGH_ROWS or not absent:
        return None
    return Refusal(
        f"holds no answer at all in {', '.join(absent)}, while the other items were "
        f"answered up to {most} times. A {measure.instrument} without it is none and "
        "is not scored as one. Declare in a profile which measure it is."
    )


def changed_midway(measure: Measure, items: Mapping[int, Column]) -> tuple[Fault, ...]:
    """Rows from the first answer on that is one above the form's highest.

    If none of them holds the lowest answer any more, they are counted from one higher
    than before: an export was changed on the way. All of them are set aside.
    """
    columns = [c for c in items.values() if c.allowed.step == 1 and not c.allowed.only]
    above = [
        rows[0]
        for c in columns
        if len(rows := c.rows(NOT_ALLOWED))
        and (c.answers.numbers == c.allowed.high + 1).any()
    ]
    if not above:
        return ()
    first = int(min(above))
    later = np.array([c.all_numbers()[first:] for c in columns])
    low = np.array([[c.allowed.low] for c in columns])
    high = np.array([[c.allowed.high] for c in columns])
    given = ~np.isnan(later)
    fits = np.where(given, (later > low) & (later <= high + 1), True)
    n_rows = int(given.any(axis=0).sum())
    # with a few rows or answers the lowest may be missing by chance
    if not fits.all() or n_rows < _ENOUGH_ROWS or given.sum() < _ENOUGH_ANSWERS:
        return ()
    about = (
        f"from here on the answers to the {measure.instrument} seem to be counted from "
        "one higher than above, out of range"
    )
    rows = first + np.flatnonzero(given.any(axis=0))
    return set_aside(about, rows, [""])
