"""What a reader of printed counts could work out about the ones that are hidden."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize

Cell = tuple[str, Hashable, str]  # table, row, column

ROUNDED_TO = 5
# A hidden count that is not small must be able to take values so far apart.
LEAST_WIDTH = 3
TOLERANCE = 1e-6  # of the solver


@dataclass(frozen=True)
class Relation:
    """The cells on the left add up to those on the right."""

    left: tuple[Cell, ...]
    right: tuple[Cell, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        """All of them."""
        return self.left + self.right


@dataclass(frozen=True)
class Knowledge:
    """What a reader knows beside the printed counts.

    values: what the cells hold. unprinted: cells that no page has a place for; of a
    hidden cell with a place a reader knows that it is not 0, for zeros are printed.
    smallest: the least count that may be shown, besides 0.
    """

    values: Mapping[Cell, int]
    relations: Sequence[Relation]
    smallest: int = 8
    unprinted: Collection[Cell] = ()

    def bounds(self, cell: Cell, hidden: Collection[Cell]) -> tuple[float, float]:
        """Least and largest count before any relation is looked at."""
        value = self.values[cell]
        if cell in self.unprinted:
            return 0.0, np.inf
        if cell in hidden:
            return (0.0 if value == 0 else 1.0), np.inf
        if value == 0:
            return 0.0, 0.0
        half = ROUNDED_TO // 2
        return float(rounded(value) - half), float(rounded(value) + half)

    def is_open(self, cell: Cell, low: float, high: float) -> bool:
        """Whether a hidden cell may stay with these possible values.

        A small one could still be any number up to the largest hidden one. (From 2,
        where it is the sum of two starred parts: each of them holds somebody.)
        """
        if not 0 < self.values[cell] < self.smallest:
            return high - low >= LEAST_WIDTH - TOLERANCE
        return low <= 2 + TOLERANCE and high >= self.smallest - 1 - TOLERANCE


def rounded(value: int) -> int:
    """The nearest multiple of ROUNDED_TO, halves up."""
    return int(np.floor(value / ROUNDED_TO + 0.5)) * ROUNDED_TO


def lone_cells(known: Knowledge, hidden: set[Cell]) -> Iterator[Cell]:
    """Hidden cells that stand alone in a relation: one subtraction gives them."""
    for relation in known.relations:
        inside = [cell for cell in relation.cells if cell in hidden]
        if len(inside) == 1:
            yield inside[0]


def fixed_cells(known: Knowledge, hidden: set[Cell]) -> Iterator[Cell]:
    """Hidden cells that all relations together fix: zero all over the null space."""
    used = [r for r in known.relations if any(cell in hidden for cell in r.cells)]
    if not used:
        return
    cells = sorted({c for r in used for c in r.cells if c in hidden}, key=repr)
    matrix = _matrix(used, cells)
    # the null space of A is that of A'A, which is small and quick to take apart
    sizes, turned = np.linalg.eigh(matrix.T @ matrix)
    free = np.abs(turned[:, sizes < 1e-9]).max(axis=1, initial=0.0) > 1e-6
    yield from (cell for cell, is_free in zip(cells, free, strict=True) if not is_free)


def linked(
    relations: Sequence[Relation], hidden: Collection[Cell], cell: Cell
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
    known: Knowledge, hidden: Collection[Cell], cell: Cell
) -> tuple[float, float]:
    """Give the least and largest count a reader could infer for a hidden cell.

    The reader knows the relations, that a hidden cell holds somebody (zeros are
    printed), and every other count to the nearest ROUNDED_TO.
    """
    relations = linked(known.relations, hidden, cell)
    cells = sorted({c for r in relations for c in r.cells} | {cell}, key=repr)
    if not relations:
        return known.bounds(cell, hidden)
    aim = np.array([float(one == cell) for one in cells])
    matrix = _matrix(relations, cells)
    found = []
    for sign in (1, -1):
        solved = optimize.linprog(
            sign * aim,
            A_eq=matrix,
            b_eq=np.zeros(len(relations)),
            bounds=[known.bounds(c, hidden) for c in cells],
        )
        found.append(sign * solved.fun if solved.status == 0 else sign * -np.inf)
    return found[0], found[1]


def _matrix(
    relations: Sequence[Relation], cells: Sequence[Cell]
) -> npt.NDArray[np.float64]:
    place = {cell: i for i, cell in enumerate(cells)}
    matrix = np.zeros((len(relations), len(cells)))
    for row, relation in enumerate(relations):
        for sign, side in ((1, relation.left), (-1, relation.right)):
            for cell in side:
                if cell in place:
                    matrix[row, place[cell]] += sign
    return matrix
