"""Questionnaires in the columns of a table: every item there, every score named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from analysis.importers.layout import Form, Rules
from analysis.importers.sheets.sheet import Refusal, Sheet
from analysis.importers.values.answers import number_of
from analysis.importers.values.cells import words_of
from analysis.importers.values.exported_totals import which_score
from analysis.importers.values.vocabulary import Field
from analysis.importers.values.wording import answer_words
from analysis.measures import Measure


def forms_of(
    sheet: Sheet, fields: Mapping[int, Field], rules: Rules
) -> tuple[Form, ...] | Refusal:
    """The questionnaires of a wide sheet; a missing item refuses the file."""
    forms = []
    twice = _twice(sheet, fields)
    if twice:
        return Refusal(
            f"has two columns for the same answers: {listed(twice)}. Remove one of "
            "them, or say in a profile which one counts.",
            "needs_config",
        )
    for name in dict.fromkeys(field.measure for field in fields.values()):
        measure = rules.measures[name]
        own = {c: f for c, f in fields.items() if f.measure == name}
        items = {f.item: c for c, f in own.items() if f.item is not None}
        absent = [
            item
            for item in measure.items
            if items and item.number not in items and not item.is_extra
        ]
        if absent and measure.has_total and not measure.is_open_ended:
            columns = listed([f"{name}_{item.id}" for item in absent])
            return Refusal(
                f"lacks {columns}: a {measure.instrument} without "
                f"{'that item' if len(absent) == 1 else 'those items'} is no "
                f"{measure.instrument} and is not scored as one. Export all items, or "
                "declare another measure in a profile."
            )
        totals = _totals(sheet, own, measure, has_items=bool(items))
        if isinstance(totals, Refusal):
            return totals
        answer = answer_words(measure)
        forms.append(Form(name, items, totals, rules=answer))
    return tuple(forms)


def _totals(
    sheet: Sheet, fields: Mapping[int, Field], measure: Measure, *, has_items: bool
) -> dict[str, int] | Refusal:
    """Columns of scores, those that are only called a total looked at first."""
    totals: dict[str, int] = {}
    for column, field in fields.items():
        score = field.score
        if field.is_called_total:
            texts = words_of(sheet.columns[column]).list()
            numbers = [n for n in map(number_of, texts) if n is not None]
            scores = which_score(measure, np.array(numbers, dtype=float))
            if len(scores) > 1 and numbers and not has_items:
                names = " or ".join(f"{measure.id}_{name}" for name in scores)
                return Refusal(
                    f"has a column {listed([sheet.names[column]])} that may hold the "
                    f"score in either way: name it {names}.",
                    "needs_config",
                )
            score = scores[0]
        if score:
            totals[score] = column
    return totals


def _twice(sheet: Sheet, fields: Mapping[int, Field]) -> list[str]:
    seen: dict[Field, int] = {}
    for column, field in fields.items():
        if field in seen:
            return [sheet.names[seen[field]], sheet.names[column]]
        seen[field] = column
    return []


def listed(names: Sequence[str], most: int = 12) -> str:
    """Names of columns for a message: short, printable, not too many."""
    words = [" ".join(name.split()) for name in names]
    shown = ["".join(c for c in word if c.isprintable())[:40] for word in words]
    more = f" and {len(shown) - most} more" if len(shown) > most else ""
    return ", ".join(shown[:most]) + more
