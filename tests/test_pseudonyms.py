"""Tables for analysts: what goes in, what stays, and who cannot tell whom."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import canaries
import pandas as pd
import pytest
from canaries import IDS
from conftest import silent

from analysis import pipeline, store
from analysis.errors import AnalysisError
from analysis.pipeline.paths import Paths
from analysis.pipeline.secret import KEY_VARIABLE
from analysis.privacy import Pseudonyms, without_words
from analysis.privacy.marks import mark

KEY, OTHER = bytes(range(32)), bytes(32)


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    folder = tmp_path_factory.mktemp("exported")
    own = Paths(
        folder / "data" / "raw",
        folder / "data" / "processed",
        folder / "reports",
        folder / "settings.toml",
    )
    canaries.write_practice(own.raw)
    pipeline.run_import(own, date(2026, 11, 23), silent)
    pipeline.run_analyse(own)
    return own


def _cells(tables: dict[str, pd.DataFrame]) -> str:
    return "".join(rows.to_csv() for rows in tables.values())


@pytest.mark.parametrize(
    "how", [Pseudonyms(), Pseudonyms(KEY), Pseudonyms(KEY, shift_dates=True)]
)
def test_no_name_and_no_free_text_leaves(paths: Paths, how: Pseudonyms) -> None:
    tables = store.read_tables(paths.processed)
    made = without_words(tables, how)
    assert not canaries.found(_cells(made).encode())
    assert set(made) == set(tables) - {"notes"}
    assert all(len(rows) == len(tables[name]) for name, rows in made.items())


def test_no_id_leaves_with_pseudonyms(paths: Paths) -> None:
    made = without_words(store.read_tables(paths.processed), Pseudonyms(KEY))
    own = made["clients"]["client_id"]
    assert own.str.fullmatch(r"client-[0-9a-f]{12}").all()
    assert not any(f",{id}," in _cells(made) for id in (*IDS.values(), "GA1", "GA2"))
    assert "goal.GA2" not in _cells(made)


def test_the_tables_still_fit_together(paths: Paths) -> None:
    tables = store.read_tables(paths.processed)
    made = without_words(tables, Pseudonyms(KEY, shift_dates=True))
    for child, parent, key in (
        ("responses", "administrations", "administration_id"),
        ("administrations", "clients", "client_id"),
        ("goal_ratings", "goals", "goal_id"),
        ("scores", "episodes", "episode_id"),
    ):
        assert made[child][key].isin(made[parent][key]).all(), child
    pd.testing.assert_series_equal(made["scores"]["score"], tables["scores"]["score"])


def test_one_key_gives_one_pseudonym_and_another_key_another() -> None:
    assert Pseudonyms(KEY).of("client", "A-1") == Pseudonyms(KEY).of("client", "A-1")
    assert Pseudonyms(KEY).of("client", "A-1") != Pseudonyms(OTHER).of("client", "A-1")
    assert Pseudonyms(KEY).of("client", "1") != Pseudonyms(KEY).of("goal", "1")[:6]


def test_marks_are_hmac_sha256() -> None:
    # RFC 4231, test case 1: key of twenty bytes 0b, data "Hi There"; our words carry
    # their kind before a zero byte, so the reference is made with openssl:
    # printf 'client\0A-1' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0b0b…(20)
    assert mark(b"\x0b" * 20, "client", "A-1") == REFERENCE


REFERENCE = "858b5b9b59d53df37e24a234541b6dd8a38c000fcf716b8f09f5204e05a2f7c5"


@pytest.mark.parametrize("client", [f"C-{number}" for number in range(40)])
def test_days_are_moved_by_whole_weeks_up_to_half_a_year(client: str) -> None:
    days = Pseudonyms(KEY, shift_dates=True).days(client)
    assert days % 7 == 0
    assert 0 < abs(days) <= 26 * 7
    assert Pseudonyms(KEY).days(client) == 0


def test_spans_of_one_client_stay_as_they_are(paths: Paths) -> None:
    tables = store.read_tables(paths.processed)
    made = without_words(tables, Pseudonyms(KEY, shift_dates=True))
    for name in ("administrations", "goal_ratings"):
        true = pd.to_datetime(tables[name]["date"])
        moved = pd.to_datetime(made[name]["date"])
        assert not (moved == true).any()
        assert (true.dt.day_of_week == moved.dt.day_of_week).all()
    own = tables["administrations"]["client_id"] == "A-1"
    spans = pd.to_datetime(made["administrations"]["date"])[own].diff().dropna()
    assert set(spans.dt.days) == {0, 7}  # forms of one day, then a week later


def test_a_category_that_few_have_is_not_told() -> None:
    made = without_words(_few(), Pseudonyms(KEY))["clients"]
    assert made["programme"].tolist() == ["Talking"] * 5 + ["other"]
    assert made["birth_year"].tolist() == [1980] * 5 + [1985]


def _few() -> dict[str, pd.DataFrame]:
    columns = store.read_tables(Path("nowhere"))
    clients = columns["clients"].reindex(range(6))
    clients["client_id"] = [f"C-{n}" for n in range(6)]
    clients["programme"] = ["Talking"] * 5 + ["The Smith family"]
    clients["birth_year"] = [1980, 1981, 1982, 1983, 1984, 1985]
    return {**columns, "clients": clients}


# --- the command ---


def _export(paths: Paths, out: Path, **how: bool) -> str:
    return pipeline.run_export(paths, pipeline.ExportOptions(out, **how)).text()


def test_the_folder_holds_tables_and_what_was_left_out_but_not_the_key(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, str(tmp_path / "key"))
    text = _export(paths, tmp_path / "out", pseudonymise=True)
    assert "pseudonyms" in text
    key = (tmp_path / "key").read_text(encoding="ascii").strip()
    for path in (tmp_path / "out").iterdir():
        assert key.encode() not in path.read_bytes()
        content = canaries.cells(path) if path.suffix == ".parquet" else b""
        assert not canaries.found(content + path.read_bytes())
    with pytest.raises(AnalysisError, match="not empty"):
        _export(paths, tmp_path / "out")
    with pytest.raises(AnalysisError, match="goes with"):
        _export(paths, tmp_path / "other", shift_dates=True)
