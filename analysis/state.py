"""What the tables in data/processed were made from, so that nothing is done twice."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from pathlib import Path

from analysis import landing
from analysis.errors import AnalysisError

# Last of all: its presence says that the tables beside it are whole.
STATE_FILE = "state.json"
_PACKAGE = Path(__file__).resolve().parent
_CODE_ENDINGS = (".py", ".toml", ".typ", ".ttf", ".otf", ".js", ".css", ".woff2")


@dataclass(frozen=True)
class State:
    """Keys of everything that went into a folder of tables."""

    raw_key: str
    rules_key: str  # settings, own measures, options of the import
    code_key: str
    is_demo: bool
    data_until: str  # ISO date of the latest data
    until: str  # ISO date the derived tables speak from; "" before analysis
    # ISO date on which unchanged exports are read otherwise, as dates ahead are past
    read_until: str = "9999-12-31"

    @property
    def latest(self) -> date:
        """Day of the latest data."""
        return date.fromisoformat(self.data_until)


def read_state(folder: Path) -> State | None:
    """The state of a folder, or None where no import was finished.

    Tables that a killed run had completed are moved into their place first.
    """
    landing.finish(folder, STATE_FILE)
    path = folder / STATE_FILE
    if not path.exists():
        return None
    try:
        return State(**json.loads(path.read_text(encoding="utf-8")))
    except (json.JSONDecodeError, TypeError, OSError):
        return None  # written by another version or damaged: the import is done anew


def finished_import(processed: Path) -> State:
    """The state of the tables; raises where no import was finished."""
    known = read_state(processed)
    if known is None:
        raise AnalysisError(
            f"{processed} holds no finished import. Run `python -m analysis import`."
        )
    return known


def tables_as_of(processed: Path, until: date) -> Path:
    """The folder that speaks from `until`: the main one, or one beside it."""
    if until >= finished_import(processed).latest:
        return processed
    return processed / "as_of" / until.isoformat()


def write_state(state: State, folder: Path) -> None:
    """Write the state, last of all: its presence says that the tables are whole."""
    temporary = folder / f".{STATE_FILE}"
    text = json.dumps(asdict(state), indent=1)
    try:
        temporary.write_text(text + "\n", encoding="utf-8")
        os.replace(temporary, folder / STATE_FILE)
    except OSError as problem:
        raise AnalysisError(
            f"{folder} could not be written ({problem.strerror}). Free some room or "
            "choose another folder with --processed."
        ) from problem


def folder_key(folder: Path) -> str:
    """SHA-256 over names and contents of everything visible below the folder.

    What cannot be read counts by its name, links by where they lead.
    """
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if hidden or (path.is_dir() and not path.is_symlink()):
            continue
        digest.update(os.fsencode(path.relative_to(folder)))
        if path.is_symlink():
            digest.update(os.fsencode(path.readlink()))
        if path.is_file():
            with contextlib.suppress(PermissionError):
                digest.update(file_digest(path))
    return digest.hexdigest()


def file_digest(path: Path) -> bytes:
    """SHA-256 of one file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


@cache
def code_key() -> str:
    """SHA-256 over the package's own files: another version makes everything anew."""
    digest = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*")):
        if path.suffix in _CODE_ENDINGS:
            digest.update(str(path.relative_to(_PACKAGE)).encode())
            digest.update(file_digest(path))
    return digest.hexdigest()


def text_key(*parts: str) -> str:
    """SHA-256 over some texts."""
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()
