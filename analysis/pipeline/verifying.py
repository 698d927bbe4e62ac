"""Check every hash of a month's manifest again."""

from __future__ import annotations

from pathlib import Path

from analysis import engine
from analysis.errors import AnalysisError
from analysis.pipeline.paths import Paths
from analysis.pipeline.summary import Summary


def run_verify(paths: Paths, folder: Path | None = None) -> Summary:
    """Compare reports/<month>, by default the latest, with its manifest."""
    chosen = folder or _latest(paths.reports)
    manifest = chosen / "manifest.json"
    if not manifest.exists():
        raise AnalysisError(f"{manifest} is not there: nothing to verify in {chosen}.")
    differences = engine.verify(manifest)
    summary = Summary(set_aside=[str(difference) for difference in differences])
    if not differences:
        summary.lines.append(f"{chosen}: every report is as its manifest says.")
    return summary


def _latest(reports: Path) -> Path:
    months = sorted(path.parent for path in reports.glob("*/manifest.json"))
    if not months:
        raise AnalysisError(f"{reports} holds no reports. Run `make reports` first.")
    return months[-1]
