"""The analyst's report on the data as a job of the engine."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from analysis import engine
from analysis import state as states
from analysis.pipeline.keys import rules_key, tables_key
from analysis.pipeline.paths import Paths, notebook_path
from analysis.settings import Settings

NOTEBOOK = "data_quality.ipynb"
FOLDER = "quality"


def quality_job(
    paths: Paths, settings: Settings, tables: Path, first: date, out: Path
) -> engine.Job:
    """The job of quality/data_quality.pdf, with the key of all that goes into it."""
    notebook = notebook_path(NOTEBOOK, "", settings)
    imports = states.file_digest(paths.processed / "imports.csv").hex()
    month = f"{first:%Y-%m}"
    key = states.text_key(
        rules_key(paths, settings, notebook), tables_key(tables), imports, month
    )
    return engine.Job(
        id=f"{FOLDER}/data_quality",
        notebook=notebook.resolve(),
        parameters={
            "month": month,
            "processed": str(paths.processed.resolve()),
            "settings": str(paths.settings.resolve()),
            "receipt": key[:8],
        },
        executed=out / "notebooks" / FOLDER / "data_quality.ipynb",
        pdf=out / FOLDER / "data_quality.pdf",
        key=key,
    )
