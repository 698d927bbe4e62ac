"""The desk without a browser: what the page asks and what it is answered."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest

pytest.importorskip("voila", reason="the extra `app` is not installed: make app")

from analysis.desk import practice_form
from analysis.desk.comms import answer, desk_words
from analysis.desk.desk import Desk
from analysis.desk.practices import Desks
from analysis.engine import safe_name
from analysis.errors import AnalysisError
from analysis.pipeline.paths import Paths
from analysis.settings import read_settings

STATIC = (
    Path(__file__).parents[1] / "analysis/desk/jupyter/voila/templates/cairn/static"
)
MONTH = "2026-10"


class Told:
    """What a step tells, and how it ended."""

    def __init__(self) -> None:
        self.events: list[Mapping[str, Any]] = []
        self._over = threading.Event()

    def __call__(self, event: Mapping[str, Any]) -> None:
        self.events.append(event)
        if "ended" in event:
            self._over.set()

    def ending(self) -> Mapping[str, Any]:
        assert self._over.wait(120)
        self._over.clear()
        return self.events[-1]


@pytest.fixture
def told() -> Told:
    return Told()


def desk_of(paths: Paths, folder: Path, told: Told) -> Desk:
    folder.mkdir(exist_ok=True)
    return Desk(Desks.of(paths), folder, told)


def asks(desk: Desk, name: str, **content: Any) -> Mapping[str, Any]:
    return desk.handle({"ask": name, **content}).content


@pytest.fixture
def desk(practice: Paths, tmp_path: Path, told: Told) -> Desk:
    """A desk on the demo practice as if its exports were the user's own."""
    desk = desk_of(practice, tmp_path / "window", told)
    # the exports say that they are invented; the page treats them as its demo
    desk._desks = replace(desk._desks, demo=desk._desks.own)
    desk._is_demo = True
    return desk


def test_a_fresh_practice_has_no_months_and_no_files(
    tmp_path: Path, told: Told
) -> None:
    paths = Paths(*(tmp_path / name for name in ("raw", "processed", "r", "s.toml")))
    state = asks(desk_of(paths, tmp_path / "window", told), "state")
    assert state["months"] == []
    assert state["exports"]["files"] == []
    assert not state["is_demo"]


def test_flagged_clients_stand_first_and_risk_before_all(desk: Desk) -> None:
    state = asks(desk, "state")
    assert state["months"][0] == MONTH
    reply = asks(desk, "clients", month=MONTH)
    flagged = [bool(one["flags"]) for one in reply["clients"]]
    assert flagged == sorted(flagged, reverse=True)
    first = reply["clients"][0]
    assert first["flags"][0] == "risk_item"
    assert all("risk_item" not in one["flags"] for one in reply["clients"][5:])
    ids = [one["id"] for one in reply["clients"]]
    assert len(ids) == len(set(ids)) > 20
    assert set(reply["clinicians"]) >= {"C-01", "C-02"}
    assert set(state["flags"]) >= {
        kind for one in reply["clients"] for kind in one["flags"]
    }


def test_a_month_that_is_not_worked_out_says_so(desk: Desk) -> None:
    reply = asks(desk, "clients", month="2026-07")
    assert reply == {"until": "2026-07-31", "is_stale": True}
    for wrong in ("", "2026-13", "../..", "2026-10-01"):
        with pytest.raises(AnalysisError, match="Choose a month"):
            asks(desk, "clients", month=wrong)


def test_nothing_the_page_may_not_ask_is_answered(desk: Desk) -> None:
    for name in ("handle", "_start", "", "close", None):
        with pytest.raises(AnalysisError, match="this version lacks"):
            desk.handle({"ask": name})
    with pytest.raises(AnalysisError, match="this version lacks"):
        asks(desk, "start", step="rm")
    with pytest.raises(AnalysisError, match="no report for such a reader"):
        asks(desk, "pdf", month=MONTH, client="A-1042", audience="../x")
    with pytest.raises(AnalysisError, match="not made yet"):
        asks(desk, "pdf", month=MONTH, client="../../x", audience="client")


def test_copies_are_saved_for_the_clients_asked_for(
    practice: Paths, tmp_path: Path, told: Told
) -> None:
    own = replace(practice, reports=tmp_path / "reports")
    desk = desk_of(own, tmp_path / "window", told)
    for client in ("A-1042", "A-1001"):
        folder = tmp_path / "reports" / MONTH / "clients" / safe_name(client)
        folder.mkdir(parents=True)
        for name in ("progress", "handout"):
            pdf = pikepdf.new()
            pdf.add_blank_page()
            pdf.save(folder / f"{name}.pdf")
    asked = {"month": MONTH, "clients": ["A-1042"], "password": "a long password"}
    asks(desk, "start", step="save", merged=False, **asked)
    with pytest.raises(AnalysisError, match="still at work"):
        asks(desk, "start", step="read")
    assert told.ending()["ended"] == "done"
    reply = desk.handle({"ask": "copies", "start": 0})
    packed = zipfile.ZipFile(io.BytesIO(reply.buffers[0]))
    assert packed.namelist() == ["A-1042-handout.pdf", "A-1042-progress.pdf"]
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(packed.open("A-1042-progress.pdf"))
    # handed over, nothing of it stays
    assert [*(tmp_path / "window").iterdir()] == []
    pages = desk.handle(
        {"ask": "pages", "month": MONTH, "client": "A-1042", "audience": "client"}
    )
    assert pages.buffers[0].startswith(b"\x89PNG")


def test_a_step_that_is_killed_or_stopped_says_which(
    tmp_path: Path, told: Told
) -> None:
    paths = Paths(*(tmp_path / name for name in ("d/raw", "d/p", "r", "s.toml")))
    desk = desk_of(paths, tmp_path / "window", told)
    asks(desk, "start", step="demo")
    assert desk.worker is not None
    desk.worker.kill()
    assert told.ending()["ended"] == "killed"
    (tmp_path / "d" / "raw").mkdir(parents=True, exist_ok=True)
    asks(desk, "practice", demo=False)
    (tmp_path / "d" / "raw" / "x.csv").write_text("a;b\n1;2\n")
    asks(desk, "start", step="read")
    end = told.ending()
    assert end["ended"] == "stopped"
    assert "why it was set aside" in end["problem"]
    # the page can say of each file what was wrong, also where nothing was read
    (row,) = asks(desk, "state")["exports"]["files"]
    assert row["file"] == "x.csv"
    assert row["accepted"] == 0
    assert row["messages"]
    asks(desk, "take_out", file="x.csv")
    assert asks(desk, "state")["exports"]["files"] == []


def test_defects_are_told_by_their_kind_only() -> None:
    class Comm:
        sent: dict[str, Any]

        def send(self, data: dict[str, Any], buffers: object = None) -> None:
            self.sent = data

    def broken(data: object, buffers: object) -> None:
        raise ValueError("Mrs Secret")

    comm = Comm()
    question = {"content": {"data": {"id": 3, "ask": "state"}}}
    answer(broken, comm, question)  # type: ignore[arg-type]
    assert comm.sent == {"id": 3, "defect": "ValueError"}


# --- the settings form ----------------------------------------------------------------

SETTINGS = """\
# ours
[practice]
name = "Old name"   # as on the door
locale = "en_GB"

[intervals]
phq9 = 7
gad7 = 14  # fortnightly

[thresholds]
setback = 3.0
"""
VALUES = {"name": "New — “name”\n", "crisis_text": "Call 111.", "intervals": {}}


@pytest.fixture
def own(tmp_path: Path) -> Paths:
    (tmp_path / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    return Paths(*(tmp_path / name for name in ("raw", "p", "r", "settings.toml")))


def test_the_form_writes_its_own_keys_and_leaves_the_rest(own: Paths) -> None:
    values = {**VALUES, "intervals": {"phq9": 10, "gad7": None}}
    practice_form.write_form(own, values, None)
    text = own.settings.read_text(encoding="utf-8")
    for kept in ("# ours\n", "# as on the door", 'locale = "en_GB"', "setback = 3.0"):
        assert kept in text
    settings = read_settings(own.settings)
    assert settings.practice.name == "New — “name”"
    assert settings.practice.crisis_text == "Call 111."
    assert settings.intervals == {"phq9": 10}


@pytest.mark.parametrize(
    ("values", "logo", "why"),
    [
        ({**VALUES, "intervals": {"phq9": 0}}, None, "whole days above 0"),
        ({**VALUES, "intervals": {"phq9": "7"}}, None, "whole days above 0"),
        ({**VALUES, "name": 3}, None, "text of at most"),
        (VALUES, b"MZ\x90\x00 no picture", "logo"),
    ],
)
def test_what_the_reader_of_every_run_refuses_is_not_written(
    own: Paths, values: dict[str, Any], logo: bytes | None, why: str
) -> None:
    with pytest.raises(AnalysisError, match=why) as caught:
        practice_form.write_form(own, values, logo)
    assert ".cairn-" not in str(caught.value)
    assert own.settings.read_text(encoding="utf-8") == SETTINGS
    assert [path.name for path in own.settings.parent.iterdir()] == ["settings.toml"]


def test_a_logo_is_kept_beside_the_settings_and_can_be_taken_away(own: Paths) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    practice_form.write_form(own, VALUES, svg)
    form = practice_form.form_of(own)
    assert form["logo"] == "logo.svg"
    assert "<svg" in form["logo_svg"]
    practice_form.write_form(own, {**VALUES, "removes_logo": True}, None)
    assert practice_form.form_of(own)["logo"] == ""


# --- the page's words -----------------------------------------------------------------


def test_every_word_the_page_says_stands_in_its_file() -> None:
    import re

    words = desk_words()
    for path in STATIC.glob("*.js"):
        text = path.read_text(encoding="utf-8")
        for key in re.findall(r'say\("([a-z_.]+)"', text):
            found: Any = words
            for name in key.split("."):
                found = found[name]
            assert isinstance(found, str), f"{path.name}: {key}"
        assert "innerHTML" not in text  # what a file brings along is never markup
        assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
