"""Files written whole or not at all, their hashes, and the folder of a run's drafts."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from analysis.engine.temporary import private_folder, remove
from analysis.errors import AnalysisError

# Unfinished files of a run stand below this folder, beside the finished reports: on
# the same disk, so that a rename moves them into place at once.
DRAFTS = ".drafts"


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn a full disk or a folder without rights into a message to the user."""
    try:
        yield
    except OSError as problem:
        raise AnalysisError(
            f"{path} could not be written ({problem.strerror}). Free some room or "
            "choose another folder, and run again: what is done stays done."
        ) from problem


def write_synced(path: Path, content: bytes) -> None:
    """Write a file and wait until it stands on the disk."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file at once: readers see the old or the new one, never a part."""
    draft = path.with_name(f".{path.name}.draft")
    try:
        with told(path):
            write_synced(draft, content)
            os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def outdated(pdf: Path) -> Path:
    """Where the PDF of an earlier run goes when it could not be made anew."""
    return pdf.with_suffix(".outdated.pdf")


def digest_of(path: Path) -> str | None:
    """SHA-256 of a file, or None where there is none."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None


class Drafts:
    """The drafts of one run: a folder for each report, removed when it is settled.

    Temporary files of notebooks go to a private folder of the system's own; what a
    killed run left of either is removed by the next one.
    """

    def __init__(self, reports: Path) -> None:
        self.folder = reports / DRAFTS
        self._sweep()
        self.temporary = private_folder()
        with told(self.folder):
            self.folder.mkdir(mode=0o700, parents=True)
        self._count = 0

    def new(self) -> tuple[Path, Path]:
        """A fresh folder for one report, and one for its temporary files.

        Their names are numbers: nothing that lists them learns of a client.
        """
        self._count += 1
        draft = self.folder / str(self._count)
        temporary = self.temporary / str(self._count)
        with told(draft):
            draft.mkdir(mode=0o700)
            temporary.mkdir(mode=0o700)
        return draft, temporary

    def clear(self, draft: Path) -> None:
        """Remove what one report left behind."""
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(self.temporary / draft.name, ignore_errors=True)

    def close(self) -> None:
        """Remove everything unfinished."""
        self._sweep()
        remove(self.temporary)

    def _sweep(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
