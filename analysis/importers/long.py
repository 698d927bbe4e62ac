"""Sheets with one answer, or one score, per row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.importers.answer_columns import allowed_of, allowed_total
from analysis.importers.answers import (
    BLANK,
    MISSING,
    NOT_ALLOWED,
    READ,
    UNKNOWN,
    Allowed,
    AnswerRules,
    read_answer,
)
from analysis.importers.assessments import (
    date_faults,
    instances,
    read_clients,
    read_facts,
    read_notes,
)
from analysis.importers.cells import Words, words_of
from analysis.importers.days import orders_of, row_days
from analysis.importers.faults import Fault, fault, set_aside, shown
from analysis.importers.layout import NONE, Long, Plan, Rules
from analysis.importers.reading import Forms, Reading, bins_of
from analysis.importers.sheet import Refusal, Sheet
from analysis.importers.vocabulary import Field, plain
from analysis.importers.wording import answer_words, item_words

_SCORE = 30_000  # codes of scores stand above those of items


@dataclass(frozen=True)
class Cells:
    """What every row says: measure, item or score as codes, the number, its state."""

    measures: tuple[str, ...]
    scales: tuple[str, ...]
    measure: np.ndarray
    item: np.ndarray
    value: np.ndarray
    state: np.ndarray


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
    cells, wrong_cells = _cells(sheet, layout.long, rules)
    form = _form_of_row(plan, client, days.day, days.second, cells)
    faults: list[Fault] = [*layout.faults, *wrong_ids, *date_faults(days), *wrong_cells]
    faults += _twice(sheet, form, cells, bins_of(len(form), tuple(faults)))
    faults += _with_others(sheet, form, bins_of(len(form), tuple(faults)))
    if not layout.may_be_split:
        faults += _never_asked(sheet, cells, rules, bins_of(len(form), tuple(faults)))
    bins = bins_of(len(form), tuple(faults))
    faults += _empty(form, cells, bins)
    kept = bins_of(len(form), tuple(faults)) == 0
    return Reading(
        sheet=sheet,
        layout=layout,
        ids=ids,
        raw_ids=raw,
        client=client,
        faults=tuple(faults),
        said=(*layout.said, *days.said),
        forms=_forms(plan, form, cells, days.day, days.second, kept),
        notes=read_notes(sheet, layout.notes, days.day, kept),
        facts=read_facts(sheet, layout.facts, rules, orders),
        day=days.day,
    )


# --- cells ---------------------------------------------------------------------------


def _cells(sheet: Sheet, long: Long, rules: Rules) -> tuple[Cells, list[Fault]]:
    n = len(sheet.rows)
    measures = _words(sheet, long.measure, long.constant, n)
    items = _words(sheet, long.item, "total", n)
    answers = words_of(sheet.columns[long.response])
    pair, pairs = _factorised(measures.codes, items.codes)
    fields = [_field(measures, items, a, b, rules) for a, b in pairs]
    names = tuple(dict.fromkeys(f.measure for f in fields if f is not None))
    scales = tuple(
        dict.fromkeys(_scale(f) for f in fields if f is not None and f.score)
    )
    both, combos = _factorised(pair, answers.codes)
    values = np.full(len(combos), np.nan)
    states = np.full(len(combos), UNKNOWN, np.int8)
    texts = answers.list()
    for number, (a, b) in enumerate(combos):
        field = fields[a]
        if field is not None:
            values[number], states[number] = _read(field, texts[b], long.rules, rules)
    values[states != READ] = np.nan
    cells = Cells(
        names,
        scales,
        np.array([-1 if f is None else names.index(f.measure) for f in fields])[pair],
        np.array([_code(f, scales) for f in fields], dtype=np.int64)[pair],
        values[both],
        states[both],
    )
    return cells, _bad_cells(sheet, long, cells, answers, items, rules)


def _words(sheet: Sheet, column: int, constant: str, n: int) -> Words:
    if column != NONE:
        return words_of(sheet.columns[column])
    one = pa.array([constant])
    return Words(np.zeros(n, np.int32), one, one)


def _factorised(
    first: np.ndarray, second: np.ndarray
) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """Codes of pairs that occur, and the pairs."""
    width = int(second.max(initial=0)) + 1
    codes, distinct = pd.factorize(first.astype(np.int64) * width + second)
    return codes, [divmod(int(pair), width) for pair in distinct]


def _field(
    measures: Words, items: Words, measure: int, item: int, rules: Rules
) -> Field | None:
    """What a pair of words means: an item or a score of a measure."""
    own = plain(str(measures.texts[measure].as_py()))
    word = plain(str(items.texts[item].as_py()))
    words = rules.vocabulary
    alone = words.bare.get(own)
    name = alone.measure if alone is not None else _measure(own, rules)
    if not name:
        return words.fields.get(word) or words.fields.get(f"{own}_{word}")
    if word in ("total", "sum", "score", "") and alone is not None:
        return alone
    for candidate in (f"{plain(name)}_{word}", word):
        field = words.fields.get(candidate)
        if field is not None and field.measure == name:
            return field
    if word.isdigit() and rules.measures[name].is_open_ended:
        return Field(name, item=int(word))
    return None


def _measure(word: str, rules: Rules) -> str:
    if word in rules.measures:
        return word
    for measure in rules.measures.values():
        if word in (plain(measure.name), plain(measure.instrument)):
            return measure.id
    return ""


def _scale(field: Field) -> str:
    return f"{field.measure}.{field.score}".lower()


def _code(field: Field | None, scales: tuple[str, ...]) -> int:
    if field is None:
        return -1
    return _SCORE + scales.index(_scale(field)) if field.score else int(field.item or 0)


def _read(field: Field, text: str, own: AnswerRules, rules: Rules) -> tuple[float, int]:
    measure = rules.measures[field.measure]
    if field.score:
        return read_answer(text, allowed_total(measure, field.score), AnswerRules())
    known = answer_words(measure)
    words: Mapping[str, float] = {
        **known.words,
        **item_words(measure, field.item or 0),
        **own.words,
    }
    both = AnswerRules(
        words, known.missing | own.missing, own.decimal, own.multiply, own.add
    )
    return read_answer(text, _allowed(field, rules), both)


def _allowed(field: Field, rules: Rules) -> Allowed:
    measure = rules.measures[field.measure]
    return allowed_of(measure.by_number.get(field.item or 0))


def _bad_cells(
    sheet: Sheet, long: Long, cells: Cells, answers: Words, items: Words, rules: Rules
) -> list[Fault]:
    unknown = np.flatnonzero(cells.measure < 0)
    bad = np.isin(cells.state, (NOT_ALLOWED, UNKNOWN)) & (cells.measure >= 0)
    rows = np.flatnonzero(bad)
    name = sheet.names[long.response]
    reasons = []
    for row in rows:
        measure = cells.measures[cells.measure[row]]
        what = "out of range" if cells.state[row] == NOT_ALLOWED else "not an answer"
        code = int(cells.item[row])
        item = items.at(row)
        allowed = (
            allowed_total(
                rules.measures[measure], cells.scales[code - _SCORE].split(".", 1)[1]
            )
            if code >= _SCORE
            else allowed_of(rules.measures[measure].by_number.get(code))
        )
        reasons.append(
            f"{name} = {shown(answers.at(row))} is {what} to {measure} {item} "
            f"(allowed: {allowed.text})"
        )
    return [
        *set_aside("the measure or its item is not known", unknown, [""]),
        *set_aside("an answer is out of range or none the form knows", rows, reasons),
    ]


# --- forms ---------------------------------------------------------------------------


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
    good = np.flatnonzero(bins == 0)
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
        asked = {item for item in asked if item < _SCORE}
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
    rows = np.flatnonzero(~answered[form] & (bins == 0)) if len(form) else form
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
    is_total = cells.item[rows] >= _SCORE
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
        total_scale=(cells.item[rows][totals] - _SCORE).astype(np.int16),
        total=cells.value[rows][totals],
        row_of_link=rows,
        form_of_link=codes,
    )
