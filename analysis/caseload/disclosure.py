"""Which counts of the report hang together, and what may leave the practice at all."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analysis.caseload.cohort import year_before
from analysis.caseload.outcomes import OUTCOME_COLUMNS
from analysis.caseload.suppression import Cell, Relation, protect
from analysis.settings import Thresholds

ALL_ROW = ("all", "")
# Columns a month is drawn from.
MONTH_COLUMNS = [
    "paired",
    "paired_cases",
    "improved",
    "unchanged",
    "deteriorated",
    "recovered",
    "reliably_recovered",
]


@dataclass(frozen=True)
class Counts:
    """Every count of the report, before it becomes a rate.

    stages, outcomes, earlier: rows (level, group); monthly: rows are months; signs:
    rows are signs; sign_clients, goals, sessions, endings, sudden: a number per name;
    migrations and moves (n, better, same, worse) by scale id.
    """

    stages: pd.DataFrame
    outcomes: pd.DataFrame
    earlier: pd.DataFrame
    monthly: pd.DataFrame
    migrations: Mapping[str, pd.DataFrame]
    moves: Mapping[str, pd.Series]
    signs: pd.DataFrame
    sign_clients: pd.Series
    goals: pd.Series
    sessions: pd.Series
    endings: pd.Series
    sudden: pd.Series


def shared(counts: Counts, thresholds: Thresholds, since: date, until: date) -> Counts:
    """The counts as they may leave the practice: small ones hidden, others rounded."""
    frames = _frames(counts)
    forced = _too_small_for_rates(counts, thresholds.suppress_rates_below)
    relations = _relations(counts, since, until)
    smallest = thresholds.suppress_cells_below
    shown = protect(frames, relations, smallest, forced, _worth)
    return Counts(
        stages=shown["stages"],
        outcomes=shown["outcomes"],
        earlier=shown["earlier"],
        monthly=shown["monthly"],
        migrations={name: shown[f"bands {name}"] for name in counts.migrations},
        moves={name: shown[f"moves {name}"].iloc[0] for name in counts.moves},
        signs=shown["signs"],
        sign_clients=shown["sign_clients"].iloc[0],
        goals=shown["goals"].iloc[0],
        sessions=shown["sessions"].iloc[0],
        endings=shown["endings"].iloc[0],
        sudden=shown["sudden"].iloc[0],
    )


# What a reader would miss most, where something has to be hidden beside a small cell.
_COLUMN_WORTH = {"improved": 5, "paired": 4, "recovered": 3, "paired_cases": 3}


def _worth(cell: Cell) -> int:
    """Totals are given up last; months and the year before first."""
    table, row, column = cell
    tier = {"monthly": 0, "earlier": 1}.get(table, 2)
    if row == ALL_ROW:
        tier += 2
    return 10 * tier + _COLUMN_WORTH.get(column, 1)


def _frames(counts: Counts) -> dict[str, pd.DataFrame]:
    frames = {
        "stages": counts.stages,
        "outcomes": counts.outcomes,
        "earlier": counts.earlier,
        "monthly": counts.monthly[MONTH_COLUMNS],
        "signs": counts.signs,
        "sign_clients": _row(counts.sign_clients),
        "goals": _row(counts.goals),
        "sessions": _row(counts.sessions),
        "endings": _row(counts.endings),
        "sudden": _row(counts.sudden),
    }
    frames |= {f"bands {name}": frame for name, frame in counts.migrations.items()}
    frames |= {f"moves {name}": _row(row) for name, row in counts.moves.items()}
    return frames


def _row(series: pd.Series) -> pd.DataFrame:
    return series.to_frame("").T


def _too_small_for_rates(counts: Counts, least_n: int) -> set[Cell]:
    """Groups and months under the least n: none of their outcomes leaves."""
    forced: set[Cell] = set()
    for table, frame in (
        ("outcomes", counts.outcomes),
        ("earlier", counts.earlier),
        ("monthly", counts.monthly[MONTH_COLUMNS]),
    ):
        few = (frame["paired"] > 0) & (frame["paired"] < least_n)
        for row in frame.index[few]:
            forced |= {(table, row, str(column)) for column in frame.columns}
    return forced


def _relations(counts: Counts, since: date, until: date) -> list[Relation]:
    found = []
    for row in counts.stages.index:
        found += _stage_relations(row)
    for table, frame in (("outcomes", counts.outcomes), ("earlier", counts.earlier)):
        for row in frame.index:
            found += _outcome_relations(table, row)
        found += _programmes_add_up(table, frame)
    found += _programmes_add_up("stages", counts.stages)
    for row in counts.outcomes.index.intersection(counts.stages.index):
        for column in ("finished", "paired", "unpaired"):
            twice = Relation((("outcomes", row, column),), (("stages", row, column),))
            found.append(twice)
    for month in counts.monthly.index:
        found += _judged_relations("monthly", month)
    found += _months_add_up(counts.monthly, "outcomes", since, until)
    found += _months_add_up(
        counts.monthly, "earlier", year_before(since), year_before(until)
    )
    for name, frame in counts.migrations.items():
        found += _migration_relations(name, list(frame.index))
    return found + _other_relations(counts)


def _stage_relations(row: Hashable) -> list[Relation]:
    def cell(column: str) -> Cell:
        return ("stages", row, column)

    def parts(*columns: str) -> tuple[Cell, ...]:
        return tuple(cell(column) for column in columns)

    return [
        Relation(parts("referred"), parts("did_not_start", "started")),
        Relation(parts("started"), parts("still_open", "left_early", "finished")),
        Relation(parts("finished"), parts("unpaired", "paired")),
    ]


def _outcome_relations(table: str, row: Hashable) -> list[Relation]:
    def cell(column: str) -> Cell:
        return (table, row, column)

    whole = Relation((cell("finished"),), (cell("paired"), cell("unpaired")))
    return [
        whole,
        *_judged_relations(table, row),
    ]


def _judged_relations(table: str, row: Hashable) -> list[Relation]:
    def cell(column: str) -> Cell:
        return (table, row, column)

    kinds = ("improved", "unchanged", "deteriorated")
    return [Relation((cell("paired"),), tuple(cell(kind) for kind in kinds))]


def _programmes_add_up(table: str, frame: pd.DataFrame) -> list[Relation]:
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


def _months_add_up(
    monthly: pd.DataFrame, table: str, since: date, until: date
) -> list[Relation]:
    """Months add up to a period that consists of whole months, all of them drawn."""
    wanted = pd.period_range(since, until, freq="M")
    starts = since == wanted[0].start_time.date()
    is_whole = starts and until == wanted[-1].end_time.date()
    first = monthly.index.min() if len(monthly) else None
    if not is_whole or first is None or wanted[-1] < first:
        return []
    # months before the first one drawn had no finished course
    drawn = [month for month in wanted if month >= first]
    return [
        Relation(
            tuple(("monthly", month, column) for month in drawn),
            ((table, ALL_ROW, column),),
        )
        for column in MONTH_COLUMNS
        if column in OUTCOME_COLUMNS
    ]


def _migration_relations(name: str, bands: list[str]) -> list[Relation]:
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


def _other_relations(counts: Counts) -> list[Relation]:
    found = [
        Relation(
            tuple(("stages", ALL_ROW, name) for name in ("left_early", "finished")),
            tuple(
                ("endings", "", name)
                for name in ("planned", "unplanned", "reason_unknown")
            ),
        ),
    ]
    # every sign is told of the same clients
    found += [
        Relation(
            tuple(("signs", sign, str(name)) for name in counts.signs.columns),
            (("sign_clients", "", "n"),),
        )
        for sign in counts.signs.index
        if counts.signs.loc[sign].sum() == counts.sign_clients["n"]
    ]
    return found
