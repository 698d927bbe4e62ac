"""Disclosure control: small counts hidden so that no subtraction gives them back.

Counts are cells of frames; relations say which of them add up. Cells of 1 to 7 are
hidden; then further cells, until no hidden cell is fixed by the relations and every one
could have several values. What remains is rounded to 5, so that what is left over
between two printed counts, or between reports on overlapping periods, stays unknown.
Sources: NHS England disclosure control (1 to 7 hidden, others rounded to 5); Hundepool
et al. 2012 (secondary suppression).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import optimize

Cell = tuple[str, Hashable, str]  # table, row, column
Frames = Mapping[str, pd.DataFrame]

ROUNDED_TO = 5
# A hidden count must be able to take values at least so far apart.
LEAST_WIDTH = 3


def no_preference(cell: Cell) -> int:
    """How much a cell is missed when hidden: all the same."""
    return 0


@dataclass(frozen=True)
class Relation:
    """The cells on the left add up to those on the right."""

    left: tuple[Cell, ...]
    right: tuple[Cell, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        """All of them."""
        return self.left + self.right


def protect(
    frames: Frames,
    relations: Sequence[Relation],
    smallest: int,
    forced: Iterable[Cell] = (),
    worth: Callable[[Cell], int] = no_preference,
) -> dict[str, pd.DataFrame]:
    """Hide what must be hidden (missing) and round the rest to ROUNDED_TO.

    smallest: the least count that may be shown, besides 0. forced: cells that are
    hidden whatever they hold. worth: of cells that could be hidden beside another,
    those of less worth go first, then those of smaller counts.
    """
    values = _values(frames, relations)
    hidden = hidden_cells(values, relations, smallest, forced, worth)
    shown = {}
    for table, frame in frames.items():
        own = frame.astype("Int64").copy()
        for row in own.index:
            for column in own.columns:
                cell = (table, row, str(column))
                own.loc[row, column] = (
                    pd.NA if cell in hidden else rounded(values[cell])
                )
        shown[table] = own
    return shown


def rounded(value: int) -> int:
    """The nearest multiple of ROUNDED_TO, halves up."""
    return int(np.floor(value / ROUNDED_TO + 0.5)) * ROUNDED_TO


def _values(frames: Frames, relations: Sequence[Relation]) -> dict[Cell, int]:
    values: dict[Cell, int] = {
        (table, row, str(column)): int(frame.loc[row, column])
        for table, frame in frames.items()
        for row in frame.index
        for column in frame.columns
    }
    for relation in relations:
        if sum(values[c] for c in relation.left) != sum(
            values[c] for c in relation.right
        ):
            raise ValueError(f"counts do not add up: {relation.left[0][0]}")
    return values


def hidden_cells(
    values: Mapping[Cell, int],
    relations: Sequence[Relation],
    smallest: int,
    forced: Iterable[Cell] = (),
    worth: Callable[[Cell], int] = no_preference,
) -> set[Cell]:
    """Choose the cells to hide: the small ones, and what would give them away."""
    small = {cell for cell, value in values.items() if 0 < value < smallest}
    hidden = small | set(forced)
    given_up: set[Cell] = set()  # nothing left to hide beside them
    wide: set[Cell] = set()  # hiding more only widens: looked at once
    while True:
        exposed = (
            _lone(relations, hidden, given_up)
            or _fixed(relations, hidden, given_up)
            or _narrow(values, relations, hidden, given_up, wide)
        )
        if exposed is None:
            return hidden
        partner = _partner(values, relations, hidden, exposed, worth)
        if partner is None:
            given_up.add(exposed)
        else:
            hidden.add(partner)


def _lone(
    relations: Sequence[Relation], hidden: set[Cell], given_up: set[Cell]
) -> Cell | None:
    """A hidden cell that stands alone in a relation: one subtraction gives it."""
    for relation in relations:
        inside = [cell for cell in relation.cells if cell in hidden]
        if len(inside) == 1 and inside[0] not in given_up:
            return inside[0]
    return None


def _system(
    relations: Sequence[Relation], hidden: set[Cell]
) -> tuple[npt.NDArray[np.float64], list[Cell], list[Relation]]:
    used = [r for r in relations if any(cell in hidden for cell in r.cells)]
    cells = sorted({c for r in used for c in r.cells if c in hidden}, key=repr)
    place = {cell: i for i, cell in enumerate(cells)}
    matrix = np.zeros((len(used), len(cells)))
    for row, relation in enumerate(used):
        for sign, side in ((1, relation.left), (-1, relation.right)):
            for cell in side:
                if cell in place:
                    matrix[row, place[cell]] += sign
    return matrix, cells, used


def _fixed(
    relations: Sequence[Relation], hidden: set[Cell], given_up: set[Cell]
) -> Cell | None:
    """A hidden cell that all relations together fix: zero all over the null space."""
    matrix, cells, used = _system(relations, hidden)
    if not used:
        return None
    _, sizes, turned = np.linalg.svd(matrix, full_matrices=True)
    rank = int((sizes > 1e-9).sum())
    free = np.abs(turned[rank:]).max(axis=0, initial=0.0) > 1e-9
    for cell, is_free in zip(cells, free, strict=True):
        if not is_free and cell not in given_up:
            return cell
    return None


def _narrow(
    values: Mapping[Cell, int],
    relations: Sequence[Relation],
    hidden: set[Cell],
    given_up: set[Cell],
    wide: set[Cell],
) -> Cell | None:
    """A hidden cell whose possible values lie too close together."""
    related = {cell for r in relations for cell in r.cells if cell in hidden}
    for cell in sorted(related - given_up - wide, key=repr):
        low, high = possible(values, _linked(relations, hidden, cell), hidden, cell)
        if high - low < LEAST_WIDTH:
            return cell
        wide.add(cell)
    return None


def _linked(
    relations: Sequence[Relation], hidden: set[Cell], cell: Cell
) -> list[Relation]:
    """The relations that bear on a hidden cell, through other hidden cells too."""
    by_cell: dict[Cell, list[int]] = {}
    for i, relation in enumerate(relations):
        for member in relation.cells:
            if member in hidden:
                by_cell.setdefault(member, []).append(i)
    seen, waiting = {cell}, [cell]
    chosen: set[int] = set()
    while waiting:
        for i in by_cell.get(waiting.pop(), ()):
            chosen.add(i)
            fresh = [c for c in relations[i].cells if c in hidden and c not in seen]
            seen.update(fresh)
            waiting.extend(fresh)
    return [relations[i] for i in sorted(chosen)]


def possible(
    values: Mapping[Cell, int],
    relations: Sequence[Relation],
    hidden: set[Cell],
    cell: Cell,
) -> tuple[float, float]:
    """Give the least and largest count a reader could infer for a hidden cell.

    The reader knows the relations, that a hidden cell holds somebody (zeros are
    printed), and every other count to the nearest ROUNDED_TO.
    """
    cells = sorted({c for r in relations for c in r.cells}, key=repr)
    if cell not in cells:
        return 0.0, np.inf
    place = {c: i for i, c in enumerate(cells)}
    matrix = np.zeros((len(relations), len(cells)))
    for row, relation in enumerate(relations):
        for sign, side in ((1, relation.left), (-1, relation.right)):
            for member in side:
                matrix[row, place[member]] += sign
    aim = np.zeros(len(cells))
    aim[place[cell]] = 1
    found = []
    for sign in (1, -1):
        solved = optimize.linprog(
            sign * aim,
            A_eq=matrix,
            b_eq=np.zeros(len(relations)),
            bounds=[_known(values[c], c in hidden) for c in cells],
        )
        found.append(sign * solved.fun if solved.status == 0 else sign * -np.inf)
    return found[0], found[1]


def _known(value: int, is_hidden: bool) -> tuple[float, float | None]:
    """What a reader knows of one count."""
    if is_hidden:
        return (0.0 if value == 0 else 1.0), None
    if value == 0:
        return 0.0, 0.0
    half = ROUNDED_TO // 2
    return float(rounded(value) - half), float(rounded(value) + half)


def _partner(
    values: Mapping[Cell, int],
    relations: Sequence[Relation],
    hidden: set[Cell],
    cell: Cell,
    worth: Callable[[Cell], int],
) -> Cell | None:
    """The cheapest further cell to hide beside an exposed one."""
    others = {
        other
        for relation in relations
        if cell in relation.cells
        for other in relation.cells
        if other not in hidden
    }
    filled = [other for other in others if values[other] > 0]
    if not filled:
        return None
    return min(filled, key=lambda other: (worth(other), values[other], repr(other)))
