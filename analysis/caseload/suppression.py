"""Disclosure control: small counts hidden so that no subtraction gives them back.

Counts are cells of frames; relations say which of them add up. Cells of 1 to 7 are
hidden; then further cells, until no hidden cell is fixed by the relations, every small
one could still be any number up to 7, and every other one could have several values.
What remains is rounded to 5, so that what is left over between two printed counts, or
between reports on overlapping periods, stays unknown.
Sources: NHS England disclosure control (1 to 7 hidden, others rounded to 5); Hundepool
et al. 2012 (secondary suppression).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import pandas as pd

from analysis.caseload.inference import (
    ROUNDED_TO,
    Cell,
    Knowledge,
    Relation,
    fixed_cells,
    linked,
    lone_cells,
    possible,
    rounded,
)

__all__ = ["ROUNDED_TO", "Cell", "Relation", "hidden_cells", "protect", "rounded"]

Frames = Mapping[str, pd.DataFrame]
Worth = Callable[[Cell], int]


def no_preference(cell: Cell) -> int:
    """How much a cell is missed when hidden: all the same."""
    return 0


def protect(
    frames: Frames,
    relations: Sequence[Relation],
    smallest: int,
    forced: Iterable[Cell] = (),
    worth: Worth = no_preference,
    *,
    printed: Collection[Cell] = (),
    unprinted: Collection[str] = (),
) -> dict[str, pd.DataFrame]:
    """Hide what must be hidden (missing) and round the rest to ROUNDED_TO.

    smallest: the least count that may be shown, besides 0. forced: cells that are
    hidden whatever they hold. worth: of cells that could be hidden beside another,
    those of less worth go first, then those of smaller counts. printed: cells that
    another table prints, so that hiding them here would hide nothing. unprinted:
    frames that no page shows, which only say what a reader knows of the others.
    """
    values = _values(frames, relations)
    silent = {cell for cell in values if cell[0] in unprinted}
    known = Knowledge(values, relations, smallest, silent)
    hidden = hidden_cells(known, forced, worth, printed)
    return {
        table: _shown(table, frame, values, hidden)
        for table, frame in frames.items()
        if table not in unprinted
    }


def _shown(
    table: str, frame: pd.DataFrame, values: Mapping[Cell, int], hidden: set[Cell]
) -> pd.DataFrame:
    own = frame.astype("Int64").copy()
    for row in own.index:
        for column in own.columns:
            cell = (table, row, str(column))
            own.loc[row, column] = pd.NA if cell in hidden else rounded(values[cell])
    return own


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
    known: Knowledge,
    forced: Iterable[Cell] = (),
    worth: Worth = no_preference,
    printed: Collection[Cell] = (),
) -> set[Cell]:
    """Choose the cells to hide: the small ones, and what would give them away.

    A cell stays exposed only where nothing with anybody in it is left beside it.
    """
    small = {c for c, value in known.values.items() if 0 < value < known.smallest}
    hidden = small | set(forced) | set(known.unprinted)
    if (hidden - set(known.unprinted)) & set(printed):
        raise ValueError("a count to be hidden is printed elsewhere")
    settled = set(known.unprinted)  # nobody looks them up, or nothing left beside
    open_cells: set[Cell] = set()  # hiding more only widens: looked at once
    while True:
        exposed = _exposed(known, hidden, settled, open_cells)
        if exposed is None:
            return hidden
        kept = hidden | set(printed)
        partner = _partner(known, known.relations, kept, exposed, worth)
        if partner is None:
            around = linked(known.relations, hidden, exposed)
            partner = _partner(known, around, kept, None, worth)
        if partner is None:
            settled.add(exposed)
        else:
            hidden.add(partner)


def _exposed(
    known: Knowledge, hidden: set[Cell], settled: set[Cell], open_cells: set[Cell]
) -> Cell | None:
    """A hidden cell that can be worked out, or nearly."""
    for find in (lone_cells, fixed_cells):
        for cell in find(known, hidden):
            if cell not in settled:
                return cell
    related = {c for r in known.relations for c in r.cells if c in hidden}
    for cell in sorted(related - settled - open_cells, key=repr):
        if not known.is_open(cell, *possible(known, hidden, cell)):
            return cell
        open_cells.add(cell)
    return None


def _partner(
    known: Knowledge,
    relations: Sequence[Relation],
    kept: set[Cell],
    cell: Cell | None,
    worth: Worth,
) -> Cell | None:
    """The cheapest further cell to hide beside an exposed one; None: beside any."""
    values = known.values
    filled = {
        other
        for relation in relations
        if cell is None or cell in relation.cells
        for other in relation.cells
        if other not in kept and values[other] > 0
    }
    if not filled:
        return None
    return min(filled, key=lambda other: (worth(other), values[other], repr(other)))
