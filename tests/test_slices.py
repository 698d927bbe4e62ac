"""One client's rows by offset are those the tables hold, and are never out of date."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from analysis import slices, store
from analysis.errors import AnalysisError

CLIENTS = ["C", "A", "B", "A", "C"]


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    days = pd.to_datetime(["2026-01-05", "2026-02-05", "2026-01-01"] * 2)[:5]
    goals = pd.DataFrame(
        {"goal_id": [f"G{n}" for n in range(5)], "client_id": CLIENTS, "set_on": days}
    )
    steps = pd.DataFrame(
        {
            "goal_id": ["G4", "G0", "G2", "G0", "gone"],
            "position": [1, 2, 1, 1, 1],
            "step": ["e", "b", "c", "a", "of nobody"],
        }
    )
    events = pd.DataFrame({"client_id": CLIENTS, "date": days, "label": list("vwxyz")})
    models = pd.DataFrame(
        {"kind": "k", "scale": "s", "fitted_on": days, "parameter": list("pqrst")}
        | {"value": 1.0}
    )
    for name, rows in (
        ("goals", goals),
        ("goal_steps", steps),
        ("events", events),
        ("models", models),
    ):
        store.write_table(rows, name, tmp_path)
    return tmp_path


@pytest.mark.parametrize("client", ["A", "B", "C", "nobody"])
def test_a_slice_holds_the_rows_that_the_tables_hold(tables: Path, client: str) -> None:
    expected = store.read_tables(tables, slices.NAMES, client=client)
    slices.write_slices(tables)
    found = slices.read_client(tables, client)
    assert list(found) == list(expected)
    for name, rows in expected.items():
        assert_frame_equal(found[name], rows.reset_index(drop=True))


def test_without_slices_the_tables_are_read(tables: Path) -> None:
    found = slices.read_client(tables, "A")
    assert found["goals"]["goal_id"].tolist() == ["G1", "G3"]
    assert len(found["models"]) == 5


def test_slices_of_older_tables_are_never_read(tables: Path) -> None:
    slices.write_slices(tables)
    goals = store.read_table("goals", tables)
    store.write_table(goals.assign(statement="Ride the bus"), "goals", tables)
    assert slices.read_client(tables, "A")["goals"]["statement"].tolist() == [
        "Ride the bus",
        "Ride the bus",
    ]
    slices.write_slices(tables)
    assert len(list((tables / ".by_client").iterdir())) == 1  # older ones are removed
    assert slices.read_client(tables, "B")["goals"]["statement"].tolist() == [
        "Ride the bus"
    ]


def test_slices_are_written_once_for_the_same_tables(tables: Path) -> None:
    slices.write_slices(tables)
    (only,) = (tables / ".by_client").iterdir()
    before = only.stat().st_mtime_ns
    slices.write_slices(tables)
    assert only.stat().st_mtime_ns == before


def test_a_folder_that_cannot_be_written_is_told(tables: Path) -> None:
    (tables / ".by_client").write_text("in the way")
    with pytest.raises(AnalysisError, match="--processed"):
        slices.write_slices(tables)
