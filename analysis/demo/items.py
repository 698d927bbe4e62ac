"""From a total to the answers that add up to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

SKIPPED = -1


@dataclass(frozen=True)
class Form:
    """What the generator knows of a questionnaire; the rest is the measure's file.

    A total is the sum of the answers after reversing, in steps of 1/`parts`.
    """

    items: int
    highest: int  # of an answer; the lowest is 0
    every: int  # weeks between two administrations
    usual: tuple[float, float]  # total = usual[0] + usual[1] x PHQ-9 level
    spread: float  # of a week's total, for one PHQ-9 point of noise
    reversed: tuple[int, ...] = ()
    risk_item: int | None = None
    parts: int = 1


# Ranges and reversed items as in the measures' files; a test compares the two.
FORMS: Mapping[str, Form] = {
    "phq9": Form(9, 3, 1, (0, 1), 1.0, risk_item=9),
    "gad7": Form(7, 3, 1, (0, 0.75), 0.75),
    "pcl5": Form(20, 4, 4, (6, 2.3), 2.0),
    "ocir": Form(18, 4, 4, (4, 1.5), 1.6),
    "wsas": Form(5, 8, 1, (2, 1.3), 1.3),
    "who5": Form(5, 5, 4, (19, -0.75), 0.8),
    "ors": Form(4, 10, 1, (35, -1.2), 1.2, parts=10),
    "srs": Form(4, 10, 1, (37.5, -0.1), 0.5, parts=10),
    "core10": Form(10, 4, 1, (1, 1.2), 1.1, reversed=(2, 3), risk_item=6),
}


def answers(
    rng: np.random.Generator,
    form: Form,
    totals: np.ndarray,
    lean: np.ndarray,
    risk: np.ndarray,
) -> np.ndarray:
    """Raw answers, (administrations, items), that add up to the totals.

    totals: whole numbers in steps of 1/parts. lean: (administrations, items), how
    much less than others an item is endorsed, in answer steps. risk: answer to the
    risk item, used where the form has one; the other items share what is left.
    Where risk and total do not fit each other, the risk answer stands.
    """
    if form.parts > 1:
        return _fine(rng, form, totals)
    if form.risk_item is None:
        scored = _nested(totals, lean, form.highest)
    else:
        others = np.arange(form.items) != form.risk_item - 1
        rest = np.clip(totals - risk, 0, (form.items - 1) * form.highest)
        scored = np.empty((len(totals), form.items), dtype=np.int64)
        scored[:, others] = _nested(rest, lean[:, others], form.highest)
        scored[:, ~others] = risk[:, None]
    for item in form.reversed:
        scored[:, item - 1] = form.highest - scored[:, item - 1]
    return scored


def _nested(totals: np.ndarray, lean: np.ndarray, highest: int) -> np.ndarray:
    """Give out each total point by point, every point to the item that is next.

    Point j of item i comes at j + lean; the `total` earliest points are given. So an
    item never skips a point, no item leaves its range and the sum is exact.
    """
    rows, items = lean.shape
    if not rows:
        return np.zeros((0, items), dtype=np.int64)
    turn = (lean[:, :, None] + np.arange(highest)).reshape(rows, items * highest)
    ordered = np.sort(turn, axis=1)
    last = ordered[np.arange(rows), np.maximum(totals, 1) - 1]
    last = np.where(totals > 0, last, -np.inf)
    given = turn <= last[:, None]
    return given.reshape(rows, items, highest).sum(axis=2)


def _fine(rng: np.random.Generator, form: Form, totals: np.ndarray) -> np.ndarray:
    """Split totals over lines of 10 cm: equal parts, then pairs drift apart."""
    ceiling = form.highest * form.parts
    extra = totals[:, None] % form.items > np.arange(form.items)
    lines = totals[:, None] // form.items + extra
    for first, second in ((0, 1), (2, 3), (1, 2)):
        room = np.minimum(ceiling - lines[:, first], lines[:, second])
        drift = np.minimum(rng.integers(0, ceiling // 8, len(totals)), room)
        lines[:, first] += drift
        lines[:, second] -= drift
    return lines
