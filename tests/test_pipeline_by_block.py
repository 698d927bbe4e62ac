"""A large practice is worked out block by block: the tables are the same."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis import pipeline, series, store
from analysis.pipeline.paths import Paths
from analysis.records import Scale
from analysis.schema import TABLES

JULY = date(2026, 7, 31)


def assert_same_tables(whole: Path, blocks: Path) -> None:
    for name in TABLES:
        one, other = (pq.read_table(f / f"{name}.parquet") for f in (whole, blocks))
        if "client_id" not in one.column_names and name != "models":
            order = [(column, "ascending") for column in one.column_names]
            one, other = one.sort_by(order), other.sort_by(order)
        assert one.equals(other), name


@pytest.fixture
def copied(practice: Paths, tmp_path: Path) -> Paths:
    """The demo practice, imported and not analysed yet."""
    folder = tmp_path / "processed"
    shutil.copytree(practice.processed, folder)
    for name in (name for name, table in TABLES.items() if table.is_derived):
        (folder / f"{name}.parquet").unlink()
    state = json.loads((folder / "state.json").read_text(encoding="utf-8"))
    text = json.dumps(state | {"until": ""})
    (folder / "state.json").write_text(text, encoding="utf-8")
    return replace(practice, processed=folder)


def test_blocks_of_clients_give_the_tables_of_one_run_row_by_row(
    practice: Paths, copied: Paths
) -> None:
    pipeline.run_analyse(copied, None, clients_per_block=9)
    assert_same_tables(practice.processed, copied.processed)


@pytest.mark.slow
def test_blocks_of_clients_give_the_tables_of_an_earlier_day(
    practice: Paths, copied: Paths, tmp_path: Path
) -> None:
    whole = tmp_path / "whole"
    shutil.copytree(practice.processed, whole)
    pipeline.run_analyse(replace(practice, processed=whole), JULY)
    pipeline.run_analyse(copied, JULY, clients_per_block=9)
    below = Path("as_of") / JULY.isoformat()
    assert_same_tables(whole / below, copied.processed / below)


# --- the parts ---


def test_a_table_written_in_pieces_has_the_bytes_of_one_written_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "ROWS_PER_GROUP", 10)
    names = [f"C{number:03d}" for number in range(47)]
    schema = TABLES["clients"].arrow()
    columns = [pa.nulls(len(names), field.type) for field in schema]
    whole = pa.table(columns, schema=schema).set_column(0, "client_id", [names])
    store.write_arrow(whole, "clients", tmp_path / "one")
    with store.pieces("clients", tmp_path / "two") as write:
        for start, end in ((0, 3), (3, 3), (3, 27), (27, 30), (30, 47)):
            write(whole.slice(start, end - start))
    one, two = (tmp_path / n / "clients.parquet" for n in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    assert pq.ParquetFile(two).num_row_groups == 5


def test_courses_are_joined_in_order_where_an_id_begins_with_another() -> None:
    # "A 2" comes after "A" among clients, its episode "A 2#1" before "A#1"
    rows = pd.DataFrame(
        {
            "client_id": ["A", "A", "A 2", "B", "B", "B"],
            "episode_id": ["A#1", "A#1", "A 2#1", "B#1", "B#1", "B#1"],
            "scale": "x.total",
            "date": pd.to_datetime(["2026-01-05"] * 6) + pd.to_timedelta(range(6), "D"),
            "value": np.arange(6.0),
        }
    )
    scale = Scale("x.total", "x", "X", "X", 0, 10, "worse", is_headline=True)
    until = date(2026, 12, 31)
    parts = [rows[rows["client_id"] == name] for name in ("A", "A 2", "B")]
    whole = series.courses_of(rows, {"x.total": scale}, until)
    found = series.joined(
        [series.courses_of(part, {"x.total": scale}, until) for part in parts]
    )
    pd.testing.assert_frame_equal(found.keys, whole.keys)
    for name in ("first", "n", "day", "value", "gain", "sign"):
        np.testing.assert_array_equal(getattr(found, name), getattr(whole, name))
