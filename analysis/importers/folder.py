"""A folder of raw exports to tidy tables and the report on every file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from analysis.errors import AnalysisError
from analysis.importers.all_files import AllRead, Progress, RawFile, read_all
from analysis.importers.keeping.left_out import LeftOut, blank_rows, leave_out
from analysis.importers.keeping.outcome import outcomes_of
from analysis.importers.keeping.people import people_of
from analysis.importers.keeping.quarantine import set_aside_rows
from analysis.importers.keeping.tidy import tidy_tables
from analysis.importers.layout import Rules
from analysis.importers.profile_reading import read_profiles
from analysis.importers.report import files_report
from analysis.importers.sheets.signature import MAX_BYTES, TOO_LARGE
from analysis.importers.values.vocabulary import vocabulary
from analysis.measures import Measure
from analysis.settings import Settings


@dataclass(frozen=True)
class Imported:
    """What an import makes, before anything is written.

    tables: tidy table by name. files: imports.csv, one row per raw file. set_aside:
    per file the rows in quarantine, whole, with file, row number and reason. until:
    the first day on which unchanged files are read otherwise, as dates that lie ahead
    do not then. n_remembered: files that were not read again.
    """

    tables: dict[str, pd.DataFrame]
    files: pd.DataFrame
    set_aside: dict[str, pd.DataFrame]
    until: date = date.max
    n_remembered: int = 0


def import_folder(
    raw: Path,
    *,
    settings: Settings,
    measures: Mapping[str, Measure],
    today: date,
    profile: Path | None = None,
    day_first: bool | None = None,
    progress: Progress | None = None,
    memory: Path | None = None,
    left_out: LeftOut | None = None,
) -> Imported:
    """Read every export below `raw`; nothing is written but to `memory`.

    today: the day after which dates lie in the future. profile: a mapping profile that
    goes before those beside the exports. day_first: True for --day-first, False for
    --month-first, None to decide per file. progress: called with file, number, of.
    memory: private folder of what was read before; files that are unchanged, by their
    SHA-256, are not read again. What comes out is the same with and without it.
    left_out: clients who were forgotten; their rows are counted as ignored. Nothing is
    remembered then: the memory would hold them.
    """
    rules = Rules(
        measures, vocabulary(measures), today, settings.practice.timezone, day_first
    )
    files = [_raw_file(path, raw) for path in raw_files(raw)]
    profiles = read_profiles(raw, profile, measures)
    if left_out:
        memory = None
    read = read_all(files, rules, profiles, memory, progress)
    return put_together(read, left_out)


def put_together(read: AllRead, left_out: LeftOut | None = None) -> Imported:
    """Everything that was read, looked at as a whole: people, repeats, tables."""
    reads = leave_out(read.reads, left_out) if left_out else read.reads
    readings = [reading for one in reads for reading in one.readings]
    people = people_of(readings)
    outcomes = outcomes_of(readings, people)
    aside = set_aside_rows(reads, outcomes)
    return Imported(
        tidy_tables(outcomes, people),
        files_report(reads, outcomes),
        blank_rows(aside, left_out) if left_out else aside,
        read.until,
        read.n_remembered,
    )


def raw_files(raw: Path) -> list[Path]:
    """What may be an export: not hidden, no mapping profile; any depth.

    Links that lead nowhere or elsewhere and things that are no files are among them:
    they are refused by name rather than passed over.
    """
    if not raw.is_dir():
        raise AnalysisError(
            f"{raw} is no folder. Name the folder of exports with --raw."
        )
    return [
        path
        for path in sorted(raw.rglob("*"))
        if (path.is_symlink() or not path.is_dir() or not _opens(path))
        and path.suffix != ".toml"
        and not any(part.startswith(".") for part in path.relative_to(raw).parts)
    ]


def _opens(folder: Path) -> bool:
    return os.access(folder, os.R_OK | os.X_OK)


def _raw_file(path: Path, raw: Path) -> RawFile:
    name = printable(path.relative_to(raw).as_posix())
    return RawFile(path, name, _no_export(path, raw))


def _no_export(path: Path, raw: Path) -> str:
    """Why something in the folder is not opened; "" where it may be."""
    try:
        target = path.resolve(strict=True)
        is_file, is_folder = target.is_file(), target.is_dir()
    except (OSError, RuntimeError):  # Python 3.11 and 3.12 raise the latter for loops
        return "is a link that leads nowhere. Remove it, or put the file itself here."
    if not target.is_relative_to(raw.resolve()):
        return (
            "is a link to something outside the folder of exports, which is not read. "
            "Put the file itself here."
        )
    if is_folder and path.is_symlink():
        return "is a link to a folder that is read already. Remove it."
    if is_folder:
        return "is a folder that may not be opened. Give yourself the right to read it."
    if not is_file:
        return "is no file that can be read. Remove it."
    return TOO_LARGE if target.stat().st_size > MAX_BYTES else ""


def printable(name: str) -> str:
    """A file's name for messages: no sign that moves a cursor or turns text round."""
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii")
        for sign in name
    )
