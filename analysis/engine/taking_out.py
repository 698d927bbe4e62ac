"""Reports taken out of a folder for good, with their places in the manifest."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from analysis.engine.files import DRAFTS, told
from analysis.engine.manifest import Manifest
from analysis.lock import LOCK, RunLock


def take_out(folder: Path, homes: Iterable[str]) -> int:
    """Remove all that stands below some homes of a folder of reports.

    homes: paths below the folder, such as "clients/A-1042". Waits for a run that is at
    work. Returns how many files were removed.
    """
    wanted = tuple(homes)
    with RunLock(folder / LOCK):
        manifest = Manifest(folder / "manifest.json")
        kept = {
            name: entry
            for name, entry in manifest.reports.items()
            if not any(Path(entry["pdf"]).is_relative_to(home) for home in wanted)
        }
        if len(kept) < len(manifest.reports):
            manifest.reports = kept
            manifest.settle()
        shutil.rmtree(folder / DRAFTS, ignore_errors=True)
        return sum(_remove(folder / home) for home in wanted)


def _remove(path: Path) -> int:
    with told(path):
        if path.is_dir() and not path.is_symlink():
            count = sum(1 for inner in path.rglob("*") if not inner.is_dir())
            shutil.rmtree(path)
            return count
        if path.exists() or path.is_symlink():
            path.unlink()
            return 1
    return 0
