"""Scores one administration: answers in, one frozen record out."""

from __future__ import annotations

import difflib
import math
import numbers
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from analysis.errors import AnalysisError
from analysis.measures import Measure, in_context, read_measures
from analysis.measures.figures import Condition
from analysis.scoring.methods import INVALID, STATUSES, Result, score_sheet
from analysis.scoring.risk import RISKS, risk_flags
from analysis.scoring.sheet import Sheet, item_of, read_sheet

# Cells that mean "no answer", in any case, as exports write them.
_EMPTY = frozenset({"", "na", "n/a", "nan", "none", "null", "."})
_YES_NO = {"yes": True, "no": False}


@dataclass(frozen=True)
class Scored:
    """What one administration says."""

    measure: str
    status: str  # ok, prorated, incomplete, invalid
    scores: Mapping[str, float | None]  # by score id; None where there is no score
    bands: Mapping[str, str]  # by score id, where a published band holds
    flags: Mapping[str, bool]  # by cut-off or algorithm id, where it can be decided
    risk: str | None  # yes, no, unknown; None where the measure has no risk item
    score_status: Mapping[str, str] = field(default_factory=dict)  # where it differs
    missing: tuple[str, ...] = ()  # ids of items without an answer
    invalid: tuple[str, ...] = ()  # ids of items with an answer that is not allowed
    remarks: Mapping[str, str] = field(default_factory=dict)  # printed with a score


def score(
    measure_id: str,
    responses: Mapping[Any, Any],
    *,
    measures: Mapping[str, Measure] | None = None,
    **context: Any,
) -> Scored:
    """Score one administration.

    measure_id: such as "phq9". responses: answer by item number (or item id: "mood",
    "5a"); None, NaN, "" and "NA" are missing, and so is an item that is not there; a
    number may come as text; True and False, "yes" and "no" answer yes/no items only;
    "23:30" is half past 23 hours. Everything else is invalid and reported, never
    guessed.
    context: age, sex (or gender), informant, item_order, export, bands, agoraphobia,
    risk_others, work_not_applicable, weights; what a measure has no use for changes
    nothing. measures: others than the shipped ones.

    The status is that of the headline score, which is the first of a form without a
    total; any answer that is not allowed makes it invalid.
    Raises AnalysisError for an unknown measure, item or context.
    """
    known = read_measures() if measures is None else measures
    measure = in_context(_find(measure_id, known), context)
    sheet = _sheet(measure, responses)
    results = score_sheet(measure, sheet)
    status = _status(measure, sheet, results)
    values = {name: _number(result.values[0]) for name, result in results.items()}
    statuses = {name: STATUSES[result.status[0]] for name, result in results.items()}
    return Scored(
        measure=measure.id,
        status=status,
        scores=values,
        bands=_bands(measure, values),
        flags={**_cutoff_flags(measure, values), **_algorithm_flags(measure, sheet)},
        risk=_risk(measure, sheet),
        score_status={name: s for name, s in statuses.items() if s != status},
        missing=_item_ids(measure, sheet, sheet.missing),
        invalid=_item_ids(measure, sheet, sheet.invalid),
        remarks={
            rule.id: rule.remark
            for rule in measure.scores
            if rule.remark and values[rule.id] is not None
        },
    )


def _find(measure_id: str, measures: Mapping[str, Measure]) -> Measure:
    if measure_id in measures:
        measure = measures[measure_id]
        if not measure.items:
            raise AnalysisError(
                f"{measure.instrument} has no items in its file: its totals are taken "
                "from exports and cannot be worked out."
            )
        return measure
    close = difflib.get_close_matches(str(measure_id).lower(), measures, n=4)
    hint = f"Did you mean {' or '.join(close)}? " if close else ""
    raise AnalysisError(
        f"There is no measure {measure_id!r}. {hint}"
        "`python -m analysis measures` lists them."
    )


# --- answers -------------------------------------------------------------------------


def _sheet(measure: Measure, responses: Mapping[Any, Any]) -> Sheet:
    given: dict[int, Any] = {}
    for key, answer in responses.items():
        if _is_text_question(measure, key):
            continue
        number = _item_number(measure, key)
        if number in given:
            raise AnalysisError(f"{measure.instrument}: item {number} stands twice.")
        given[number] = answer
    columns = tuple(dict.fromkeys([*measure.by_number, *given]))
    values = np.full((1, len(columns)), np.nan)
    unreadable = np.zeros((1, len(columns)), bool)
    for column, number in enumerate(columns):
        answer = given.get(number)
        values[0, column], unreadable[0, column] = _answer(measure, number, answer)
    asked = np.array([[number in given for number in columns]])
    return read_sheet(measure, columns, values, asked, unreadable)


def _is_text_question(measure: Measure, key: Any) -> bool:
    """Answered in words: kept as a note, nothing to score."""
    text = str(key).strip().lower().removeprefix(f"{measure.id}_")
    return any(
        text in (question.id, str(question.number)) for question in measure.texts
    )


def _item_number(measure: Measure, key: Any) -> int:
    # pandas turns whole numbers into 1.0, 2.0 …
    key = int(key) if isinstance(key, float) and key.is_integer() else key
    text = str(key).strip().lower().removeprefix(f"{measure.id}_")
    if text in measure.by_id and not isinstance(key, bool):
        return measure.by_id[text].number
    # a score that is nothing but one item gives the item its name: "vas"
    for rule in measure.scores:
        if rule.method == "item" and rule.id == text:
            return rule.items[0]
    # the number of a lettered item may be used as well as its letter
    if text.isdecimal() and (
        int(text) in measure.by_number or (measure.is_open_ended and int(text) > 0)
    ):
        return int(text)
    ids = [item.id for item in measure.items]
    if measure.is_open_ended:
        ids = ["1, 2, … one number for each goal"]
    raise AnalysisError(
        f"{measure.instrument} has no such item. Its items are: {', '.join(ids)}."
    )


def _answer(measure: Measure, number: int, answer: Any) -> tuple[float, bool]:
    """The answer as a number, and whether there is one that cannot be read."""
    if answer is None or _is_empty_text(answer):
        return math.nan, False
    item = item_of(measure, number)
    yes = _yes(answer)
    if yes is not None:
        is_yes_no = set(item.allowed or (item.low, item.high)) == {0.0, 1.0}
        return (float(yes), False) if is_yes_no else (math.nan, True)
    if isinstance(answer, str) and not item.step and ":" in answer:
        return _clock(answer)
    if not isinstance(answer, str | numbers.Real):
        return _other(answer)
    try:
        value = float(answer)
    except ValueError:
        return math.nan, True
    return value, math.isinf(value)


def _yes(answer: Any) -> bool | None:
    """Whether the answer is a yes or a no in so many words; None where it is not."""
    if isinstance(answer, bool | np.bool_):
        return bool(answer)
    return _YES_NO.get(answer.strip().lower()) if isinstance(answer, str) else None


def _is_empty_text(answer: Any) -> bool:
    return isinstance(answer, str) and answer.strip().lower() in _EMPTY


def _clock(answer: str) -> tuple[float, bool]:
    hours, _, minutes = answer.strip().partition(":")
    if not hours.isdecimal() or not minutes.isdecimal() or int(minutes) > 59:
        return math.nan, True
    return int(hours) + int(minutes) / 60, False


def _other(answer: Any) -> tuple[float, bool]:
    """Decimal and the missing values of pandas; anything else cannot be read."""
    try:
        return float(answer), False
    except (TypeError, ValueError):
        # pandas.NA and NaT refuse to become a number, and are not equal to themselves
        is_missing = type(answer).__name__ in ("NAType", "NaTType")
        return math.nan, not is_missing


# --- what the scores say -------------------------------------------------------------


def _status(measure: Measure, sheet: Sheet, results: Mapping[str, Result]) -> str:
    if sheet.invalid.any():
        return STATUSES[INVALID]
    return STATUSES[results[measure.headline.id].status[0]]


def _number(value: float) -> float | None:
    if np.isnan(value):
        return None
    return int(value) if float(value).is_integer() else float(value)


def _bands(measure: Measure, values: Mapping[str, float | None]) -> dict[str, str]:
    labels: dict[str, str] = {}
    for rule, scale in zip(measure.scores, measure.scales, strict=True):
        value = values[rule.id]
        label = None if value is None else scale.band(value)
        if label is not None:
            labels[rule.id] = label
    return labels


def _cutoff_flags(
    measure: Measure, values: Mapping[str, float | None]
) -> dict[str, bool]:
    return {
        cutoff.id: cutoff.holds(value)
        for rule in measure.scores
        if (value := values[rule.id]) is not None
        for cutoff in measure.cutoffs_of(rule)
    }


def _algorithm_flags(measure: Measure, sheet: Sheet) -> dict[str, bool]:
    """Algorithms that can be decided, whatever a skipped item might have been."""
    flags = {}
    for rule in measure.algorithms:
        verdicts = [_verdict(condition, sheet) for condition in rule.conditions]
        items = tuple(item for c in rule.conditions for item, _ in c.any)
        if sheet.invalid[0, sheet.columns(items)].any():
            continue
        if False in verdicts:
            flags[rule.id] = False
        elif None not in verdicts:
            flags[rule.id] = True
    return flags


def _verdict(condition: Condition, sheet: Sheet) -> bool | None:
    answers = [sheet.answers[0, sheet.numbers.index(item)] for item, _ in condition.any]
    n_sure = sum(
        answer >= least
        for answer, (_, least) in zip(answers, condition.any, strict=True)
    )
    n_possible = n_sure + sum(bool(np.isnan(answer)) for answer in answers)
    most = len(answers) if condition.most is None else condition.most
    if n_possible < condition.least or n_sure > most:
        return False
    return True if n_sure >= condition.least and n_possible <= most else None


def _risk(measure: Measure, sheet: Sheet) -> str | None:
    flags = [part.flags[0] for part in risk_flags(measure, sheet)]
    return RISKS[max(flags)] if flags else None


def _item_ids(measure: Measure, sheet: Sheet, mask: np.ndarray) -> tuple[str, ...]:
    """Ids of the form's own items that the mask holds for."""
    names = []
    for column in np.flatnonzero(mask[0]):
        number = sheet.numbers[column]
        item = item_of(measure, number)
        # an extra question, or one more goal, is not skipped when it was never there
        may_lack = item.is_extra or measure.is_open_ended
        if sheet.asked[0, column] or not may_lack:
            names.append(item.id if number in measure.by_number else str(number))
    return tuple(names)
