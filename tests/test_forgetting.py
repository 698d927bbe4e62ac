"""A client who was forgotten: gone, and not back with the next import."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import canaries
import pandas as pd
import pytest
from conftest import silent
from import_helpers import PHQ9, measures, of_files

from analysis import pipeline, store
from analysis.errors import AnalysisError, UnknownClient
from analysis.importers import import_folder
from analysis.pipeline.paths import Paths
from analysis.pipeline.retention import overdue_clients
from analysis.pipeline.secret import KEY_VARIABLE, key_for, read_key
from analysis.privacy import read_forgotten, write_forgotten
from analysis.privacy.forgotten import Forgotten
from analysis.settings import Settings

TODAY = date(2026, 11, 23)
KEY = bytes(range(32))


@pytest.fixture(autouse=True)
def _key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, str(tmp_path / "own" / "key"))


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    folder = tmp_path / "project"
    own = Paths(
        folder / "data" / "raw",
        folder / "data" / "processed",
        folder / "reports",
        folder / "settings.toml",
    )
    canaries.write_practice(own.raw)
    pipeline.run_import(own, TODAY, silent)
    return own


def forget(paths: Paths, *clients: str, **how: bool) -> str:
    options = pipeline.ForgetOptions(clients=clients, **how)
    return pipeline.run_forget(paths, options, TODAY).text()


def _held(folder: Path) -> set[str]:
    """Fields of client A below a folder, tables unpacked."""
    found: set[tuple[str, str]] = set()
    for path in folder.rglob("*"):
        if path.is_file():
            cells = canaries.cells(path) if path.suffix == ".parquet" else b""
            found |= canaries.found(cells + path.read_bytes())
    return {field for letter, field in found if letter == "A"}


# --- the tables ---


def test_nothing_is_left_in_the_tables_and_it_is_said(paths: Paths) -> None:
    assert _held(paths.processed)
    text = forget(paths, "A-1")
    assert _held(paths.processed) == set()
    assert "A-1" not in (paths.processed / "imports.csv").read_text(encoding="utf-8")
    assert ": 0 left." in text
    assert not canaries.found(text.encode())


def test_the_others_keep_every_row(paths: Paths) -> None:
    before = store.read_tables(paths.processed)
    forget(paths, "A-1")
    after = store.read_tables(paths.processed)
    goals = before["goals"]
    steps = before["goal_steps"]
    own = goals.loc[goals["client_id"] != "A-1", "goal_id"]
    for name in ("clients", "sessions", "administrations", "goals", "events", "notes"):
        kept = before[name][before[name]["client_id"] != "A-1"]
        pd.testing.assert_frame_equal(
            kept.reset_index(drop=True), after[name].reset_index(drop=True)
        )
    assert len(after["goal_steps"]) == steps["goal_id"].isin(own).sum() == 6


def test_the_next_import_counts_the_rows_and_reads_none(paths: Paths) -> None:
    forget(paths, "A-1")
    pipeline.run_import(paths, TODAY, silent)
    files = pd.read_csv(paths.processed / "imports.csv").set_index("file")
    assert files.loc["phq.csv", ["accepted", "ignored"]].tolist() == [44, 22]
    # steps and ratings name their goal only
    assert files.loc["steps.csv", ["accepted", "ignored"]].tolist() == [6, 3]
    assert files.loc["ratings.csv", ["accepted", "ignored"]].tolist() == [12, 6]
    counts = files[["accepted", "quarantined", "duplicates", "ignored"]].sum(axis=1)
    assert (counts == files["rows_in"]).all()
    assert _held(paths.processed) == set()


def test_what_was_forgotten_by_mistake_is_read_again(paths: Paths) -> None:
    before = store.read_tables(paths.processed)
    forget(paths, "A-1")
    forget(paths, "A-1", take_back=True)
    pipeline.run_import(paths, TODAY, silent)
    after = store.read_tables(paths.processed)
    pd.testing.assert_frame_equal(before["responses"], after["responses"])


def test_an_unknown_client_changes_nothing(paths: Paths) -> None:
    with pytest.raises(UnknownClient, match="nothing was removed"):
        forget(paths, "A-2")
    assert not paths.forgotten.exists()


def test_a_dry_run_changes_nothing(paths: Paths) -> None:
    assert "1 client(s) would" in forget(paths, "A-1", dry_run=True)
    assert _held(paths.processed)
    assert not paths.forgotten.exists()


def test_a_cache_that_holds_words_goes_as_a_whole(paths: Paths) -> None:
    for name, text in (("old.bin", canaries.canary("A", "name")), ("new.bin", "B")):
        (paths.processed / name).write_text(text, encoding="utf-8")
    forget(paths, "A-1")
    assert not (paths.processed / "old.bin").exists()
    assert (paths.processed / "new.bin").exists()


def test_what_cannot_be_removed_is_told(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(paths.raw.parents[1])
    mine = Path("notebooks/mine.ipynb").absolute()
    mine.parent.mkdir()
    mine.write_text(json.dumps({"cells": [canaries.canary("A", "goal")]}))
    summary = pipeline.run_forget(
        paths, pipeline.ForgetOptions(clients=("A-1",)), TODAY
    )
    assert summary.exit_code == 3
    assert "notebooks/mine.ipynb" in summary.text()


# --- the list ---


def test_the_list_names_nobody_and_needs_its_key(paths: Paths, tmp_path: Path) -> None:
    forget(paths, "A-1")
    text = paths.forgotten.read_text(encoding="utf-8")
    assert "A-1" not in text
    assert not canaries.found(text.encode())
    (tmp_path / "own" / "key").unlink()
    with pytest.raises(AnalysisError, match="another key"):
        pipeline.run_import(paths, TODAY, silent)


@pytest.mark.parametrize("spelled", ["a-1", "A 1", "A_1", "A-1"])
def test_other_spellings_of_one_id_are_left_out_too(spelled: str) -> None:
    gone = Forgotten(KEY).with_client("A-1", (), TODAY, others=["B-7"])
    assert gone.has_client(spelled)
    assert not gone.has_client("A-10")


def test_a_client_who_is_spelled_alike_stays() -> None:
    gone = Forgotten(KEY).with_client("a-1", (), TODAY, others=["A-1"])
    assert gone.has_client("a-1")
    assert not gone.has_client("A-1")


def test_the_list_comes_back_as_it_was_written(tmp_path: Path) -> None:
    gone = Forgotten(KEY).with_client("A-1", ["G1"], TODAY, others=[])
    write_forgotten(gone, tmp_path / "list.json")
    assert read_forgotten(tmp_path / "list.json", KEY) == gone
    (tmp_path / "list.json").write_text("{", encoding="utf-8")
    with pytest.raises(AnalysisError, match="backup"):
        read_forgotten(tmp_path / "list.json", KEY)


def test_rows_of_files_that_cannot_be_read_keep_their_place_only(
    tmp_path: Path,
) -> None:
    rows = "\n".join(f"{who},2026-10-0{n},{'1,' * 8}9" for n, who in PEOPLE)
    odd = "A-1,Mary Miller,2026-10-09\nB-7,John Smith,2026-10-09\n"
    files = {"phq.csv": f"client_id,date,{PHQ9}\n{rows}\n", "odd.csv": odd}
    plain = of_files(tmp_path, files)
    gone = Forgotten(KEY).with_client("A-1", (), TODAY, others=["B-7"])
    without = import_folder(
        tmp_path,
        settings=Settings(),
        measures=measures(),
        today=TODAY,
        left_out=gone,
    )
    assert set(plain.set_aside) >= set(without.set_aside)
    text = "".join(rows.to_csv() for rows in without.set_aside.values())
    assert "A-1" not in text
    assert "Mary" not in text
    assert "B-7" in text
    assert "A-1" not in without.files.to_csv()


PEOPLE = [(1, "A-1"), (2, "B-7"), (3, "A-1"), (3, "A-1"), (4, "B-7")]


# --- the key ---


def test_the_key_is_made_once_and_is_for_this_user_alone(tmp_path: Path) -> None:
    assert read_key() == b""
    key = key_for(tmp_path / "project")
    assert key_for(tmp_path / "project") == key == read_key()
    assert len(key) == 32
    assert (tmp_path / "own" / "key").stat().st_mode & 0o077 == 0


def test_a_key_inside_the_project_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, str(tmp_path / "project" / "key"))
    with pytest.raises(AnalysisError, match="inside the project"):
        key_for(tmp_path / "project")


@pytest.mark.parametrize("text", ["", "abcd", "not hex"])
def test_a_damaged_key_is_never_replaced(tmp_path: Path, text: str) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "key").write_text(text)
    (tmp_path / "own" / "key").chmod(0o600)
    with pytest.raises(AnalysisError, match=r"Put (it|the right one) back|Put back"):
        key_for(tmp_path / "project")


# --- how long data are kept ---


@pytest.mark.parametrize(
    ("last", "is_overdue"),
    [("2024-11-22", True), ("2024-11-23", False), ("2024-11-24", False)],
)
def test_a_client_is_overdue_after_the_months_kept(last: str, is_overdue: bool) -> None:
    contact = pd.DataFrame(
        {"client_id": ["A-1"], "last_contact": pd.to_datetime([last])}
    )
    none = pd.DataFrame({"client_id": [], "date": pd.to_datetime([])})
    tables = {"episodes": contact, "administrations": none, "notes": none}
    assert bool(overdue_clients(tables, 24, TODAY)) is is_overdue
    assert overdue_clients(tables, 0, TODAY) == ()


def test_overdue_clients_are_told_and_removed_on_request_only(paths: Paths) -> None:
    pipeline.run_analyse(paths)
    paths.settings.write_text("[privacy]\nkeep_months = 1\n", encoding="utf-8")
    told = pipeline.run_check(paths, TODAY, privacy=True).text()
    assert "3 client(s) had their last contact more than 1 months ago" in told
    assert len(store.read_table("clients", paths.processed)) == 3
    forget(paths, overdue=True)
    assert len(store.read_table("clients", paths.processed)) == 0
    assert "Nobody is overdue" in forget(paths, overdue=True)
