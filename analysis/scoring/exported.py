"""Totals as exported: used only where the items are absent or cannot be scored."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.errors import AnalysisError
from analysis.measures import Measure, ScoreRule
from analysis.scoring.joining import codes
from analysis.scoring.methods import look_up

# Methods that only stretch the sum of the items: sum = score × this (× items).
_TIMES = {"sum": 1.0, "sum_x2": 0.5, "sum_x4": 0.25}
_MEAN_TIMES = {"mean": 1.0, "mean_x10": 0.1}


def exported_totals(
    measure: Measure, totals: pd.DataFrame, owners: np.ndarray, rows: np.ndarray
) -> dict[str, np.ndarray]:
    """Exported scores of a measure's administrations, by score id, NaN where none.

    owners: position of the administration of each total. rows: positions of the
    measure's administrations, rising. A score that follows from another one's total
    (WHO-5 percentage from the raw sum, T score from the sum) is worked out from it.
    """
    mine = np.flatnonzero(np.isin(owners, rows))
    found: dict[str, np.ndarray] = {}
    if len(mine):
        number, names = codes(totals["scale"].iloc[mine])
        score = totals["score"].to_numpy(dtype=float, na_value=np.nan)[mine]
        at = np.searchsorted(rows, owners[mine])
        for code, name in enumerate(names):
            chosen = number == code
            column = np.full(len(rows), np.nan)
            column[at[chosen]] = score[chosen]
            found[_score_id(measure, name)] = column
    return _with_equivalents(measure, found) if measure.items else found


def is_in_range(rule: ScoreRule, values: np.ndarray) -> np.ndarray:
    """Exported values that the score can take; a variant's form may be shorter."""
    return (values >= rule.low) & (values <= rule.high)


def _score_id(measure: Measure, scale: str) -> str:
    for rule in measure.scores:
        if scale == f"{measure.id}.{rule.id}".lower():
            return rule.id
    allowed = ", ".join(f"{measure.id}.{rule.id}".lower() for rule in measure.scores)
    raise AnalysisError(
        f"totals hold a scale that {measure.instrument} does not have. It has: "
        f"{allowed}. Import the raw exports again."
    )


def _with_equivalents(
    measure: Measure, found: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    filled = dict(found)
    for target in measure.scores:
        for source in measure.scores:
            if source.id in found and source is not target:
                derived = _derived(source, target, found[source.id])
                if derived is not None:
                    given = filled.get(target.id, np.full(len(derived), np.nan))
                    filled[target.id] = np.where(np.isnan(given), derived, given)
    return filled


def _derived(
    source: ScoreRule, target: ScoreRule, values: np.ndarray
) -> np.ndarray | None:
    """The target's values, where both scores come from the same sum of items."""
    to_sum = _to_sum(source)
    if to_sum is None or source.items != target.items:
        return None
    valid = np.where(is_in_range(source, values), values, np.nan)
    sums = valid * to_sum
    if target.table:
        whole = np.where(np.isclose(sums, np.rint(sums)), np.rint(sums), np.nan)
        return look_up(target, whole)
    back = _to_sum(target)
    return None if back is None else sums / back


def _to_sum(rule: ScoreRule) -> float | None:
    if rule.method in _TIMES:
        return _TIMES[rule.method]
    if rule.method in _MEAN_TIMES:
        return _MEAN_TIMES[rule.method] * len(rule.items)
    return None
