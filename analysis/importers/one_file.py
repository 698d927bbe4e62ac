"""One raw file: opened, recognised and read; what is wrong stands in the result."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from analysis.importers import companions
from analysis.importers.formats import recognised
from analysis.importers.layout import Plan, Rules
from analysis.importers.opening import open_file
from analysis.importers.profile import Profile, profiles_for
from analysis.importers.readers.assessments import read_wide
from analysis.importers.readers.long import read_long
from analysis.importers.readers.reading import Reading
from analysis.importers.readers.registers import read_register
from analysis.importers.report import FileRead
from analysis.importers.sheets.sheet import Document, Refusal, Sheet


@dataclass(frozen=True)
class OpenedFile:
    """The tables of a raw file, or why it could not be opened."""

    file: str
    parts: tuple[Sheet | Document, ...] = ()
    refusal: Refusal | None = None
    digest: str = ""  # SHA-256 of the bytes that were read


def open_path(
    path: Path, name: str, rules: Rules, profiles: Sequence[Profile] = ()
) -> OpenedFile:
    """Open one raw file. name: its path below the folder of exports."""
    try:
        data = path.read_bytes()
    except OSError as problem:
        text = f"could not be opened: {problem.strerror}."
        return OpenedFile(name, refusal=Refusal(text))
    digest = hashlib.sha256(data).hexdigest()
    opened = open_file(data, name, digest, rules, profiles_for(name, profiles))
    if isinstance(opened, Refusal):
        return OpenedFile(name, refusal=opened, digest=digest)
    return OpenedFile(name, opened.parts, digest=digest)


def read_file(
    opened: OpenedFile, rules: Rules, profiles: Sequence[Profile] = ()
) -> FileRead:
    """Read what was opened.

    A table that is refused takes no other table of its file with it; a file of which
    no table can be read is refused.
    """
    name = opened.file
    if opened.refusal is not None:
        return FileRead(name, refusal=opened.refusal)
    own = profiles_for(name, profiles)
    readings: list[Reading] = []
    refused: list[tuple[Sheet | Document, Refusal]] = []
    formats: list[str] = []
    for part in opened.parts:
        found = _part(part, rules, own)
        if isinstance(found, Refusal):
            refused.append((found.sheet or part, found))
        else:
            readings += found
            formats += [reading.layout.format for reading in found]
    said = tuple(s for part in opened.parts for s in part.said)
    return FileRead(
        name,
        format=next(iter(formats), ""),
        readings=tuple(readings),
        refused=tuple(refused),
        refusal=refused[0][1] if refused and not readings else None,
        said=said,
    )


def _part(
    part: Sheet | Document, rules: Rules, profiles: Sequence[Profile]
) -> list[Reading] | Refusal:
    """Everything in one table, or why it is refused: all of it or nothing."""
    plans = recognised(part, rules, profiles)
    if isinstance(plans, Refusal):
        return plans
    readings: list[Reading] = []
    for plan in plans:
        read = _read(plan, rules)
        if isinstance(read, Refusal):
            # further header rows of a table are no rows of it
            whole = plan.sheet if len(plans) == 1 else None
            return replace(read, sheet=read.sheet or whole)
        readings.append(read)
    return readings


def _read(plan: Plan, rules: Rules) -> Reading | Refusal:
    if plan.layout.table == companions.TABLE:
        return companions.read_companion(plan)
    if plan.layout.table != "assessments":
        return read_register(plan, rules)
    return read_long(plan, rules) if plan.layout.long else read_wide(plan, rules)
