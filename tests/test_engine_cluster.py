"""Reports made by workers elsewhere: all of them, once, whoever dies on the way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import engine_cases
import pytest
from engine_cases import SMALL, TESTS, job, many_small_jobs, run, write_notebook

from analysis.engine import verify
from analysis.engine.manifest import read_reports
from analysis.engine.shelf import Shelf
from analysis.errors import AnalysisError

pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="workers fork"),
]
ROOT = TESTS.parent


@dataclass
class Cluster:
    """A scheduler and two workers: processes and folders of their own."""

    address: str
    workers: list[subprocess.Popen[bytes]]


def _start(what: str, home: Path, *options: str) -> subprocess.Popen[bytes]:
    temporary = home / "tmp"
    temporary.mkdir(parents=True)
    places = {"PYTHONPATH": f"{TESTS}:{ROOT}", "TMPDIR": str(temporary)}
    return subprocess.Popen(
        [
            *(sys.executable, "-m", f"distributed.cli.dask_{what}", "--no-dashboard"),
            *options,
        ],
        cwd=home,
        env=os.environ | places,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    home = tmp_path_factory.mktemp("cluster")
    known = home / "scheduler.json"
    place = ["--scheduler-file", str(known)]
    own = ["--host", "127.0.0.1", "--port", "0"]
    started = [_start("scheduler", home / "scheduler", *place, *own)]
    until = time.monotonic() + 30
    while not known.exists():
        assert time.monotonic() < until, "no scheduler"
        time.sleep(0.1)
    workers = [
        _start("worker", home / name, *place, "--nthreads", "1", "--name", name)
        for name in ("one", "two")
    ]
    yield Cluster(json.loads(known.read_text())["address"], workers)
    for process in [*workers, *started]:
        os.killpg(process.pid, signal.SIGTERM)
    for process in [*workers, *started]:
        process.wait()


def test_what_workers_make_equals_what_this_machine_makes(
    cluster: Cluster, tmp_path: Path
) -> None:
    small = write_notebook(tmp_path / "small.ipynb", *SMALL)
    ends = write_notebook(tmp_path / "ends.ipynb", "import os; os._exit(0)")
    pdfs = []
    for engine in ("fork", cluster.address):
        folder = tmp_path / engine.partition(":")[0]
        jobs = [
            job(folder, "A", small),
            job(folder, "B", ends),
            job(folder, "C", small),
        ]
        result = run(folder, jobs, engine=engine)
        assert sorted(result.made) == ["A/progress", "C/progress"]
        assert [name for name, _ in result.failed] == ["B/progress"]
        assert "its process ended by itself" in result.failed[0][1]
        pdfs.append([jobs[n].pdf.read_bytes() for n in (0, 2)])
        assert jobs[1].executed.exists()  # kept for the analyst
    assert pdfs[0] == pdfs[1]
    left = list((tmp_path / "tcp" / ".store").rglob("report.pdf"))
    assert left == []  # no copy of client data stays on the way
    assert run(folder, jobs[:1], engine=cluster.address).unchanged == ("A/progress",)


def test_a_worker_that_dies_loses_no_report(cluster: Cluster, tmp_path: Path) -> None:
    """One report kills its worker at the first try, and only then."""
    folder = tmp_path / "reports"
    once = tmp_path / "once"
    kill = (
        "import os, signal, pathlib",
        "stat = pathlib.Path(f'/proc/{os.getppid()}/stat').read_text()\n"
        "worker = int(stat.rpartition(')')[2].split()[1])\n"
        f"if not os.path.exists({str(once)!r}):\n"
        f"    open({str(once)!r}, 'w').close()\n"
        "    os.kill(worker, signal.SIGKILL)\n"
        "    import time; time.sleep(30)",
    )
    killer = write_notebook(tmp_path / "killer.ipynb", *kill)
    small = write_notebook(tmp_path / "small.ipynb", *SMALL)
    names = [f"C-{number}" for number in range(6)]
    jobs = [job(folder, "K", killer), *(job(folder, name, small) for name in names)]
    result = run(folder, jobs, engine=cluster.address)
    assert once.exists()
    assert (len(result.made), result.failed) == (7, ())
    assert verify(folder / "manifest.json") == []


def test_a_report_that_kills_every_worker_fails_alone(
    cluster: Cluster, tmp_path: Path
) -> None:
    folder = tmp_path / "reports"
    poison = write_notebook(
        tmp_path / "poison.ipynb",
        "import os, signal, pathlib, time",
        "stat = pathlib.Path(f'/proc/{os.getppid()}/stat').read_text()\n"
        "os.kill(int(stat.rpartition(')')[2].split()[1]), signal.SIGKILL)\n"
        "time.sleep(30)",
    )
    small = write_notebook(tmp_path / "small.ipynb", *SMALL)
    jobs = [job(folder, "P", poison), job(folder, "A", small), job(folder, "B", small)]
    result = run(folder, jobs, engine=cluster.address, workers=1)
    assert sorted(result.made) == ["A/progress", "B/progress"]
    assert result.failed == (
        ("P/progress", "the workers that made it died, one after the other"),
    )


def test_a_run_that_is_killed_goes_on_where_it_was(
    cluster: Cluster, tmp_path: Path
) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    jobs = many_small_jobs(folder, 12)
    script = [sys.executable, str(engine_cases.__file__), str(folder), "12"]
    run_away = subprocess.Popen(
        [*script, cluster.address], env=os.environ | {"PYTHONPATH": f"{TESTS}:{ROOT}"}
    )
    until = time.monotonic() + 40
    while len(list(folder.glob("clients/*/*.pdf"))) < 3:
        assert time.monotonic() < until
        time.sleep(0.01)
    run_away.kill()
    run_away.wait()
    stood = len(read_reports(folder / "manifest.json"))
    result = run(folder, jobs, engine=cluster.address)
    assert len(result.unchanged) >= min(stood, 3)
    assert len(result.made) + len(result.unchanged) == 12
    assert verify(folder / "manifest.json") == []


def test_storage_that_is_gone_for_a_while_is_waited_for(
    cluster: Cluster, tmp_path: Path
) -> None:
    folder, store = tmp_path / "reports", tmp_path / "store"
    store.mkdir()

    def lose() -> None:
        time.sleep(0.3)
        store.rename(tmp_path / "away")
        store.write_text("no folder")  # nothing can be written below it
        time.sleep(3)
        store.unlink()
        (tmp_path / "away").rename(store)

    folder.mkdir()
    jobs = many_small_jobs(folder, 8)
    thief = threading.Thread(target=lose)
    thief.start()
    result = run(folder, jobs, engine=cluster.address, store=str(store))
    thief.join()
    assert (len(result.made), result.failed) == (8, ())


def test_storage_in_memory_is_storage_too() -> None:
    shelf = Shelf("memory://cairn-test", pauses=())
    assert shelf.receipt("k") is None
    shelf.lay("k", {"report.pdf": b"%PDF"}, {"reason": ""})
    assert shelf.receipt("k") == {"reason": ""}
    assert shelf.take("k", "report.pdf") == b"%PDF"
    shelf.clear("k")
    assert shelf.receipt("k") is None


def test_a_scheduler_that_is_not_there_is_told_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.engine.cluster._CONNECT_SECONDS", 0.5)
    notebook = write_notebook(tmp_path / "small.ipynb", *SMALL)
    folder = tmp_path / "reports"
    with pytest.raises(AnalysisError, match="No scheduler answers"):
        run(folder, [job(folder, "A", notebook)], engine="tcp://127.0.0.1:9")
