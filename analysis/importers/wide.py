"""Rows that hold whole questionnaires: an item or a total in each column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from analysis.importers.answers import (
    MISSING,
    NOT_ALLOWED,
    READ,
    UNKNOWN,
    Allowed,
    AnswerRules,
    Answers,
    number_of,
    read_answers,
)
from analysis.importers.cells import Words, words_of
from analysis.importers.faults import Fault, set_aside, shown
from analysis.importers.layout import Form, Rules
from analysis.importers.sheet import Refusal, Said, Sheet
from analysis.importers.wording import item_words
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
        """The distinct numbers as they stand in the file, without missing codes."""
        chosen = np.isin(self.answers.states, (READ, NOT_ALLOWED))
        found = [_float(t) for t in np.array(self.answers.texts, object)[chosen]]
        return np.array(found, dtype=float)


@dataclass(frozen=True)
class FormColumns:
    """One questionnaire of a sheet: its answers, its totals, what is wrong with them.

    items: item numbers; answers: a row per row of the sheet, a column per item.
    is_there: rows in which anything was answered. is_touched: rows in which anything
    stands, if only a code for missing.
    """

    form: Form
    items: tuple[int, ...]
    answers: np.ndarray
    totals: Mapping[str, np.ndarray]
    is_there: np.ndarray
    is_touched: np.ndarray
    faults: tuple[Fault, ...]
    said: tuple[Said, ...]


def read_form(sheet: Sheet, form: Form, rules: Rules) -> FormColumns | Refusal:
    """Read the columns of one questionnaire, every row checked."""
    measure = rules.measures[form.measure]
    items = {
        number: _column(
            sheet,
            column,
            allowed_of(measure.by_number.get(number)),
            form,
            number,
            measure,
        )
        for number, column in sorted(form.items.items())
    }
    refusal = _in_other_words(measure, items) or _coded_otherwise(measure, items)
    if refusal is not None:
        return refusal
    totals = {
        score: _total_column(sheet, column, measure, score, form.rules)
        for score, column in form.totals.items()
    }
    answers = _matrix(items, len(sheet.rows))
    return _checked(sheet, form, measure, items, totals, answers)


def allowed_of(item: Item | None) -> Allowed:
    """Which numbers an item takes; any where the measure says nothing."""
    if item is None:
        return Allowed(-np.inf, np.inf, 0)
    return Allowed(item.low, item.high, item.step, item.allowed)


def allowed_total(measure: Measure, score: str) -> Allowed:
    """Which numbers a score takes."""
    rule = next(rule for rule in measure.scores if rule.id == score)
    return Allowed(rule.low, rule.high, 0)


def _column(
    sheet: Sheet,
    column: int,
    allowed: Allowed,
    form: Form,
    number: int,
    measure: Measure,
) -> Column:
    own = item_words(measure, number)
    rules = (
        replace(form.rules, words={**form.rules.words, **own}) if own else form.rules
    )
    words = words_of(sheet.columns[column])
    answers = read_answers(words, allowed, rules)
    return Column(sheet.names[column], words, answers, allowed)


def _total_column(
    sheet: Sheet, column: int, measure: Measure, score: str, rules: AnswerRules
) -> Column:
    words = words_of(sheet.columns[column])
    allowed = allowed_total(measure, score)
    plain = AnswerRules(missing=rules.missing, decimal=rules.decimal)
    return Column(
        sheet.names[column], words, read_answers(words, allowed, plain), allowed
    )


def _matrix(items: Mapping[int, Column], n_rows: int) -> np.ndarray:
    answers = np.empty((n_rows, len(items)))
    for place, column in enumerate(items.values()):
        answers[:, place] = column.values
    return answers


def _checked(
    sheet: Sheet,
    form: Form,
    measure: Measure,
    items: Mapping[int, Column],
    totals: Mapping[str, Column],
    answers: np.ndarray,
) -> FormColumns:
    n = len(sheet.rows)
    touched = np.zeros(n, bool)
    for column in (*items.values(), *totals.values()):
        touched[column.rows(MISSING, READ, NOT_ALLOWED, UNKNOWN)] = True
    has_items = ~np.isnan(answers).all(axis=1) if items else np.zeros(n, bool)
    counted = {n: c for n, c in items.items() if not _is_extra(measure, n)}
    said = [*_said_of_missing(measure, items), *_said_of_extra(measure, items)]
    values, faults = {}, [*_bad_answers(counted.values())]
    for score, column in totals.items():
        value = column.values
        bad = column.rows(NOT_ALLOWED, UNKNOWN)
        faults += _bad_totals(column, bad[~has_items[bad]])
        values[score], told = _compared(
            sheet, measure, score, column, value, items, answers
        )
        said += told
    there = has_items.copy()
    for value in values.values():
        there |= ~np.isnan(value)
    return FormColumns(
        form,
        tuple(items),
        answers,
        values,
        there,
        touched,
        tuple(faults),
        tuple(said),
    )


def _is_extra(measure: Measure, number: int) -> bool:
    item = measure.by_number.get(number)
    return item is not None and item.is_extra


def _said_of_extra(measure: Measure, items: Mapping[int, Column]) -> list[Said]:
    """Answers to questions no score uses cost no row: they are left out, and said."""
    said = []
    for number, column in items.items():
        n = len(column.rows(NOT_ALLOWED, UNKNOWN)) if _is_extra(measure, number) else 0
        if n:
            text = (
                f"{column.name}, which no score uses, holds {n} answer(s) that the form "
                "does not know: they were left out."
            )
            said.append(Said(text, "repair"))
    return said


def _bad_answers(columns: Iterable[Column]) -> list[Fault]:
    rows: list[np.ndarray] = []
    reasons: list[str] = []
    for column in columns:
        bad = column.rows(NOT_ALLOWED, UNKNOWN)
        rows.append(bad)
        reasons += [_reason(column, row) for row in bad]
    found = np.concatenate(rows) if rows else np.zeros(0, np.int64)
    order = np.argsort(found, kind="stable")
    about = "an answer is out of range or none the form knows"
    return list(set_aside(about, found[order], [reasons[i] for i in order]))


def _reason(column: Column, row: int) -> str:
    state = column.answers.states[column.words.codes[row]]
    what = "out of range" if state == NOT_ALLOWED else "not an answer of the form"
    value = shown(column.words.at(row))
    return f"{column.name} = {value} is {what} (allowed: {column.allowed.text})"


def _bad_totals(column: Column, rows: np.ndarray) -> tuple[Fault, ...]:
    reasons = [_reason(column, row) for row in rows]
    return set_aside("a total is out of range", rows, reasons)


def _said_of_missing(measure: Measure, items: Mapping[int, Column]) -> list[Said]:
    n, texts = 0, set()
    for column in items.values():
        rows = column.rows(MISSING)
        n += len(rows)
        chosen = column.answers.states == MISSING
        texts |= set(np.array(column.answers.texts, object)[chosen])
    if not n:
        return []
    words = ", ".join(shown(text) for text in sorted(texts)[:8])
    return [
        Said(f"{measure.instrument}: {n} answer(s) are missing, written as {words}.")
    ]


# --- totals against items ------------------------------------------------------------

_FACTORS = {"sum": 1.0, "sum_x2": 2.0, "sum_x4": 4.0, "mean": 0.0, "mean_x10": 0.0}
# Exports round to one or two places.
_ROUNDING = 0.051


def _expected(
    measure: Measure, score: str, items: Mapping[int, Column], answers: np.ndarray
) -> np.ndarray | None:
    """The score of rows answered whole, where it is a plain sum or mean."""
    rule = next(rule for rule in measure.scores if rule.id == score)
    places = [list(items).index(n) for n in rule.items if n in items]
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


def _compared(
    sheet: Sheet,
    measure: Measure,
    score: str,
    column: Column,
    value: np.ndarray,
    items: Mapping[int, Column],
    answers: np.ndarray,
) -> tuple[np.ndarray, list[Said]]:
    """Totals as exported, without those that disagree with the items."""
    expected = _expected(measure, score, items, answers)
    if expected is None:
        return value, []
    given = value
    wrong_words = column.rows(NOT_ALLOWED)
    if len(wrong_words):
        given = value.copy()
        given[wrong_words] = [_float(column.words.at(r)) for r in wrong_words]
    off = np.flatnonzero(np.abs(given - expected) > _ROUNDING)
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


def _float(text: str) -> float:
    number = number_of(" ".join(str(text).split()).casefold())
    return np.nan if number is None else number


# --- answers coded otherwise ---------------------------------------------------------

# So many rows have to be there before the pattern of a column says anything.
_ENOUGH_ROWS = 3


def _coded_otherwise(measure: Measure, items: Mapping[int, Column]) -> Refusal | None:
    """Answers counted from another number than on the form: 1 to 4 instead of 0 to 3.

    Row by row most of them would pass, each one point off.
    """
    groups: dict[Allowed, list[Column]] = {}
    for column in items.values():
        if column.allowed.step == 1 and not column.allowed.only:
            groups.setdefault(column.allowed, []).append(column)
    for allowed, columns in groups.items():
        numbers = np.concatenate([c.numbers() for c in columns])
        numbers = numbers[~np.isnan(numbers)]
        n_rows = max(len(c.words) for c in columns)
        if len(numbers) < 2 or n_rows < _ENOUGH_ROWS:
            continue
        low, high = numbers.min(), numbers.max()
        for shift in (1, -1):
            if low == allowed.low + shift and high == allowed.high + shift:
                return _refusal(measure, allowed, low, high, shift)
    return None


def _in_other_words(measure: Measure, items: Mapping[int, Column]) -> Refusal | None:
    """Words that no answer of the form has, in every row: a code or a translation."""
    unknown: set[str] = set()
    is_any_read = False
    for column in items.values():
        states = column.answers.states
        is_any_read |= bool((states == READ).any())
        texts = np.array(column.answers.texts, object)
        unknown |= set(texts[states == UNKNOWN].tolist())
    if is_any_read or len(unknown) < 2:
        return None
    words = ", ".join(shown(word) for word in sorted(unknown)[:8])
    return Refusal(
        f"answers the {measure.instrument} in words that are not known: {words}. Say in "
        "a profile which number each stands for ([answers]).",
        "needs_config",
    )


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
