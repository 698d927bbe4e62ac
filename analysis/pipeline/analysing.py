"""Tidy tables to derived tables: the second step."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from analysis import landing, store
from analysis import state as states
from analysis.analyse import analyse
from analysis.lock import RunLock
from analysis.pipeline.importing import LOCK, TIDY
from analysis.pipeline.paths import Paths
from analysis.pipeline.summary import Summary


def run_analyse(paths: Paths, until: date | None = None) -> Summary:
    """Work out scores, changes, trends, signs and findings as of `until`.

    Without `until` the tables speak from the day of the latest data. Earlier days go
    into a folder of their own, so that the latest tables stay as they are.
    """
    states.finished_import(paths.processed)
    with RunLock(paths.processed / LOCK):
        return _analysed(paths, until)


def _analysed(paths: Paths, until: date | None) -> Summary:
    known = states.finished_import(paths.processed)
    day = min(until or known.latest, known.latest)
    folder = states.tables_as_of(paths.processed, day)
    wanted = replace(known, until=day.isoformat())
    if states.read_state(folder) == wanted:
        return Summary([f"The tables as of {day} are up to date."])
    settings = paths.read_settings()
    measures = paths.read_measures(settings)
    tables = store.read_tables(paths.processed, TIDY)
    derived = analyse(tables, measures, settings, day)
    with landing.staged(folder, states.STATE_FILE) as draft:
        for name, rows in derived.items():
            if folder != paths.processed or name not in TIDY or "episode_id" in rows:
                store.write_table(rows, name, draft)
        states.write_state(wanted, draft)
    return Summary(
        [
            f"Analysed {derived['episodes']['client_id'].nunique()} clients as of "
            f"{day}: {len(derived['scores'])} scores, {len(derived['trends'])} trends, "
            f"{len(derived['findings'])} findings."
        ]
    )
