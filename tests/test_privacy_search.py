"""Names and words of clients found wherever they slipped to, and not elsewhere."""

from __future__ import annotations

import gzip
import json
import subprocess
from datetime import date
from pathlib import Path

import canaries
import nbformat
import pikepdf
import pytest
from conftest import silent

from analysis import pipeline, store
from analysis.pipeline.paths import Paths
from analysis.privacy import Search, Word, words_of
from analysis.privacy.words import ID, NAME, TEXT

LONG = "I could not sleep because of the argument with my sister about the house " * 4


def search(text: str, kind: str = TEXT) -> Search:
    return Search([Word(text, "A-1042", kind)])


@pytest.mark.parametrize(
    "held",
    [
        "walk to the lake again",
        "WALK   to\nthe lake again",
        '{"note": "walk to the lake \\u0061gain"}',
        '{"note": "walk to\\nthe lake again"}',
        "<p>walk to the lake&#32;again</p>",
    ],
)
def test_a_text_is_found_however_a_file_writes_it(held: str) -> None:
    (one,) = search("Walk to the lake again").found(f"x {held} y")
    assert (one.kind, one.client_id, one.times) == (TEXT, "A-1042", 1)


def test_a_piece_of_a_long_text_is_found() -> None:
    whole = LONG.strip()
    assert search(whole).found(whole[:60])
    assert search(whole).found(f"… {whole[-70:]}")
    assert not search(whole).found("I could not sleep")


@pytest.mark.parametrize(
    ("name", "held", "is_there"),
    [
        ("Rose", "for Rose, in March", True),
        ("Rose", "the rate rosebud", False),
        ("Ana Díaz", "report-ana díaz.pdf", True),
        ("Ana Díaz", "Banana Díaz", False),
        ("王小明", "报告：王小明的进展", True),
    ],
)
def test_a_name_is_found_as_a_whole(name: str, held: str, is_there: bool) -> None:
    assert bool(search(name, NAME).found(held)) is is_there


def test_an_id_is_found_as_a_whole() -> None:
    ids = Search([Word("A-1042", "A-1042", ID)])
    assert ids.found("clients/A-1042/progress.pdf")
    assert not ids.found("A-10421")


# --- which words are looked for ---


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """The canary practice, imported."""
    folder = tmp_path_factory.mktemp("searched")
    own = Paths(
        folder / "data" / "raw",
        folder / "data" / "processed",
        folder / "reports",
        folder / "settings.toml",
    )
    canaries.write_practice(own.raw)
    pipeline.run_import(own, date(2026, 11, 23), silent)
    return own


def test_every_word_a_person_wrote_is_looked_for(paths: Paths) -> None:
    words = words_of(store.read_tables(paths.processed))
    known = {text for text in (word.text for word in words) if text.startswith("Zq")}
    fields = canaries.fields("\n".join(known).encode())
    assert fields >= {"name", "goal", "old", "win", "shared", "private", "session"}
    assert fields >= {"event", "step0", "step1", "step2", "specific", "reason"}


def test_a_word_of_several_clients_tells_of_nobody(paths: Paths) -> None:
    tables = dict(store.read_tables(paths.processed))
    events = tables["events"].copy()
    events["label"] = "medication changed"
    tables["events"] = events
    assert "medication changed" not in {word.text for word in words_of(tables)}


# --- every place ---


def _plant(folder: Path, word: str) -> set[str]:
    """Put a word into every kind of place; return the places."""
    month = folder / "reports" / "2026-09"
    (month / "clients").mkdir(parents=True)
    (folder / "logs").mkdir()
    (folder / "notebooks" / ".ipynb_checkpoints").mkdir(parents=True)
    texts = {
        "reports/2026-09/manifest.json": json.dumps({"why": word}),
        "reports/2026-09/index.html": f"<td>{word}</td>",
        "reports/2026-09/clients/note.txt~": word,
        "logs/month.log": f"ERROR {word}",
        "data/processed/odd.log": word,
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "logs" / "old.log.gz").write_bytes(gzip.compress(word.encode()))
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.docinfo["/Title"] = word
        pdf.save(month / "clients" / "progress.pdf")
    for name in ("reports/2026-09/run.ipynb", "notebooks/.ipynb_checkpoints/a.ipynb"):
        notebook = nbformat.v4.new_notebook(metadata={"for": word})
        nbformat.write(notebook, folder / name)
    more = {"logs/old.log.gz", "reports/2026-09/clients/progress.pdf"}
    more |= {"reports/2026-09/run.ipynb", "notebooks/.ipynb_checkpoints/a.ipynb"}
    return set(texts) | more


def test_a_planted_word_is_found_wherever_it_slipped_to(
    paths: Paths,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    own = Paths()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "processed").symlink_to(paths.processed)
    clean = pipeline.run_check(own, date(2026, 11, 23), privacy=True)
    assert clean.set_aside == []
    places = _plant(tmp_path, canaries.canary("A", "name"))
    found = pipeline.run_check(own, date(2026, 11, 23), privacy=True)
    (paths.processed / "odd.log").unlink()
    assert {line.partition(": ")[0] for line in found.set_aside} == places
    assert not canaries.found(found.text().encode())
    assert found.exit_code == 3


def test_what_git_would_hand_on_is_found(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "data" / "raw"
    folder.mkdir(parents=True)
    (folder / "a.csv").write_text("client_id\n", encoding="utf-8")
    (tmp_path / "ideas.md").write_text(canaries.canary("B", "goal"), encoding="utf-8")
    (tmp_path / "clean.md").write_text("nothing", encoding="utf-8")
    notebook = nbformat.v4.new_notebook()
    output = nbformat.v4.new_output("stream", text="1")
    notebook.cells.append(nbformat.v4.new_code_cell("1", outputs=[output]))
    nbformat.write(notebook, tmp_path / "run.ipynb")
    subprocess.run(["git", "init", "-q"], check=True)
    subprocess.run(["git", "add", "-A"], check=True)
    # what stands in the index counts, not what was mended on the disk since
    (tmp_path / "ideas.md").write_text("nothing", encoding="utf-8")
    away = Paths(paths.raw, paths.processed, tmp_path / "reports", paths.settings)
    told = pipeline.run_check(away, date(2026, 11, 23), privacy=True).set_aside
    assert {line.split(" ")[0] for line in told} == {
        "data/raw/a.csv",
        "run.ipynb",
        "ideas.md",
    }
