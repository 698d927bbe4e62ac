"""What every row of a long sheet says: measure, item or score, answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.importers.layout import NONE, Long, Rules
from analysis.importers.sheets.sheet import Sheet
from analysis.importers.values.answer_columns import allowed_of, allowed_total
from analysis.importers.values.answers import (
    NOT_ALLOWED,
    READ,
    UNKNOWN,
    Allowed,
    AnswerRules,
    read_answer,
)
from analysis.importers.values.cells import Words, words_of
from analysis.importers.values.faults import Fault, set_aside, shown
from analysis.importers.values.vocabulary import Field, plain
from analysis.importers.values.wording import answer_words, item_words

# Codes of scores stand above those of items.
SCORE = 30_000


@dataclass(frozen=True)
class Cells:
    """What every row says: measure, item or score as codes, the number, its state.

    number: as value, and the numbers that are no answers of the form. text_kind: code
    of the question answered in words, -1 for other rows; texts: those questions.
    """

    measures: tuple[str, ...]
    scales: tuple[str, ...]
    measure: np.ndarray
    item: np.ndarray
    value: np.ndarray
    number: np.ndarray
    state: np.ndarray
    texts: tuple[str, ...]
    text_kind: np.ndarray

    @property
    def is_text(self) -> np.ndarray:
        """Rows that hold words and no answer."""
        return self.text_kind >= 0


def read_cells(sheet: Sheet, long: Long, rules: Rules) -> tuple[Cells, list[Fault]]:
    """Read every row, each distinct pair of item and answer once."""
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
    numbers = np.full(len(combos), np.nan)
    states = np.full(len(combos), UNKNOWN, np.int8)
    words = answers.list()
    for place, (a, b) in enumerate(combos):
        field = fields[a]
        if field is not None:
            numbers[place], states[place] = _read(field, words[b], long.rules, rules)
    texts = tuple(sorted(rules.vocabulary.texts))
    kinds = [plain(text) for text in items.list()]
    kind = np.array([texts.index(k) if k in texts else -1 for k in kinds])
    cells = Cells(
        names,
        scales,
        np.array([-1 if f is None else names.index(f.measure) for f in fields])[pair],
        np.array([_code(f, scales) for f in fields], dtype=np.int64)[pair],
        np.where(states == READ, numbers, np.nan)[both],
        numbers[both],
        states[both],
        texts,
        items.spread(kind),
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
    return SCORE + scales.index(_scale(field)) if field.score else int(field.item or 0)


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
    unknown = np.flatnonzero((cells.measure < 0) & ~cells.is_text)
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
                rules.measures[measure], cells.scales[code - SCORE].split(".", 1)[1]
            )
            if code >= SCORE
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
