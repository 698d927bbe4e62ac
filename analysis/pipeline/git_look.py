"""What git would hand on: tracked files that hold clients' data."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from analysis.privacy import Search
from analysis.privacy.suspects import KEPT_OUT
from analysis.privacy.words import ID

_NOTHING = 1  # of git grep: no line matches


def tracked() -> list[str] | None:
    """Paths in git's index below this folder; None where there is no repository."""
    if shutil.which("git") is None:
        return None
    listed = _git("ls-files", "-z")
    if listed.returncode:
        return None
    return [
        name for name in listed.stdout.decode("utf-8", "replace").split("\0") if name
    ]


def problems_of(names: Sequence[str], search: Search) -> list[str]:
    """Tracked data, notebooks with outputs, files with words of clients.

    Searched is what stands in the index, which may differ from the file on disk.
    """
    kept_out = [
        name
        for name in names
        if name.startswith(KEPT_OUT) and not name.endswith(".gitkeep")
    ]
    problems = [
        f"{name} is in git's index and holds clients' data. `git rm --cached` takes it "
        "out; what was committed before stays in the history."
        for name in kept_out
    ]
    problems += [
        f"{name} is in git's index with outputs. Run nbstripout on it."
        for name in names
        if name.endswith(".ipynb") and _has_outputs(Path(name))
    ]
    problems += [
        f"{name} is in git's index and holds words of a client."
        for name in _held(search)
    ]
    return problems


def _has_outputs(path: Path) -> bool:
    try:
        cells = json.loads(path.read_text(encoding="utf-8")).get("cells", [])
    except (OSError, ValueError, AttributeError):
        return False
    return any(cell.get("outputs") for cell in cells)


def _held(search: Search) -> list[str]:
    found: set[str] = set()
    for whole_words in (True, False):
        words = [w.text for w in search.words if (w.kind == ID) == whole_words]
        lines = {line for word in words for line in word.splitlines() if len(line) > 2}
        if lines:
            options = ["-w"] if whole_words else []
            patterns = "\n".join(sorted(lines)).encode()
            command = ("grep", "--cached", "-z", "-I", "-l", "-F", "-i", *options)
            hits = _git(*command, "-f", "-", given=patterns)
            if hits.returncode <= _NOTHING:
                names = hits.stdout.decode("utf-8", "replace").split("\0")
                found.update(name for name in names if name)
    return sorted(found)


def _git(*command: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["git", *command], input=given, capture_output=True, check=False
    )
