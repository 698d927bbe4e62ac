"""Long responses to sheets, and the context each administration is scored in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import AnalysisError
from analysis.measures import Measure, in_context
from analysis.scoring.joining import codes, positions
from analysis.scoring.sheet import Sheet, read_sheet

# Rows of one sheet: bounds memory where a practice has millions of administrations.
_ROWS = 500_000


@dataclass(frozen=True)
class Answers:
    """Answers of one measure's administrations: row, item number, value."""

    rows: np.ndarray  # position among the administrations of the measure, rising
    items: np.ndarray
    values: np.ndarray


def answers_of(
    responses: pd.DataFrame, owners: np.ndarray, rows: np.ndarray
) -> Answers:
    """Pick the answers of some administrations.

    owners: position of the administration of each response. rows: positions of the
    administrations wanted, rising.
    """
    row_of = np.full(owners.max(initial=-1) + 1, -1, np.int64)
    known = rows[rows < len(row_of)]
    row_of[known] = np.arange(len(known))
    at = row_of[owners]
    chosen = np.flatnonzero(at >= 0)
    at = at[chosen]
    if np.any(at[1:] < at[:-1]):
        order = np.argsort(at, kind="stable")
        chosen, at = chosen[order], at[order]
    items = responses["item"].to_numpy(dtype=np.int64)[chosen]
    values = responses["response"].to_numpy(dtype=float, na_value=np.nan)[chosen]
    return Answers(at, items, values)


def sheets(
    measure: Measure, answers: Answers, chosen: np.ndarray
) -> Iterator[tuple[np.ndarray, Sheet]]:
    """Sheets of some rows of a measure in one context, and which rows they are."""
    numbers = tuple(measure.by_number)
    if measure.is_open_ended:
        numbers = tuple(sorted({*numbers, *np.unique(answers.items).tolist()}))
    else:
        _refuse_unknown_items(measure, answers)
    column_of = np.full(max(numbers, default=0) + 1, -1)
    column_of[list(numbers)] = np.arange(len(numbers))
    for start in range(0, len(chosen), _ROWS):
        rows = chosen[start : start + _ROWS]
        yield rows, _sheet(measure, numbers, column_of, answers, rows)


def _sheet(
    measure: Measure,
    numbers: tuple[int, ...],
    column_of: np.ndarray,
    answers: Answers,
    rows: np.ndarray,
) -> Sheet:
    first, last = np.searchsorted(answers.rows, [rows[0], rows[-1] + 1])
    part = slice(first, last)
    line_of = np.full(rows[-1] - rows[0] + 1, -1)
    line_of[rows - rows[0]] = np.arange(len(rows))
    lines = line_of[answers.rows[part] - rows[0]]
    here = lines >= 0
    cells = lines[here], column_of[answers.items[part][here]]
    values = np.full((len(rows), len(numbers)), np.nan)
    values[cells] = answers.values[part][here]
    asked = np.zeros(values.shape, bool)
    asked[cells] = True
    return read_sheet(measure, numbers, values, asked)


def _refuse_unknown_items(measure: Measure, answers: Answers) -> None:
    unknown = set(np.unique(answers.items).tolist()) - set(measure.by_number)
    if unknown:
        listed = ", ".join(str(number) for number in sorted(unknown))
        raise AnalysisError(
            f"responses hold item {listed} of {measure.id}, which the form does not "
            "have. Import the raw exports again."
        )


# --- contexts ------------------------------------------------------------------------


def contexts(
    measure: Measure, administrations: pd.DataFrame, clients: pd.DataFrame
) -> Iterator[tuple[Measure, np.ndarray]]:
    """The measure in each context that occurs, and the rows it occurs in.

    administrations: the measure's rows. What an export says about a filling-in stands
    in `context` as JSON; sex and age come from clients, the age as year minus year of
    birth. What is not known is left to the measure's own default.
    """
    keys: dict[str, np.ndarray] = {}
    values: dict[str, list[Any]] = {}
    if "context" in administrations and administrations["context"].notna().any():
        keys["context"], values["context"] = codes(administrations["context"])
    personal = _personal(measure)
    if personal:
        person = positions(administrations["client_id"], clients["client_id"])
        for name in personal:
            keys[name], values[name] = _PERSONAL[name](administrations, clients, person)
    if not keys:
        yield in_context(measure, {}), np.arange(len(administrations))
        return
    table = np.column_stack(list(keys.values()))
    distinct, group = np.unique(table, axis=0, return_inverse=True)
    for number, combination in enumerate(distinct):
        given = {
            name: values[name][code]
            for name, code in zip(keys, combination, strict=True)
            if code >= 0
        }
        exported = _exported_context(measure, given.pop("context", "{}"))
        chosen = np.flatnonzero(group.ravel() == number)
        yield in_context(measure, {**given, **exported}), chosen


def _personal(measure: Measure) -> list[str]:
    """What the measure's figures depend on: age, sex, both or nothing."""
    used: set[str] = set()
    for rule in measure.scores:
        whens = [cutoff.when for cutoff in rule.cutoffs]
        whens += [bands.when for bands in rule.band_sets]
        whens += [variant.when for variant in rule.variants]
        used.update(name for when in whens for name in when)
    return sorted(used & set(_PERSONAL))


def _age(
    administrations: pd.DataFrame, clients: pd.DataFrame, person: np.ndarray
) -> tuple[np.ndarray, list[Any]]:
    born = clients["birth_year"].to_numpy(dtype=float, na_value=np.nan)
    year = administrations["date"].dt.year.to_numpy(dtype=float)
    age = year - np.append(born, np.nan)[person]
    known = (age >= 0) & (age < 130)
    return np.where(known, age, -1).astype(np.int64), list(range(130))


def _sex(
    administrations: pd.DataFrame, clients: pd.DataFrame, person: np.ndarray
) -> tuple[np.ndarray, list[Any]]:
    number, words = codes(clients["sex"])
    return np.append(number, -1)[person], words


_PERSONAL = {"age": _age, "sex": _sex}


def _exported_context(measure: Measure, text: str) -> dict[str, Any]:
    try:
        given = json.loads(text)
    except json.JSONDecodeError:
        given = None
    if not isinstance(given, dict):
        raise AnalysisError(
            f"administrations hold a context of {measure.id} that is no JSON object. "
            "Import the raw exports again."
        )
    return given
