"""Tidy tables to derived tables: the second step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

from analysis import landing, store
from analysis import state as states
from analysis.analyse import analyse
from analysis.lock import RunLock
from analysis.pipeline.by_block import (
    CLIENTS_PER_BLOCK,
    WITH_EPISODES,
    Rules,
    analyse_by_block,
    clients_of,
)
from analysis.pipeline.importing import LOCK, TIDY
from analysis.pipeline.paths import Paths
from analysis.pipeline.summary import Summary


def run_analyse(
    paths: Paths,
    until: date | None = None,
    clients_per_block: int = CLIENTS_PER_BLOCK,
) -> Summary:
    """Work out scores, changes, trends, signs and findings as of `until`.

    Without `until` the tables speak from the day of the latest data. Earlier days go
    into a folder of their own, so that the latest tables stay as they are. More clients
    than make a block are worked out block by block: the tables are the same.
    """
    states.finished_import(paths.processed)
    with RunLock(paths.processed / LOCK):
        return _analysed(paths, until, clients_per_block)


def _analysed(paths: Paths, until: date | None, clients_per_block: int) -> Summary:
    known = states.finished_import(paths.processed)
    day = min(until or known.latest, known.latest)
    folder = states.tables_as_of(paths.processed, day)
    wanted = replace(known, until=day.isoformat())
    if states.read_state(folder) == wanted:
        return Summary([f"The tables as of {day} are up to date."])
    settings = paths.read_settings()
    measures = paths.read_measures(settings)
    rules = Rules(measures, settings, day)
    # the tidy tables stand there already, but for what gets its episodes only now
    kept = TIDY if folder != paths.processed else ("sessions", "administrations")
    clients = clients_of(paths.processed)
    with landing.staged(folder, states.STATE_FILE) as draft:
        if len(clients) > clients_per_block:
            count = analyse_by_block(
                paths.processed, draft, kept, clients, rules, clients_per_block
            )
        else:
            count = _analyse_at_once(paths.processed, draft, kept, rules)
        states.write_state(wanted, draft)
    return Summary(
        [
            f"Analysed {count[WITH_EPISODES]} clients as of {day}: "
            f"{count['scores']} scores, {count['trends']} trends, "
            f"{count['findings']} findings."
        ]
    )


def _analyse_at_once(
    source: Path, draft: Path, kept: Iterable[str], rules: Rules
) -> Counter[str]:
    """A practice that fits into memory: the same, without other processes."""
    tables = store.read_tables(source, TIDY)
    derived = analyse(tables, rules.measures, rules.settings, rules.until)
    for name, rows in derived.items():
        if name not in TIDY or name in kept:
            store.write_table(rows, name, draft)
    count = Counter({name: len(rows) for name, rows in derived.items()})
    count[WITH_EPISODES] = derived["episodes"]["client_id"].nunique()
    return count
