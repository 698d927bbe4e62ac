"""The fork engine: reports apart from each other, failures that stay alone."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from engine_cases import (
    EXPORT,
    TESTS,
    executed,
    job,
    many_small_jobs,
    printed,
    run,
    write_notebook,
)

from analysis.engine import JsonLines, RunResult, WarmingUp, verify
from analysis.engine.local import EngineLost
from analysis.errors import AnalysisError

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="forking is safe on Linux only"
)

NOTE = "slept badly since the quarrel"  # a client's words: never in a reason or a log

BAD_CELLS = {
    "error": f'raise ValueError("{NOTE}")',
    "ours": "from analysis.errors import NothingToReport as N; raise N('no scores')",
    "sysexit": "import sys; sys.exit(0)",
    "exit": "exit()",
    "gone": "import os; os._exit(0)",
    "segfault": "import ctypes; ctypes.string_at(0)",
    "killed": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "hang": "import time; time.sleep(600)",
    "busy": "while True: pass",
    "memory": "everything = bytearray(64 * 1024**3)",
    "input": "input()",
    "helper": (
        "import subprocess\n"
        "child = subprocess.Popen(['sleep', '600'])\n"
        "apart = subprocess.Popen(['sleep', '600'], start_new_session=True)\n"
        "print(child.pid, apart.pid)"
    ),
}
REASONS = {
    "error": "ValueError in In [4]",
    "ours": "NothingToReport in In [4]",  # raised by the notebook: its words stay there
    "sysexit": "SystemExit in In [4]",
    "exit": "exit() was called in In [4]",
    "gone": "its process ended by itself (exit code 0), in In [4]",
    "segfault": "its process was ended by SIGSEGV, in In [4]",
    "killed": "its process was ended by SIGKILL, in In [4]",
    "hang": "stopped after 2 seconds, the time limit, in In [4]",
    "busy": "stopped after 2 seconds, the time limit, in In [4]",
    "memory": "MemoryError in In [4]",
    "input": "StdinNotImplementedError in In [4]",
}


@dataclass(frozen=True)
class Ran:
    folder: Path
    result: RunResult
    told: str


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """One run in which every way of failing happens between good reports."""
    folder = tmp_path_factory.mktemp("run") / "reports"
    jobs = many_small_jobs(folder, 4)
    for name, cell in BAD_CELLS.items():
        notebook = folder.parent / f"{name}.ipynb"
        write_notebook(notebook, f"print('{NOTE}')", cell, "print('after')")
        jobs.insert(2, job(folder, name, notebook))
    told = folder.parent / "told.jsonl"
    with told.open("w") as stream:
        result = run(folder, jobs, timeout_seconds=2, progress=JsonLines(stream))
    return Ran(folder, result, told.read_text())


def test_a_failure_fails_one_report_with_its_reason(ran: Ran) -> None:
    failed = {name.removesuffix("/progress"): why for name, why in ran.result.failed}
    assert failed == REASONS


def test_the_other_reports_are_made(ran: Ran) -> None:
    made = {name.removesuffix("/progress") for name in ran.result.made}
    assert made == {"C-0", "C-1", "C-2", "C-3", "helper"}
    for name in made:
        pdf = (ran.folder / "clients" / name / "progress.pdf").read_bytes()
        assert pdf.startswith(b"%PDF-")


@pytest.mark.parametrize("name", sorted(REASONS))
def test_the_notebook_of_a_failed_report_is_kept_for_the_analyst(
    ran: Ran, name: str
) -> None:
    notebook = executed(ran.folder, name)
    assert REASONS[name] in notebook.cells[0].source
    assert NOTE in printed(ran.folder, name)
    assert "after" not in printed(ran.folder, name) or name == "exit"
    assert not (ran.folder / "clients" / name / "progress.pdf").exists()


def test_no_word_of_a_client_reaches_manifest_or_progress(ran: Ran) -> None:
    assert NOTE not in (ran.folder / "manifest.json").read_text()
    assert NOTE not in ran.told
    assert NOTE not in str(ran.result)


def test_what_a_report_started_ends_with_it(ran: Ran) -> None:
    pids = [int(pid) for pid in printed(ran.folder, "helper").split()[-3:-1]]
    assert len(pids) == 2
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_nothing_unfinished_remains(ran: Ran) -> None:
    names = sorted(os.listdir(ran.folder))
    assert names == [".lock", "clients", "manifest.json", "notebooks"]


def test_the_manifest_tells_of_every_report(ran: Ran) -> None:
    whole = json.loads((ran.folder / "manifest.json").read_text())
    reports = whole["reports"]
    assert len(reports) == 4 + len(BAD_CELLS)
    good = reports["C-0/progress"]
    assert good["state"] == "made"
    assert good["parameters"] == {"client_id": "C-0"}
    assert good["seconds"] > 0
    assert reports["hang/progress"]["reason"] == REASONS["hang"]
    told = {str(d).split(":")[0] for d in verify(ran.folder / "manifest.json")}
    assert told == {f"{name}/progress" for name in REASONS}


# What one client's report may leave behind, and how the next one would find it.
SET = """
import builtins, gc, os, random, sys, tempfile, warnings, logging
import matplotlib, numpy, pandas
canary = "CANARY-" + client_id
class Keeper: pass
keeper = Keeper(); keeper.word = canary
pandas.set_option("display.max_rows", 3)
matplotlib.rcParams["lines.linewidth"] = 77.0
os.environ["CANARY"] = canary
builtins.canary = canary
sys.modules["canary"] = keeper
pandas.canary = canary
os.chdir("/")
handle = tempfile.NamedTemporaryFile(prefix=canary, delete=False)
open(os.path.join(tempfile.gettempdir(), canary), "w").write(canary)
memory = os.memfd_create(canary)
logging.getLogger().setLevel(1)
warnings.simplefilter("error")
os.umask(0o777)
sys.path.append(canary)
random.seed(1); numpy.random.seed(1)
get_ipython().run_line_magic("env", "CANARY2=" + canary)
"""
LOOK = """
import builtins, gc, glob, os, sys, tempfile, logging
import matplotlib, pandas
found = []
def look(what, is_there):
    if is_there: found.append(what)
shell = get_ipython()
look("option", pandas.get_option("display.max_rows") != 60)
look("rcParams", matplotlib.rcParams["lines.linewidth"] == 77.0)
look("environment", any("CANARY" in value for value in os.environ.values()))
look("builtins", hasattr(builtins, "canary"))
look("modules", "canary" in sys.modules or hasattr(pandas, "canary"))
look("folder", os.getcwd() == "/")
look("temporary files", glob.glob(tempfile.gettempdir() + "/*CANARY*"))
look("all temporary files", glob.glob("/tmp/cairn-*/*/CANARY*"))
look("open files", any("CANARY" in os.readlink(f"/proc/self/fd/{fd}")
     for fd in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{fd}")))
look("shared memory", glob.glob("/dev/shm/*CANARY*"))
look("logging", logging.getLogger().level == 1)
look("umask", os.umask(0o022) == 0o777)
look("path", any("CANARY" in part for part in sys.path))
backwards = "A-YRANAC"  # so that this very cell is not what is found
look("history", any(backwards in str(line)[::-1] for line in
     shell.history_manager.get_range(raw=True)))
look("history on disk", list(shell.history_manager.search("*CANARY-[A]*")))
look("memory", any(isinstance(o, dict) and any(backwards == v[::-1]
     for v in o.values() if isinstance(v, str)) for o in gc.get_objects()))
print("found:", found)
"""


def test_nothing_of_one_client_is_left_for_the_next(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    sets = write_notebook(tmp_path / "set.ipynb", SET, "print('set')")
    looks = write_notebook(tmp_path / "look.ipynb", LOOK)
    jobs = [job(folder, "A", sets), job(folder, "B", looks)]
    result = run(folder, jobs, workers=1)
    assert result.failed == ()
    assert printed(folder, "B") == "found: []\n"
    for path in folder.rglob("*"):
        if path.is_file() and "B" in path.parts:
            assert b"CANARY-A" not in path.read_bytes()
            assert b'"A"' not in path.read_bytes()


def test_a_running_neighbour_is_out_of_reach(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    parent = "import os; data = open(f'/proc/{os.getppid()}/cmdline').read()"
    look = f"""{parent}
import gc
everything = [o for o in gc.get_objects() if isinstance(o, dict)]
seen = [o for o in everything if "NEIGHBOUR" in o.values()]
print("seen:", len(seen), "NEIGHBOUR" in data)
import time; time.sleep(0.5)"""
    notebook = write_notebook(tmp_path / "n.ipynb", look)
    jobs = [job(folder, "NEIGHBOUR", notebook), job(folder, "C-1", notebook)]
    run(folder, jobs)
    assert printed(folder, "C-1") == "seen: 0 False\n"


def test_what_other_programs_write_is_kept_too(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    cell = """import ctypes, os, subprocess
os.system("echo by the shell")
subprocess.run(["echo", "by a process"])
ctypes.CDLL(None).puts(b"by C")
print("by Python")"""
    notebook = write_notebook(tmp_path / "n.ipynb", cell, "print('next')")
    run(folder, [job(folder, "A", notebook)])
    # what Python wrote comes first, the rest when the cell ends, in its order
    assert printed(folder, "A").splitlines() == [
        "by Python",
        "by the shell",
        "by a process",
        "by C",
        "next",
    ]


def test_an_unchanged_report_is_not_made_again(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    jobs = many_small_jobs(folder, 3)
    first = run(folder, jobs)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.pdf")}
    (folder / "clients/C-2/progress.pdf").write_bytes(b"spoilt")
    started = time.monotonic()
    second = run(folder, jobs[:2])
    assert time.monotonic() - started < 1.0  # nothing was started for nothing
    third = run(folder, jobs)
    assert len(first.made) == 3
    assert second.unchanged == ("C-0/progress", "C-1/progress")
    assert third.made == ("C-2/progress",)
    manifest = json.loads((folder / "manifest.json").read_text())["reports"]
    assert [report["state"] for report in manifest.values()] == [
        "unchanged",
        "unchanged",
        "made",
    ]
    assert verify(folder / "manifest.json") == []
    for path, time_ns in before.items():
        assert (path.stat().st_mtime_ns == time_ns) != ("C-2" in path.parts)
    assert len(run(folder, jobs, force=True).made) == 3


def test_the_same_inputs_give_the_same_bytes_elsewhere(tmp_path: Path) -> None:
    for name in ("here", "there"):
        folder = tmp_path / name / "reports"
        run(folder, many_small_jobs(folder, 1))
    here, there = (
        (tmp_path / name / "reports/clients/C-0/progress.pdf").read_bytes()
        for name in ("here", "there")
    )
    assert here == there


def test_a_cut_off_pdf_never_counts_as_made(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    jobs = many_small_jobs(folder, 1)
    result = run(folder, jobs, export="engine_stub:break_off")
    assert result.failed == (("C-0/progress", "the PDF is incomplete"),)
    assert not list(folder.rglob("*.pdf"))


def test_a_report_that_takes_the_engine_down_fails_alone(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    jobs = many_small_jobs(folder, 3)
    deadly = "import os, time; time.sleep(0.2); os.kill(os.getppid(), 9)\n"
    notebook = write_notebook(tmp_path / "n.ipynb", deadly + "time.sleep(5)")
    result = run(folder, [jobs[0], job(folder, "deadly", notebook), *jobs[1:]])
    assert sorted(result.made) == [f"C-{number}/progress" for number in range(3)]
    (name, reason) = result.failed[0]
    assert name == "deadly/progress"
    assert "the process that starts reports died" in reason


def test_a_warm_up_that_starts_a_thread_forbids_forking(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    with pytest.raises(AnalysisError, match="engine_stub:start_thread starts a thread"):
        run(
            folder,
            many_small_jobs(folder, 1),
            warm_up=["engine_stub:start_thread"],
        )
    assert sorted(os.listdir(folder)) == [".lock", "manifest.json"]


def test_an_unknown_engine_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AnalysisError, match="no engine 'ray'"):
        run(tmp_path / "reports", [], engine="ray")
    assert not (tmp_path / "reports").exists()


def test_warming_up_early_is_used_by_the_run(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    jobs = many_small_jobs(folder, 2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(TESTS))
        with WarmingUp([jobs[0].notebook], [], EXPORT) as warming:
            result = run(folder, jobs, warming=warming)
            assert warming.take() is None  # the run had it
    assert len(result.made) == 2


def test_warming_up_for_nothing_leaves_nothing_behind() -> None:
    with WarmingUp([], [], EXPORT) as warming:
        server = warming.take()
        assert server is not None
    server.close()
    with pytest.raises(EngineLost):
        server.start_kernel({})
