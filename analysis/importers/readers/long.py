"""Sheets with one answer, or one score, per row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.importers.layout import Plan, Rules
from analysis.importers.readers.assessments import (
    date_faults,
    instances,
    read_clients,
)
from analysis.importers.readers.days import orders_of, row_days
from analysis.importers.readers.long_cells import SCORE, Cells, read_cells
from analysis.importers.readers.long_checks import counted_otherwise, totals_compared
from analysis.importers.readers.notes import clean_text, read_facts, read_notes
from analysis.importers.readers.reading import Forms, NoteRows, Reading, bins_of
from analysis.importers.sheets.sheet import Refusal, Sheet
from analysis.importers.values.answers import BLANK, MISSING, READ
from analysis.importers.values.faults import Fault, fault, set_aside


def read_long(plan: Plan, rules: Rules) -> Reading | Refusal:
    """Read a sheet whose rows hold one answer each.

    A form of which one row cannot be used is set aside whole: with one answer fewer
    it would be another form.
    """
    sheet, layout = plan.sheet, plan.layout
    orders = orders_of(sheet, layout, rules)
    if isinstance(orders, Refusal):
        return orders
    if layout.long is None:
        raise ValueError("a long sheet needs a long layout")
    ids, raw, client, wrong_ids = read_clients(plan)
    days = row_days(sheet, layout.when, orders, rules)
    cells, wrong_cells = read_cells(sheet, layout.long, rules)
    refusal = counted_otherwise(cells, rules)
    if refusal is not None:
        return refusal
    form = _form_of_row(plan, client, days.day, days.second, cells)
    faults: list[Fault] = [*layout.faults, *wrong_ids, *date_faults(days), *wrong_cells]
    faults += _twice(sheet, form, cells, bins_of(len(form), tuple(faults)))
    faults += _with_others(sheet, form, bins_of(len(form), tuple(faults)))
    if not layout.may_be_split:
        faults += _never_asked(sheet, cells, rules, bins_of(len(form), tuple(faults)))
    bins = bins_of(len(form), tuple(faults))
    faults += _empty(form, cells, bins)
    kept = bins_of(len(form), tuple(faults)) == 0
    forms = _forms(plan, form, cells, days.day, days.second, kept & ~cells.is_text)
    agrees, told = totals_compared(sheet, forms, rules)
    return Reading(
        sheet=sheet,
        layout=layout,
        ids=ids,
        raw_ids=raw,
        client=client,
        faults=tuple(faults),
        said=(*layout.said, *days.said, *told),
        forms=_with_totals(forms, agrees),
        notes=_notes(plan, cells, days.day, kept),
        facts=read_facts(sheet, layout.facts, rules, orders),
        day=days.day,
    )


def _with_totals(forms: Forms, agrees: np.ndarray) -> Forms:
    if agrees.all():
        return forms
    return replace(
        forms,
        total_form=forms.total_form[agrees],
        total_scale=forms.total_scale[agrees],
        total=forms.total[agrees],
    )


def _notes(
    plan: Plan, cells: Cells, day: np.ndarray, kept: np.ndarray
) -> NoteRows | None:
    """Free text: columns of their own, or rows of questions answered in words."""
    notes = read_notes(plan.sheet, plan.layout.notes, day, kept)
    if plan.layout.long is None or not cells.is_text.any():
        return notes
    clean = clean_text(plan.sheet.columns[plan.layout.long.response])
    filled = pc.greater(pc.utf8_length(clean), 0).to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(cells.is_text & filled & kept)
    return NoteRows(
        rows,
        tuple(cells.texts[code] for code in cells.text_kind[rows]),
        tuple(clean.take(pa.array(rows)).to_pylist()),
        np.zeros(len(rows), bool),
        day[rows],
    )


def _form_of_row(
    plan: Plan,
    client: np.ndarray,
    day: np.ndarray,
    second: np.ndarray,
    cells: Cells,
) -> np.ndarray:
    """Number of the form that a row belongs to: client, measure, day, time, sitting."""
    form, _ = pd.factorize(client)
    sitting = instances(plan, np.arange(len(client)))
    days = day.astype(np.int64)
    for part in (cells.measure, days, second, sitting):
        codes, _ = pd.factorize(part)
        width = int(codes.max(initial=0)) + 1
        form, _ = pd.factorize(form.astype(np.int64) * width + codes)
    return form


def _twice(
    sheet: Sheet, form: np.ndarray, cells: Cells, bins: np.ndarray
) -> list[Fault]:
    """Answers that stand twice: the same is a duplicate, another is a conflict."""
    good = np.flatnonzero((bins == 0) & ~cells.is_text)
    frame = pd.DataFrame(
        {"form": form[good], "item": cells.item[good], "value": cells.value[good]}
    )
    again = frame.duplicated(["form", "item"], keep=False).to_numpy()
    if not again.any():
        return []
    same = frame.duplicated(["form", "item", "value"]).to_numpy()
    distinct = frame[again & ~same]
    differ = distinct[distinct.duplicated(["form", "item"], keep=False)]
    torn = np.isin(form, differ["form"].unique()) & (bins == 0)
    about = "conflicting answers for the same client, form and day"
    duplicates = good[same]
    duplicates = duplicates[~torn[duplicates]]
    return [
        *set_aside(about, np.flatnonzero(torn), [""]),
        *fault(
            "duplicates",
            "the same answer stands further up",
            duplicates,
            [""],
            "repair",
        ),
    ]


def _with_others(sheet: Sheet, form: np.ndarray, bins: np.ndarray) -> list[Fault]:
    """Rows of forms of which another row was set aside."""
    lost = np.flatnonzero(bins == 1)
    if not len(lost):
        return []
    first = {int(form[row]): int(sheet.rows[row]) for row in lost[::-1]}
    rows = np.flatnonzero(np.isin(form, list(first)) & (bins == 0))
    reasons = [
        f"row {first[int(form[r])]} of the same form was set aside" for r in rows
    ]
    return list(set_aside("their form lacks an answer now", rows, reasons))


def _never_asked(
    sheet: Sheet, cells: Cells, rules: Rules, bins: np.ndarray
) -> list[Fault]:
    """Items that occur in no row of the file: another version, or an item left out."""
    faults: list[Fault] = []
    for code, name in enumerate(cells.measures):
        measure = rules.measures[name]
        rows = np.flatnonzero((cells.measure == code) & (bins == 0))
        asked = set(np.unique(cells.item[rows]).tolist())
        asked = {item for item in asked if item < SCORE}
        absent = [
            i.id for i in measure.items if i.number not in asked and not i.is_extra
        ]
        if asked and absent and measure.has_total and not measure.is_open_ended:
            columns = ", ".join(f"{name}_{item}" for item in absent)
            faults += set_aside(f"{columns} stands in no row of the file", rows, [""])
    return faults


def _empty(form: np.ndarray, cells: Cells, bins: np.ndarray) -> list[Fault]:
    """Forms in which no question was answered."""
    answered = np.zeros(int(form.max(initial=-1)) + 1, bool)
    answered[form[(bins == 0) & (cells.state == READ)]] = True
    empty = ~answered[form] & (bins == 0) & ~cells.is_text
    rows = np.flatnonzero(empty) if len(form) else form
    missing = rows[np.isin(cells.state[rows], (MISSING, BLANK))]
    return list(
        set_aside("no question was answered, all answers are missing", missing, [""])
    )


def _forms(
    plan: Plan,
    form: np.ndarray,
    cells: Cells,
    day: np.ndarray,
    second: np.ndarray,
    kept: np.ndarray,
) -> Forms:
    rows = np.flatnonzero(kept)
    codes, distinct = pd.factorize(form[rows])
    first = np.full(len(distinct), len(form), np.int64)
    np.minimum.at(first, codes, rows)
    order = np.lexsort((cells.item[rows], codes))
    rows, codes = rows[order], codes[order]
    is_total = cells.item[rows] >= SCORE
    has_value = ~np.isnan(cells.value[rows])
    answers, totals = ~is_total, is_total & has_value
    return Forms(
        measures=cells.measures,
        contexts=("",) * len(cells.measures),
        measure=cells.measure[first].astype(np.int16),
        row=first,
        day=day[first],
        second=second[first],
        instance=instances(plan, first),
        answer_form=codes[answers].astype(np.int32),
        answer_item=cells.item[rows][answers].astype(np.int16),
        answer=cells.value[rows][answers],
        scales=cells.scales,
        total_form=codes[totals].astype(np.int32),
        total_scale=(cells.item[rows][totals] - SCORE).astype(np.int16),
        total=cells.value[rows][totals],
        row_of_link=rows,
        form_of_link=codes,
    )
