"""Tables are written whole or not at all, and one client's rows are read alone."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analysis import store
from analysis.errors import AnalysisError


def goals() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "goal_id": ["G2", "G1"],
            "client_id": ["B", "A"],
            "statement": ["Sleep by 23:30", "Ride the bus"],
            "set_on": pd.to_datetime(["2026-01-05", "2026-02-05"]),
        }
    )


def steps() -> pd.DataFrame:
    return pd.DataFrame(
        {"goal_id": ["G1", "G2"], "position": [1, 1], "step": ["a", "b"]}
    )


def test_a_table_is_read_back_as_written(tmp_path: Path) -> None:
    store.write_table(goals(), "goals", tmp_path)
    again = store.read_table("goals", tmp_path)
    assert again["goal_id"].tolist() == ["G1", "G2"]  # sorted by client
    assert again["set_on"].tolist() == goals()["set_on"].tolist()[::-1]


def test_an_absent_table_has_no_rows(tmp_path: Path) -> None:
    assert len(store.read_table("goals", tmp_path)) == 0


def test_one_client_gets_no_row_of_another(tmp_path: Path) -> None:
    store.write_table(goals(), "goals", tmp_path)
    store.write_table(steps(), "goal_steps", tmp_path)
    tables = store.read_tables(tmp_path, ("goals", "goal_steps"), client="A")
    assert tables["goals"]["client_id"].unique().tolist() == ["A"]
    assert tables["goal_steps"]["goal_id"].tolist() == ["G1"]


def test_steps_are_cut_down_even_when_goals_are_not_asked_for(tmp_path: Path) -> None:
    store.write_table(goals(), "goals", tmp_path)
    store.write_table(steps(), "goal_steps", tmp_path)
    tables = store.read_tables(tmp_path, ("goal_steps",), client="B")
    assert tables["goal_steps"]["goal_id"].tolist() == ["G2"]


def test_a_damaged_table_says_how_to_rebuild_it(tmp_path: Path) -> None:
    (tmp_path / "goals.parquet").write_bytes(b"PAR1 but not really")
    with pytest.raises(AnalysisError, match="make data"):
        store.read_table("goals", tmp_path)


def test_a_refused_table_leaves_the_last_good_one(tmp_path: Path) -> None:
    store.write_table(goals(), "goals", tmp_path)
    with pytest.raises(AnalysisError):
        store.write_table(goals().assign(mood=1), "goals", tmp_path)
    assert len(store.read_table("goals", tmp_path)) == 2


def test_a_full_disk_leaves_the_last_good_table_and_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write_table(goals(), "goals", tmp_path)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.pq, "ParquetWriter", full)
    with pytest.raises(AnalysisError, match="No space left"):
        store.write_table(goals().iloc[:1], "goals", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["goals.parquet"]
    assert len(store.read_table("goals", tmp_path)) == 2
