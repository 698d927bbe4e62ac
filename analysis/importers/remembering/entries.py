"""The private folder of what was read: one file for each raw file, whole or not at all.

An entry is found by everything its reading rests on. Whatever is damaged, cut off or
of another version counts as not there: the raw file is read again.
"""

from __future__ import annotations

import contextlib
import os
import platform
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

from analysis.importers.layout import Rules
from analysis.importers.profile import Profile
from analysis.importers.remembering.packing import (
    Unreadable,
    packed,
    text_of,
    unpacked,
)
from analysis.importers.report import FileRead
from analysis.importers.sheets.sheet import Sheet
from analysis.state import code_key, text_key

FOLDER = ".readings"
_ENDING = ".reading"
# Whose version can change what is read.
_PACKAGES = ("numpy", "openpyxl", "pandas", "pyarrow")


@dataclass(frozen=True)
class Remembered:
    """What was read of one raw file, and under which conditions that holds.

    describes: tables of the file that describe others. beside: key of the tables beside
    it that it was read with. since, until: days on which reading it gives the same.
    """

    read: FileRead
    describes: tuple[Sheet, ...]
    beside: str
    since: date
    until: date

    def holds(self, today: date) -> bool:
        """Whether reading the file today would give the same."""
        return self.since <= today < self.until


def rules_key(rules: Rules) -> str:
    """Key of what all readings rest on besides the files: measures, zone, code."""
    versions = [f"{name} {version(name)}" for name in _PACKAGES]
    own = tuple(measure for measure in rules.measures.values() if measure.is_own)
    return text_key(
        text_of(own),  # those that come along are part of the code
        rules.timezone,
        str(rules.day_first),
        code_key(),
        platform.python_version(),
        *versions,
    )


def file_key(digest: str, name: str, profiles: Sequence[Profile], of_rules: str) -> str:
    """Key of one raw file: its content, its name, the profiles that may fit it."""
    return text_key(digest, name, text_of(tuple(profiles)), of_rules)


def sheets_key(sheets: Sequence[Sheet]) -> str:
    """Key of the tables that describe others in a folder."""
    return text_key(*(f"{sheet.file} {sheet.digest}" for sheet in sheets))


def recall(folder: Path, key: str) -> Remembered | None:
    """What was read of a file, or None where nothing usable stands there."""
    try:
        data = (folder / f"{key}{_ENDING}").read_bytes()
        return unpacked(data, Remembered)
    except (OSError, Unreadable):
        return None


def keep(folder: Path, key: str, remembered: Remembered) -> None:
    """Write an entry. A full disk is no reason to stop: the file is read again then."""
    data = packed(remembered)
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(prefix=".part-", dir=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.replace(draft, folder / f"{key}{_ENDING}")
        finally:
            Path(draft).unlink(missing_ok=True)


def forget_others(folder: Path, keys: Iterable[str]) -> None:
    """Remove what no raw file needs any more: it holds client data."""
    kept = {f"{key}{_ENDING}" for key in keys}
    if folder.is_dir():
        for path in folder.iterdir():
            if path.name not in kept:
                path.unlink(missing_ok=True)
