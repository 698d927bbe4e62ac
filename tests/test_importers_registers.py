"""Clients, sessions, events, goals: every cell checked, every row counted."""

from __future__ import annotations

from pathlib import Path

from import_helpers import PHQ9, of_files, of_text

CLIENTS = "client_id,clinician_id,programme,name_on_report,birth_year,started_on\n"
GOALS = "goal_id,client_id,statement,due,set_on,replaces\n"
GOAL = "G-1,A-1,Walk to the shop,2027-03-01,2025-01-06,\n"


def test_a_register_of_clients_becomes_the_table(tmp_path: Path) -> None:
    text = f"{CLIENTS}A-1,C-01,Trauma,Ana,1986,2025-04-13\nA-2,C-02,,,,\n"
    clients = of_files(tmp_path, {"f.csv": text}).tables["clients"]
    assert clients["client_id"].tolist() == ["A-1", "A-2"]
    first = clients.iloc[0]
    assert (first["name_on_report"], first["birth_year"]) == ("Ana", 1986)
    assert str(first["started_on"])[:10] == "2025-04-13"
    assert clients["programme"].isna().tolist() == [False, True]


def test_two_different_rows_about_one_client_are_both_set_aside(tmp_path: Path) -> None:
    text = f"{CLIENTS}A-1,C-01,,,,\nA-1,C-02,,,,\nA-2,C-01,,,,\nA-2,C-01,,,,\n"
    row = of_text(tmp_path, text)
    counts = row[["accepted", "quarantined", "duplicates"]].tolist()
    assert counts == [1, 2, 1]
    assert "conflict" in row["messages"]


def test_a_year_of_birth_that_is_none_is_set_aside(tmp_path: Path) -> None:
    row = of_text(tmp_path, f"{CLIENTS}A-1,C-01,,,86,\nA-2,C-01,,,1986,\n")
    assert (row["accepted"], row["quarantined"]) == (1, 1)
    assert "birth_year" in row["messages"]


def test_sessions_kept_missed_and_booked(tmp_path: Path) -> None:
    text = (
        "client_id,date,attended,kind,clinician_id\n"
        "A-1,2025-01-06,yes,assessment,C-01\n"
        "A-1,2025-01-13,DNA,treatment,C-01\n"
        "A-1,2026-12-24,,treatment,C-01\n"
        "A-1,2026-12-31,yes,treatment,C-01\n"
        "A-1,2025-01-20,perhaps,treatment,C-01\n"
    )
    result = of_files(tmp_path, {"f.csv": text})
    assert result.tables["sessions"]["attended"].tolist()[:2] == [True, False]
    assert result.tables["sessions"]["attended"].isna().tolist() == [False, False, True]
    assert result.set_aside["f.csv"]["row"].tolist() == [5, 6]


def test_two_appointments_on_one_day_are_two(tmp_path: Path) -> None:
    rows = "A-1,2025-01-06,yes,single\nA-1,2025-01-06,yes,group\n"
    text = f"client_id,date,attended,kind\n{rows}"
    assert of_text(tmp_path, text)["accepted"] == 2


def test_events_may_lie_ahead(tmp_path: Path) -> None:
    text = "client_id,date,kind,label\nA-1,2027-01-06,holiday,two weeks away\n"
    result = of_files(tmp_path, {"f.csv": text})
    assert result.tables["events"]["label"].tolist() == ["two weeks away"]


def test_goals_with_steps_and_ratings(tmp_path: Path) -> None:
    files = {
        "goals.csv": GOALS + GOAL,
        "steps.csv": "goal_id,step,done_on\nG-1,Corner,2025-02-01\nG-1,Inside,\n",
        "ratings.csv": (
            "goal_id,date,rating,gas\nG-1,2025-01-13,3,\nG-1,2025-01-20,4,0\n"
            "G-1,2025-01-27,11,\nG-9,2025-01-13,3,\n"
        ),
    }
    result = of_files(tmp_path, files)
    assert result.tables["goal_steps"]["position"].tolist() == [1, 2]
    assert result.tables["goal_ratings"]["rating"].tolist() == [3, 4]
    reasons = result.set_aside["ratings.csv"].set_index("row")["reason"]
    assert "out of range" in reasons[4]
    assert "no file of goals" in reasons[5]


def test_two_ratings_of_a_goal_on_one_day_contradict(tmp_path: Path) -> None:
    files = {
        "goals.csv": GOALS + GOAL,
        "ratings.csv": "goal_id,date,rating\nG-1,2025-01-13,3\nG-1,2025-01-13,5\n",
    }
    result = of_files(tmp_path, files)
    table = result.files.set_index("file")
    assert table.loc["ratings.csv", "quarantined"] == 2


def test_check_ins_bring_notes_and_what_may_be_shown(tmp_path: Path) -> None:
    text = (
        "client_id,date,mood,sleep,small_win,note,may_be_shown\n"
        "A-1,2025-01-06,7,,Walked to work,,yes\n"
        "A-1,2025-01-13,,,,Only a note,no\n"
        "A-1,2025-01-20,,,,,\n"
    )
    result = of_files(tmp_path, {"f.csv": text})
    notes = result.tables["notes"]
    assert notes["kind"].tolist() == ["small_win", "note"]
    assert notes["may_be_shown"].tolist() == [True, False]
    assert notes["author"].tolist()[0] == "client"
    assert result.files[["accepted", "quarantined"]].values.tolist() == [[2, 1]]
    # asked and not answered is missing, never 0
    assert result.tables["responses"]["response"].isna().tolist() == [False, True]


def test_direction_signs_are_taken_out_of_free_text(tmp_path: Path) -> None:
    text = "client_id,date,mood,note\nA-1,2025-01-06,7,a\u202egpj.exe\x07\n"
    notes = of_files(tmp_path, {"f.csv": text}).tables["notes"]
    assert notes["text"].tolist() == ["agpj.exe"]


def test_a_folder_of_any_depth_is_one_practice(tmp_path: Path) -> None:
    answers = "1,1,0,3,2,0,1,3,1"
    files = {
        "clients.csv": f"{CLIENTS}A-1,C-01,,,,\n",
        "2025/06/phq.csv": f"client_id,date,{PHQ9}\na-1,2025-06-02,{answers}\n",
        ".hidden.csv": "x",
    }
    result = of_files(tmp_path, files)
    assert result.files["file"].tolist() == ["2025/06/phq.csv", "clients.csv"]
    assert len(result.tables["clients"]) == 1
    table = result.tables["administrations"]
    assert table["source_file"].tolist() == ["2025/06/phq.csv"]
