"""A real PostgreSQL as the source, started by the test itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import postgresql_server as servers
import pytest
from import_helpers import TODAY, measures
from postgresql_server import PASSWORD, READER, STRANGER, Server, admin

from analysis import store
from analysis.__main__ import main
from analysis.errors import AnalysisError
from analysis.importers import import_pulled, pull_database
from analysis.importers.databases import asking
from analysis.importers.databases.address import PASSWORD_VARIABLE, address_of
from analysis.settings import Settings

pytest.importorskip("sqlalchemy", reason="the extra db is not installed")
pytest.importorskip("psycopg", reason="the extra db is not installed")
pytestmark = pytest.mark.skipif(bool(servers.why_not()), reason=servers.why_not())

OWN = Path(__file__).parent / "databases"
PROFILE = OWN / "hospital.toml"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with servers.running(OWN / "hospital.sql") as one:
        admin(one, "create sequence numbers")
        yield one


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.delenv(PASSWORD_VARIABLE, raising=False)


def options(folder: Path, url: str, profile: Path = PROFILE) -> list[str]:
    return ["import", "--raw", url, "--profile", str(profile),
            "--processed", str(folder / "processed"),
            "--reports", str(folder / "reports"),
            "--settings", str(folder / "none.toml")]  # fmt: skip


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def read(url: str, profile: Path = PROFILE, password: str = PASSWORD):
    pulled = pull_database(address_of(url), profile, measures(), password=password)
    return import_pulled(pulled, settings=Settings(), measures=measures(), today=TODAY)


def test_a_hospital_is_imported_and_no_password_or_name_is_left_behind(
    server: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    assert main(options(tmp_path, server.url())) == 0
    said = "".join(capsys.readouterr())
    assert f"postgresql://{READER}@127.0.0.1" in said
    files = pd.read_csv(tmp_path / "processed" / "imports.csv")
    counts = files[["file", "rows_in", "accepted"]].values.tolist()
    assert counts == [["clients", 3, 3], ["sessions", 4, 4], ["answers", 25, 25]]
    assert "email" in files["messages"][0]
    clients = store.read_table("clients", tmp_path / "processed")
    assert clients["birth_year"].tolist()[:2] == [1980, 1975]
    sessions = store.read_table("sessions", tmp_path / "processed")
    assert sessions["clinician_id"].tolist()[:2] == ["okafor", "okafor"]
    for words in (said.encode(), everything(tmp_path)):
        assert b"secret" not in words
        assert b"example.org" not in words
        assert b"Aname" not in words
    assert main(options(tmp_path, server.url())) == 0
    assert "unchanged since the last import" in "".join(capsys.readouterr())


def test_what_changed_in_the_database_is_read_and_only_that(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # the password in the address: allowed, and shown nowhere
    arguments = options(tmp_path, server.url(READER, PASSWORD))
    assert main(arguments) == 0
    admin(server, "insert into patients values (4, 'H-4')")
    try:
        assert main(arguments) == 0
        said = "".join(capsys.readouterr())
        assert "2 of them are as they were" in said
        assert PASSWORD not in said
        clients = store.read_table("clients", tmp_path / "processed")
        assert clients["client_id"].tolist() == ["H-1", "H-2", "H-3", "H-4"]
    finally:
        admin(server, "delete from patients where id = 4")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("delete from answers returning form_id", "understands"),
        ("select 1; commit; delete from answers", ""),
        ("select 1 as a) to program 'id'; --", ""),
        ("with gone as (delete from answers returning *) select * from gone", ""),
        ("select nextval('numbers') as x", "only read"),
    ],
)
def test_nothing_can_be_changed(
    server: Server, tmp_path: Path, query: str, words: str
) -> None:
    profile = tmp_path / "p.toml"
    text = f'[[tables]]\nname = "x"\nquery = """{query}"""\n'
    profile.write_text(text, encoding="utf-8")
    url = server.url(servers.ADMIN)  # who could change everything
    row = read(url, profile).files.iloc[0]
    assert row["action"] == "needs_config"
    assert words in row["messages"]
    assert read(server.url()).files["rows_in"].tolist() == [3, 4, 25]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ('from = "nowhere.patients"', "no table or view nowhere.patients"),
        ('query = "select * from nowhere"', "a table that is not there"),
        ('query = "select * from nowhere.x"', "that is not there"),
        ('query = "select colour from patients"', "a column that is not there"),
        ('query = "select code::int from patients"', "SQLSTATE 22P02"),
        ('query = "select from where"', "no query that the database understands"),
    ],
)
def test_a_table_that_cannot_be_read_does_not_stop_the_others(
    server: Server, tmp_path: Path, entry: str, words: str
) -> None:
    profile = tmp_path / "p.toml"
    text = f'[[tables]]\nname = "odd"\n{entry}\n{PROFILE.read_text(encoding="utf-8")}'
    profile.write_text(text.replace('name = "Hospital"', ""), encoding="utf-8")
    files = read(server.url(), profile).files
    assert files["action"].tolist() == ["needs_config", "accept", "accept", "accept"]
    assert words in files["messages"][0]
    assert "H-1" not in files["messages"][0]  # 22P02 quotes the value itself


def test_a_table_is_read_in_the_order_of_its_key(
    server: Server, tmp_path: Path
) -> None:
    admin(server, "update patients set sex = 'f' where id = 1")  # moves it to the end
    profile = tmp_path / "p.toml"
    profile.write_text(
        '[[tables]]\nfrom = "public.patients"\ntable = "clients"\n'
        '[tables.columns]\nclient = "code"\nbirth_date = "born"\n',
        encoding="utf-8",
    )
    result = read(server.url(), profile)
    assert result.tables["clients"]["client_id"].tolist() == ["H-1", "H-2", "H-3"]
    assert result.tables["clients"]["birth_year"].tolist()[:2] == [1980, 1975]
    assert "full_name" in result.files["messages"][0]


def test_a_user_without_rights_is_told_which_table(server: Server) -> None:
    files = read(server.url(STRANGER)).files
    assert files["action"].tolist() == ["needs_config"] * 3
    assert all("right to SELECT" in text for text in files["messages"])


def test_large_tables_come_in_pieces(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read(server.url()).tables
    monkeypatch.setattr(asking, "PIECE", 7)
    pieces = read(server.url()).tables
    for name, rows in whole.items():
        pd.testing.assert_frame_equal(rows, pieces[name])


# --- what a user can mend ---


@pytest.mark.parametrize(
    ("change", "password", "words"),
    [
        (("127.0.0.1", "127.0.0.1"), "wrong", "does not accept this user or this"),
        ((READER, "nobody"), PASSWORD, "does not accept this user or this"),
        (("/hospital", "/clinic"), PASSWORD, "no database of that name"),
        (("127.0.0.1:", "127.0.0.1:1"), PASSWORD, "No database answers"),
        (("127.0.0.1", "no-such-host.invalid"), PASSWORD, "No database answers"),
        (("/hospital", "/hospital?sslmode=require"), PASSWORD, "sslmode|SSL|let this"),
    ],
)
def test_a_database_that_cannot_be_opened_says_what_to_do(
    server: Server, change: tuple[str, str], password: str, words: str
) -> None:
    url = server.url().replace(*change)
    if change[1] == "127.0.0.1:1":
        url = f"postgresql://{READER}@127.0.0.1:1/hospital"
    with pytest.raises(AnalysisError, match=words) as told:
        read(url, password=password)
    assert PASSWORD not in str(told.value)
    assert told.value.__cause__ is None
    assert told.value.__suppress_context__


def test_a_wrong_password_ends_with_2_and_one_message(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(options(tmp_path, server.url(READER, "Zq-wrong"))) == 2
    said = "".join(capsys.readouterr())
    assert PASSWORD_VARIABLE in said
    assert "Zq-wrong" not in said
    assert "Traceback" not in said
