"""data/raw to tidy tables: the first step."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd

from analysis import importers, landing, store
from analysis import state as states
from analysis.errors import AnalysisError
from analysis.lock import RunLock
from analysis.pipeline.demo_settings import demo_settings
from analysis.pipeline.guard import sweep_leftovers
from analysis.pipeline.paths import Paths, writable
from analysis.pipeline.secret import read_key
from analysis.pipeline.sources import NOTHING_SAID, ImportOptions, Terms, source_of
from analysis.pipeline.summary import Summary, Tell
from analysis.privacy import read_forgotten
from analysis.settings import Practice

# Tables that an import fills; the others are derived from them.
TIDY = (
    "clients",
    "sessions",
    "administrations",
    "responses",
    "totals",
    "goals",
    "goal_steps",
    "goal_ratings",
    "events",
    "notes",
)
# Held while tables are written, by an import or an analysis.
LOCK = ".lock"
# What was read of unchanged files: private, made again whenever it is not there.
MEMORY = ".readings"


def demo_paths(paths: Paths) -> Paths:
    """Where the demo practice shows and nobody is named: the demo's own names.

    They stand in a settings file beside the tables, with all else that is set.
    """
    settings = paths.read_settings()
    if settings.practice.name != Practice().name or settings.clinicians:
        return paths
    path = paths.processed / "demo-settings.toml"
    path.write_text(demo_settings(settings), encoding="utf-8")
    return replace(paths, settings=path)


def run_import(
    paths: Paths, today: date, tell: Tell, options: ImportOptions = NOTHING_SAID
) -> Summary:
    """Read every raw file and write the tidy tables, imports.csv and quarantine/.

    Nothing is read again when raw files, settings, measures and code are unchanged.
    """
    settings = paths.read_settings()
    if options.timezone:
        practice = replace(settings.practice, timezone=options.timezone)
        settings = replace(settings, practice=practice)
    measures = paths.read_measures(settings)
    writable(paths.processed, "--processed")
    gone = read_forgotten(paths.forgotten, read_key())
    rules = states.text_key(
        repr(settings.without_place()),
        options.key(),
        _own_measures(paths),
        repr(gone.entries) if gone else "",
    )
    with RunLock(paths.processed / LOCK):
        sweep_leftovers(paths.processed)
        source = source_of(paths, measures, options, tell)
        fresh = (source.key, rules, states.code_key())
        known = states.read_state(paths.processed)
        if known and _still_holds(known, fresh, today):
            return Summary([f"{source.shown} is unchanged since the last import."])
        memory = paths.processed / MEMORY
        terms = Terms(settings, measures, today, options, memory, gone)
        imported = source.read(terms)
        _write(imported, paths.processed, fresh, is_demo=source.is_demo)
    return _summary(imported, source.shown)


def _still_holds(known: states.State, fresh: tuple[str, str, str], today: date) -> bool:
    """Whether an import would read the same: files, rules, code, dates ahead."""
    same = (known.raw_key, known.rules_key, known.code_key) == fresh
    return same and today < date.fromisoformat(known.read_until)


def _write(
    imported: importers.Imported,
    processed: Path,
    fresh: tuple[str, str, str],
    *,
    is_demo: bool,
) -> None:
    """All tables, imports.csv and quarantine/ at once, or nothing.

    Where nothing was read, only what says why of each file.
    """
    try:
        latest = _latest(imported.tables).isoformat()
    except AnalysisError:
        importers.write_import(imported, processed)
        raise
    state = states.State(*fresh, is_demo, latest, "", imported.until.isoformat())
    with landing.staged(processed, states.STATE_FILE) as draft:
        store.write_tables(imported.tables, TIDY, draft)
        importers.write_import(imported, draft)
        states.write_state(state, draft)


def _own_measures(paths: Paths) -> str:
    folder = paths.read_settings().measures_folder
    return states.folder_key(paths.settings.parent / folder) if folder else ""


def _latest(tables: dict[str, pd.DataFrame]) -> date:
    """Day of the latest thing that happened; bookings ahead do not count."""
    sessions = tables["sessions"]
    came = sessions[sessions["attended"].fillna(False).astype(bool)]
    days = [came["date"], tables["administrations"]["date"]]
    days.append(tables["goal_ratings"]["date"])
    latest = pd.concat([pd.to_datetime(column) for column in days]).max()
    if pd.isna(latest):
        raise AnalysisError(
            "No score, check-in, rating or attended session was read. imports.csv in "
            "the processed folder says for each raw file what was found and why it was "
            "set aside; the tables stay as they were."
        )
    return latest.date()


def _summary(imported: importers.Imported, source: str) -> Summary:
    files, n_same = imported.files, imported.n_remembered
    counts = files[
        ["rows_in", "accepted", "quarantined", "duplicates", "ignored"]
    ].sum()
    summary = Summary(
        [
            f"Read {len(files)} file(s) from {source}: {counts['rows_in']} rows = "
            f"{counts['accepted']} accepted + {counts['quarantined']} quarantined + "
            f"{counts['duplicates']} duplicates + {counts['ignored']} ignored."
        ]
    )
    if n_same:
        summary.lines.append(
            f"{n_same} of them are as they were and did not have to be read again."
        )
    for row in files.itertuples():
        if row.action in ("reject", "needs_config"):
            summary.set_aside.append(f"{row.file}: {row.messages}")
        elif row.messages:
            summary.lines.append(f"  {row.file} ({row.action}): {row.messages}")
    return summary
