"""The analysis of a large practice: block by block of clients, two blocks at a time.

Clients share nothing but the practice's own models. So every block is scored and
written; then the models are fitted once, to what all blocks have added; then every
block is judged by them. The tables are those that one run over all clients gives, and
no more than a few blocks are in memory.
"""

from __future__ import annotations

import contextlib
import multiprocessing
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis import analyse, store
from analysis.measures import Measure
from analysis.pipeline.importing import TIDY
from analysis.schema import TABLES, checked, frame
from analysis.scoring.joining import positions
from analysis.settings import Settings

CLIENTS_PER_BLOCK = 25_000
_PROCESSES = 2
# Among the counts of rows: the clients who have an episode.
WITH_EPISODES = "clients with episodes"
# Rows of no client of their own: by their parent's.
_HANGING = {
    "responses": ("administrations", "administration_id"),
    "totals": ("administrations", "administration_id"),
    "goal_steps": ("goals", "goal_id"),
    "goal_ratings": ("goals", "goal_id"),
}
_OWNED = tuple(name for name in TIDY if name not in _HANGING)
_SCORED = ("episodes", "scores", "risks", "series")
_JUDGED = ("changes", "trends", "signs", "findings")

Job = TypeVar("Job")
Made = TypeVar("Made")
Packed = dict[str, pa.Table]


@dataclass(frozen=True)
class Rules:
    """What every block is worked out by."""

    measures: Mapping[str, Measure]
    settings: Settings
    until: date


@dataclass(frozen=True)
class Block:
    """The clients from first to last, by id, and their rows that name no client."""

    first: str
    last: str
    hanging: Packed


def clients_of(tables: Path) -> list[str]:
    """All clients that any table names, by id."""
    found = [store.read_arrow(n, tables)["client_id"].unique() for n in _OWNED]
    names = pc.unique(pa.chunked_array(found, pa.string()))
    return sorted(names.drop_null().to_pylist())


def analyse_by_block(
    source: Path,
    draft: Path,
    kept: Iterable[str],
    clients: list[str],
    rules: Rules,
    size: int = CLIENTS_PER_BLOCK,
) -> Counter[str]:
    """Analyse the tidy tables in `source`; returns how many rows each table has.

    kept: tidy tables that are written into `draft` too, besides the derived ones.
    clients: all of them, in order. WITH_EPISODES counts the clients with an episode.
    """
    ends = [clients[min(at + size, len(clients)) - 1] for at in _starts(clients, size)]
    hanging = {name: _by_block(name, source, ends) for name in _HANGING}
    bounds = list(
        zip((clients[at] for at in _starts(clients, size)), ends, strict=True)
    )

    def blocks(hanging_names: Iterable[str]) -> Iterator[Block]:
        for at, (first, last) in enumerate(bounds):
            rows = {name: hanging[name](at) for name in hanging_names}
            yield Block(first, last, rows)

    names = [*kept, *(name for name in _SCORED if name not in kept)]
    lived: list[analyse.Experience] = []
    count: Counter[str] = Counter()
    with _pool(len(bounds)) as pool:
        with _written(names, draft, count) as write:
            task = partial(_score, source=source, names=names, rules=rules)
            for made, added in _in_turn(pool, task, blocks(_HANGING)):
                write(made)
                lived.append(added)
        del hanging["responses"], hanging["totals"]
        models = analyse.fitted(lived, rules.measures, rules.settings, rules.until)
        del lived
        store.write_table(models, "models", draft)
        with _written(_JUDGED, draft, count) as write:
            judge = partial(
                _judge, source=source, draft=draft, models=models, rules=rules
            )
            for made, n_clients in _in_turn(pool, judge, blocks(hanging)):
                write(made)
                count[WITH_EPISODES] += n_clients
    return count


# --- one block, in a process of its own ---


def _score(
    block: Block, source: Path, names: Iterable[str], rules: Rules
) -> tuple[Packed, analyse.Experience]:
    tables = _owned(block, source)
    tables |= {name: frame(rows) for name, rows in block.hanging.items()}
    known = analyse.scored(tables, rules.measures, rules.settings, rules.until)
    lived = analyse.experience(known, rules.measures, rules.settings, rules.until)
    return _packed(known, names), lived


def _judge(
    block: Block, source: Path, draft: Path, models: pd.DataFrame, rules: Rules
) -> tuple[Packed, int]:
    tables = _owned(block, source)
    tables |= {name: frame(rows) for name, rows in block.hanging.items()}
    tables |= {name: TABLES[name].empty() for name in ("responses", "totals")}
    known = analyse.as_of(tables, rules.until)
    for name in (*_SCORED, "sessions", "administrations"):
        known[name] = store.read_between(name, draft, block.first, block.last)
    known = analyse.judged(known, models, rules.measures, rules.settings, rules.until)
    return _packed(known, _JUDGED), known["episodes"]["client_id"].nunique()


def _owned(block: Block, folder: Path) -> dict[str, pd.DataFrame]:
    return {
        name: store.read_between(name, folder, block.first, block.last)
        for name in _OWNED
    }


def _packed(tables: Mapping[str, pd.DataFrame], names: Iterable[str]) -> Packed:
    return {name: store.in_order(checked(tables[name], name)) for name in names}


# --- all blocks ---


def _starts(clients: list[str], size: int) -> range:
    return range(0, len(clients), size)


def _by_block(name: str, folder: Path, ends: list[str]) -> Callable[[int], pa.Table]:
    """Give a function from a block's number to its rows of a table without clients."""
    parent, key = _HANGING[name]
    rows, parents = store.read_arrow(name, folder), store.read_arrow(parent, folder)
    owners = parents["client_id"].to_numpy()
    block_of = np.searchsorted(np.array(ends, dtype=object), owners)
    at = positions(frame(rows.select([key]))[key], frame(parents.select([key]))[key])
    block = block_of[at] if len(block_of) else np.zeros(len(at), np.int64)
    if (block[1:] < block[:-1]).any():
        order = np.argsort(block, kind="stable")
        rows, block = rows.take(order), block[order]
    cuts = np.searchsorted(block, np.arange(len(ends) + 1))

    def of(number: int) -> pa.Table:
        return rows.slice(cuts[number], cuts[number + 1] - cuts[number])

    return of


@contextlib.contextmanager
def _pool(n_blocks: int) -> Iterator[ProcessPoolExecutor]:
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(_PROCESSES, n_blocks), mp_context=spawn) as pool:
        yield pool


def _in_turn(
    pool: ProcessPoolExecutor, task: Callable[[Job], Made], jobs: Iterable[Job]
) -> Iterator[Made]:
    """What the task makes of each job, in order; no more than a few wait in memory."""
    running: deque[Future[Made]] = deque()
    for job in jobs:
        if len(running) > _PROCESSES:
            yield running.popleft().result()
        running.append(pool.submit(task, job))
    while running:
        yield running.popleft().result()


@contextlib.contextmanager
def _written(
    names: Iterable[str], draft: Path, count: Counter[str]
) -> Iterator[Callable[[Packed], None]]:
    """Give a function that adds a block's rows to the tables of these names."""
    with contextlib.ExitStack() as stack:
        into = {name: stack.enter_context(store.pieces(name, draft)) for name in names}

        def write(made: Packed) -> None:
            for name, rows in made.items():
                into[name](rows)
                count[name] += rows.num_rows

        yield write
