"""The notebooks for analysts run from top to bottom on the demo practice."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import nbformat
import pytest

from analysis import engine, pipeline, reports, state
from analysis.pipeline.paths import Paths

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["start", "explore", "data_quality"])
def test_a_notebook_for_analysts_runs_on_the_demo_practice(
    practice: Paths, tmp_path: Path, name: str
):
    processed = str(practice.processed)
    job = engine.Job(
        id=name,
        notebook=NOTEBOOKS / f"{name}.ipynb",
        parameters={"processed": processed, "settings": str(practice.settings)},
        executed=tmp_path / f"{name}.ipynb",
        pdf=tmp_path / f"{name}.pdf",
        key=state.text_key(name),
    )
    result = engine.run_jobs([job], manifest=tmp_path / "manifest.json")
    assert not result.failed
    cells = nbformat.read(job.executed, 4).cells
    assert any(cell.get("outputs") for cell in cells)
    assert job.pdf.read_bytes().startswith(b"%PDF")


def test_the_report_on_the_data_is_made_with_the_others(practice: Paths):
    report = reports.read_quality(
        processed=str(practice.processed), settings=str(practice.settings)
    )
    files = sorted(path.name for path in practice.raw.glob("*.csv"))
    assert sorted(file.file for file in report.quality.files) == files
    lines = pipeline.run_check(practice, date(2026, 11, 23)).lines
    assert any("To look into: PHQ-9, item 9 asks about risk" in line for line in lines)
