"""The manifest, its journal, the lock, the drafts and verifying."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from engine_cases import job, run, write_notebook

from analysis import lock as locks
from analysis.engine import Job, verify
from analysis.engine.files import DRAFTS, Drafts, digest_of, write_whole
from analysis.engine.jobs import check_jobs
from analysis.engine.manifest import Manifest, read_reports
from analysis.errors import AnalysisError
from analysis.lock import RunLock

# SHA-256 of the three letters abc: FIPS 180-2, appendix B.1
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def entry(state: str = "made", **more: Any) -> dict[str, Any]:
    return {
        "state": state,
        "pdf": "clients/A.pdf",
        "pdf_sha256": ABC,
        "executed": "notebooks/A.ipynb",
        "executed_sha256": ABC,
        **more,
    }


def folder_with_report(folder: Path) -> Manifest:
    """A folder of one report, as its manifest says."""
    for name in ("clients/A.pdf", "notebooks/A.ipynb"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"abc")
    book = Manifest(folder / "manifest.json")
    book.begin({"settings": {"paper": "A4"}})
    book.record("A", entry())
    return book


def test_a_digest_is_sha_256(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert digest_of(tmp_path / "a") == ABC
    assert digest_of(tmp_path / "b") is None


def test_a_settled_manifest_says_what_was_recorded(tmp_path: Path) -> None:
    book = folder_with_report(tmp_path)
    book.settle()
    whole = json.loads((tmp_path / "manifest.json").read_text())
    maker = whole["made_with"][whole["reports"]["A"]["made_with"]]
    assert maker["settings"] == {"paper": "A4"}
    assert maker["packages"]["papermill"]
    assert sorted(os.listdir(tmp_path)) == ["clients", "manifest.json", "notebooks"]


def test_what_was_recorded_survives_a_run_that_was_killed(tmp_path: Path) -> None:
    folder_with_report(tmp_path)  # never settled
    assert read_reports(tmp_path / "manifest.json")["A"]["pdf_sha256"] == ABC
    Manifest(tmp_path / "manifest.json").settle()
    whole = json.loads((tmp_path / "manifest.json").read_text())
    assert whole["reports"]["A"]["made_with"] in whole["made_with"]


@pytest.mark.parametrize("cut", [1, 10, 200])
def test_a_line_cut_off_by_a_kill_counts_for_nothing(tmp_path: Path, cut: int) -> None:
    book = folder_with_report(tmp_path)
    book.record("B", entry())
    journal = tmp_path / "manifest.jsonl"
    journal.write_bytes(journal.read_bytes()[:-cut])
    expected = ["A", "B"] if cut == 1 else ["A"]  # 1: only the line's end is missing
    assert sorted(read_reports(tmp_path / "manifest.json")) == expected


def test_a_report_made_by_another_version_keeps_its_maker(tmp_path: Path) -> None:
    folder_with_report(tmp_path).settle()
    book = Manifest(tmp_path / "manifest.json")
    book.begin({"settings": {"paper": "Letter"}})
    book.record("B", entry())
    book.settle()
    whole = json.loads((tmp_path / "manifest.json").read_text())
    papers = {
        name: whole["made_with"][report["made_with"]]["settings"]["paper"]
        for name, report in whole["reports"].items()
    }
    assert papers == {"A": "A4", "B": "Letter"}


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 99}', "\x00"])
def test_a_damaged_manifest_is_told_and_not_overwritten(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(text)
    with pytest.raises(AnalysisError, match="Delete it and run again"):
        Manifest(path)
    assert path.read_text() == text


def test_nothing_differs_after_a_run(tmp_path: Path) -> None:
    folder_with_report(tmp_path).settle()
    assert verify(tmp_path / "manifest.json") == []


def test_verifying_names_every_difference(tmp_path: Path) -> None:
    book = folder_with_report(tmp_path)
    book.record("F", entry("failed", reason="MemoryError in In [3]"))
    book.settle()
    (tmp_path / "clients/A.pdf").write_bytes(b"abd")
    (tmp_path / "notebooks/A.ipynb").unlink()
    (tmp_path / "clients/A.outdated.pdf").write_bytes(b"older")
    (tmp_path / "clients/stray.pdf").write_bytes(b"x")
    (tmp_path / "delivery").mkdir()
    (tmp_path / "delivery/A-copy.pdf").write_bytes(b"handed out, not a report")
    assert [str(found) for found in verify(tmp_path / "manifest.json")] == [
        "A: the PDF was changed",
        "A: the executed notebook is missing",
        "F: could not be made: MemoryError in In [3]; "
        "an older report is kept as A.outdated.pdf",
        "clients/stray.pdf: not in the manifest",
    ]


def test_a_second_run_is_told_who_holds_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "_PATIENCE_SECONDS", 0.2)
    code = (
        "import sys, pathlib; from analysis.lock import RunLock\n"
        "with RunLock(pathlib.Path(sys.argv[1])): print('held', flush=True); input()"
    )
    held = tmp_path / ".lock"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(held)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with (
            pytest.raises(AnalysisError, match=f"process {other.pid}"),
            RunLock(held),
        ):
            pass
        other.kill()
    with RunLock(held):  # a dead process holds nothing
        pass


def test_a_new_run_clears_what_a_killed_one_left(tmp_path: Path) -> None:
    code = (
        "import os, pathlib, sys; from analysis.engine.files import Drafts\n"
        "draft, temporary = Drafts(pathlib.Path(sys.argv[1])).new()\n"
        "(draft / 'report.pdf').write_bytes(b'half')\n"
        "(temporary / 'note.txt').write_bytes(b'client data')\n"
        "print(temporary, flush=True); os.kill(os.getpid(), 9)"
    )
    killed = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    temporary = Path(killed.stdout.strip())
    assert temporary.exists()
    Drafts(tmp_path).close()
    assert not (tmp_path / DRAFTS).exists()
    assert not temporary.exists()


def test_a_file_that_cannot_be_replaced_is_told(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").mkdir()
    with pytest.raises(AnalysisError, match="could not be written"):
        write_whole(tmp_path / "manifest.json", b"{}")


def refused(tmp_path: Path, *jobs: Job) -> str:
    """What is said of jobs that may not run; nothing was written then."""
    reports = tmp_path / "reports"
    with pytest.raises(AnalysisError) as problem:
        run(reports, list(jobs))
    assert not reports.exists()
    return str(problem.value)


def test_an_output_never_leads_out_of_the_folder(tmp_path: Path) -> None:
    notebook = write_notebook(tmp_path / "n.ipynb", "1")
    reports = tmp_path / "reports"
    for client in ("../../x", "/tmp/x", "../.."):
        message = refused(tmp_path, job(reports, client, notebook))
        assert "only be written inside" in message


def test_an_output_never_leads_out_by_a_link(tmp_path: Path) -> None:
    notebook = write_notebook(tmp_path / "n.ipynb", "1")
    reports = tmp_path / "reports"
    (tmp_path / "elsewhere").mkdir()
    (reports / "clients").mkdir(parents=True)
    (reports / "clients" / "A").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(AnalysisError, match="only be written inside"):
        run(reports, [job(reports, "A", notebook)])


def test_two_reports_never_share_an_output(tmp_path: Path) -> None:
    notebook = write_notebook(tmp_path / "n.ipynb", "1")
    reports = tmp_path / "reports"
    upper, lower = job(reports, "A", notebook), job(reports, "a", notebook)
    assert "Two reports would be written to" in refused(tmp_path, upper, lower)
    assert "Two reports have the id" in refused(tmp_path, upper, upper)
    detour = job(reports, "B/../A", notebook)
    assert "Two reports would be written to" in refused(tmp_path, upper, detour)


def test_a_reports_folder_may_be_given_with_dots(tmp_path: Path) -> None:
    check_jobs(
        [job(tmp_path / "x" / ".." / "reports", "A", tmp_path / "n.ipynb")],
        tmp_path / "y" / ".." / "reports",
    )


def test_nothing_runs_when_one_job_has_a_wrong_parameter(tmp_path: Path) -> None:
    notebook = write_notebook(tmp_path / "n.ipynb", "1")
    reports = tmp_path / "reports"
    good = job(reports, "A", notebook)
    bad = job(reports, "B", notebook, {"cleint": "B"})
    assert "cleint is not known" in refused(tmp_path, good, bad)


def test_the_same_inputs_have_the_same_key(tmp_path: Path) -> None:
    notebook = write_notebook(tmp_path / "n.ipynb", "1")

    def key(client: str, *inputs: str) -> str:
        paths = {"executed": tmp_path / "e", "pdf": tmp_path / "p"}
        given = Job("x", notebook, {"client_id": client}, inputs=inputs, **paths)
        return given.content_key()

    assert key("A", "data") == key("A", "data")
    assert len({key("A", "data"), key("B", "data"), key("A", "other"), key("A")}) == 4
