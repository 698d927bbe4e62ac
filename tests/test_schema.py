"""The tidy tables are declared once and held by a check that never quotes a value."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest

from analysis.errors import AnalysisError
from analysis.schema import TABLES, conform, frame


def sessions(**columns: object) -> pd.DataFrame:
    rows = {
        "client_id": ["A-1", "A-2"],
        "date": pd.to_datetime(["2026-01-05", "2026-01-12"]),
        "attended": [True, None],
    }
    return pd.DataFrame({**rows, **columns})


def test_missing_optional_columns_become_empty() -> None:
    table = conform(sessions(), "sessions")
    assert table.column_names == TABLES["sessions"].names
    assert table["kind"].null_count == 2


def test_dates_are_dates_and_an_unknown_truth_stays_unknown() -> None:
    table = conform(sessions(), "sessions")
    assert table.schema.field("date").type == pa.date32()
    assert table["attended"].to_pylist() == [True, None]


def test_a_table_comes_back_as_it_was_written() -> None:
    again = frame(conform(sessions(), "sessions"))
    assert again["date"].tolist() == sessions()["date"].tolist()
    assert again["attended"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"mood": [1, 2]}, "unknown column mood"),
        ({"client_id": [None, "A-2"]}, "client_id is empty in row 1"),
        ({"date": pd.to_datetime(["2026-01-05", None])}, "date is empty in row 2"),
    ],
)
def test_problems_name_column_and_row(columns: dict, said: str) -> None:
    with pytest.raises(AnalysisError, match=said):
        conform(sessions(**columns), "sessions")


def test_all_problems_are_told_at_once() -> None:
    rows = pd.DataFrame({"client_id": ["A-1", "A-1"], "sex": ["female", "other word"]})
    with pytest.raises(AnalysisError) as problem:
        conform(rows, "clients")
    assert "2 problem(s)" in str(problem.value)
    assert "sex is none of female, male in row 2" in str(problem.value)
    assert "client_id must be unique, see row 1, 2" in str(problem.value)


def test_an_error_never_quotes_what_a_cell_says() -> None:
    rows = pd.DataFrame({"client_id": ["A-1"], "sex": ["Jamie Example"]})
    with pytest.raises(AnalysisError) as problem:
        conform(rows, "clients")
    assert "Jamie" not in str(problem.value)


def test_a_missing_required_column_is_named() -> None:
    with pytest.raises(AnalysisError, match="column date is missing"):
        conform(pd.DataFrame({"client_id": ["A-1"]}), "sessions")


def test_many_wrong_rows_are_counted_not_listed() -> None:
    rows = pd.DataFrame({"client_id": [None] * 20, "date": pd.Timestamp("2026-01-05")})
    with pytest.raises(AnalysisError, match="row 1, 2, 3, 4, 5 and 15 more"):
        conform(rows, "sessions")


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_table_can_be_empty(name: str) -> None:
    empty = TABLES[name].empty()
    assert list(empty.columns) == TABLES[name].names
    assert conform(empty, name).num_rows == 0


def test_the_contract_tables_are_all_declared() -> None:
    contract = (
        "clients episodes sessions administrations responses goals goal_steps "
        "goal_ratings events notes scores series changes trends signs findings"
    )
    assert set(contract.split()) <= set(TABLES)


@pytest.mark.parametrize(
    ("codes", "items", "is_unique"),
    [
        ([0, 0, 1], [1, 2, 1], True),
        ([0, 1, 0], [1, 1, 2], True),  # out of order, and still unique
        ([0, 0, 1], [1, 1, 1], False),
        ([0, 1, 0], [1, 1, 1], False),
    ],
)
def test_a_key_of_a_categorical_is_unique_or_named(
    codes: list[int], items: list[int], is_unique: bool
) -> None:
    rows = pd.DataFrame(
        {
            "administration_id": pd.Categorical.from_codes(codes, ["a", "b"]),
            "item": items,
            "response": [1.0, 2.0, 3.0],
        }
    )
    if is_unique:
        table = conform(rows, "responses")
        wanted = ["ab"[code] for code in codes]
        assert table["administration_id"].to_pylist() == wanted
    else:
        with pytest.raises(AnalysisError, match="must be unique"):
            conform(rows, "responses")
