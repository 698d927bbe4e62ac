"""A database as the source: read only, text out, refused in words."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from import_helpers import TODAY, imported, measures

from analysis.errors import AnalysisError
from analysis.importers import Imported, import_pulled, pull_database
from analysis.importers.databases.address import (
    PASSWORD_VARIABLE,
    Address,
    address_of,
    is_address,
    password_of,
)
from analysis.importers.databases.cells import as_text
from analysis.settings import Settings

pytest.importorskip("sqlalchemy", reason="the extra db is not installed")

OWN = Path(__file__).parent / "databases"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "hospital.db"
    with sqlite3.connect(path) as connection:
        connection.executescript((OWN / "hospital.sql").read_text(encoding="utf-8"))
    connection.close()
    return path


def url_of(path: Path) -> str:
    return f"sqlite:///{path}"


def read(url: str, profile: Path, password: str = "") -> Imported:
    pulled = pull_database(address_of(url), profile, measures(), password=password)
    return import_pulled(pulled, settings=Settings(), measures=measures(), today=TODAY)


def profile(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "profile.toml"
    path.write_text(text, encoding="utf-8")
    return path


def message(path: Path, tmp_path: Path, text: str) -> tuple[str, str]:
    """Action and message of the one table of a profile."""
    row = read(url_of(path), profile(tmp_path, text)).files.iloc[0]
    return row["action"], row["messages"]


# --- what is read ---

PLAIN = """
[[tables]]
name = "clients"
query = \"\"\"select code as client_id, substr(born, 1, 4) as birth_year, sex
from patients order by id\"\"\"

[[tables]]
name = "sessions"
query = \"\"\"select code as client_id, starts_at as date, state as attended
from contacts join patients on patients.id = patient_id order by contacts.id\"\"\"

[[tables]]
name = "answers"
query = \"\"\"select code as client_id, filled_at as date, instrument as measure,
question as item, answer as response from forms join answers on form_id = forms.id
join patients on patients.id = patient_id order by form_id, question\"\"\"
"""


def test_a_file_of_sqlite_is_read_through_queries(
    database: Path, tmp_path: Path
) -> None:
    result = read(url_of(database), profile(tmp_path, PLAIN))
    counts = result.files[["file", "rows_in", "accepted"]].values.tolist()
    assert counts == [["clients", 3, 3], ["sessions", 4, 4], ["answers", 25, 25]]
    scores = result.tables["administrations"]
    assert scores["client_id"].tolist() == ["H-1", "H-1", "H-2"]
    assert scores["time"].tolist() == ["09:55:00", "09:50:00", "08:50:00"]
    assert scores["source_file"].unique().tolist() == ["answers"]
    answers = result.tables["responses"]
    skipped = answers[answers["response"].isna()]
    assert skipped["item"].tolist() == [8]
    assert result.tables["sessions"]["attended"].tolist() == [True, True, False, True]


def test_a_table_may_be_mapped_instead_of_queried(
    database: Path, tmp_path: Path
) -> None:
    text = (
        '[[tables]]\nfrom = "contacts"\ntable = "sessions"\nprefix = "P-"\n'
        '[tables.columns]\nclient = "patient_id"\ndate = "starts_at"\n'
        'attended = "state"\n'
    )
    result = read(url_of(database), profile(tmp_path, text))
    assert result.files["accepted"].tolist() == [4]
    assert result.tables["sessions"]["client_id"].unique().tolist() == ["P-1", "P-2"]


def test_a_database_gives_the_same_tables_as_its_export(
    database: Path, tmp_path: Path
) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    with sqlite3.connect(database) as connection:
        rows = connection.execute(
            "select code, filled_at, instrument, question, answer from forms join "
            "answers on form_id = forms.id join patients on patients.id = patient_id "
            "order by form_id, question"
        ).fetchall()
    connection.close()
    lines = [",".join("" if cell is None else str(cell) for cell in r) for r in rows]
    text = "\n".join(["client_id,date,measure,item,response", *lines]) + "\n"
    (raw / "answers").write_text(text, encoding="utf-8")
    one = imported(raw).tables
    other = read(
        url_of(database), profile(tmp_path, PLAIN[PLAIN.rindex("[[") :])
    ).tables
    assert other["responses"]["response"].equals(one["responses"]["response"])
    columns = ["client_id", "date", "time", "measure", "source_row"]
    assert other["administrations"][columns].equals(one["administrations"][columns])


def test_nothing_is_written_and_no_file_is_made(database: Path, tmp_path: Path) -> None:
    before = database.read_bytes()
    text = '[[tables]]\nname = "x"\nquery = "delete from answers"\n'
    assert message(database, tmp_path, text)[0] == "needs_config"
    assert database.read_bytes() == before
    with pytest.raises(AnalysisError, match="There is no database file"):
        read(url_of(tmp_path / "other.db"), profile(tmp_path, text))
    assert not (tmp_path / "other.db").exists()


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("Zq Aname was here " * 100, encoding="utf-8")
    with pytest.raises(AnalysisError) as told:
        read(url_of(path), profile(tmp_path, PLAIN))
    assert "Zq" not in str(told.value)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ('from = "nowhere"', "no table or view nowhere"),
        ('query = "select * from nowhere"', "names a table that is not there"),
        ('query = "select colour from patients"', "a column that is not there"),
        ('query = "selekt"', "no query that the database understands"),
        ('query = "select 1; select 2"', "more than one query"),
        ('query = "select id, code as id from patients"', "two columns called id"),
        ('query = "select * from patients where code = :who"', "write \\:who"),
        ("query = \"select x'00ff' as scan, code from patients\"", "scan holds bytes"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_and_the_others_are_read(
    database: Path, tmp_path: Path, entry: str, words: str
) -> None:
    text = f'[[tables]]\nname = "odd"\n{entry}\n{PLAIN}'
    result = read(url_of(database), profile(tmp_path, text))
    assert result.files["action"].iloc[0] == "needs_config"
    assert words in result.files["messages"].iloc[0]
    assert result.files["accepted"].tolist()[1:] == [3, 4, 25]


def test_a_colon_that_is_meant_and_a_percent_sign_are_read(
    database: Path, tmp_path: Path
) -> None:
    text = (
        "[[tables]]\nname = \"x\"\nquery = '''select code as client_id, "
        "'2026-01-05 10\\:30' as date, 4 as phq9_total from patients "
        "where code like 'H-%' '''\n"
    )
    assert message(database, tmp_path, text) == ("accept", "")


def test_cells_that_are_no_text_of_an_answer_set_their_row_aside(
    database: Path, tmp_path: Path
) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("update patients set code = 'H' || char(0) where id = 2")
    connection.close()
    text = (
        '[[tables]]\nname = "x"\nquery = "select code as client_id, born as '
        'date, 4 as phq9_total from patients where born is not null order by id"\n'
    )
    result = read(url_of(database), profile(tmp_path, text))
    assert result.files["quarantined"].tolist() == [1]
    assert result.set_aside["x"]["row"].tolist() == [3]


# --- the profile ---


def test_a_profile_names_every_mistake(tmp_path: Path) -> None:
    text = (
        'colour = "red"\n[[tables]]\nname = "a"\n[[tables]]\nname = "a"\n'
        'from = "x"\nquery = "y"\n[[tables]]\nfrom = "z"\nshape = "round"\n'
    )
    with pytest.raises(AnalysisError) as told:
        read("sqlite:///x.db", profile(tmp_path, text))
    words = str(told.value)
    for part in ("unknown key colour", "either from", "two tables are called a",
                 "z: unknown key shape"):  # fmt: skip
        assert part in words


def test_without_a_profile_nothing_is_read(database: Path) -> None:
    with pytest.raises(AnalysisError, match="--profile"):
        pull_database(address_of(url_of(database)), None, measures())


# --- values ---


def test_values_become_the_text_of_an_export() -> None:
    noon = datetime(2026, 1, 5, 12, 0, 1, 500, tzinfo=timezone.utc)  # noqa: UP017
    pairs = [
        (None, ""),
        ("007", "007"),
        (7, "7"),
        (7.0, "7"),
        (7.25, "7.25"),
        (float("nan"), ""),
        (Decimal("7.50"), "7.50"),
        (True, "true"),
        (date(2026, 1, 5), "2026-01-05"),
        (noon, "2026-01-05 12:00:01+00:00"),
        ({"a": 1}, '{"a": 1}'),
    ]
    for value, text in pairs:
        assert as_text([value, value]).to_pylist() == [text, text]
    assert as_text([value for value, _ in pairs]).to_pylist() == [t for _, t in pairs]
    with pytest.raises(TypeError):
        as_text([b"\x00"])


# --- addresses and passwords ---


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://anna:Zq-secret@db.example.org:5432/clinic",
        "postgresql://anna:Zq-secret@db.example.org/clinic?password=Zq-secret",
        "postgresql+psycopg2://anna:Zq%2Dsecret@[::1]/clinic#Zq-secret",
    ],
)
def test_no_password_is_ever_shown(url: str) -> None:
    address = address_of(url)
    assert "anna@" in address.shown
    assert address.shown.endswith("/clinic")
    for text in (address.shown, repr(address), str(address)):
        assert "secret" not in text


def test_only_what_can_be_read_without_writing_is_taken() -> None:
    assert is_address("sqlite:///x.db")
    assert not is_address("data/raw")
    with pytest.raises(AnalysisError, match="only postgresql and sqlite") as told:
        address_of("mysql://anna:Zq-secret@host/x")
    assert "secret" not in str(told.value)
    with pytest.raises(AnalysisError, match="cannot be read"):
        address_of("postgresql://anna:Zq/secret@host/x")


def test_the_environment_goes_before_the_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    address = Address("postgresql://anna:one%40two@host/x")
    assert password_of(address, {}) == "one@two"
    assert password_of(address, {PASSWORD_VARIABLE: "three"}) == "three"
    assert password_of(Address("postgresql://anna@host/x"), {}) == ""


def test_a_password_may_stand_in_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    keyring = pytest.importorskip("keyring", reason="the extra db is not installed")
    asked = []

    def kept(service: str, name: str) -> str:
        asked.append((service, name))
        return "four"

    monkeypatch.setattr(keyring, "get_password", kept)
    assert password_of(Address("postgresql://anna@host:5433/x"), {}) == "four"
    assert asked == [("cairn", "postgresql://anna@host:5433/x")]
