"""The steps end to end, from the command line: exit codes, messages, what stays."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pandas as pd
import pytest

from analysis import demo, pipeline, store
from analysis.__main__ import main
from analysis.errors import AnalysisError
from analysis.pipeline.caseload import months_between
from analysis.pipeline.keys import client_keys
from analysis.pipeline.paths import Paths
from analysis.pipeline.reporting import ReportOptions, clients_due
from analysis.reports import span_of
from analysis.state import read_state


@pytest.fixture
def own(practice: Paths, tmp_path: Path) -> list[str]:
    """Options that name a copy of the practice which a test may spoil."""
    shutil.copytree(practice.raw.parents[1], tmp_path, dirs_exist_ok=True)
    return [
        *("--raw", str(tmp_path / "data" / "raw")),
        *("--processed", str(tmp_path / "data" / "processed")),
        *("--reports", str(tmp_path / "reports")),
        *("--settings", str(tmp_path / "settings.toml")),
    ]


def said(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    return captured.out + captured.err


# --- import ---


def test_every_row_of_the_demo_is_accounted_for(practice: Paths) -> None:
    files = pd.read_csv(practice.processed / "imports.csv")
    parts = files[["accepted", "quarantined", "duplicates", "ignored"]].sum(axis=1)
    assert (files["rows_in"] == parts).all()
    assert files["accepted"].sum() == files["rows_in"].sum() > 3000


def test_an_unchanged_folder_is_not_read_again(
    own: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", *own]) == 0
    assert "unchanged" in said(capsys)


def test_a_changed_export_is_read_again(
    own: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    sessions = Path(own[1]) / "sessions.csv"
    lines = sessions.read_text(encoding="utf-8").splitlines(keepends=True)
    sessions.write_text("".join(lines[:-1]), encoding="utf-8")
    assert main(["import", *own]) == 0
    assert "unchanged" not in said(capsys)
    assert len(store.read_table("sessions", Path(own[3]))) == len(lines) - 2


def test_an_import_without_anything_usable_changes_nothing(
    own: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(own[1])
    Path(own[1]).mkdir()
    (Path(own[1]) / "odd.csv").write_text("colour,shape\nred,round\n", encoding="utf-8")
    before = read_state(Path(own[3]))
    assert main(["import", *own]) in (2, 3)
    assert read_state(Path(own[3])) == before
    assert len(store.read_table("clients", Path(own[3]))) == 40


# --- choosing a month and clients ---


def test_a_month_that_is_not_over_speaks_from_the_latest_data() -> None:
    latest = pd.Timestamp("2026-10-20").date()
    first, until = span_of("", latest)
    assert (f"{first}", f"{until}") == ("2026-10-01", "2026-10-20")
    assert span_of("2026-09", latest)[1] == pd.Timestamp("2026-09-30").date()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["reports", "--client", "A-9999"], "Unknown client: A-9999"),
        (["reports", "--clinician", "C-99"], "Unknown clinician: C-99"),
        (["reports", "--month", "2031-01"], "no data for January 2031"),
        (["reports", "--month", "October"], "is no month"),
        (
            ["reports", "--client", "A-1042", "--month", "2025-10"],
            "No report for A-1042",
        ),
        (["reports", "--profile", "none.toml"], "none.toml is not there"),
        (["caseload", "--from", "2026-01"], "given together"),
        (["caseload", "--from", "2026-05", "--to", "2026-01"], "must not lie after"),
        (["caseload", "--programme", "Moon"], "Moon"),
        (["measures", "phq10"], "phq10"),
        (["demo", "--clients", "0"], "from 1 upwards"),
        (["verify"], "holds no reports"),
    ],
)
def test_what_a_user_can_mend_is_one_message_and_exit_code_2(
    own: list[str],
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    assert main([*arguments, *own]) == 2
    text = said(capsys)
    assert message in text
    assert "Traceback" not in text


def test_unreadable_settings_are_told_before_anything_is_done(
    own: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path(own[7]).write_text("[practice\nname", encoding="utf-8")
    assert main(["reports", *own]) == 2
    assert "settings.toml cannot be read" in said(capsys)
    assert not Path(own[5]).exists()


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)
def test_a_folder_that_cannot_be_written_is_named(
    own: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path(own[5]).mkdir(mode=0o500)
    assert main(["reports", "--client", "A-1042", *own]) == 2
    assert "--reports" in said(capsys)


def test_a_reports_folder_that_is_a_file_is_named(
    own: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path(own[5]).write_text("in the way", encoding="utf-8")
    assert main(["reports", "--client", "A-1042", *own]) == 2
    assert "--reports" in said(capsys)


def test_a_damaged_table_says_how_to_rebuild_it(
    own: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (Path(own[3]) / "episodes.parquet").write_bytes(b"PAR1 damaged")
    assert main(["reports", "--client", "A-1042", *own]) == 2
    assert "make data" in said(capsys)


def test_tables_of_an_unfinished_import_are_not_used(own: list[str]) -> None:
    (Path(own[3]) / "state.json").unlink()
    paths = Paths(Path(own[1]), Path(own[3]), Path(own[5]), Path(own[7]))
    with pytest.raises(AnalysisError, match="no finished import"):
        pipeline.run_analyse(paths)


# --- an earlier month ---


def test_an_earlier_month_gets_tables_of_its_own(
    practice: Paths, own: list[str]
) -> None:
    paths = Paths(Path(own[1]), Path(own[3]), Path(own[5]), Path(own[7]))
    july = pd.Timestamp("2026-07-31").date()
    pipeline.run_analyse(paths, july)
    folder = paths.processed / "as_of" / "2026-07-31"
    scores = store.read_table("scores", folder)
    assert scores["date"].max() <= pd.Timestamp(july)
    latest = store.read_table("scores", paths.processed)
    assert latest["date"].max() > pd.Timestamp(july)
    now = latest[latest["date"] <= pd.Timestamp(july)]
    assert len(scores) == len(now)


def test_a_report_until_july_does_not_change_when_august_arrives(
    own: list[str],
) -> None:
    paths = Paths(Path(own[1]), Path(own[3]), Path(own[5]), Path(own[7]))
    july = pd.Timestamp("2026-07-31").date()
    pipeline.run_analyse(paths, july)
    before = {
        name: store.read_table(name, paths.processed / "as_of" / "2026-07-31")
        for name in ("changes", "trends", "findings", "signs")
    }
    for path in paths.raw.glob("*.csv"):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if ",2026-10-" not in line[:40]]
        path.write_text("".join(kept), encoding="utf-8")
    pipeline.run_import(paths, pd.Timestamp("2026-11-23").date(), lambda line: None)
    pipeline.run_analyse(paths, july)
    for name, rows in before.items():
        again = store.read_table(name, paths.processed / "as_of" / "2026-07-31")
        pd.testing.assert_frame_equal(rows, again)


def test_reports_are_due_for_open_episodes_only(practice: Paths) -> None:
    first = pd.Timestamp("2026-10-01").date()
    until = pd.Timestamp("2026-10-31").date()
    due = clients_due(practice.processed, first, until, 90, ReportOptions())
    episodes = store.read_table("episodes", practice.processed)
    ended = episodes[episodes["ended_on"] < pd.Timestamp(first)]["client_id"]
    open_again = episodes[episodes["ended_on"].isna()]["client_id"]
    assert not set(due["client_id"]) & (set(ended) - set(open_again))
    assert "A-1042" in set(due["client_id"])


# --- keys ---


def test_another_clients_change_leaves_a_key_as_it_was(
    practice: Paths, own: list[str]
) -> None:
    folder = Path(own[3])
    before = client_keys(folder)
    scores = store.read_table("scores", folder)
    changed = scores["client_id"] == "A-1001"
    scores.loc[changed, "score"] = scores.loc[changed, "score"] + 1
    store.write_table(scores, "scores", folder)
    after = client_keys(folder)
    assert before["A-1001"] != after["A-1001"]
    same = set(before) - {"A-1001"}
    assert {client: before[client] for client in same} == {c: after[c] for c in same}


def test_keys_do_not_depend_on_where_the_folder_stands(
    practice: Paths, own: list[str]
) -> None:
    assert client_keys(practice.processed) == client_keys(Path(own[3]))


def test_months_of_a_period_count_both_ends() -> None:
    assert months_between("2025-11", "2026-10") == 12
    assert months_between("2026-10", "2026-10") == 1


# --- the small verbs ---


def test_check_says_what_is_there(
    own: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", *own]) == 0
    text = said(capsys)
    assert "Settings are readable" in text
    assert "40 clients" in text


def test_measures_are_listed_and_printed(
    own: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["measures", *own]) == 0
    assert "phq9" in said(capsys)
    assert main(["measures", "phq9", *own]) == 0
    assert "unverified" in said(capsys)


def test_no_name_or_note_reaches_the_terminal(
    own: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    clients = store.read_table("clients", Path(own[3]))
    notes = store.read_table("notes", Path(own[3]))
    for path in Path(own[3]).glob("*.parquet"):
        path.unlink()
    (Path(own[3]) / "state.json").unlink()
    main(["import", *own])
    main(["analyse", *own])
    main(["check", *own])
    text = said(capsys)
    words = [*clients["name_on_report"].dropna(), *notes["text"].dropna()]
    assert len(words) > 100
    assert not [word for word in words if len(word) > 3 and word in text]


def test_the_demo_is_deterministic_and_refuses_a_foreign_folder(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("x", encoding="utf-8")
    with pytest.raises(AnalysisError, match="already holds"):
        demo.write_demo(tmp_path)
