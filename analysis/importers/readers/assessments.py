"""Sheets of questionnaires, one or several in each row, to readings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from analysis.importers.layout import NONE, Plan, Rules, When
from analysis.importers.readers.days import RowDays, orders_of, row_days
from analysis.importers.readers.notes import read_facts, read_notes, texts_there
from analysis.importers.readers.reading import Forms, Reading, bins_of, no_forms
from analysis.importers.readers.wide import FormColumns, read_form
from analysis.importers.sheets.sheet import Refusal, Said
from analysis.importers.values.cells import words_of
from analysis.importers.values.clock import NO_TIME
from analysis.importers.values.dates import Order
from analysis.importers.values.faults import Fault, fault, set_aside
from analysis.importers.values.identity import read_ids


def read_wide(plan: Plan, rules: Rules) -> Reading | Refusal:
    """Read a sheet whose rows hold whole questionnaires."""
    sheet, layout = plan.sheet, plan.layout
    orders = orders_of(sheet, layout, rules)
    if isinstance(orders, Refusal):
        return orders
    forms = []
    for mapped in layout.forms:
        read = read_form(sheet, mapped, rules)
        if isinstance(read, Refusal):
            return read
        forms.append(read)
    ids, raw_ids, client, id_faults = read_clients(plan)
    has_text = texts_there(sheet, layout.notes)
    is_blank = ~has_text
    for form in forms:
        is_blank &= ~form.is_there
    days, day_faults, said = _days(plan, rules, orders, forms, ~is_blank)
    faults = (
        *layout.faults,
        *id_faults,
        *(f for form in forms for f in form.faults),
        *_blank(plan, forms, is_blank, id_faults),
        *day_faults,
    )
    kept = bins_of(len(sheet.rows), faults) == 0
    main = days[NONE]
    return Reading(
        sheet=sheet,
        layout=layout,
        ids=ids,
        raw_ids=raw_ids,
        client=client,
        faults=faults,
        said=(*layout.said, *said, *(s for form in forms for s in form.said)),
        forms=_forms(plan, forms, days, kept, rules),
        notes=read_notes(sheet, layout.notes, main.day, kept),
        facts=read_facts(sheet, layout.facts, rules, orders),
        day=main.day,
    )


# --- who -----------------------------------------------------------------------------


def read_clients(
    plan: Plan,
) -> tuple[tuple[str, ...], tuple[str, ...], np.ndarray, tuple[Fault, ...]]:
    """Distinct ids as kept and as written, a code per row, rows without a client."""
    sheet, layout = plan.sheet, plan.layout
    if layout.client == NONE:
        zeros = np.zeros(len(sheet.rows), np.int32)
        return (layout.everyone,), (layout.everyone,), zeros, ()
    words = words_of(sheet.columns[layout.client])
    ids = read_ids(words)
    refused = np.array([bool(problem) for problem in ids.problems], dtype=bool)
    rows = words.has(refused)
    reasons = [ids.problems[words.codes[row]] for row in rows]
    faults = set_aside("the client id cannot be used", rows, reasons)
    client = words.codes
    if len(rows):
        client = client.copy()
        client[rows] = -1
    raw = tuple(str(text) for text in words.raw.to_pylist())
    kept = tuple(layout.prefix + name if name else "" for name in ids.kept)
    return kept, raw, client, faults


# --- when ----------------------------------------------------------------------------


def _days(
    plan: Plan,
    rules: Rules,
    orders: Mapping[int, Order],
    forms: Sequence[FormColumns],
    is_filled: np.ndarray,
) -> tuple[dict[int, RowDays], list[Fault], list[Said]]:
    """Days by number of the form; NONE is the row's own day."""
    layout = plan.layout
    days: dict[int, RowDays] = {}
    faults: list[Fault] = []
    own = [i for i, form in enumerate(forms) if form.form.when is not None]
    shared = np.zeros(len(is_filled), bool)
    for form in forms:
        if form.form.when is None:
            shared |= form.is_there
    only = shared | texts_there(plan.sheet, layout.notes)
    wanted: list[tuple[int, When, np.ndarray]] = []
    if layout.when != When():
        wanted.append((NONE, layout.when, only if own else is_filled))
    for number in own:
        when = forms[number].form.when or layout.when
        wanted.append((number, when, forms[number].is_there))
    for number, when, there in wanted:
        read = row_days(plan.sheet, when, orders, rules, only=there)
        days[number] = read
        faults += date_faults(read)
    if NONE not in days:
        n = len(plan.sheet.rows)
        nat = np.full(n, np.datetime64("NaT"), "datetime64[D]")
        days[NONE] = RowDays(nat, np.full(n, NO_TIME), np.zeros(0, np.int64), ())
    said = {s.text: s for read in days.values() for s in read.said}
    return days, faults, list(said.values())


def date_faults(days: RowDays) -> tuple[Fault, ...]:
    """Rows whose date is missing, unreadable or impossible."""
    late = np.array(["future" in problem for problem in days.problems], dtype=bool)
    problems = np.array(days.problems, dtype=object)
    return (
        *set_aside("the date is in the future", days.wrong[late], problems[late]),
        *set_aside("the date cannot be used", days.wrong[~late], problems[~late]),
    )


def _blank(
    plan: Plan,
    forms: Sequence[FormColumns],
    is_blank: np.ndarray,
    before: tuple[Fault, ...],
) -> tuple[Fault, ...]:
    """Rows in which no question was answered."""
    rows = np.flatnonzero(is_blank)
    if plan.layout.blank == "ignored":
        about = "the forms were not filled in (incomplete, no answers)"
        return fault("ignored", about, rows, [""], "note")
    touched = np.zeros(len(is_blank), bool)
    for form in forms:
        touched |= form.is_touched
    coded, empty = rows[touched[rows]], rows[~touched[rows]]
    return (
        *set_aside("no question was answered, all answers are missing", coded, [""]),
        *set_aside("no question was answered, the form is empty", empty, [""]),
    )


# --- what ----------------------------------------------------------------------------


def _forms(
    plan: Plan,
    forms: Sequence[FormColumns],
    days: Mapping[int, RowDays],
    kept: np.ndarray,
    rules: Rules,
) -> Forms:
    """Put the questionnaires of all columns behind each other."""
    made = [
        _one(plan, number, form, days.get(number, days[NONE]), kept)
        for number, form in enumerate(forms)
    ]
    return joined(made)


def _one(
    plan: Plan, number: int, form: FormColumns, days: RowDays, kept: np.ndarray
) -> Forms:
    rows = np.flatnonzero(form.is_there & kept)
    n, k = len(rows), len(form.items)
    is_all = n == len(kept)
    answers = form.answers if is_all else form.answers[rows]
    answered = ~np.isnan(answers).all(axis=1) if k else np.zeros(n, bool)
    if not answered.all():
        # a total without any answer stays a total: no item was skipped
        answers = answers[answered]
    owner = np.flatnonzero(answered).astype(np.int32)
    total_form, total_scale, total = _totals(form, rows)
    instance = instances(plan, rows)
    name = form.form.measure
    return Forms(
        measures=(name,),
        contexts=(form.form.context,),
        measure=np.zeros(n, np.int16),
        row=rows,
        day=days.day[rows],
        second=days.second[rows],
        instance=instance,
        answer_form=np.repeat(owner, k),
        answer_item=np.tile(np.array(form.items, np.int16), len(owner)),
        answer=answers.ravel(),
        scales=tuple(f"{name}.{score}".lower() for score in form.totals),
        total_form=total_form,
        total_scale=total_scale,
        total=total,
    )


def _totals(
    form: FormColumns, rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    owners, scales, values = [], [], []
    for code, value in enumerate(form.totals.values()):
        given = np.flatnonzero(~np.isnan(value[rows]))
        owners.append(given.astype(np.int32))
        scales.append(np.full(len(given), code, np.int16))
        values.append(value[rows[given]])
    if not owners:
        return np.zeros(0, np.int32), np.zeros(0, np.int16), np.zeros(0)
    return np.concatenate(owners), np.concatenate(scales), np.concatenate(values)


def instances(plan: Plan, rows: np.ndarray) -> np.ndarray:
    """A number per row that tells sittings of one day apart; 0 where none does."""
    made = np.zeros(len(rows), np.int64)
    for column in plan.layout.instance:
        words = words_of(plan.sheet.columns[column])
        distinct = {
            text: i for i, text in enumerate(sorted(set(words.list()) - {""}), 1)
        }
        numbers = np.array([distinct.get(text, 0) for text in words.list()])
        made = made * (len(distinct) + 1) + words.spread(numbers)[rows]
    return made


def joined(forms: Sequence[Forms]) -> Forms:
    """Several lots of questionnaires as one."""
    if not forms:
        return no_forms()
    if len(forms) == 1:
        return forms[0]
    starts = np.cumsum([0, *(len(f) for f in forms)])
    kinds = np.cumsum([0, *(len(f.measures) for f in forms)])
    scales = np.cumsum([0, *(len(f.scales) for f in forms)])

    def whole(name: str, shifts: np.ndarray | None = None) -> np.ndarray:
        parts = [getattr(f, name) for f in forms]
        if shifts is not None:
            parts = [part + shifts[i] for i, part in enumerate(parts)]
        return np.concatenate(parts)

    return Forms(
        measures=tuple(m for f in forms for m in f.measures),
        contexts=tuple(c for f in forms for c in f.contexts),
        measure=whole("measure", kinds),
        row=whole("row"),
        day=whole("day"),
        second=whole("second"),
        instance=whole("instance"),
        answer_form=whole("answer_form", starts),
        answer_item=whole("answer_item"),
        answer=whole("answer"),
        scales=tuple(s for f in forms for s in f.scales),
        total_form=whole("total_form", starts),
        total_scale=whole("total_scale", scales),
        total=whole("total"),
    )
