"""A run that is killed goes on where it was; two runs do not tread on each other."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import engine_cases
import pytest
from engine_cases import TESTS, many_small_jobs, run

from analysis import lock as locks
from analysis.engine import verify
from analysis.engine.files import DRAFTS
from analysis.engine.manifest import read_reports
from analysis.errors import AnalysisError

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="forking is safe on Linux only"
)
COUNT = 14


def start(folder: Path, engine: str = "fork") -> subprocess.Popen[bytes]:
    """A run in a process of its own."""
    script = str(engine_cases.__file__)
    return subprocess.Popen(
        [sys.executable, script, str(folder), str(COUNT), engine],
        env=os.environ | {"PYTHONPATH": str(TESTS)},
    )


def times(folder: Path) -> Mapping[Path, int]:
    """When each PDF was written."""
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*.pdf")}


def wait_for_reports(folder: Path, count: int) -> None:
    """Wait until so many PDFs stand there."""
    until = time.monotonic() + 30
    while len(list(folder.glob("clients/*/*.pdf"))) < count:
        assert time.monotonic() < until, "no reports are made"
        time.sleep(0.01)


def test_a_run_killed_at_any_moment_goes_on_where_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    jobs = many_small_jobs(folder, COUNT)
    dice = random.Random(20261123)
    kept: Mapping[Path, int] = {}
    for round_number in range(3):
        with start(folder) as killed:
            if round_number:  # the first is killed while it warms up
                wait_for_reports(folder, len(kept) + 2)
            time.sleep(dice.uniform(0.0, 0.3))
            killed.kill()
        now = times(folder)
        assert {path: now[path] for path in kept} == kept
        # a report that stands is whole, also if the manifest does not know it yet
        assert all(path.read_bytes().endswith(b"%%EOF\n") for path in now)
        known = read_reports(folder / "manifest.json").values()
        kept = {folder / entry["pdf"]: now[folder / entry["pdf"]] for entry in known}
    result = run(folder, jobs)
    assert len(result.unchanged) == len(kept)
    assert len(result.made) == COUNT - len(kept)
    assert {path: times(folder)[path] for path in kept} == kept
    assert verify(folder / "manifest.json") == []
    assert not (folder / DRAFTS).exists()
    assert not list(folder.rglob(".*.draft"))
    assert not (folder / "manifest.jsonl").exists()


def test_no_process_outlives_a_killed_run(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    many_small_jobs(folder, COUNT)
    with start(folder) as killed:
        wait_for_reports(folder, 1)
        killed.kill()
    until = time.monotonic() + 5
    while processes_naming(folder):
        assert time.monotonic() < until
        time.sleep(0.05)


def processes_naming(folder: Path) -> list[int]:
    """Processes that hold a file of the folder open, as all of a run do its lock."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            links = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in fds_of(pid)]
        except OSError:
            continue  # it has just ended
        if any(link.startswith(str(folder)) for link in links):
            found.append(int(pid))
    return found


def fds_of(pid: str) -> list[str]:
    """File descriptors of a process."""
    return os.listdir(f"/proc/{pid}/fd")


def test_a_killed_child_fails_alone(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    jobs = many_small_jobs(folder, COUNT)
    with start(folder) as going:
        wait_for_reports(folder, 2)
        (server,) = children_of(going.pid)
        while not (children := children_of(server)):
            assert going.poll() is None, "the run is over"
        os.kill(children[0], signal.SIGKILL)
    reports = json.loads((folder / "manifest.json").read_text())["reports"]
    states = [report["state"] for report in reports.values()]
    assert states.count("made") >= COUNT - 1
    for report in reports.values():
        assert report["state"] == "made" or "SIGKILL" in report["reason"]
    assert len(run(folder, jobs).made) == COUNT - states.count("made")
    assert verify(folder / "manifest.json") == []


def children_of(parent: int) -> list[int]:
    """Processes started by a process."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            text = Path("/proc", pid, "stat").read_text()
        except OSError:
            continue  # it has just ended
        if int(text.rpartition(")")[2].split()[1]) == parent:
            found.append(int(pid))
    return found


def test_a_second_run_is_refused_and_an_interrupted_one_ends_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "_PATIENCE_SECONDS", 0.1)
    folder = tmp_path / "reports"
    folder.mkdir()
    jobs = many_small_jobs(folder, COUNT)
    with start(folder) as first:
        wait_for_reports(folder, 3)
        with pytest.raises(AnalysisError, match=f"process {first.pid}"):
            run(folder, jobs)
        first.send_signal(signal.SIGINT)
    assert first.returncode == -signal.SIGINT
    assert not (folder / DRAFTS).exists()
    assert not (folder / "manifest.jsonl").exists()
    reports = json.loads((folder / "manifest.json").read_text())["reports"]
    assert 3 <= len(reports) < COUNT
    assert verify(folder / "manifest.json") == []
