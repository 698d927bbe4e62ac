"""What must not get into git is refused when somebody tries to commit it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import canaries
import nbformat
import pytest
from conftest import silent

from analysis import pipeline
from analysis.pipeline.paths import Paths
from analysis.privacy.suspects import suspicion

ROOT = Path(__file__).parents[1]


def _notebook(*, outputs: bool) -> bytes:
    notebook = nbformat.v4.new_notebook()
    made = [nbformat.v4.new_output("stream", text="A-1042")] if outputs else []
    notebook.cells.append(nbformat.v4.new_code_cell("1", outputs=made))
    return nbformat.writes(notebook).encode()


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("data/raw/export.csv", b"a,b\n"),
        ("data/forgotten.json", b"{}"),
        ("reports/2026-10/clients/A-1042/progress.pdf", b"%PDF-1.7"),
        ("logs/month.log", b"x"),
        ("notebooks/mine.ipynb", _notebook(outputs=True)),
        ("notebooks/mine.ipynb", b"no notebook"),
        ("tables/scores.parquet", b"PAR1"),
        ("Report October.pdf", b"%PDF-1.7"),
        ("notes.dat", b"PAR1...."),
        ("export.xlsx", b"PK\x03\x04"),
        ("patients.csv", b"client_id,date,phq9_1\nA-1,2026-10-01,2\n"),
        ("analysis/list.csv", b"First Name;E-mail\nAnna;a@b.org\n"),
        ("list.txt", b"patient id\tdiagnosis\n7\tF32\n"),
        ("list.dat", b"client_id,mood,note\nA-1,3,slept badly\n"),
        ("bundle.json", b'{"resourceType": "Patient", "name": []}'),
    ],
)
def test_what_looks_like_clients_data_is_refused(path: str, data: bytes) -> None:
    assert suspicion(path, data)


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("data/raw/.gitkeep", b""),
        ("notebooks/mine.ipynb", _notebook(outputs=False)),
        ("notes.md", b"# Ideas\n\nclient_id, date and phq9_1 are columns.\n"),
        ("analysis/new.py", b"columns = ['client_id', 'mood']\nprint(columns)\n"),
        ("settings.toml", b'[practice]\nname = "Harbour"\n'),
        ("tests/exports/sample.csv", b"client_id,date,phq9_1\nA-1,2026-10-01,2\n"),
    ],
)
def test_a_project_s_own_files_pass(path: str, data: bytes) -> None:
    assert suspicion(path, data) == ""


def test_every_file_of_this_project_passes() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False
    )
    names = [name for name in listed.stdout.decode().split("\0") if name]
    if not names:
        pytest.skip("this is no checkout of the repository")
    there = [name for name in names if (ROOT / name).is_file()]
    whys = {name: suspicion(name, (ROOT / name).read_bytes()) for name in there}
    assert {name: why for name, why in whys.items() if why} == {}


# --- a real commit ---


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the project's own hooks, and with nothing ignored."""
    if shutil.which("git") is None:
        pytest.skip("there is no git here")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "repository"
    folder.mkdir()
    monkeypatch.chdir(folder)
    _git("init", "-q")
    _git("config", "user.email", "a@example.org")
    _git("config", "user.name", "A")
    shutil.copy(ROOT / ".pre-commit-config.yaml", folder)
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / ".git" / "info" / "exclude").write_text(".venv\n")
    _git("add", ".pre-commit-config.yaml")
    _git("commit", "-qm", "first", "--no-verify")
    subprocess.run([sys.executable, "-m", "pre_commit", "install"], check=True)
    return folder


def _git(*command: str) -> None:
    subprocess.run(["git", *command], check=True, capture_output=True)


def _commit(*names: str) -> subprocess.CompletedProcess[str]:
    _git("add", "-f", *names)
    done = subprocess.run(
        ["git", "commit", "-m", "try"], capture_output=True, text=True, check=False
    )
    _git("reset", "-q")
    return done


@pytest.mark.skipif(sys.platform == "win32", reason="hooks name .venv/bin")
def test_a_commit_of_clients_data_is_refused_and_others_go_through(
    repository: Path,
) -> None:
    files = {
        "data/raw/export.csv": b"client_id,date\nA-1,2026-10-01\n",
        "reports/2026-10/index.html": b"<p>A-1</p>",
        "people.csv": b"client_id,date,phq9_1\nA-1,2026-10-01,2\n",
        "mine.ipynb": _notebook(outputs=True),
    }
    for name, data in files.items():
        path = repository / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    refused = _commit(*files)
    assert refused.returncode == 1
    told = refused.stdout + refused.stderr
    assert all(f"! {name} " in told for name in files), told
    assert "A-1" not in told
    (repository / "ideas.md").write_text("Draw the plateau in grey.\n")
    assert _commit("ideas.md").returncode == 0


def test_a_known_name_in_any_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    paths = Paths(settings=tmp_path / "settings.toml")
    canaries.write_practice(tmp_path / "data" / "raw")
    pipeline.run_import(paths, date(2026, 11, 23), silent)
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    _git("init", "-q")
    Path("ideas.md").write_text(f"Ask {canaries.canary('A', 'name')} about sleep.\n")
    Path("plain.md").write_text("Ask everybody about sleep.\n")
    _git("add", "ideas.md", "plain.md")
    # mended on the disk only: what is staged would still be committed
    Path("ideas.md").write_text("Ask about sleep.\n")
    summary = pipeline.run_staged_check(paths)
    assert [line.split(" ")[0] for line in summary.set_aside] == ["ideas.md"]
    assert not canaries.found(summary.text().encode())
