"""Long sheets looked at as a whole: how answers are counted, whether totals agree."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.importers.layout import Rules
from analysis.importers.readers.long_cells import SCORE, Cells
from analysis.importers.readers.reading import Forms
from analysis.importers.sheets.sheet import Refusal, Said, Sheet
from analysis.importers.values.answer_columns import allowed_of
from analysis.importers.values.coding import shifted
from analysis.importers.values.exported_totals import ROUNDING, expected_total

# So many answers have to be there before their range says anything.
_ENOUGH = 20


def counted_otherwise(cells: Cells, rules: Rules) -> Refusal | None:
    """Answers counted from another number than the form does, over all rows."""
    for code, name in enumerate(cells.measures):
        measure = rules.measures[name]
        mine = (cells.measure == code) & (cells.item < SCORE) & ~np.isnan(cells.number)
        allowed = {allowed_of(item) for item in measure.items if not item.is_extra}
        numbers = np.unique(cells.number[mine])
        if len(allowed) != 1 or mine.sum() < _ENOUGH or len(numbers) < 2:
            continue
        (one,) = allowed
        refusal = shifted(measure, one, numbers) if one.step == 1 else None
        if refusal is not None:
            return refusal
    return None


def totals_compared(
    sheet: Sheet, forms: Forms, rules: Rules
) -> tuple[np.ndarray, tuple[Said, ...]]:
    """Which totals agree with the items of their form, or stand without items."""
    agrees = np.ones(len(forms.total), bool)
    details: list[str] = []
    for code, scale in enumerate(forms.scales):
        mine = np.flatnonzero(forms.total_scale == code)
        expected = _expected(forms, scale, forms.total_form[mine], rules)
        off = mine[np.abs(forms.total[mine] - expected) > ROUNDING]
        agrees[off] = False
        wanted = dict(zip(mine.tolist(), expected.tolist(), strict=True))
        details += [
            f"row {sheet.rows[forms.row[forms.total_form[t]]]}: {scale} is given as "
            f"{forms.total[t]:g}, the items make {wanted[int(t)]:g}"
            for t in off
        ]
    if not details:
        return agrees, ()
    more = f" and {len(details) - 8} more" if len(details) > 8 else ""
    text = (
        f"The exported total differs from the items in {len(details)} form(s) "
        f"({'; '.join(details[:8])}{more}). The items count."
    )
    return agrees, (Said(text, "repair"),)


def _expected(forms: Forms, scale: str, owners: np.ndarray, rules: Rules) -> np.ndarray:
    """The score of forms from their items; NaN where it is no plain sum or mean."""
    name, score = scale.split(".", 1)
    measure = rules.measures[name]
    rule = next(rule for rule in measure.scores if rule.id.lower() == score)
    chosen = np.isin(forms.answer_form, owners)
    frame = pd.DataFrame(
        {
            "form": forms.answer_form[chosen],
            "item": forms.answer_item[chosen],
            "answer": forms.answer[chosen],
        }
    )
    table = frame.pivot(index="form", columns="item", values="answer")
    table = table.reindex(index=owners)
    items = [int(item) for item in table.columns]
    expected = expected_total(measure, rule.id, items, table.to_numpy())
    return np.full(len(owners), np.nan) if expected is None else expected
