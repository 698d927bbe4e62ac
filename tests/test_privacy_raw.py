"""What may lie in a folder of exports and is none: told by name, never followed."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from import_helpers import TODAY, measures

from analysis.importers import Imported, import_folder, raw_files
from analysis.settings import Settings
from analysis.state import folder_key

GOOD = "client_id,date,mood\nA-1,2026-10-01,5\n"
pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="links and pipes are those of Unix"
)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """A folder with one export, and a secret outside of it."""
    folder = tmp_path / "raw"
    folder.mkdir()
    (folder / "good.csv").write_text(GOOD)
    (tmp_path / "secret.csv").write_text("client_id,date,note\nA-1,2026-10-01,Zq1\n")
    return folder


def imported(raw: Path) -> Imported:
    return import_folder(raw, settings=Settings(), measures=measures(), today=TODAY)


def actions(result: Imported) -> Mapping[str, tuple[str, str]]:
    files = result.files.set_index("file")
    return {
        str(name): (row["action"], row["messages"]) for name, row in files.iterrows()
    }


@pytest.mark.parametrize("target", ["../secret.csv", "/etc/passwd", "..", "/etc"])
def test_a_link_out_of_the_folder_is_refused_and_not_read(
    raw: Path, target: str
) -> None:
    (raw / "link.csv").symlink_to(target)
    result = imported(raw)
    action, said = actions(result)["link.csv"]
    assert action == "reject"
    assert "outside the folder of exports" in said
    assert "Zq1" not in str([table.to_dict() for table in result.tables.values()])
    assert len(result.files) == 2
    assert len(result.tables["administrations"]) == 1


def test_a_link_within_the_folder_is_an_export_like_others(raw: Path) -> None:
    (raw / "again.csv").symlink_to("good.csv")
    files = imported(raw).files
    assert files["duplicates"].sum() == 1
    assert files["accepted"].sum() == 1


def test_the_folder_itself_may_be_a_link(raw: Path) -> None:
    link = raw.parent / "exports"
    link.symlink_to(raw)
    assert imported(link).files["action"].tolist() == ["accept"]


@pytest.mark.parametrize(
    ("links", "why"),
    [
        ({"gone.csv": "nowhere.csv"}, "leads nowhere"),
        ({"a.csv": "b.csv", "b.csv": "a.csv"}, "leads nowhere"),
        ({"loop": "."}, "folder that is read already"),
    ],
)
def test_links_that_lead_nowhere_are_told(
    raw: Path, links: Mapping[str, str], why: str
) -> None:
    for name, target in links.items():
        (raw / name).symlink_to(target)
    found = actions(imported(raw))
    assert all(why in found[name][1] for name in links)
    assert len(folder_key(raw)) == 64


def test_a_pipe_is_told_and_never_waited_for(raw: Path) -> None:
    os.mkfifo(raw / "pipe.csv")
    action, said = actions(imported(raw))["pipe.csv"]
    assert (action, "no file that can be read" in said) == ("reject", True)
    assert len(folder_key(raw)) == 64


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything"
)
def test_what_may_not_be_read_is_told(raw: Path) -> None:
    (raw / "locked.csv").write_text(GOOD)
    (raw / "locked.csv").chmod(0)
    (raw / "inner").mkdir()
    (raw / "inner").chmod(0)
    try:
        found = actions(imported(raw))
        assert "could not be opened" in found["locked.csv"][1]
        assert "may not be opened" in found["inner"][1]
        assert len(folder_key(raw)) == 64
    finally:
        (raw / "inner").chmod(0o700)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(b"bad\xff\xfe.csv", id="no UTF-8"),
        pytest.param(b"two\nlines.csv", id="newline"),
        pytest.param(b"\x1b[31mred.csv", id="terminal code"),
        pytest.param("x\u202egpj.csv".encode(), id="right to left"),
    ],
)
def test_odd_file_names_are_printed_harmlessly(raw: Path, name: bytes) -> None:
    try:
        Path(os.fsdecode(os.fsencode(raw) + b"/" + name)).write_text(GOOD)
    except OSError:
        pytest.skip("this file system refuses the name")
    files = imported(raw).files["file"]
    assert len(files) == 2
    assert all(text.isprintable() for text in files)
    assert len(folder_key(raw)) == 64


def test_a_link_that_leads_elsewhere_counts_as_a_change(raw: Path) -> None:
    before = folder_key(raw)
    (raw / "link.csv").symlink_to("/etc/hostname")
    linked = folder_key(raw)
    (raw / "link.csv").unlink()
    (raw / "link.csv").symlink_to("/etc/passwd")
    assert len({before, linked, folder_key(raw)}) == 3


def test_hidden_files_and_profiles_are_no_exports(raw: Path) -> None:
    (raw / ".hidden.csv").write_text(GOOD)
    (raw / "map.toml").write_text("")
    assert [path.name for path in raw_files(raw)] == ["good.csv"]


@pytest.mark.parametrize("known", ["client_id,date,mood", "a,b,c"])
def test_a_hundred_thousand_columns_are_refused_at_once(raw: Path, known: str) -> None:
    more = 100_000
    head = ",".join([known, *(f"c{number}" for number in range(more))])
    row = ",".join(["A-1", "2026-10-01", *["1"] * (more + 1)])
    (raw / "wide.csv").write_text(f"{head}\n{row}\n")
    action, said = actions(imported(raw))["wide.csv"]
    assert action == "reject"
    assert "it is no table" in said
