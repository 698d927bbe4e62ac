"""A second form of a report: written whole, kept in the manifest, made when due."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analysis.engine import put_beside, verify
from analysis.engine.files import digest_of
from analysis.engine.manifest import Manifest
from analysis.errors import AnalysisError

JOB = "caseload/caseload"


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """A folder with one report that was made."""
    (tmp_path / "caseload").mkdir()
    path = tmp_path / "manifest.json"
    record(path)
    return path


def record(path: Path, state: str = "made") -> None:
    forms = {"pdf": "caseload/caseload.pdf", "executed": "caseload/caseload.ipynb"}
    hashes = {}
    for form, name in forms.items():
        (path.parent / name).write_bytes(form.encode())
        hashes[f"{form}_sha256"] = digest_of(path.parent / name)
    book = Manifest(path)
    book.begin({})
    book.record(JOB, {"state": state, "reason": "", **forms, **hashes})
    book.settle()


class Maker:
    """Makes a page and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> bytes:
        self.times += 1
        return f"page {self.times}".encode()


def put(manifest: Path, make: Maker) -> str:
    page = manifest.parent / "caseload" / "caseload.html"
    return put_beside(manifest, JOB, "html", page, make)


def test_the_page_is_written_recorded_and_not_made_again(manifest: Path) -> None:
    make = Maker()
    assert (put(manifest, make), put(manifest, make)) == ("made", "unchanged")
    assert make.times == 1
    entry = json.loads(manifest.read_text(encoding="utf-8"))["reports"][JOB]
    assert entry["html"] == "caseload/caseload.html"
    assert entry["html_sha256"] == digest_of(manifest.parent / entry["html"])
    assert verify(manifest) == []


def test_the_page_is_made_again_with_its_report(manifest: Path) -> None:
    make = Maker()
    put(manifest, make)
    record(manifest)
    assert put(manifest, make) == "made"
    assert make.times == 2


@pytest.mark.parametrize("content", [b"changed", None])
def test_a_changed_or_missing_page_is_told_and_mended(
    manifest: Path, content: bytes | None
) -> None:
    make = Maker()
    put(manifest, make)
    page = manifest.parent / "caseload" / "caseload.html"
    page.unlink()
    if content is not None:
        page.write_bytes(content)
    assert len(verify(manifest)) == 1
    assert put(manifest, make) == "made"
    assert verify(manifest) == []


def test_a_report_that_failed_has_no_page(manifest: Path) -> None:
    record(manifest, state="failed")
    make = Maker()
    assert put(manifest, make) == "failed"
    assert make.times == 0


def test_a_page_that_cannot_be_made_leaves_the_older_one(manifest: Path) -> None:
    put(manifest, Maker())
    record(manifest)

    def refuse() -> bytes:
        raise AnalysisError("no tables")

    page = manifest.parent / "caseload" / "caseload.html"
    with pytest.raises(AnalysisError):
        put_beside(manifest, JOB, "html", page, refuse)
    assert page.read_bytes() == b"page 1"
