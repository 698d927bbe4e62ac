"""Who may read what is written, what a killed run leaves, what a defect tells."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from analysis import store
from analysis.__main__ import main
from analysis.engine import temporary
from analysis.pipeline.guard import (
    SHOW_MESSAGES,
    private_files,
    sweep_leftovers,
    tell_defect,
)
from analysis.schema import TABLES

unix = pytest.mark.skipif(sys.platform == "win32", reason="rights are those of Unix")


@unix
@pytest.mark.parametrize("given", [0o022, 0o000, 0o177])
def test_what_is_written_is_for_this_user_alone(tmp_path: Path, given: int) -> None:
    before = os.umask(given)
    try:
        with private_files():
            (tmp_path / "file").write_text("x")
        assert (tmp_path / "file").stat().st_mode & 0o077 == 0
        assert os.umask(given) == given  # as it was, after the block
    finally:
        os.umask(before)


@unix
def test_a_command_leaves_nothing_that_others_may_read(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        assert main(["demo", "--clients", "2", "--out", str(tmp_path / "demo")]) == 0
    finally:
        os.umask(before)
    written = [tmp_path / "demo", *(tmp_path / "demo").rglob("*")]
    assert len(written) > 5
    assert not [path for path in written if path.stat().st_mode & 0o077]


# --- temporary folders ---


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's folder for temporary files, for this test."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@unix
def test_the_next_run_removes_what_a_killed_one_left(place: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    left = temporary.private_folder()
    assert left.stat().st_mode & 0o077 == 0
    dead = left.rename(left.with_name(left.name.replace(f"{os.getpid()}", "%d", 1)))
    dead = dead.rename(dead.with_name(dead.name % ended.pid))
    (dead / "1").mkdir()
    (dead / "1" / "words").write_text("x")
    mine = temporary.private_folder()
    assert not dead.exists()
    temporary.sweep()
    assert mine.is_dir()  # its process is at work
    temporary.remove(mine)
    assert not mine.exists()


@unix
@pytest.mark.parametrize(
    "name", ["cairn-outcomes", "cairn-ffff-1-abc", "cairn--1-x", "cairn-0bbf-x-y"]
)
def test_folders_that_are_not_ours_are_never_removed(place: Path, name: str) -> None:
    (place / name).mkdir()
    temporary.sweep()
    assert (place / name).is_dir()


@unix
def test_nothing_outside_the_temporary_folder_is_removed(place: Path) -> None:
    mine = temporary.private_folder()
    elsewhere = place / "project" / mine.name
    elsewhere.mkdir(parents=True)
    temporary.remove(elsewhere)
    assert elsewhere.is_dir()
    mine.rmdir()
    mine.symlink_to(elsewhere)
    temporary.remove(mine)
    assert elsewhere.is_dir()


# --- half-written tables ---


def test_half_written_tables_of_a_killed_run_are_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", killed)
        patched.setattr(Path, "unlink", lambda *_, **__: None)
        with pytest.raises(KeyboardInterrupt):
            store.write_table(TABLES["notes"].empty(), "notes", tmp_path / "as_of")
    (half,) = (tmp_path / "as_of").iterdir()
    (tmp_path / ".quarantine-ab12cd34").mkdir()
    kept = [tmp_path / ".gitkeep", tmp_path / "notes.parquet", tmp_path / ".notes-x"]
    for path in kept:
        path.write_text("")
    sweep_leftovers(tmp_path)
    assert half.exists()  # young: another run may be at work on it
    for path in (half, tmp_path / ".quarantine-ab12cd34", *kept):
        os.utime(path, (0, 0))
    sweep_leftovers(tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*")) == sorted(
        ["as_of", *(path.name for path in kept)]
    )


# --- defects ---


def stumble() -> None:
    """Fail as a library does: the message quotes the value."""
    try:
        float("Zq Jones")
    except ValueError as problem:
        raise KeyError("Zq Lee") from problem


def test_a_defect_tells_where_it_is_and_no_value(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(SHOW_MESSAGES, raising=False)
    with pytest.raises(KeyError) as caught:
        stumble()
    tell_defect(caught.type, caught.value, caught.tb)
    said = capsys.readouterr().err
    assert "ValueError" in said
    assert "KeyError" in said
    assert "test_privacy_files.py" in said
    assert "Zq Jones'" not in said
    assert "Zq Lee'" not in said


def test_a_defect_of_a_command_tells_no_value(tmp_path: Path) -> None:
    script = (
        "import runpy, sys, analysis.pipeline as p\n"
        "def fail(*given, **more): int(''.join(['Z', 'q']))\n"
        "p.run_check = fail\n"
        "sys.argv = ['analysis', 'check']\n"
        "runpy.run_module('analysis', run_name='__main__')\n"
    )
    told = {}
    for shown in ("", "1"):
        run = subprocess.run(
            [sys.executable, "-c", script],
            cwd=tmp_path,
            env=os.environ | {SHOW_MESSAGES: shown},
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 1
        told[shown] = run.stdout + run.stderr
    assert "ValueError" in told[""]
    assert "Zq" not in told[""]
    assert "Zq" in told["1"]
