"""What somebody who means harm, or a careless colleague, puts in our way."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from import_helpers import of_files
from papermill.translators import PythonTranslator
from test_importers_workbook import ods

from analysis import engine
from analysis.engine import temporary
from analysis.errors import AnalysisError
from analysis.importers.sheets.signature import MAX_BYTES
from analysis.pipeline.secret import KEY_VARIABLE, read_key
from analysis.privacy import reading

unix = pytest.mark.skipif(sys.platform == "win32", reason="rights are those of Unix")


@unix
def test_a_file_of_many_gigabytes_is_refused_without_reading_it(tmp_path: Path) -> None:
    with (tmp_path / "huge.csv").open("wb") as file:
        file.truncate(50 * MAX_BYTES)  # takes no room on the disk, and would in memory
    result = of_files(tmp_path, {})
    assert result.files["action"].tolist() == ["reject"]
    assert "larger than 2 GB" in result.files["messages"].iloc[0]


@unix
def test_a_profile_is_not_read_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "secret.toml").write_text("this is no profile", encoding="utf-8")
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "profile.toml").symlink_to("../secret.toml")
    result = of_files(raw, {"moods.csv": "client_id,date,mood\nA-1,2026-10-01,4\n"})
    assert result.files["accepted"].tolist() == [1]


def test_a_profile_of_megabytes_is_none(tmp_path: Path) -> None:
    with pytest.raises(AnalysisError, match="larger than 1 MB"):
        of_files(tmp_path, {"a.toml": "#" * 1_100_000, "a.csv": "client_id\n"})


def test_entities_in_an_opendocument_table_are_never_unfolded(tmp_path: Path) -> None:
    data = ods("<table:table-row/>")
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    result = of_files(tmp_path, {"bomb.ods": _with_entities(data, bomb)})
    assert result.files["action"].tolist() == ["reject"]


def _with_entities(data: bytes, bomb: bytes) -> bytes:
    import io
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == "content.xml":
                content = bomb + content
            new.writestr(part.filename, content)
    return out.getvalue()


@pytest.mark.parametrize(
    "value",
    [
        '"); __import__("os").system("touch owned") #',
        "'''\nraise SystemExit\n'''",
        "A-1\nimport os",
        "\\",
        "{{7*7}}${HOME}`id`",
        "é\u202e\U0001f600",
    ],
)
def test_a_parameter_is_a_text_whatever_it_says(value: str) -> None:
    place: dict[str, object] = {}
    exec(PythonTranslator.codify({"client_id": value}), place)
    assert place["client_id"] == value


@pytest.mark.parametrize("client", ["../../outside", "/etc", "..", "a/../../outside"])
def test_forgetting_an_id_like_a_path_removes_nothing_outside(
    client: str, tmp_path: Path
) -> None:
    month = tmp_path / "reports" / "2026-10"
    home = month / "clients" / engine.safe_name(client)
    home.mkdir(parents=True)
    (home / "progress.pdf").write_bytes(b"%PDF-")
    outside = tmp_path / "outside"
    outside.mkdir()
    assert engine.take_out(month, [f"clients/{engine.safe_name(client)}"]) == 1
    assert not home.exists()
    assert outside.is_dir()


@unix
def test_a_link_among_reports_is_removed_and_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "elsewhere"
    precious.mkdir()
    (precious / "file").write_text("x", encoding="utf-8")
    (tmp_path / "month" / "clients").mkdir(parents=True)
    (tmp_path / "month" / "clients" / "A-1").symlink_to(precious)
    engine.take_out(tmp_path / "month", ["clients/A-1"])
    assert (precious / "file").exists()


@unix
def test_another_user_s_temporary_folders_are_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    mine = temporary.private_folder()
    theirs = mine.rename(
        mine.with_name(mine.name.replace(str(os.getpid()), str(ended.pid)))
    )
    uid = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: uid + 1)
    temporary.sweep()
    assert theirs.is_dir()
    monkeypatch.setattr(os, "getuid", lambda: uid)
    temporary.sweep()
    assert not theirs.exists()


@unix
def test_a_key_that_others_can_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "key"
    key.write_text("00" * 32, encoding="ascii")
    monkeypatch.setenv(KEY_VARIABLE, str(key))
    key.chmod(0o640)
    with pytest.raises(AnalysisError, match="chmod 600"):
        read_key()
    key.chmod(0o600)
    assert read_key() == bytes(32)


def test_a_log_that_grows_beyond_measure_is_named_and_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_LARGEST_BYTES", 10_000)
    (tmp_path / "a.log.gz").write_bytes(gzip.compress(b"0" * 1_000_000))
    with pytest.raises(AnalysisError, match="too large"):
        reading.readable(tmp_path / "a.log.gz")
