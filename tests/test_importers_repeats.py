"""The same form twice: within a file, between files, in pieces, in contradiction."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from import_helpers import PHQ9, of_files, of_text

from analysis.importers.keeping.same_day import (
    JOINED,
    KEPT,
    REPEATED,
    TORN,
    Sitting,
    judged,
)
from analysis.importers.values.clock import NO_TIME

A, B = "1,1,0,3,2,0,1,3,1", "0,1,0,1,2,0,1,2,0"
HEADER = f"client_id,date,{PHQ9}"


def export(*rows: str, extra: str = "") -> str:
    return "\n".join([HEADER + extra, *rows]) + "\n"


def sitting(
    form: int, second: int = NO_TIME, split: bool = False, **says: float
) -> Sitting:
    return Sitting(0, form, second, 0, {("item", k): v for k, v in says.items()}, split)


def states(*sittings: Sitting) -> list[int]:
    return [verdict.state for verdict in judged(sittings)]


def test_forms_of_one_day_are_compared_answer_by_answer() -> None:
    assert states(sitting(0, a=1), sitting(1, a=1)) == [KEPT, REPEATED]
    assert states(sitting(0, a=1), sitting(1, a=2)) == [TORN, TORN]
    # more answers tell more: the shorter form is the repeat, whichever came first
    assert states(sitting(0, a=1), sitting(1, a=1, b=2)) == [REPEATED, KEPT]
    assert states(sitting(0, a=1, b=2), sitting(1, a=1)) == [KEPT, REPEATED]
    # nothing in common: two forms, or pieces of one where an export splits them
    assert states(sitting(0, a=1), sitting(1, b=1)) == [KEPT, KEPT]
    pieces = [sitting(0, split=True, a=1), sitting(1, split=True, b=1)]
    assert states(*pieces) == [KEPT, JOINED]


def test_forms_at_two_times_are_two_sittings() -> None:
    verdicts = judged([sitting(0, 36_000, a=1), sitting(1, 36_300, a=2)])
    assert [v.state for v in verdicts] == [KEPT, KEPT]
    assert [v.is_again for v in verdicts] == [False, True]
    later = judged([sitting(0, 36_000, a=1), sitting(1, 36_000 + 3601, a=2)])
    assert not later[1].is_again


def test_a_third_form_that_contradicts_takes_the_others_with_it() -> None:
    assert states(sitting(0, a=1), sitting(1, a=1), sitting(2, a=2)) == [
        TORN,
        REPEATED,
        TORN,
    ]


def test_overlapping_exports_are_read_once(tmp_path: Path) -> None:
    files = {
        "january.csv": export(f"A-1,2025-01-06,{A}", f"A-1,2025-01-13,{B}"),
        "february.csv": export(f"A-1,2025-01-13,{B}", f"A-1,2025-02-03,{A}"),
    }
    result = of_files(tmp_path, files)
    table = result.files.set_index("file")
    assert table.loc["february.csv", ["accepted", "duplicates"]].tolist() == [2, 0]
    assert table.loc["january.csv", ["accepted", "duplicates"]].tolist() == [1, 1]
    assert "february.csv" in table.loc["january.csv", "messages"]
    assert len(result.tables["administrations"]) == 3


def test_a_contradiction_between_files_sets_both_sides_aside(tmp_path: Path) -> None:
    files = {
        "a.csv": export(f"A-1,2025-01-06,{A}"),
        "b.csv": export(f"A-1,2025-01-06,{B}"),
    }
    result = of_files(tmp_path, files)
    assert result.files["quarantined"].tolist() == [1, 1]
    assert "row 2 of b.csv" in result.files["messages"].iloc[0]
    assert len(result.tables["administrations"]) == 0


def test_a_copy_of_a_whole_file_adds_nothing(tmp_path: Path) -> None:
    text = export(f"A-1,2025-01-06,{A}", f"A-2,2025-01-06,{B}")
    result = of_files(tmp_path, {"a.csv": text, "copy/a.csv": text})
    assert result.files["duplicates"].tolist() == [0, 2]
    assert len(result.tables["administrations"]) == 2


def test_a_repeated_form_with_a_new_note_keeps_the_note(tmp_path: Path) -> None:
    rows = [f"A-1,2025-01-06,{A},slept well", f"A-1,2025-01-06,{A},called a friend"]
    result = of_files(tmp_path, {"f.csv": export(*rows, extra=",note")})
    assert result.tables["notes"]["text"].tolist() == ["slept well", "called a friend"]
    assert len(result.tables["administrations"]) == 1
    assert result.files["accepted"].tolist() == [2]


def test_one_contradicting_form_sets_its_whole_row_aside(tmp_path: Path) -> None:
    gad = ",".join(f"gad7_{n}" for n in range(1, 8))
    ones = "1,1,1,1,1,1,1"
    rows = [f"A-1,2025-01-06,{A},{ones}", f"A-1,2025-01-06,{B},{ones}"]
    result = of_files(tmp_path, {"f.csv": export(*rows, extra=f",{gad}")})
    assert result.files["quarantined"].tolist() == [2]
    assert len(result.tables["administrations"]) == 0


def test_a_resubmission_within_minutes_is_kept_and_said(tmp_path: Path) -> None:
    rows = [f"A-1,2025-01-06 10:00,{A}", f"A-1,2025-01-06 10:05,{B}"]
    row = of_text(tmp_path, export(*rows))
    assert row["accepted"] == 2
    assert "resubmission" in row["messages"]


def test_sittings_with_a_number_are_apart(tmp_path: Path) -> None:
    rows = [f"A-1,2025-01-06,{A},1", f"A-1,2025-01-06,{B},2"]
    assert of_text(tmp_path, export(*rows, extra=",instance"))["accepted"] == 2


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(6)))
def test_the_order_of_rows_decides_nothing(
    tmp_path_factory: pytest.TempPathFactory, order: list[int]
) -> None:
    rows = [
        f"A-1,2025-01-06,{A}",
        f"A-1,2025-01-06,{A}",
        f"A-1,2025-01-13,{A}",
        f"A-1,2025-01-13,{B}",
        f"a-1,2025-01-20,{B}",
        f"B-1,2025-01-20,{B}",
    ]
    folder = tmp_path_factory.mktemp("order")
    result = of_files(folder, {"f.csv": export(*(rows[n] for n in order))})
    assert result.files[["accepted", "quarantined", "duplicates"]].values.tolist() == [
        [3, 2, 1]
    ]
    kept = result.tables["administrations"][["client_id", "date"]]
    assert sorted(map(tuple, kept.astype(str).values.tolist())) == [
        ("A-1", "2025-01-06"),
        ("A-1", "2025-01-20"),
        ("B-1", "2025-01-20"),
    ]


# --- one answer per row --------------------------------------------------------------


def long(client: str, answers: str, day: str = "2025-01-06") -> list[str]:
    return [
        f"{client},{day},phq9,{n},{answer}"
        for n, answer in enumerate(answers.split(","), start=1)
    ]


def long_export(*rows: str) -> str:
    return "\n".join(["client_id,date,measure,item,response", *rows]) + "\n"


def test_long_and_wide_give_the_same_form(tmp_path: Path) -> None:
    of_wide = of_files(tmp_path / "w", {"f.csv": export(f"A-1,2025-01-06,{A}")})
    of_long = of_files(tmp_path / "l", {"f.csv": long_export(*long("A-1", A))})
    for name in ("item", "response"):
        one = of_wide.tables["responses"][name].tolist()
        assert of_long.tables["responses"][name].tolist() == one


def test_one_bad_answer_sets_its_whole_form_aside(tmp_path: Path) -> None:
    rows = [*long("A-1", "1,1,7,3,2,0,1,3,1"), *long("A-2", A)]
    result = of_files(tmp_path, {"f.csv": long_export(*rows)})
    assert result.files[["accepted", "quarantined"]].values.tolist() == [[9, 9]]
    assert result.tables["clients"]["client_id"].tolist() == ["A-2"]


def test_an_item_in_no_row_of_a_long_file_is_named(tmp_path: Path) -> None:
    row = of_text(tmp_path, long_export(*long("A-1", "1,1,0,3,2,0,1,3")))
    assert row["quarantined"] == 8
    assert "phq9_9" in row["messages"]


def test_rows_pasted_twice_are_dropped_and_contradictions_set_aside(
    tmp_path: Path,
) -> None:
    rows = [
        *long("A-1", A),
        *long("A-1", A),
        *long("A-2", A),
        "A-2,2025-01-06,phq9,1,2",
    ]
    row = of_text(tmp_path, long_export(*rows))
    counts = row[["accepted", "quarantined", "duplicates"]].tolist()
    assert counts == [9, 10, 9]
    assert "conflict" in row["messages"]


def test_scores_may_stand_one_per_row(tmp_path: Path) -> None:
    text = (
        "client_id,date,measure,score\nA-1,2025-01-06,PHQ-9,12\nA-1,2025-01-06,gad7,9\n"
    )
    result = of_files(tmp_path, {"f.csv": text})
    table = result.tables["totals"][["scale", "score"]]
    assert table.values.tolist() == [["phq9.total", 12.0], ["gad7.total", 9.0]]


def test_the_order_of_long_rows_changes_nothing(tmp_path: Path) -> None:
    rows = sorted([*long("A-1", A), *long("A-2", B)], reverse=True)
    result = of_files(tmp_path, {"f.csv": long_export(*rows)})
    responses = result.tables["responses"]
    sums = responses.groupby("administration_id", observed=True)["response"].sum()
    assert sorted(sums) == [7, 12]  # 0+1+0+1+2+0+1+2+0 and 1+1+0+3+2+0+1+3+1


def test_long_answers_counted_from_one_refuse_the_file(tmp_path: Path) -> None:
    rows = [r for n in range(3) for r in long(f"A-{n}", "1,2,3,4,1,2,3,4,1")]
    row = of_text(tmp_path, long_export(*rows))
    assert row["action"] == "needs_config"
    assert "add = -1" in row["messages"]


def test_a_total_among_long_rows_is_compared_with_the_items(tmp_path: Path) -> None:
    rows = [*long("A-1", A), "A-1,2025-01-06,phq9,total,12"]
    rows += [*long("A-2", A), "A-2,2025-01-06,phq9,total,17"]
    result = of_files(tmp_path, {"f.csv": long_export(*rows)})
    assert result.tables["totals"]["score"].tolist() == [12]
    assert "17, the items make 12" in result.files["messages"].iloc[0]


def test_questions_answered_in_words_may_stand_among_long_rows(tmp_path: Path) -> None:
    rows = ["A-1,2025-01-06,checkin,mood,7", "A-1,2025-01-06,checkin,small_win,Walked"]
    rows += ["A-1,2025-01-06,checkin,step_back_note,Rain", *long("A-2", A)]
    result = of_files(tmp_path, {"f.csv": long_export(*rows)})
    assert result.files["accepted"].tolist() == [12]
    assert result.tables["notes"][["kind", "text"]].values.tolist() == [
        ["small_win", "Walked"],
        ["step_back_note", "Rain"],
    ]
    assert result.tables["administrations"]["measure"].tolist() == ["checkin", "phq9"]
