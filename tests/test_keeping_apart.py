"""Invented and real clients never share a folder of reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.engine.manifest import Manifest
from analysis.errors import AnalysisError
from analysis.pipeline.keeping_apart import keep_apart


@pytest.fixture
def told() -> list[str]:
    return []


def month(folder: Path, *, is_demo: bool) -> Path:
    """A month with one report, made of the demo or of real clients."""
    pdf = folder / "clients" / "A-1" / "progress.pdf"
    pdf.parent.mkdir(parents=True)
    pdf.write_bytes(b"page")
    book = Manifest(folder / "manifest.json")
    book.begin({"is_demo": is_demo})
    book.record("A-1/progress", {"state": "made", "pdf": "clients/A-1/progress.pdf"})
    book.settle()
    return pdf


def test_the_demos_reports_make_room_for_real_ones(
    tmp_path: Path, told: list[str]
) -> None:
    pdf = month(tmp_path, is_demo=True)
    keep_apart(tmp_path, is_demo=False, tell=told.append)
    assert not pdf.exists()
    assert not (tmp_path / "manifest.json").exists()
    assert len(told) == 1


def test_the_demo_is_never_put_among_real_reports(
    tmp_path: Path, told: list[str]
) -> None:
    pdf = month(tmp_path, is_demo=False)
    with pytest.raises(AnalysisError, match="holds reports of real clients"):
        keep_apart(tmp_path, is_demo=True, tell=told.append)
    assert pdf.exists()


@pytest.mark.parametrize("is_demo", [True, False])
def test_reports_of_the_same_kind_stay(
    tmp_path: Path, told: list[str], is_demo: bool
) -> None:
    pdf = month(tmp_path, is_demo=is_demo)
    keep_apart(tmp_path, is_demo=is_demo, tell=told.append)
    assert pdf.exists()
    assert told == []


def test_a_new_month_is_left_as_it_is(tmp_path: Path, told: list[str]) -> None:
    keep_apart(tmp_path, is_demo=True, tell=told.append)
    assert told == []
