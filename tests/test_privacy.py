"""Planted words looked for in everything a whole run writes, prints and leaves."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import canaries
import nbformat
import pytest
from canaries import IDS, fields, found

from analysis.__main__ import main
from analysis.engine import safe_name

# Fields that a page may show of its own client.
ON_PROGRESS = {"name", "goal", "old", "win", "shared", "event", "step0", "step1"}
ON_PROGRESS |= {"step2", "specific", "measurable", "achievable", "relevant", "reason"}
ON_HANDOUT = {"name", "goal", "step0", "step1", "step2", "win"}
# What identifies somebody, or nothing is read from, stays in data/raw.
IN_RAW_ONLY = {"email", "phone", "ipaddress", "surname", "address", "mail", "office"}


# Verbs one after the other in one process: imports are paid once. {own}: options.
_VERBS = """
import os, sys
from analysis.__main__ import main
own = sys.argv[1:]
codes = [
    main(["reports", *own]),
    main(["caseload", "--share", *own]),
    main(["check", *own]),
    main(["verify", *own]),
    main(["reports", "--client", "nobody", *own]),
]
os.chdir("analyst")
for engine in ("fork" if sys.platform == "linux" else "plain", "plain"):
    only = ["--client", "A-1", "--audience", "client", "--engine", engine]
    codes.append(main(["reports", *only, *own, "--reports", f"../failed/{engine}"]))
print("exit codes", codes)
"""
# An analyst's notebook that stumbles over a client's words, on the way and at the end.
_STUMBLING = """
from analysis import store
from pathlib import Path
import warnings, sys
text = store.read_table("notes", Path(processed), [client_id])["text"].iloc[0]
print(text); print(text, file=sys.stderr); warnings.warn(text)
raise ValueError(text)
"""


@dataclass(frozen=True)
class Run:
    """A practice after all verbs, and what they printed."""

    folder: Path
    printed: bytes

    @property
    def reports(self) -> Path:
        (month,) = (self.folder / "reports").iterdir()
        return month

    def written(self) -> list[Path]:
        """Every file but the exports themselves and what this test put there."""
        places = ("data/processed", "reports", "failed", "tmp", "home")
        return [
            path
            for place in places
            for path in sorted((self.folder / place).rglob("*"))
            if path.is_file()
        ]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """All verbs, with folders of their own for what is temporary or at home."""
    folder = tmp_path_factory.mktemp("canaries")
    canaries.write_practice(folder / "data" / "raw")
    settings = '[practice]\nname = "Harbour"\ncrisis_text = "Call 112."\n'
    (folder / "settings.toml").write_text(settings, encoding="utf-8")
    _write_stumbling(folder / "analyst" / "notebooks")
    for name in ("tmp", "home"):
        (folder / name).mkdir()
    own = {"raw": "data/raw", "processed": "data/processed", "reports": "reports"}
    options = [
        part
        for name, place in {**own, "settings": "settings.toml"}.items()
        for part in (f"--{name}", str(folder / place))
    ]
    ended = subprocess.run(
        [sys.executable, "-c", _VERBS, *options],
        cwd=folder,
        env=os.environ
        | {"TMPDIR": str(folder / "tmp"), "HOME": str(folder / "home")}
        | {"PYTHONPATH": str(Path(__file__).parents[1])},
        umask=0o022 if sys.platform != "win32" else -1,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert b"exit codes [3, 0, 3, 0, 2, 3, 3]" in ended.stdout, ended.stdout.decode()
    return Run(folder, ended.stdout)


def _write_stumbling(folder: Path) -> None:
    own = Path(__file__).parents[1] / "notebooks" / "client_progress.ipynb"
    notebook = nbformat.read(own, as_version=4)
    notebook.cells[1:] = [nbformat.v4.new_code_cell(_STUMBLING)]
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / own.name)


def test_nothing_of_a_client_is_printed(done: Run) -> None:
    assert len(done.printed) > 1000
    assert b"Set aside" in done.printed
    assert not found(done.printed)


@pytest.mark.parametrize("engine", ["fork", "plain"])
def test_a_report_that_failed_is_told_without_the_clients_words(
    done: Run, engine: str
) -> None:
    if engine == "fork" and sys.platform != "linux":
        pytest.skip("forking is safe on Linux only")
    (month,) = (done.folder / "failed" / engine).iterdir()
    manifest = (month / "manifest.json").read_bytes()
    assert b"ValueError in In [3]" in manifest
    assert not found(manifest)
    kept = month / "notebooks" / "A-1" / "handout.ipynb"
    assert {owner for owner, _ in found(kept.read_bytes())} == {"A"}  # for the analyst
    assert b"ValueError in In [3]" in done.printed


def test_every_report_was_made(done: Run) -> None:
    made = {
        path.relative_to(done.reports).as_posix() for path in done.reports.rglob("*")
    }
    for client in IDS.values():
        assert f"clients/{safe_name(client)}/progress.pdf" in made
        assert f"clients/{safe_name(client)}/handout.pdf" in made
    assert {"caseload/caseload.html", "caseload/caseload-share.pdf"} <= made


@pytest.mark.parametrize("letter", IDS)
def test_the_progress_report_holds_its_own_clients_words_alone(
    done: Run, letter: str
) -> None:
    path = done.reports / "clients" / safe_name(IDS[letter]) / "progress.pdf"
    words = found(canaries.page_words(path)) | found(path.read_bytes())
    assert {owner for owner, _ in words} == {letter}
    shown = {field for _, field in words}
    assert {"name", "goal", "shared", "event"} & shown >= {"name", "goal"}
    assert shown <= ON_PROGRESS


@pytest.mark.parametrize("letter", IDS)
def test_the_handout_holds_nothing_that_is_for_clinicians(
    done: Run, letter: str
) -> None:
    path = done.reports / "clients" / safe_name(IDS[letter]) / "handout.pdf"
    text = canaries.page_words(path)
    words = found(text)
    assert {owner for owner, _ in words} == {letter}
    assert {field for _, field in words} <= ON_HANDOUT
    forbidden = rb"risk|harm|suicid|dead|clinician|reliable|deteriorat|confidential"
    assert not re.search(forbidden, text, re.IGNORECASE)


@pytest.mark.parametrize("letter", IDS)
def test_an_executed_notebook_is_of_one_client_alone(done: Run, letter: str) -> None:
    folder = done.reports / "notebooks" / safe_name(IDS[letter])
    for name, allowed in (("progress", ON_PROGRESS), ("handout", ON_HANDOUT)):
        path = folder / f"{name}.ipynb"
        words = found(path.read_bytes())
        assert {owner for owner, _ in words} == {letter}
        assert {field for _, field in words} <= allowed
        notebook = nbformat.read(path, as_version=4)
        about = [notebook.metadata, *(cell.metadata for cell in notebook.cells)]
        assert not found(
            json.dumps([about, [c.source for c in notebook.cells]]).encode()
        )


def test_no_pdf_tells_of_a_client_in_what_it_says_of_itself(done: Run) -> None:
    paths = list(done.reports.rglob("*.pdf"))
    assert len(paths) == 2 * len(IDS) + 3
    for path in paths:
        assert not found(canaries.metadata(path)), path.name


def test_the_caseload_and_all_lists_hold_ids_and_no_words(done: Run) -> None:
    for path in done.written():
        inside = path.relative_to(done.folder).parts
        if path.suffix == ".pdf" and "caseload" in inside:
            assert not found(canaries.page_words(path)), path.name
        is_list = path.suffix in (".html", ".json", ".jsonl", "")
        if is_list or "caseload" in inside or path.name == "imports.csv":
            assert not found(path.read_bytes()), path.name


def test_what_identifies_somebody_stays_in_the_raw_export(done: Run) -> None:
    for path in done.written():
        content = canaries.inside(path)
        assert not fields(content + path.read_bytes()) & IN_RAW_ONLY, path.name


def test_names_stand_in_one_table_only(done: Run) -> None:
    for path in (done.folder / "data" / "processed").glob("*.parquet"):
        if path.stem != "clients":
            assert "name" not in fields(canaries.cells(path)), path.name


def test_no_path_tells_of_a_client_or_leads_out(done: Run) -> None:
    for path in done.folder.rglob("*"):
        assert not found(os.fsencode(path))
    assert not (done.folder.parent / "x").exists()


def test_nothing_unfinished_is_left(done: Run) -> None:
    hidden = {path.name for path in (done.folder / "reports").rglob(".*")}
    hidden |= {path.name for path in (done.folder / "data").rglob(".*")}
    assert hidden <= {".lock", ".readings", ".by_client"}
    assert list((done.folder / "tmp").iterdir()) == []


def test_nothing_of_a_client_is_kept_at_home(done: Run) -> None:
    for path in (done.folder / "home").rglob("*"):
        assert not path.is_file() or not found(path.read_bytes()), path.name


@pytest.mark.skipif(sys.platform == "win32", reason="rights are those of Unix")
def test_others_on_the_machine_can_read_none_of_it(done: Run) -> None:
    home = done.folder / "home"
    places = [path for path in done.written() if not path.is_relative_to(home)]
    assert len(places) > 40
    assert not [path for path in places if path.stat().st_mode & 0o077]


def test_a_client_who_is_forgotten_is_gone_from_everything(
    done: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "forgotten"
    shutil.copytree(done.folder, folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("CAIRN_KEY_FILE", str(tmp_path / "key"))
    shutil.rmtree("failed")
    assert main(["deliver", "--merge"]) == main(["deliver"]) == 0
    for month in Path("reports").iterdir():  # what an editor left
        shutil.copy(month / "index.html", month / "clients" / "A-1" / "index.html~")
    assert main(["check", "--privacy"]) == 0
    assert main(["forget", "A-1"]) == 0
    assert main(["verify"]) == 0
    places = [folder / "data" / "processed", folder / "reports"]
    left = [path for place in places for path in place.rglob("*") if path.is_file()]
    assert len(left) > 20
    for path in left:
        content = canaries.cells(path) if path.suffix == ".parquet" else b""
        assert "A" not in {a for a, _ in found(content + path.read_bytes())}, path.name
        assert not re.search(rb"\bA-1\b", content + os.fsencode(path)), path.name
        if path.suffix in (".html", ".json", ".ipynb", ".csv"):
            assert b'"A-1"' not in path.read_bytes()
        if path.suffix == ".pdf":
            assert b"ZqA" not in canaries.page_words(path)
    (index,) = folder.glob("reports/*/index.html")
    assert "2 client(s)" in index.read_text(encoding="utf-8")
