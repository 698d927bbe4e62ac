"""Forgetting a client: out of every table, report, copy and list, and proof of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from analysis import engine, store
from analysis.engine.temporary import sweep
from analysis.errors import AnalysisError, UnknownClient
from analysis.lock import LOCK, RunLock
from analysis.pipeline.paths import Paths
from analysis.pipeline.proving import prove, tell_of_raw
from analysis.pipeline.retention import overdue_clients
from analysis.pipeline.secret import key_for
from analysis.pipeline.summary import Summary
from analysis.pipeline.taking_away import Removed, out_of_month, out_of_tables
from analysis.privacy import Search, Word, read_forgotten, words_of, write_forgotten
from analysis.privacy.words import ID
from analysis.state import STATE_FILE


@dataclass(frozen=True)
class ForgetOptions:
    """Whom to forget; overdue: everybody past the months kept; take_back: undo."""

    clients: tuple[str, ...] = ()
    overdue: bool = False
    take_back: bool = False
    dry_run: bool = False


def run_forget(paths: Paths, options: ForgetOptions, today: date) -> Summary:
    """Remove clients everywhere but in the practice's own exports; search again."""
    tables = store.read_tables(paths.processed)
    clients = _whom(paths, options, tables, today)
    if not clients:
        return Summary(["Nobody is overdue: nothing was removed."])
    if options.dry_run:
        return Summary(
            [f"{len(clients)} client(s) would be forgotten: nothing is done."]
        )
    key = key_for(Path())
    known = read_forgotten(paths.forgotten, key)
    if options.take_back:
        for client in clients:
            known = known.without_client(client)
        write_forgotten(known, paths.forgotten)
        # the tables lack their rows: all is read again
        (paths.processed / STATE_FILE).unlink(missing_ok=True)
        return Summary(["Taken back: the next import reads their rows again."])
    summary = Summary()
    for client in clients:
        others = set(tables["clients"]["client_id"]) - set(clients)
        goals = tables["goals"]
        own_goals = goals.loc[goals["client_id"] == client, "goal_id"]
        # first: a run cut off here can be repeated, and no import brings them back
        known = known.with_client(client, own_goals, today, others)
        write_forgotten(known, paths.forgotten)
        _forget(paths, client, summary)
    return summary


def _whom(
    paths: Paths,
    options: ForgetOptions,
    tables: Mapping[str, pd.DataFrame],
    today: date,
) -> tuple[str, ...]:
    if options.overdue:
        months = paths.read_settings().privacy.keep_months
        if not months:
            raise AnalysisError(
                "settings.toml says nothing of how long clients are kept. Set "
                "keep_months in [privacy], or name clients one by one."
            )
        return overdue_clients(tables, months, today)
    if not options.clients:
        raise AnalysisError(
            "Name a client: python -m analysis forget ID, or --overdue."
        )
    known = set(tables["clients"]["client_id"]) | set(_with_reports(paths))
    unknown = [client for client in options.clients if client not in known]
    if unknown and not options.take_back:
        raise UnknownClient(
            f"Unknown client: {', '.join(unknown)}. Neither tables nor reports hold "
            "that id; nothing was removed. Ids are taken as exported."
        )
    return options.clients


def _with_reports(paths: Paths) -> list[str]:
    found = []
    for folder in paths.reports.glob("*/clients/*"):
        try:
            found.append(engine.client_id_of(folder.name))
        except AnalysisError:  # put there by hand
            continue
    return found


def _forget(paths: Paths, client: str, summary: Summary) -> None:
    tables = store.read_tables(paths.processed)
    words = (*words_of(tables, [client]), Word(client, client, ID))
    search = Search(dict.fromkeys(words))
    since = _first_contact(tables, client)
    counts = Removed()
    with RunLock(paths.processed / LOCK):
        out_of_tables(paths.processed, tables, client, search, counts)
    for month in sorted(path for path in paths.reports.glob("*") if path.is_dir()):
        counts.files += out_of_month(month, client, since, search)
    sweep()
    summary.lines.append(
        f"Removed: {counts.rows} row(s) of {counts.tables} table(s) and "
        f"{counts.files} file(s)."
    )
    prove(paths, search, len(set(words)), summary)
    tell_of_raw(paths, search, summary)


def _first_contact(tables: Mapping[str, pd.DataFrame], client: str) -> str:
    """Month of the first contact as 2026-10; "" where the tables do not say."""
    episodes = tables["episodes"]
    first = episodes.loc[episodes["client_id"] == client, "started_on"].min()
    return "" if pd.isna(first) else f"{first:%Y-%m}"
