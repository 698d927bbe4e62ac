"""SPSS and Stata files, mindLAMP, CamCOPS and OpenEMR as they really are exported."""

from __future__ import annotations

import io
import json
import sys
import tempfile
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from import_helpers import Imported, of_files

LABELS = {1.0: "Not at all", 2.0: "Several days", 3.0: "More than half the days"}
LABELS |= {4.0: "Nearly every day", 9.0: "no answer"}
QUESTIONS = [
    "Feeling nervous, anxious or on edge",
    "Not being able to stop or control worrying",
    "Worrying too much about different things",
    "Trouble relaxing",
    "Being so restless that it is hard to sit still",
    "Becoming easily annoyed or irritable",
    "Feeling afraid as if something awful might happen",
]


def statistics(frame: pd.DataFrame, kind: str = "sav", **how: object) -> bytes:
    library = pytest.importorskip("pyreadstat", reason="the extra spss is not there")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"table.{kind}"
        getattr(library, f"write_{kind}")(frame, path, **how)
        return path.read_bytes()


def coded(labels: dict[float, str], **how: object) -> bytes:
    """GAD-7 in V1 … V7, the questions as labels; the answers 1 2 3 4 1 2 9."""
    frame = pd.DataFrame({"vpn": ["ä-1", "ä-2"], "tag": [date(2025, 1, 6)] * 2})
    for number, answer in enumerate((1, 2, 3, 4, 1, 2, 9), start=1):
        frame[f"v{number}"] = [float(answer), 1.0]
    items = [f"v{n}" for n in range(1, 8)]
    return statistics(
        frame,
        column_labels=["Client ID", "Date", *QUESTIONS],
        variable_value_labels=dict.fromkeys(items, labels),
        **how,
    )


def answers(result: Imported) -> list[float]:
    return result.tables["responses"]["response"].tolist()


def test_spss_is_read_by_labels_of_variables_and_values(tmp_path: Path) -> None:
    data = coded(LABELS, missing_ranges={f"v{n}": [9.0] for n in range(1, 8)})
    result = of_files(tmp_path, {"study.sav": data})
    row = result.files.iloc[0]
    assert (row["format"], row["accepted"]) == ("SPSS or Stata", 2)
    assert "declares as missing" in row["messages"]
    assert answers(result)[:6] == [0, 1, 2, 3, 0, 1]
    assert pd.isna(answers(result)[6])
    assert result.tables["clients"]["client_id"].tolist() == ["ä-1", "ä-2"]
    assert set(result.tables["administrations"]["date"].dt.strftime("%F")) == {
        "2025-01-06"
    }


def test_codes_with_labels_of_another_language_are_not_guessed(tmp_path: Path) -> None:
    labels = {1.0: "eins", 2.0: "zwei", 3.0: "drei", 4.0: "vier"}
    row = of_files(tmp_path, {"study.sav": coded(labels)}).files.iloc[0]
    assert row["action"] == "needs_config"
    assert "run from 1 to 4" in row["messages"]


def test_a_code_that_means_two_answers_is_refused(tmp_path: Path) -> None:
    frame = pd.DataFrame({"client_id": ["a"], "date": [date(2025, 1, 6)]})
    turned = {0.0: "Nearly every day", 3.0: "Not at all"}
    for number in range(1, 8):
        frame[f"gad7_{number}"] = [0.0]
    labels = {f"gad7_{n}": {0.0: "Not at all"} for n in range(1, 7)}
    data = statistics(frame, variable_value_labels={**labels, "gad7_7": turned})
    row = of_files(tmp_path, {"study.sav": data}).files.iloc[0]
    assert row["action"] == "needs_config"
    assert "mean different answers" in row["messages"]


def test_stata_reads_like_spss(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"client_id": ["a-1"], "date": ["2025-01-06"], "phq9_total": 7}
    )
    result = of_files(tmp_path, {"study.dta": statistics(frame, "dta")})
    assert result.files["accepted"].tolist() == [1]
    assert result.tables["totals"]["score"].tolist() == [7]


def test_damaged_spss_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("pyreadstat", reason="the extra spss is not there")
    whole = coded(LABELS)
    files = {"cut.sav": whole[:700], "noise.sav": b"$FL2" + bytes(600)}
    result = of_files(tmp_path, files)
    assert set(result.files["action"]) == {"reject"}
    assert result.files["messages"].str.contains("damaged SPSS").all()


def test_without_the_extra_it_is_said_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    row = of_files(tmp_path, {"study.sav": b"$FL2" + bytes(600)}).files.iloc[0]
    assert row["action"] == "reject"
    assert 'EXTRAS="spss"' in row["messages"]


# --- mindLAMP ------------------------------------------------------------------------


def event(values: list[object], **more: object) -> dict[str, object]:
    slices = [
        {"item": question, "value": value, "type": None, "duration": 900, "level": None}
        for question, value in zip(QUESTIONS, values, strict=True)
    ]
    return {
        "timestamp": 1736150400000,
        "duration": 9000,
        "activity": "a1b2",
        "static_data": {},
        "temporal_slices": slices,
        **more,
    }


WORDS = ["Not at all", "Several days", "Nearly every day"]


def test_mindlamp_answers_in_words_are_read(tmp_path: Path) -> None:
    values: list[object] = [*WORDS, *WORDS, "Several days"]
    events = {"data": [event(values, participant="U1234567890")]}
    result = of_files(tmp_path, {"events.json": json.dumps(events)})
    assert result.files["format"].tolist() == ["mindLAMP"]
    assert answers(result) == [0, 1, 3, 0, 1, 3, 1]
    assert result.tables["clients"]["client_id"].tolist() == ["U1234567890"]


def test_mindlamp_places_of_choices_need_a_profile(tmp_path: Path) -> None:
    places: list[object] = [0, 1, 2, 3, 0, 1, 2]
    one = event(places, participant="U1")
    row = of_files(tmp_path, {"events.json": json.dumps([one])}).files.iloc[0]
    assert row["action"] == "needs_config"
    assert "places in the list of choices" in row["messages"]
    items = ", ".join(f'"{question}"' for question in QUESTIONS)
    profile = f"""
        everyone = "A-101"
        [columns]
        date = "timestamp"
        [match]
        columns = ["timestamp", "activity", "{QUESTIONS[0]}"]
        [[forms]]
        measure = "gad7"
        items = [{items}]
    """
    files = {"events.json": json.dumps([event(places)]), "lamp.toml": profile}
    result = of_files(tmp_path, files)
    assert answers(result) == places


# --- systems of clinics --------------------------------------------------------------


def test_camcops_takes_the_institutions_number_and_no_name(tmp_path: Path) -> None:
    names = ["_pk", "patient_id", "when_created", *(f"q{n}" for n in range(1, 11))]
    names += ["total", "is_mds", "is_ods", "_patient_forename", "_patient_dob"]
    names += ["_patient_idnum1", "_patient_idshortdesc1"]
    cells = ["5", "1", "2025-03-03T10:00:00+00:00", *"110320131", "2", "12", "0", "0"]
    cells += ["Zoe", "1980-05-01", "77", "NHS"]
    text = io.StringIO()
    text.write("\t".join(names) + "\n" + "\t".join(cells) + "\n")
    result = of_files(tmp_path, {"phq9.tsv": text.getvalue()})
    assert result.tables["clients"]["client_id"].tolist() == ["77"]
    assert "_patient_forename" in result.files["messages"].iloc[0]
    assert "Zoe" not in "".join(t.to_csv() for t in result.tables.values())


def test_openemr_gad7_is_read_by_the_names_of_its_columns(tmp_path: Path) -> None:
    text = (
        "id,date,pid,user,groupname,authorized,activity,nervous_score,"
        "nervous_extra_info,control_worry_score,worry_score,relax_score,restless_score,"
        "irritable_score,fear_score,difficulty\n"
        "1,2025-03-03 10:00:00,12,admin,Default,1,1,1,,2,0,3,undef,1,2,1\n"
    )
    result = of_files(tmp_path, {"form_gad7.csv": text})
    found = answers(result)
    assert found[:4] == [1, 2, 0, 3]
    assert pd.isna(found[4])
    assert found[5:] == [1, 2]
