"""Rows that hold whole questionnaires: an item or a total in each column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.importers.layout import Form, Rules
from analysis.importers.sheets.sheet import Refusal, Said, Sheet
from analysis.importers.values.answer_columns import Column, allowed_of, allowed_total
from analysis.importers.values.answers import (
    MISSING,
    NOT_ALLOWED,
    READ,
    UNKNOWN,
    Allowed,
    AnswerRules,
    read_answers,
)
from analysis.importers.values.cells import words_of
from analysis.importers.values.coding import (
    changed_midway,
    coded_otherwise,
    never_lowest,
)
from analysis.importers.values.exported_totals import compared
from analysis.importers.values.faults import Fault, set_aside, shown
from analysis.importers.values.wording import item_words
from analysis.measures import Measure


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
    refusal = coded_otherwise(measure, items)
    if refusal is not None:
        return refusal
    totals = {
        score: _total_column(sheet, column, measure, score, form.rules)
        for score, column in form.totals.items()
    }
    answers = _matrix(items, len(sheet.rows))
    return _checked(sheet, form, measure, items, totals, answers)


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
    said += never_lowest(measure, counted) if form.rules.add == 0 else ()
    values: dict[str, np.ndarray] = {}
    faults = [*changed_midway(measure, counted), *_bad_answers(counted.values())]
    for score, column in totals.items():
        value = column.values
        bad = column.rows(NOT_ALLOWED, UNKNOWN)
        faults += _bad_totals(column, bad[~has_items[bad]])
        values[score], told = compared(
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
                f"{column.name}, which no score uses, holds {n} answer(s) that the "
                "form does not know: they were left out."
            )
            said.append(Said(text, "repair"))
    return said


def _bad_answers(columns: Iterable[Column]) -> list[Fault]:
    reasons: dict[int, list[str]] = {}
    for column in columns:
        for row in column.rows(NOT_ALLOWED, UNKNOWN):
            reasons.setdefault(int(row), []).append(_reason(column, int(row)))
    rows = sorted(reasons)
    about = "an answer is out of range or none the form knows"
    told = [_shortened(reasons[row]) for row in rows]
    return list(set_aside(about, np.array(rows, np.int64), told))


# So many bad answers of one row are named; quarantine/ holds the row whole.
_NAMED = 3


def _shortened(reasons: Sequence[str]) -> str:
    more = len(reasons) - _NAMED
    extra = f"; and {more} more of its answers" if more > 0 else ""
    return "; ".join(reasons[:_NAMED]) + extra


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
