"""A folder of raw exports to tidy tables and the report on every file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from analysis.errors import AnalysisError
from analysis.importers.assessments import read_wide
from analysis.importers.formats import FORMATS
from analysis.importers.layout import Plan, Rules
from analysis.importers.long import read_long
from analysis.importers.opening import open_file
from analysis.importers.outcome import outcomes_of
from analysis.importers.people import people_of
from analysis.importers.profile import Profile, profiles_for, read_profiles
from analysis.importers.reading import Reading
from analysis.importers.registers import read_register
from analysis.importers.report import FileRead, files_report, set_aside_rows
from analysis.importers.sheet import Document, Refusal, Sheet
from analysis.importers.tidy import tidy_tables
from analysis.importers.vocabulary import vocabulary
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
    reads = []
    for number, path in enumerate(files):
        name = path.relative_to(raw).as_posix()
        if progress is not None:
            progress(name, number, len(files))
        reads.append(read_file(path, name, rules, profiles))
    readings = [reading for read in reads for reading in read.readings]
    people = people_of(readings)
    outcomes = outcomes_of(readings, people)
    return Imported(
        tidy_tables(outcomes, people),
        files_report(reads, outcomes),
        set_aside_rows(reads, outcomes),
    )


def raw_files(raw: Path) -> list[Path]:
    """Files that may be exports: not hidden, no mapping profile; any depth."""
    if not raw.is_dir():
        raise AnalysisError(
            f"{raw} is no folder. Name the folder of exports with --raw."
        )
    return [
        path
        for path in sorted(raw.rglob("*"))
        if path.is_file()
        and path.suffix != ".toml"
        and not any(part.startswith(".") for part in path.relative_to(raw).parts)
    ]


def read_file(
    path: Path, name: str, rules: Rules, profiles: Sequence[Profile] = ()
) -> FileRead:
    """Read one raw file. What is wrong with it stands in the result, never raised."""
    try:
        data = path.read_bytes()
    except OSError as problem:
        return FileRead(
            name, refusal=Refusal(f"could not be opened: {problem.strerror}.")
        )
    digest = hashlib.sha256(data).hexdigest()
    own = profiles_for(name, profiles)
    opened = open_file(data, name, digest, rules, own)
    if isinstance(opened, Refusal):
        return FileRead(name, refusal=opened, said=opened.said)
    plans, refused = [], []
    for part in opened.parts:
        found = _recognised(part, rules, own)
        if isinstance(found, Refusal):
            refused.append((part, found))
        else:
            plans += found
    return _read_plans(name, opened.parts, plans, refused, rules)


def _read_plans(
    name: str,
    parts: Sequence[Sheet | Document],
    plans: Sequence[Plan],
    refused: Sequence[tuple[Sheet | Document, Refusal]],
    rules: Rules,
) -> FileRead:
    """Read what was recognised. One part that is refused refuses the whole file."""
    readings: list[Reading] = []
    refusals = [refusal for _, refusal in refused]
    for plan in plans:
        read = _read(plan, rules)
        if isinstance(read, Refusal):
            refusals.append(read)
        else:
            readings.append(read)
    said = tuple(s for part in parts for s in part.said)
    formats = list(dict.fromkeys(plan.layout.format for plan in plans))
    return FileRead(
        name,
        format=formats[0] if formats else "",
        parts=tuple(parts),
        readings=() if refusals else tuple(readings),
        refusal=refusals[0] if refusals else None,
        said=said,
    )


def _recognised(
    part: Sheet | Document, rules: Rules, profiles: Sequence[Profile]
) -> list[Plan] | Refusal:
    """What the first format that knows the part makes of it."""
    for recognise in FORMATS:
        found = recognise(part, rules, profiles)
        if found is not None:
            return found if isinstance(found, (list, Refusal)) else [found]
    return Refusal("is of a format that is not known.")


def _read(plan: Plan, rules: Rules) -> Reading | Refusal:
    if plan.layout.table != "assessments":
        return read_register(plan, rules)
    return read_long(plan, rules) if plan.layout.long else read_wide(plan, rules)
