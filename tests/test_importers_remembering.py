"""An unchanged raw file is not read again; what comes out is as if it had been."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from import_helpers import EXPORTS, PHQ9, TODAY, imported, measures

from analysis.importers import Imported, all_files, import_folder
from analysis.importers.remembering.packing import Unreadable, packed, unpacked
from analysis.importers.sheets.sheet import Sheet, empty_sheet
from analysis.settings import Settings

A = "1,1,0,3,2,0,1,3,1"
B = "2,1,0,3,2,0,1,3,1"
HEAD = f"client_id,date,{PHQ9}"


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    folder.mkdir()
    return folder


def put(raw: Path, name: str, *rows: str, head: str = HEAD) -> None:
    path = raw / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")


def again(raw: Path, *, today: date = TODAY) -> Imported:
    """Import with the memory that stands beside the folder."""
    return import_folder(
        raw,
        settings=Settings(),
        measures=measures(),
        today=today,
        memory=raw.parent / "memory",
    )


def assert_same(one: Imported, other: Imported) -> None:
    assert one.tables.keys() == other.tables.keys()
    for name, rows in one.tables.items():
        pd.testing.assert_frame_equal(rows, other.tables[name], obj=name)
    pd.testing.assert_frame_equal(one.files, other.files)
    assert one.set_aside.keys() == other.set_aside.keys()
    for name, rows in one.set_aside.items():
        pd.testing.assert_frame_equal(rows, other.set_aside[name])


# --- every format ---


def test_every_sample_is_remembered_as_it_was_read(raw: Path) -> None:
    for folder in ("formats", "bad"):
        shutil.copytree(EXPORTS / folder, raw / folder)
    fresh = imported(raw)
    first = again(raw)
    second = again(raw)
    assert first.n_remembered == 0
    assert second.n_remembered == len(second.files) > 20
    assert_same(fresh, first)
    assert_same(fresh, second)


# --- only what changed is read ---


def test_only_a_changed_file_is_opened(
    raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    open_path = all_files.open_path

    def watched(path: Path, name: str, *rest: object) -> object:
        opened.append(name)
        return open_path(path, name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(all_files, "open_path", watched)
    put(raw, "a.csv", f"A-1,2025-01-06,{A}")
    put(raw, "b.csv", f"A-2,2025-01-06,{A}")
    again(raw)
    opened.clear()
    put(raw, "b.csv", f"A-2,2025-01-06,{B}")
    result = again(raw)
    assert opened == ["b.csv"]
    assert result.n_remembered == 1
    (raw / "a.csv").rename(raw / "c.csv")  # messages and ids of files name it
    opened.clear()
    again(raw)
    assert opened == ["c.csv"]


def test_what_a_removed_file_held_is_forgotten(raw: Path) -> None:
    put(raw, "a.csv", f"A-1,2025-01-06,{A}")
    put(raw, "b.csv", f"A-2,2025-01-06,{A}")
    again(raw)
    assert len(list((raw.parent / "memory").iterdir())) == 2
    (raw / "b.csv").unlink()
    assert again(raw).tables["clients"]["client_id"].tolist() == ["A-1"]
    assert len(list((raw.parent / "memory").iterdir())) == 1


def test_another_profile_reads_the_file_it_fits_again(raw: Path) -> None:
    put(raw, "diary.csv", "A-1,2025-01-06,7", head="Nr,Tag,Wert")
    put(raw, "a.csv", f"A-1,2025-01-06,{A}")
    assert again(raw).files["action"].tolist() == ["accept", "needs_config"]
    (raw / "diary.toml").write_text(
        'name = "Diary"\n[match]\nfiles = ["diary.csv"]\n[columns]\nclient = "Nr"\n'
        'date = "Tag"\n[[forms]]\nmeasure = "checkin"\nitems = { mood = "Wert" }\n',
        encoding="utf-8",
    )
    result = again(raw)
    assert result.files["action"].tolist() == ["accept", "accept"]
    assert result.n_remembered == 1


def test_a_data_dictionary_that_changes_reads_the_files_beside_it_again(
    raw: Path,
) -> None:
    folder = EXPORTS / "redcap_longitudinal"
    if not folder.is_dir():
        folder = next(path.parent for path in EXPORTS.rglob("*dictionary*.csv"))
    shutil.copytree(folder, raw / "redcap")
    put(raw, "a.csv", f"A-1,2025-01-06,{A}")
    again(raw)
    dictionary = next(raw.rglob("*dictionary*.csv"))
    text = dictionary.read_text(encoding="utf-8")
    dictionary.write_text(text.rstrip("\n") + "\n\n", encoding="utf-8")
    result = again(raw)
    assert result.n_remembered < len(result.files)
    assert result.n_remembered >= 1  # a.csv stands in another folder
    assert_same(imported(raw), result)


# --- days ---


def test_a_date_that_lay_ahead_is_read_again_when_it_has_come(raw: Path) -> None:
    ahead = TODAY + timedelta(days=10)
    put(raw, "a.csv", f"A-1,2025-01-06,{A}", f"A-1,{ahead},{A}")
    put(raw, "b.csv", f"A-2,2025-01-06,{A}")
    first = again(raw)
    assert first.files["quarantined"].tolist() == [1, 0]
    assert first.until == ahead - timedelta(days=1)  # with the day of grace
    eve = again(raw, today=first.until - timedelta(days=1))
    assert eve.n_remembered == 2
    come = again(raw, today=first.until)
    assert come.n_remembered == 1
    assert come.files["quarantined"].tolist() == [0, 0]


def test_two_digit_years_are_read_again_in_another_year(raw: Path) -> None:
    put(raw, "a.csv", f"A-1,13/01/27,{A}")  # 1927 as long as 2027 lies ahead
    assert again(raw).until == date(2027, 1, 1)
    result = again(raw, today=date(2027, 2, 1))
    assert result.n_remembered == 0
    assert_same(imported(raw, today=date(2027, 2, 1)), result)


def test_a_clock_that_was_put_back_reads_again(raw: Path) -> None:
    put(raw, "a.csv", f"A-1,2025-01-06,{A}")
    again(raw)
    assert again(raw, today=date(2024, 1, 1)).n_remembered == 0


# --- any changes at all ---

CLIENTS = st.sampled_from(["A-1", "a-1", "A-2", "A 3", "A-3", "", "4"])
DAYS = st.sampled_from(
    ["2025-01-06", "2025-01-13", "2026-11-26", "06/01/2025", "13/01/2025", "1/2/27"]
)
ROWS = st.tuples(CLIENTS, DAYS, st.sampled_from([A, B, "9" + A[1:], ",,,,,,,,"]))
CONTENTS = st.lists(ROWS.map(",".join), max_size=4)
NAMES = st.sampled_from(["a.csv", "b.csv", "sub/c.csv", "sub/d.csv"])
CHANGES = st.lists(
    st.tuples(NAMES, st.none() | CONTENTS, st.integers(0, 5)), min_size=1, max_size=6
)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(changes=CHANGES)
def test_an_import_after_any_changes_is_as_a_fresh_one(
    tmp_path_factory: pytest.TempPathFactory, changes: list
) -> None:
    raw = tmp_path_factory.mktemp("changes") / "raw"
    raw.mkdir()
    put(raw, "base.csv", f"A-1,2025-01-06,{A}", f"A-2,2025-01-06,{B}")
    today = TODAY
    for name, rows, days in changes:
        if rows is None:
            (raw / name).unlink(missing_ok=True)
        else:
            put(raw, name, *rows)
        today += timedelta(days=days)
        result = again(raw, today=today)
    assert_same(imported(raw, today=today), result)
    assert again(raw, today=today).n_remembered == len(result.files)


# --- what is damaged ---


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: data[:-1] + bytes([data[-1] ^ 1]),
        lambda data: b"another version" + data,
    ],
)
def test_a_damaged_memory_is_read_anew(raw: Path, damage: object) -> None:
    put(raw, "a.csv", f"A-1,2025-01-06,{A}")
    fresh = again(raw)
    (path,) = (raw.parent / "memory").iterdir()
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    result = again(raw)
    assert result.n_remembered == 0
    assert_same(fresh, result)
    assert again(raw).n_remembered == 1


def test_arrays_come_back_as_they_were() -> None:
    sheet = Sheet(
        "f.csv",
        ("a", "b"),
        (pa.array(["x", ""]), pa.array(["", "ü"])),
        np.array([2, 3]),
    )
    back = unpacked(packed(sheet), Sheet)
    assert [c.to_pylist() for c in back.columns] == [["x", ""], ["", "ü"]]
    assert back.rows.tolist() == [2, 3]
    assert back.names == sheet.names


def test_only_the_kind_that_is_expected_comes_back() -> None:
    with pytest.raises(Unreadable):
        unpacked(packed(empty_sheet("f.csv")), Imported)
    with pytest.raises(TypeError):
        packed(Path("x"))
