"""The demo practice, imported and analysed once for all tests that look at reports."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import settings

from analysis import demo, pipeline
from analysis.pipeline.paths import Paths

# A busy machine is no defect: examples have no deadline. The same examples every time:
# a red run can be repeated.
settings.register_profile("cairn", deadline=None, derandomize=True)
settings.load_profile("cairn")

DEMO_DAY = date(2026, 10, 31)


def silent(line: str) -> None:
    """Nobody listens to the steps of a test."""


@pytest.fixture(scope="session")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """Folders of the demo practice with all tables as of 31 October 2026."""
    folder = tmp_path_factory.mktemp("practice")
    paths = Paths(
        raw=folder / "data" / "raw",
        processed=folder / "data" / "processed",
        reports=folder / "reports",
        settings=folder / "settings.toml",
    )
    demo.write_demo(paths.raw)
    pipeline.run_import(paths, date(2026, 11, 23), silent)
    pipeline.run_analyse(paths)
    return paths
