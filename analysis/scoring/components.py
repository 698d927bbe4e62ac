"""Components of a score: answers added up, then turned into points (PSQI)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.measures.figures import Component, Part
from analysis.scoring.sheet import Sheet

_COMPARE = {
    ">": np.greater,
    ">=": np.greater_equal,
    "<": np.less,
    "<=": np.less_equal,
}


@dataclass(frozen=True)
class Points:
    """One component of every row; NaN where it cannot be worked out."""

    points: np.ndarray
    n_missing: np.ndarray
    invalid: np.ndarray


def component_points(component: Component, sheet: Sheet) -> Points:
    """Work out one component, or take the one that the export holds finished."""
    columns = sheet.columns(
        tuple(n for part in component.parts for n in part.share or (part.item,))
    )
    total = np.sum([_part(part, sheet) for part in component.parts], axis=0)
    worked_out = _graded(total, component.points)
    (given,) = sheet.columns((component.given,))
    is_given = ~np.isnan(sheet.answers[:, given])
    invalid = ~is_given & sheet.invalid[:, columns].any(axis=1)
    n_missing = np.where(is_given, 0, sheet.missing[:, columns].sum(axis=1))
    return Points(
        np.where(is_given, sheet.answers[:, given], worked_out),
        n_missing,
        invalid | sheet.invalid[:, given],
    )


def _part(part: Part, sheet: Sheet) -> np.ndarray:
    if part.share:
        slept, to_bed, up = (sheet.answers[:, c] for c in sheet.columns(part.share))
        # past midnight the clock starts again
        in_bed = (up - to_bed) % 24
        share = 100 * slept / np.where(in_bed > 0, in_bed, np.nan)
        return _graded(share, part.points)
    (column,) = sheet.columns((part.item,))
    return _graded(sheet.answers[:, column], part.points)


def _graded(values: np.ndarray, points: tuple[tuple[str, float], ...]) -> np.ndarray:
    """One point for every limit that holds; without limits the value itself."""
    if not points:
        return values
    total = np.sum([_COMPARE[op](values, limit) for op, limit in points], axis=0)
    return np.where(np.isnan(values), np.nan, total)
