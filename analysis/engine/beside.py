"""A second form of a report, made from the same inputs and kept beside its PDF."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from analysis.engine.files import digest_of, write_whole
from analysis.engine.manifest import Manifest
from analysis.engine.running import LOCK
from analysis.lock import RunLock


def put_beside(
    manifest: Path, job: str, form: str, path: Path, make: Callable[[], bytes]
) -> str:
    """Write another form of a report unless it stands already; say which it was.

    manifest: of the folder that holds `path`. job: id of a report in it. form: the word
    the manifest keeps it under ("html"), as `form` and `form_sha256`. make: called only
    when the report was made anew since, or the file is missing or changed.
    Returns made, unchanged, or failed where the report itself was not made.
    """
    with RunLock(manifest.parent / LOCK):
        book = Manifest(manifest)
        entry = book.reports.get(job, {})
        if entry.get("state") not in ("made", "unchanged"):
            return "failed"
        known = entry.get(f"{form}_sha256")
        if known is not None and known == digest_of(path):
            return "unchanged"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, make())
        entry[form] = path.resolve().relative_to(book.folder.resolve()).as_posix()
        entry[f"{form}_sha256"] = digest_of(path)
        book.settle()
    return "made"
