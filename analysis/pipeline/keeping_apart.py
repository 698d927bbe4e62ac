"""Invented and real clients never share a folder of reports."""

from __future__ import annotations

import shutil
from pathlib import Path

from analysis.engine.manifest import Manifest
from analysis.errors import AnalysisError
from analysis.pipeline.summary import Tell

_FOLDERS = ("clients", "caseload", "quality", "notebooks", "delivery")
_FILES = ("index.html", "manifest.json", "manifest.jsonl")


def keep_apart(out: Path, *, is_demo: bool, tell: Tell) -> None:
    """Clear the demo's reports before real ones; refuse the demo among real ones.

    out: the folder of a month. What was invented can be made again at any time; what
    was made of clients' data is never removed here.
    """
    makers = Manifest(out / "manifest.json").makers
    kinds = {bool(maker.get("is_demo")) for maker in makers}
    if kinds <= {is_demo}:
        return
    if is_demo:
        raise AnalysisError(
            f"{out} holds reports of real clients, and there is no export to read: the "
            "demo practice is not put among them. Put the exports back, or choose "
            "another folder with --reports."
        )
    tell(
        f"Removing the demo practice's reports from {out}: real ones take their place."
    )
    for name in _FOLDERS:
        if (out / name).is_dir():
            shutil.rmtree(out / name)
    for name in _FILES:
        (out / name).unlink(missing_ok=True)
