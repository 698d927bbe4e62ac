"""Every raw file of a folder read, or remembered where it is unchanged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from analysis.importers import companions
from analysis.importers.layout import Rules
from analysis.importers.one_file import OpenedFile, open_path, read_file
from analysis.importers.profile import Profile, profiles_for
from analysis.importers.remembering.entries import (
    Remembered,
    file_key,
    forget_others,
    keep,
    recall,
    rules_key,
    sheets_key,
)
from analysis.importers.remembering.lasting import holds_until
from analysis.importers.report import FileRead
from analysis.importers.sheets.sheet import Refusal, Sheet
from analysis.importers.withholding import withheld
from analysis.state import file_digest

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class RawFile:
    """A raw file. name: its path below the folder. why_not: why it is not opened.

    opened: a table of a database, which was read as text already.
    """

    path: Path
    name: str
    why_not: str = ""
    opened: OpenedFile | None = None


@dataclass(frozen=True)
class AllRead:
    """Every file read. until: the first day on which one of them is read otherwise.

    n_remembered: files that were not opened, as nothing about them changed.
    """

    reads: tuple[FileRead, ...]
    until: date
    n_remembered: int


def read_all(
    files: Sequence[RawFile],
    rules: Rules,
    profiles: Sequence[Profile],
    memory: Path | None,
    progress: Progress | None,
) -> AllRead:
    """Read every file; `memory` is the folder of what was read before, if there is one.

    A file is read with the tables beside it that describe others, so those of all
    files come first.
    """
    of_rules = rules_key(rules) if memory is not None else ""
    of_rules = rules_key(rules) if memory is not None else ""
    looked = [_looked_at(file, rules, profiles, memory, of_rules) for file in files]
    describing = [one.describes for one in looked]
    found: list[Remembered] = []
    n_remembered = 0
    for number, one in enumerate(looked):
        if progress is not None:
            progress(one.file.name, number, len(files))
        beside = _beside(number, looked, describing)
        known = one.remembered
        if known is not None and known.beside == sheets_key(beside):
            n_remembered += 1
        else:
            known = _read(one, replace(rules, beside=beside), profiles)
            if memory is not None and one.key:
                keep(memory, one.key, known)
        one.opened = None  # what was opened takes more room than what was read
        found.append(known)
    if memory is not None:
        forget_others(memory, [one.key for one in looked])
    return AllRead(
        tuple(known.read for known in found),
        min((known.until for known in found), default=date.max),
        n_remembered,
    )


@dataclass
class _Looked:
    """A file after the first look: remembered, or opened."""

    file: RawFile
    key: str = ""
    remembered: Remembered | None = None
    opened: OpenedFile | None = None

    @property
    def describes(self) -> tuple[Sheet, ...]:
        """Tables in it that describe others."""
        if self.remembered is not None:
            return self.remembered.describes
        parts = self.opened.parts if self.opened is not None else ()
        return tuple(
            part
            for part in parts
            if isinstance(part, Sheet) and companions.describes(part)
        )


def _looked_at(
    file: RawFile,
    rules: Rules,
    profiles: Sequence[Profile],
    memory: Path | None,
    of_rules: str,
) -> _Looked:
    if file.why_not:
        opened = OpenedFile(file.name, refusal=Refusal(file.why_not))
        return _Looked(file, opened=opened)
    own = profiles_for(file.name, profiles)
    if memory is not None:
        digest = file.opened.digest if file.opened else _digest(file.path)
        key = file_key(digest, file.name, own, of_rules)
        known = recall(memory, key) if digest else None
        if known is not None and known.holds(rules.today):
            return _Looked(file, key, known)
    opened = file.opened or open_path(file.path, file.name, rules, own)
    # what was really read counts: the file may have changed since it was looked at
    key = file_key(opened.digest, file.name, own, of_rules) if opened.digest else ""
    return _Looked(file, key, None, opened)


def _digest(path: Path) -> str:
    try:
        return file_digest(path).hex()
    except OSError:
        return ""  # opening it says why


def _read(one: _Looked, rules: Rules, profiles: Sequence[Profile]) -> Remembered:
    own = profiles_for(one.file.name, profiles)
    describes = one.describes
    opened = one.opened or one.file.opened
    opened = opened or open_path(one.file.path, one.file.name, rules, own)
    read = read_file(opened, rules, own)
    return Remembered(
        withheld(read, rules.vocabulary),
        describes,
        sheets_key(rules.beside),
        rules.today,
        holds_until(read, rules),
    )


def _beside(
    number: int, looked: Sequence[_Looked], describing: Sequence[tuple[Sheet, ...]]
) -> tuple[Sheet, ...]:
    """Tables of the same folder that describe others."""
    folder = looked[number].file.name.rpartition("/")[0]
    return tuple(
        sheet
        for place, (other, sheets) in enumerate(zip(looked, describing, strict=True))
        if place != number and other.file.name.rpartition("/")[0] == folder
        for sheet in sheets
    )
