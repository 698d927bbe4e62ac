"""Group by group, all that happens in the invented practice, and out to files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as compute

from analysis.demo.checkins import check_in
from analysis.demo.drawn import drawn_clients
from analysis.demo.goal_rows import goal_rows, rating_rows, step_rows, told_goals
from analysis.demo.goals import pursue, ratings
from analysis.demo.group import WRITTEN_FOR, Group, day_number
from analysis.demo.people import days_moved, told_clients
from analysis.demo.questionnaires import fill_in, levels
from analysis.demo.rows import (
    check_in_rows,
    client_rows,
    event_rows,
    long_rows,
    session_rows,
    wide_rows,
)
from analysis.demo.visits import visits
from analysis.demo.writing import Files, claim
from analysis.errors import AnalysisError

FILES = (
    "clients",
    "sessions",
    "assessments",
    "pcl5",
    "ocir",
    "wsas",
    "who5",
    "ors",
    "srs",
    "core10_long",
    "checkins",
    "goals",
    "goal_steps",
    "goal_ratings",
    "events",
)
# Measures with a file of their own, a row per administration.
_WIDE = ("pcl5", "ocir", "wsas", "who5", "ors", "srs")


@dataclass(frozen=True)
class DemoSummary:
    """What was written: rows of each file, without the header."""

    folder: Path
    clients: int
    seed: int
    until: date
    rows: Mapping[str, int]


def write_demo(
    out: Path,
    *,
    clients: int = 40,
    seed: int = 7,
    until: date = WRITTEN_FOR,
    progress: Callable[[int, int], None] | None = None,
) -> DemoSummary:
    """Write an invented practice as raw exports in the plain format.

    The hand-made clients of clients.toml come first, further ones are drawn. The
    same seed gives the same bytes, and a client's rows do not depend on how many
    others there are. Everything ends with the last full week up to `until`.
    progress: called with clients written and clients in all.
    Memory stays that of one block of 1,000 clients. Raises AnalysisError where the
    folder holds other files or cannot be written.
    """
    if clients < 1:
        raise AnalysisError("A demo practice has at least one client: --clients 1.")
    names = [f"{name}.csv" for name in FILES]
    claim(out, names, f"invented: seed {seed}, {clients} clients, until {until}\n")
    done = 0
    with Files(out, names) as files:
        for group, number in _groups(seed, until):
            wanted = min(len(group), clients - done)
            tables = _practice(group, _stream(seed, number), until)
            if group.is_told:
                tables = _with_told_goals(tables, until)
            tables = _only(tables, group.client_id[:wanted])
            files.append({f"{name}.csv": rows for name, rows in tables.items()})
            done += wanted
            if progress is not None:
                progress(done, clients)
            if done >= clients:
                break
    rows = {name.removesuffix(".csv"): n for name, n in files.rows.items()}
    return DemoSummary(out, clients, seed, until, rows)


Stream = Callable[[int], np.random.Generator]


def _stream(seed: int, number: int) -> Stream:
    """Independent random numbers for each part of each group."""
    return lambda part: np.random.default_rng([seed, number, part])


def _groups(seed: int, until: date) -> Iterator[tuple[Group, int]]:
    """The hand-made clients, then block after block of drawn ones, without end."""
    yield told_clients(until), 0
    number = 1
    while True:
        rng = _stream(seed, number)(0)
        yield drawn_clients(rng, number - 1, until), number
        number += 1


def _practice(group: Group, stream: Stream, until: date) -> dict[str, pa.Table]:
    """All that happened to a group of clients up to `until`, file by file."""
    came = visits(stream(1), group, until)
    level = levels(group)
    filled = fill_in(stream(2), group, came, level)
    checked_in = check_in(stream(3), group, came, level)
    goals = pursue(group, came)
    rated = ratings(stream(4), goals, came)
    pair = ("phq9", "gad7")
    return {
        "clients": client_rows(group, came),
        "sessions": session_rows(group, came),
        "assessments": wide_rows(group, came, pair, [filled[name] for name in pair]),
        **{name: wide_rows(group, came, (name,), [filled[name]]) for name in _WIDE},
        "core10_long": long_rows(group, came, "core10", filled["core10"]),
        "checkins": check_in_rows(group, came, checked_in),
        "goals": goal_rows(group, came, goals),
        "goal_steps": step_rows(group, came, goals),
        "goal_ratings": rating_rows(group, came, goals, rated),
        "events": event_rows(group, day_number(until)),
    }


def _with_told_goals(tables: dict[str, pa.Table], until: date) -> dict[str, pa.Table]:
    told = told_goals(days_moved(until))
    joined = {
        name: pa.concat_tables([rows.cast(tables[name].schema), tables[name]])
        for name, rows in told.items()
    }
    return {**tables, **joined}


def _only(tables: dict[str, pa.Table], ids: np.ndarray) -> dict[str, pa.Table]:
    """The rows of some clients and of their goals."""
    clients = pa.array(ids, type=pa.string())
    goals = tables["goals"]
    goals = goals.filter(compute.is_in(goals["client_id"], value_set=clients))
    wanted = {"client_id": clients, "goal_id": goals["goal_id"].combine_chunks()}
    return {name: _rows_of(rows, wanted) for name, rows in tables.items()}


def _rows_of(rows: pa.Table, wanted: Mapping[str, pa.Array]) -> pa.Table:
    key = "client_id" if "client_id" in rows.column_names else "goal_id"
    return rows.filter(compute.is_in(rows[key], value_set=wanted[key]))
