"""A folder of raw exports to tidy tables and the report on every file."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from analysis.errors import AnalysisError
from analysis.importers import companions
from analysis.importers.keeping.outcome import outcomes_of
from analysis.importers.keeping.people import people_of
from analysis.importers.keeping.quarantine import set_aside_rows
from analysis.importers.keeping.tidy import tidy_tables
from analysis.importers.layout import Rules
from analysis.importers.one_file import OpenedFile, open_path, read_file
from analysis.importers.profile import Profile
from analysis.importers.profile_reading import read_profiles
from analysis.importers.report import files_report
from analysis.importers.sheets.sheet import Refusal, Sheet
from analysis.importers.values.vocabulary import vocabulary
from analysis.measures import Measure
from analysis.settings import Settings

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Imported:
    """What an import makes, before anything is written.

    tables: tidy table by name. files: imports.csv, one row per raw file. set_aside:
    per file the rows in quarantine, whole, with file, row number and reason.
    """

    tables: dict[str, pd.DataFrame]
    files: pd.DataFrame
    set_aside: dict[str, pd.DataFrame]


def import_folder(
    raw: Path,
    *,
    settings: Settings,
    measures: Mapping[str, Measure],
    today: date,
    profile: Path | None = None,
    day_first: bool | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Read every export below `raw`; nothing is written.

    today: the day after which dates lie in the future. profile: a mapping profile that
    goes before those beside the exports. day_first: True for --day-first, False for
    --month-first, None to decide per file. progress: called with file, number, of.
    """
    rules = Rules(
        measures, vocabulary(measures), today, settings.practice.timezone, day_first
    )
    files = raw_files(raw)
    profiles = read_profiles(raw, profile, measures)
    opened = [_opened(path, raw, rules, profiles) for path in files]
    reads = []
    for number, one in enumerate(opened):
        if progress is not None:
            progress(one.file, number, len(files))
        described = replace(rules, beside=_beside(one, opened))
        reads.append(read_file(one, described, profiles))
    readings = [reading for read in reads for reading in read.readings]
    people = people_of(readings)
    outcomes = outcomes_of(readings, people)
    return Imported(
        tidy_tables(outcomes, people),
        files_report(reads, outcomes),
        set_aside_rows(reads, outcomes),
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


def _opened(
    path: Path, raw: Path, rules: Rules, profiles: Sequence[Profile]
) -> OpenedFile:
    name = printable(path.relative_to(raw).as_posix())
    why = _no_export(path, raw)
    if why:
        return OpenedFile(name, refusal=Refusal(why))
    return open_path(path, name, rules, profiles)


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
    return "" if is_file else "is no file that can be read. Remove it."


def printable(name: str) -> str:
    """A file's name for messages: no sign that moves a cursor or turns text round."""
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii")
        for sign in name
    )


def _beside(one: OpenedFile, opened: Sequence[OpenedFile]) -> tuple[Sheet, ...]:
    """Tables of the same folder that describe others."""
    folder = one.file.rpartition("/")[0]
    return tuple(
        part
        for other in opened
        if other is not one and other.file.rpartition("/")[0] == folder
        for part in other.parts
        if isinstance(part, Sheet) and companions.describes(part)
    )
