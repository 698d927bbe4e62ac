"""Exports dropped on the page: taken in parts, checked, put among the raw exports."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.engine.temporary import private_folder
from analysis.errors import AnalysisError

# As large as the importers unpack; and so many parts of one drop.
LARGEST_BYTES = 512 * 1024**2
_MOST_FILES = 500
_LONGEST_NAME = 120
# Never an export; opened by mistake it could do harm on Windows.
_PROGRAMS = re.compile(
    r"\.(app|bat|cmd|com|dll|exe|hta|jar|js|lnk|msi|ps1|py|scr|sh|toml|url|vbs)",
    re.IGNORECASE,
)
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def safe_file_name(name: str) -> str:
    """The last part of a name, without anything a file system could take amiss.

    Raises AnalysisError for a name that says it is a program or a hidden file.
    """
    last = re.split(r"[/\\]", name)[-1]
    kept = re.sub(r"[^\w .()+=@,-]", "_", last).strip(" .")
    stem, ending = os.path.splitext(kept)
    kept = stem[: _LONGEST_NAME - len(ending)] + ending
    if not kept or last.startswith(".") or _DEVICES.fullmatch(kept):
        raise AnalysisError("This name is not one an export has. Give it another name.")
    if _PROGRAMS.fullmatch(ending):
        raise AnalysisError(
            f"A file that ends in {ending} is no export. Save the export as CSV, Excel "
            "or JSON and add that."
        )
    return kept


@dataclass
class Arriving:
    """One file on its way."""

    name: str
    size: int
    path: Path
    got: int = 0


@dataclass
class Inbox:
    """Files on their way, in a private folder until they are whole.

    Nothing is opened here: what a file is, the import finds out.
    """

    raw: Path
    folder: Path
    _arriving: dict[int, Arriving] = field(default_factory=dict)
    _count: int = 0

    def begin(self, name: str, size: int) -> int:
        """Announce a file; returns its number. AnalysisError if it is refused."""
        kept = safe_file_name(name)
        if not 0 <= size <= LARGEST_BYTES:
            raise AnalysisError(
                f"The file is larger than {LARGEST_BYTES // 1024**2} MB. Export a "
                "shorter period, or several files."
            )
        if len(self._arriving) >= _MOST_FILES:
            raise AnalysisError(f"More than {_MOST_FILES} files at once. Add fewer.")
        if size > shutil.disk_usage(self.folder).free // 2:
            raise AnalysisError("The disk has too little room for it. Free some.")
        self._count += 1
        path = self.folder / f"{self._count}.part"
        path.touch(mode=0o600)
        self._arriving[self._count] = Arriving(kept, size, path)
        return self._count

    def part(self, number: int, content: bytes) -> None:
        """Take in the next bytes of a file."""
        one = self._one(number)
        if one.got + len(content) > one.size:
            self.drop(number)
            raise AnalysisError("The file grew while it was read. Add it again.")
        with one.path.open("ab") as file:
            file.write(content)
        one.got += len(content)

    def end(self, number: int) -> Mapping[str, Any]:
        """Put a whole file among the raw exports: how is stored, same or clash."""
        one = self._one(number)
        if one.got != one.size:
            self.drop(number)
            raise AnalysisError("The file did not arrive whole. Add it again.")
        target = self.raw / one.name
        if not target.exists() and not target.is_symlink():
            return self._store(number, target)
        if target.is_file() and _digest(target) == _digest(one.path):
            self.drop(number)
            return {"how": "same", "name": one.name}
        return {"how": "clash", "name": one.name, "number": number}

    def settle(self, number: int, *, replaces: bool) -> Mapping[str, Any]:
        """What becomes of a file whose name is taken: instead of it, or beside it."""
        one = self._one(number)
        target = self.raw / one.name
        return self._store(number, target if replaces else _free_name(target))

    def drop(self, number: int) -> None:
        """Forget a file."""
        one = self._arriving.pop(number, None)
        if one is not None:
            one.path.unlink(missing_ok=True)

    def _one(self, number: int) -> Arriving:
        if number not in self._arriving:
            raise AnalysisError("This file is not known any more. Add it again.")
        return self._arriving[number]

    def _store(self, number: int, target: Path) -> Mapping[str, Any]:
        one = self._arriving.pop(number)
        draft = target.with_name(f".{target.name}.part")  # hidden: not an export yet
        try:
            self.raw.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(one.path, draft)
            os.replace(draft, target)
        except OSError as problem:
            raise AnalysisError(
                f"{target.name} could not be kept ({problem.strerror}). Free some room "
                "and add it again."
            ) from problem
        finally:
            one.path.unlink(missing_ok=True)
            draft.unlink(missing_ok=True)
        return {"how": "stored", "name": target.name}


def take_out(raw: Path, name: str) -> None:
    """Remove the practice's copy of one export, named as in imports.csv.

    The file the user added it from stays where it is.
    """
    inside = raw.resolve()
    target = (raw / name).parent.resolve() / Path(name).name
    if not target.is_relative_to(inside) or not (
        target.is_file() or target.is_symlink()
    ):
        raise AnalysisError("This file is not among the exports any more.")
    target.unlink()


def new_inbox(raw: Path) -> Inbox:
    """An inbox with a private folder of its own."""
    return Inbox(raw, private_folder())


def _free_name(target: Path) -> Path:
    number = 2
    while (other := target.with_stem(f"{target.stem} ({number})")).exists():
        number += 1
    return other


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
