"""From the command line to caseload.html: written, linked, recorded, made once."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from analysis.__main__ import main
from analysis.pipeline.paths import Paths

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def month(practice: Paths, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of October 2026 after two runs, inside and outside the practice."""
    folder = tmp_path_factory.mktemp("caseload")
    shutil.copytree(practice.raw.parents[1], folder, dirs_exist_ok=True)
    for more in ((), ("--share",)):
        assert main(["caseload", "--month", "2026-10", *more, *own(folder)]) == 0
    return folder / "reports" / "2026-10"


def own(folder: Path) -> list[str]:
    return [
        *("--raw", str(folder / "data" / "raw")),
        *("--processed", str(folder / "data" / "processed")),
        *("--reports", str(folder / "reports")),
        *("--settings", str(folder / "settings.toml")),
    ]


def test_the_page_stands_beside_the_pdf_and_is_linked(month: Path) -> None:
    text = (month / "caseload" / "caseload.html").read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert 'id="watch-list"' in text
    link = '<a href="caseload/caseload.html">'
    assert link in (month / "index.html").read_text(encoding="utf-8")


def test_what_leaves_the_practice_is_a_file_of_its_own_without_the_list(
    month: Path,
) -> None:
    text = (month / "caseload" / "caseload-share.html").read_text(encoding="utf-8")
    assert "<script" not in text
    assert 'id="watch-list"' not in text


def test_both_pages_are_in_the_manifest(month: Path) -> None:
    manifest = json.loads((month / "manifest.json").read_text(encoding="utf-8"))
    pages = {entry.get("html") for entry in manifest["reports"].values()}
    assert pages == {"caseload/caseload.html", "caseload/caseload-share.html"}


def test_an_unchanged_page_is_not_written_again(month: Path) -> None:
    page = month / "caseload" / "caseload.html"
    before = page.stat().st_mtime_ns
    folder = month.parents[1]
    assert main(["caseload", "--month", "2026-10", *own(folder)]) == 0
    assert page.stat().st_mtime_ns == before
