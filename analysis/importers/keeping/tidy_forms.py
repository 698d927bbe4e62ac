"""Questionnaires that were kept, as administrations, responses and totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.importers.keeping.outcome import Outcome
from analysis.importers.readers.reading import Forms, no_forms
from analysis.importers.values.clock import NO_TIME
from analysis.schema import TABLES


@dataclass(frozen=True)
class Numbers:
    """names: id of every administration, over all readings. of_form: per reading the
    number of the administration of each form, -1 where it is not kept."""

    names: pa.Array
    of_form: tuple[np.ndarray, ...]


def numbered(outcomes: Sequence[Outcome]) -> Numbers:
    """Number all administrations; pieces of one form share its number."""
    names, of_form = [pa.array([], pa.string())], []
    start = 0
    for outcome in outcomes:
        kept = np.flatnonzero(outcome.form_kept)
        numbers = np.full(len(outcome.form_kept), -1, np.int32)
        numbers[kept] = np.arange(start, start + len(kept), dtype=np.int32)
        start += len(kept)
        of_form.append(numbers)
        names.append(administration_ids(outcome, kept))
    for outcome, numbers in zip(outcomes, of_form, strict=True):
        for form, (reading, other) in outcome.joins.items():
            numbers[form] = of_form[reading][other]
    return Numbers(pa.concat_arrays(names), tuple(of_form))


def administration_ids(outcome: Outcome, kept: np.ndarray) -> pa.Array:
    """Ids that stay the same as long as the raw file does: file, row, measure.

    A file is known by the start of its SHA-256, a sheet by its number as well.
    """
    sheet, forms = outcome.reading.sheet, _forms(outcome)
    if not len(kept):
        return pa.array([], pa.string())
    mark = sheet.digest[:10] + (f".{sheet.title}" if sheet.title else "")
    rows = pa.array(sheet.rows[forms.row[kept]]).cast(pa.string())
    measures = _spread(forms.measures, forms.measure[kept])
    ids = pc.binary_join_element_wise(mark, rows, measures, "-")
    if len(set(forms.measures)) == len(forms.measures) and forms.row_of_link is None:
        return ids
    names = ids.to_pandas()
    again = names.groupby(names).cumcount().to_numpy()
    counts = pa.array(again + 1).cast(pa.string())
    longer = pc.binary_join_element_wise(ids, counts, ".")
    return pc.if_else(pa.array(again > 0), longer, ids)


def administrations(
    outcomes: Sequence[Outcome], numbers: Numbers, ids: pa.Array
) -> list[pa.Table]:
    """One table per reading. ids: client by code."""
    tables = []
    start = 0
    for outcome in outcomes:
        n = int(outcome.form_kept.sum())
        if n:
            tables.append(_administrations(outcome, numbers.names.slice(start, n), ids))
        start += n
    return tables


def _administrations(outcome: Outcome, names: pa.Array, ids: pa.Array) -> pa.Table:
    sheet, forms = outcome.reading.sheet, _forms(outcome)
    kept = np.flatnonzero(outcome.form_kept)
    contexts = [context or None for context in forms.contexts]
    return pa.table(
        {
            "administration_id": names,
            "client_id": ids.take(pa.array(outcome.client[forms.row[kept]])),
            "measure": _spread(forms.measures, forms.measure[kept]),
            "date": pa.array(forms.day[kept], pa.date32()),
            "time": _clock(forms.second[kept]),
            "context": _spread(contexts, forms.measure[kept]),
            "source_file": _spread([sheet.file], np.zeros(len(kept), np.int32)),
            "source_row": pa.array(sheet.rows[forms.row[kept]]),
        }
    )


def responses(outcomes: Sequence[Outcome], numbers: Numbers) -> pd.DataFrame:
    """Every answer of the forms that were kept; the id is a categorical."""
    owners, items, answers = [], [], []
    for outcome, of_form in zip(outcomes, numbers.of_form, strict=True):
        forms = _forms(outcome)
        if not len(forms):
            continue
        owner = of_form[forms.answer_form]
        there = slice(None) if (of_form >= 0).all() else owner >= 0
        owners.append(owner[there])
        items.append(forms.answer_item[there])
        answers.append(forms.answer[there])
    if not owners:
        return TABLES["responses"].empty()
    index = pd.Index(numbers.names.to_pandas())
    ids = pd.Categorical.from_codes(_joined(owners), index, validate=False)
    columns = {
        "administration_id": ids,
        "item": _joined(items).astype(np.int64, copy=False),
        "response": _joined(answers),
    }
    return pd.DataFrame(columns, copy=False)


def _joined(parts: Sequence[np.ndarray]) -> np.ndarray:
    """Parts one after the other; a single one is not copied: it may be millions."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def totals(outcomes: Sequence[Outcome], numbers: Numbers) -> list[pa.Table]:
    """Scores as exported, one table per reading."""
    found = []
    for outcome, of_form in zip(outcomes, numbers.of_form, strict=True):
        forms = _forms(outcome)
        owner = of_form[forms.total_form] if len(forms) else np.zeros(0, np.int32)
        there = owner >= 0
        if not there.any():
            continue
        columns = {
            "administration_id": numbers.names.take(pa.array(owner[there])),
            "scale": _spread(forms.scales, forms.total_scale[there]),
            "score": pa.array(forms.total[there]),
        }
        found.append(pa.table(columns))
    return found


def _forms(outcome: Outcome) -> Forms:
    return outcome.reading.forms or no_forms()


def _spread(names: Sequence[str | None], codes: np.ndarray) -> pa.Array:
    return pa.array(list(names), pa.string()).take(pa.array(codes))


def _clock(second: np.ndarray) -> pa.Array:
    known = second != NO_TIME
    if not known.any():
        return pa.nulls(len(second), pa.string())
    times = pa.array(second.astype(np.int32), mask=~known).cast(pa.time32("s"))
    return times.cast(pa.string())
