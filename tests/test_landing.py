"""Tables change all at once: a run that is killed leaves the old or the new ones."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from import_helpers import PHQ9, TODAY

from analysis import landing
from analysis import lock as locks
from analysis.errors import AnalysisError
from analysis.lock import RunLock
from analysis.pipeline import run_import
from analysis.pipeline.importing import LOCK
from analysis.pipeline.paths import Paths

LAST = "last.json"


def folder_of(path: Path, *names: str, text: str) -> None:
    path.mkdir(parents=True, exist_ok=True)
    for name in names:
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text, encoding="utf-8")


def texts(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_everything_takes_its_place_and_what_is_not_replaced_stays(
    tmp_path: Path,
) -> None:
    folder_of(tmp_path, "a", LAST, "aside/x", "kept", text="old")
    with landing.staged(tmp_path, LAST) as draft:
        folder_of(draft, "a", LAST, "aside/y", text="new")
        assert texts(tmp_path)["a"] == "old"
    assert texts(tmp_path) == {
        "a": "new",
        "aside/y": "new",
        "kept": "old",
        LAST: "new",
    }


def test_what_fails_changes_nothing(tmp_path: Path) -> None:
    folder_of(tmp_path, "a", LAST, text="old")

    def stumble() -> None:
        with landing.staged(tmp_path, LAST) as draft:
            folder_of(draft, "a", text="new")
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        stumble()
    assert texts(tmp_path) == {"a": "old", LAST: "old"}


def test_what_was_complete_is_moved_by_whoever_looks_next(tmp_path: Path) -> None:
    folder_of(tmp_path, "a", "aside/x", text="old")
    folder_of(tmp_path / ".landing", "a", "aside/y", LAST, text="new")
    landing.finish(tmp_path, LAST)
    assert texts(tmp_path) == {"a": "new", "aside/y": "new", LAST: "new"}
    landing.finish(tmp_path, LAST)


def test_what_was_only_begun_is_swept(tmp_path: Path) -> None:
    folder_of(tmp_path / ".staged-abc", "a", text="half")
    folder_of(tmp_path / ".replaced-aside", "x", text="old")
    landing.sweep(tmp_path)
    assert list(tmp_path.iterdir()) == []


# --- a whole import, killed before every step that the disk can see ---

_KILLED = """
import os, signal, sys
from datetime import date
from pathlib import Path
from analysis import state, store
from analysis.pipeline import run_import
from analysis.pipeline.importing import TIDY
from analysis.pipeline.paths import Paths

folder = Path(sys.argv[1])
paths = Paths(folder / "raw", folder / "processed", folder / "out", folder / "s.toml")

def look():
    known = state.read_state(paths.processed)
    tables = [store.read_table(name, paths.processed).to_csv() for name in TIDY]
    imports = (paths.processed / "imports.csv").read_text()
    aside = sorted(p.name for p in (paths.processed / "quarantine").iterdir())
    return known.raw_key, tables, imports, aside

def run():
    run_import(paths, date(2026, 11, 23), lambda line: None)

def in_a_child(step):
    pid = os.fork()
    if pid == 0:
        step()
        os._exit(0)
    return os.waitpid(pid, 0)[1]

def dies_at(number):
    left = [number]
    def counted(call):
        def wrapped(*a, **k):
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*a, **k)
        return wrapped
    for name in ("replace", "rename", "fsync", "rmdir"):
        setattr(os, name, counted(getattr(os, name)))
    run()

def swap(text):
    (paths.raw / "a.csv").write_text(text)

# read once, before the first child is made
state.code_key()
list(paths.read_measures(paths.read_settings()).values())
texts = [(folder / name).read_text() for name in ("one.csv", "two.csv")]
seen = []
for text in texts:
    swap(text)
    in_a_child(run)
    seen.append(look())
stands, number, killed, finished = 1, 0, 0, 0
while True:
    swap(texts[1 - stands])
    died = in_a_child(lambda: dies_at(number))
    now = look()
    assert now in seen, number
    if not died:
        break
    killed += 1
    finished += now != seen[stands]
    stands = seen.index(now)
    number += 6
hidden = sorted(p.name for p in paths.processed.glob(".*"))
print(killed, finished, *hidden)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills need forked processes")
def test_an_import_killed_at_any_step_leaves_old_or_new_tables(tmp_path: Path) -> None:
    head = f"client_id,date,{PHQ9}\n"
    row = "1,1,0,3,2,0,1,3,1"
    old = f"{head}A-1,2025-01-06,{row}\n,2025-01-06,{row}\n"
    new = f"{head}A-1,2025-01-06,{row}\nA-2,2025-01-06,{row}\n"
    (tmp_path / "raw").mkdir()
    (tmp_path / "one.csv").write_text(old, encoding="utf-8")
    (tmp_path / "two.csv").write_text(new, encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-c", _KILLED, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    killed, finished, *hidden = ended.stdout.split()
    assert int(killed) > 4
    assert int(finished) > 0
    assert hidden == [".lock", ".readings"]


# --- two at once ---


def test_a_second_import_at_the_same_time_is_told_to_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "_PATIENCE_SECONDS", 0.1)
    raw, processed = tmp_path / "raw", tmp_path / "processed"
    folder_of(raw, "a.csv", text="client_id,date,phq9_total\nA-1,2025-01-06,7\n")
    processed.mkdir()
    paths = Paths(raw, processed, tmp_path / "reports", tmp_path / "none.toml")
    with (
        RunLock(processed / LOCK),
        pytest.raises(AnalysisError, match=r"Another run is writing to .*processed"),
    ):
        run_import(paths, TODAY, lambda line: None)
    run_import(paths, TODAY, lambda line: None)
