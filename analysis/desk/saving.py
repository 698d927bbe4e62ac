"""Copies to take away: one file for whatever was asked, by way of `deliver`."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from pathlib import Path

from analysis import pipeline
from analysis.pipeline.paths import Paths
from analysis.pipeline.summary import Summary


def save_copies(
    paths: Paths,
    *,
    month: str,
    clients: tuple[str, ...],
    merged: bool,
    password: str,
    target: Path,
) -> Summary:
    """Write `target` with the right ending: one PDF as it is, several as a zip.

    merged: one file per clinician. The copies themselves are removed again.
    """
    folder = Path(tempfile.mkdtemp(dir=target.parent))
    try:
        chosen = pipeline.Delivery(month, merged, password, clients, folder)
        summary = pipeline.run_deliver(paths, chosen)
        made = sorted(folder.glob("*.pdf"))
        if len(made) == 1:
            shutil.move(made[0], target.with_suffix(".pdf"))
        else:
            _zip(made, target.with_suffix(".zip"))
    finally:
        shutil.rmtree(folder)
    return summary


def _zip(files: list[Path], target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as packed:  # PDFs are packed
        for path in files:
            packed.write(path, path.name)
