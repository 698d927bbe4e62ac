"""Which counts of the caseload report add up to which: what subtraction could use."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import pandas as pd

from analysis.caseload.counts import ALL_ROW
from analysis.caseload.inference import Cell, Relation

Frames = Mapping[str, pd.DataFrame]

# Parts of a whole whose remainder no page prints: part, whole.
WITHOUT_PLACE = (
    ("paired_cases", "paired"),
    ("unpaired_cases", "unpaired"),
    ("recovered", "paired_cases"),
    ("reliably_recovered", "recovered"),
)


def slack(table: str) -> str:
    """Name of the frame of a table's remainders."""
    return f"{table}, remainders"


def outcome_relations(frames: Frames) -> list[Relation]:
    """Of the outcomes by rule: within a row, over programmes, between the rules."""
    found = []
    for table, frame in frames.items():
        for row in frame.index:
            found += _within(table, row)
        found += programmes_add_up(table, frame)
    first, *others = frames
    for table in others:
        # the same courses finished, whatever they are judged by
        found += [
            Relation(((first, row, "finished"),), ((table, row, "finished"),))
            for row in frames[first].index
        ]
    return found


def _within(table: str, row: Hashable) -> list[Relation]:
    def cells(*columns: str) -> tuple[Cell, ...]:
        return tuple((table, row, column) for column in columns)

    def between(column: str) -> tuple[Cell, ...]:
        return ((slack(table), row, column),)

    found = [
        Relation(cells("finished"), cells("paired", "unpaired")),
        Relation(cells("paired"), cells("improved", "unchanged", "deteriorated")),
        Relation(
            cells("improved"),
            cells("reliably_recovered") + between("improved, not recovered"),
        ),
    ]
    found += [
        Relation(cells(whole), cells(part) + between(part))
        for part, whole in WITHOUT_PLACE
    ]
    return found


def programmes_add_up(table: str, frame: pd.DataFrame) -> list[Relation]:
    """Every column over the programmes gives the row of all."""
    groups = [row for row in frame.index if row != ALL_ROW]
    if not groups:
        return []
    return [
        Relation(
            ((table, ALL_ROW, str(column)),),
            tuple((table, group, str(column)) for group in groups),
        )
        for column in frame.columns
    ]


def rest_relations(frames: Frames) -> list[Relation]:
    """Of stages, endings, signs, goals and severity bands."""
    stages = frames["stages"]
    found = programmes_add_up("stages", stages)
    for row in stages.index:
        found += _stage_relations(row)
    found += _ending_relations(frames["endings"])
    found += _open_relations(frames)
    found += _sign_relations(frames)
    for name, frame in frames.items():
        if name.startswith("bands "):
            found += _band_relations(name.removeprefix("bands "), list(frame.index))
    return found


def _stage_relations(row: Hashable) -> list[Relation]:
    def cells(*columns: str) -> tuple[Cell, ...]:
        return tuple(("stages", row, column) for column in columns)

    recent = (*cells("open_recent"), ("open, no score", row, "n"))
    return [
        Relation(cells("referred"), cells("did_not_start", "started")),
        Relation(cells("started"), cells("still_open", "left_early", "finished")),
        Relation(cells("still_open"), recent),
    ]


def _ending_relations(endings: pd.DataFrame) -> list[Relation]:
    def cells(*columns: str) -> tuple[Cell, ...]:
        return tuple(("endings", "", column) for column in columns)

    ended = tuple(("stages", ALL_ROW, name) for name in ("left_early", "finished"))
    dropped = [name for name in endings if name.startswith("dropped_out")]
    return [
        Relation(ended, cells("planned", "unplanned", "reason_unknown")),
        *(
            Relation(cells("unplanned"), (*cells(name), ("stayed", "", name)))
            for name in dropped
        ),
    ]


def _open_relations(frames: Frames) -> list[Relation]:
    """Open clients are counted in three places; a reader takes them for the same."""
    clients: Cell = ("goals", "", "open_clients")
    found = [
        Relation(
            (clients,), (("goals", "", "clients_with_goals"), ("no goal", "", "n"))
        )
    ]
    n = frames["goals"].loc["", "open_clients"]
    if n == frames["stages"].loc[[ALL_ROW], "still_open"].iloc[0]:
        found.append(Relation((clients,), (("stages", ALL_ROW, "still_open"),)))
    if n == frames["sign_clients"].loc["", "n"]:
        found.append(Relation((clients,), (("sign_clients", "", "n"),)))
    return found


def _sign_relations(frames: Frames) -> list[Relation]:
    """Every sign is told of the same clients."""
    signs, clients = frames["signs"], frames["sign_clients"].loc["", "n"]
    return [
        Relation(
            tuple(("signs", sign, str(name)) for name in signs.columns),
            (("sign_clients", "", "n"),),
        )
        for sign in signs.index
        if signs.loc[sign].sum() == clients
    ]


def _band_relations(name: str, bands: list[str]) -> list[Relation]:
    table, moves = f"bands {name}", f"moves {name}"
    at = {band: i for i, band in enumerate(bands)}
    every = [(row, column) for row in bands for column in bands]
    kinds = {
        "better": [(r, c) for r, c in every if at[c] < at[r]],
        "same": [(r, c) for r, c in every if at[c] == at[r]],
        "worse": [(r, c) for r, c in every if at[c] > at[r]],
    }
    found = [
        Relation(((moves, "", kind),), tuple((table, r, c) for r, c in cells_of))
        for kind, cells_of in kinds.items()
        if cells_of
    ]
    parts: tuple[Cell, ...] = tuple((moves, "", kind) for kind in kinds)
    return [*found, Relation(((moves, "", "n"),), parts)]
