"""The desk's gate, its windows, its inbox: no browser and no server needed."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("voila", reason="the extra `app` is not installed: make app")

from analysis.desk.gate import refused
from analysis.desk.inbox import LARGEST_BYTES, Inbox, safe_file_name, take_out
from analysis.desk.windows import Patience, Windows
from analysis.errors import AnalysisError

PORT = 8899
HOME = {"Host": f"127.0.0.1:{PORT}"}
SOCKET = {**HOME, "Upgrade": "websocket"}


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Host": f"evil.example:{PORT}"}, "another name"),  # DNS rebinding
        ({"Host": "127.0.0.1:80"}, "another name"),
        ({}, "another name"),
        ({**HOME, "Origin": "http://evil.example"}, "another site"),
        ({**HOME, "Origin": "null"}, "another site"),
        ({**HOME, "Origin": "http://127.0.0.1:8888"}, "another site"),
        (SOCKET, "another site"),  # browsers name the origin of every socket
        ({**HOME, "Sec-Fetch-Site": "cross-site"}, "another site"),
        ({**HOME, "Sec-Fetch-Site": "same-site"}, "another site"),
        (
            {
                **HOME,
                "Sec-Fetch-Site": "cross-site",
                "Sec-Fetch-Mode": "navigate",
                "Sec-Fetch-Dest": "iframe",
            },
            "another site",
        ),
    ],
)
def test_strangers_are_turned_away(headers: dict[str, str], why: str) -> None:
    assert why in refused("GET", headers, PORT)


@pytest.mark.parametrize(
    "headers",
    [
        HOME,
        {"Host": f"localhost:{PORT}"},
        {**SOCKET, "Origin": f"http://127.0.0.1:{PORT}"},
        {**HOME, "Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"},
        {**HOME, "Sec-Fetch-Site": "same-origin"},
        {
            **HOME,  # the file that opens the browser at the start
            "Sec-Fetch-Site": "cross-site",
            "Sec-Fetch-Mode": "navigate",
            "Sec-Fetch-Dest": "document",
        },
    ],
)
def test_the_page_itself_passes(headers: dict[str, str]) -> None:
    assert refused("GET", headers, PORT) == ""


@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT", "PATCH", "OPTIONS"])
def test_nothing_can_be_changed_by_a_request(method: str) -> None:
    assert refused(method, HOME, PORT)


# --- windows --------------------------------------------------------------------------


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def windows_at(clock: Clock, ended: list[str]) -> Windows:
    patience = Patience(first=600, kernel=60, desk=45)
    return Windows(clock, lambda: ended.append("end"), patience)


def test_the_desk_ends_once_when_the_last_window_is_gone_for_long_enough() -> None:
    clock, ended = Clock(), list[str]()
    windows = windows_at(clock, ended)
    windows.look({"k": 1})
    for clock.now in (10, 54.9):
        windows.look({"k": 0})
        windows.look({"k": 1} if clock.now == 10 else {"k": 0})
    assert ended == []  # 44.9 seconds since the window was there
    clock.now = 55
    windows.look({"k": 0})
    clock.now = 99
    windows.look({"k": 0})
    assert ended == ["end"]


def test_a_desk_nobody_has_opened_yet_waits_ten_minutes() -> None:
    clock, ended = Clock(), list[str]()
    windows = windows_at(clock, ended)
    for clock.now in (0, 599):
        windows.look({})
    assert ended == []
    clock.now = 600
    windows.look({})
    assert ended == ["end"]


def test_a_kernel_whose_window_was_loaded_again_is_let_go_after_a_minute() -> None:
    clock = Clock()
    windows = windows_at(clock, [])
    assert windows.look({"old": 0, "new": 1}) == []
    clock.now = 59
    assert windows.look({"old": 0, "new": 1}) == []
    clock.now = 60
    assert windows.look({"old": 0, "new": 1}) == ["old"]


# --- inbox ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("scores.csv", "scores.csv"),
        ("C:\\Users\\me\\scores.csv", "scores.csv"),
        ("../../etc/scores.csv", "scores.csv"),
        ("Über uns (2).xlsx", "Über uns (2).xlsx"),
        ("a\x00b\n.csv", "a_b_.csv"),
        ("x" * 300 + ".csv", "x" * 116 + ".csv"),
        ("report.csv. ", "report.csv"),
    ],
)
def test_a_name_keeps_its_last_part_and_nothing_that_leads_away(
    given: str, kept: str
) -> None:
    assert safe_file_name(given) == kept


@pytest.mark.parametrize(
    "name",
    ["", "..", "/", ".hidden.csv", "CON", "nul.csv", "run.EXE", "a.lnk", "map.toml"],
)
def test_a_name_no_export_has_is_refused(name: str) -> None:
    with pytest.raises(AnalysisError):
        safe_file_name(name)


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    folder = tmp_path / "arriving"
    folder.mkdir()
    return Inbox(tmp_path / "raw", folder)


def put(inbox: Inbox, name: str, content: bytes) -> dict[str, object]:
    number = inbox.begin(name, len(content))
    for start in range(0, len(content), 4):
        inbox.part(number, content[start : start + 4])
    return dict(inbox.end(number))


def test_a_file_arrives_whole_under_its_own_name(inbox: Inbox) -> None:
    assert put(inbox, "a.csv", b"client_id,date\n")["how"] == "stored"
    assert (inbox.raw / "a.csv").read_bytes() == b"client_id,date\n"
    assert put(inbox, "empty.csv", b"")["how"] == "stored"
    assert [*inbox.folder.iterdir()] == []


def test_the_same_file_twice_is_kept_once(inbox: Inbox) -> None:
    put(inbox, "a.csv", b"one")
    assert put(inbox, "a.csv", b"one")["how"] == "same"
    assert [path.name for path in inbox.raw.iterdir()] == ["a.csv"]


@pytest.mark.parametrize(
    ("replaces", "names", "first"),
    [(True, ["a.csv"], b"two"), (False, ["a (2).csv", "a.csv"], b"one")],
)
def test_another_file_of_that_name_waits_for_an_answer(
    inbox: Inbox, replaces: bool, names: list[str], first: bytes
) -> None:
    put(inbox, "a.csv", b"one")
    asked = put(inbox, "a.csv", b"two")
    assert asked["how"] == "clash"
    assert (inbox.raw / "a.csv").read_bytes() == b"one"
    inbox.settle(int(str(asked["number"])), replaces=replaces)
    assert sorted(path.name for path in inbox.raw.iterdir()) == names
    assert (inbox.raw / "a.csv").read_bytes() == first


def test_what_is_too_large_or_not_what_was_announced_leaves_nothing(
    inbox: Inbox,
) -> None:
    with pytest.raises(AnalysisError, match="larger than 512 MB"):
        inbox.begin("a.csv", LARGEST_BYTES + 1)
    number = inbox.begin("a.csv", 2)
    with pytest.raises(AnalysisError, match="grew"):
        inbox.part(number, b"abc")
    number = inbox.begin("b.csv", 2)
    with pytest.raises(AnalysisError, match="not arrive whole"):
        inbox.end(number)
    with pytest.raises(AnalysisError, match="not known any more"):
        inbox.part(number, b"ab")
    assert [*inbox.folder.iterdir()] == []
    assert not inbox.raw.exists()


def test_a_file_is_never_stored_through_a_link(inbox: Inbox, tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_bytes(b"mine")
    inbox.raw.mkdir()
    (inbox.raw / "a.csv").symlink_to(outside)
    asked = put(inbox, "a.csv", b"other")
    assert asked["how"] == "clash"
    inbox.settle(int(str(asked["number"])), replaces=True)
    assert outside.read_bytes() == b"mine"


def test_only_what_lies_among_the_exports_is_taken_out(tmp_path: Path) -> None:
    raw, outside = tmp_path / "raw", tmp_path / "settings.toml"
    (raw / "deep").mkdir(parents=True)
    (raw / "deep" / "a.csv").write_bytes(b"")
    outside.write_bytes(b"")
    for name in ("../settings.toml", str(outside), "deep", "gone.csv", "deep/../../x"):
        with pytest.raises(AnalysisError, match="not among the exports"):
            take_out(raw, name)
    take_out(raw, "deep/a.csv")
    assert not (raw / "deep" / "a.csv").exists()
    assert outside.exists()
