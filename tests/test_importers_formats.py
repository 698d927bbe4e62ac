"""One small export per format: what it becomes, sums checked by hand."""

from __future__ import annotations

import io
import shutil
from datetime import datetime
from pathlib import Path

import openpyxl
import pandas as pd
from import_helpers import EXPORTS, Imported, imported, of_files

FORMATS = EXPORTS / "formats"
QUESTIONS = [
    "Little interest or pleasure in doing things",
    "Feeling down, depressed, or hopeless",
    "Trouble falling or staying asleep, or sleeping too much",
    "Feeling tired or having little energy",
    "Poor appetite or overeating",
    "Feeling bad about yourself",
    "Trouble concentrating on things",
    "Moving or speaking slowly or being fidgety",
    "Thoughts that you would be better off dead or of hurting yourself",
]


def sample(folder: Path, *names: str, **how: object) -> Imported:
    for name in names:
        shutil.copy(FORMATS / name, folder / name)
    return imported(folder, **how)  # type: ignore[arg-type]


def counts(result: Imported, place: int = 0) -> list[int]:
    columns = ["rows_in", "accepted", "quarantined", "duplicates", "ignored"]
    return result.files[columns].iloc[place].tolist()


def forms(result: Imported) -> list[tuple[str, str, str]]:
    table = result.tables["administrations"]
    return [(r.client_id, str(r.date)[:10], r.measure) for r in table.itertuples()]


def answers(result: Imported, place: int = 0) -> list[float]:
    name = result.tables["administrations"]["administration_id"].iloc[place]
    responses = result.tables["responses"]
    own = responses[responses["administration_id"] == name].sort_values("item")
    return own["response"].tolist()


def test_redcap_reads_codes_by_the_labels_of_its_dictionary(tmp_path: Path) -> None:
    result = sample(tmp_path, "redcap.csv", "redcap_dictionary.csv")
    assert counts(result) == [3, 2, 0, 0, 1]
    assert counts(result, 1) == [12, 0, 0, 0, 12]
    # coded 1 to 4 there: 2,1,3,4,1,2,1,1,1 is 1,0,2,3,0,1,0,0,0 on the form
    assert answers(result) == [1, 0, 2, 3, 0, 1, 0, 0, 0]
    assert pd.isna(answers(result, 1)[2])
    clients = result.tables["clients"].set_index("client_id")
    assert clients.loc["331-1", "birth_year"] == 1990


def test_redcap_keeps_repeated_forms_and_leaves_blank_ones_out(tmp_path: Path) -> None:
    shutil.copy(EXPORTS / "bad" / "s25_redcap_longitudinal.csv", tmp_path / "data.csv")
    result = imported(tmp_path)
    by_measure = result.tables["administrations"]["measure"].value_counts()
    assert by_measure.to_dict() == {"phq9": 4, "checkin": 3}
    moods = result.tables["responses"].query("item == 1")["response"].tolist()
    assert sorted(moods)[-3:] == [4, 5, 6]
    assert "coping" in result.files["messages"].iloc[0]


def test_redcap_labels_are_refused_with_what_to_choose(tmp_path: Path) -> None:
    result = sample(tmp_path, "redcap_labels.csv")
    assert result.files["action"].iloc[0] == "needs_config"
    assert "raw" in result.files["messages"].iloc[0]


def test_records_of_an_interface_read_like_the_table(tmp_path: Path) -> None:
    result = sample(tmp_path, "redcap_api.json")
    assert forms(result) == [("7", "2025-01-10", "gad7")]
    assert answers(result) == [1, 2, 0, 1, 3, 1, 1]


def test_a_bundle_reads_every_kind_of_answer(tmp_path: Path) -> None:
    result = sample(tmp_path, "fhir_bundle.json")
    # 23:30 in UTC is half past midnight in London only from 30 March on
    assert ("p1", "2025-03-03", "phq9") in forms(result)
    assert answers(result, forms(result).index(("p1", "2025-03-03", "phq9"))) == [
        1,
        3,
        2,
        1,
        0,
        2,
        0,
        1,
        0,
    ]
    # the corrected version counts, the older one does not
    assert result.tables["totals"]["score"].tolist() == [11]
    assert counts(result) == [6, 2, 1, 0, 3]
    assert "unfinished" in result.files["messages"].iloc[0]


def test_pieces_of_one_form_in_several_files_make_one_form(tmp_path: Path) -> None:
    codes = [
        "69725-0",
        "68509-9",
        "69733-4",
        "69734-2",
        "69735-9",
        "69689-8",
        "69736-7",
    ]
    files = {
        f"{code}.json": (
            '{"resourceType": "Observation", "status": "final", "subject": '
            '{"reference": "Patient/p1"}, "effectiveDateTime": '
            f'"2025-03-03T10:00:00Z", "code": {{"coding": [{{"code": "{code}"}}]}}, '
            f'"valueInteger": {place % 4}}}'
        )
        for place, code in enumerate(codes)
    }
    result = of_files(tmp_path, files)
    assert forms(result) == [("p1", "2025-03-03", "gad7")]
    assert answers(result) == [0, 1, 2, 3, 0, 1, 2]
    assert result.files["accepted"].tolist() == [1] * 7


def test_qualtrics_times_are_moved_to_the_clinic(tmp_path: Path) -> None:
    shutil.copy(EXPORTS / "bad" / "s26_qualtrics_three_headers.csv", tmp_path)
    result = imported(tmp_path)
    # 18:03 in Denver on 3 March is 01:03 in London on 4 March
    first = result.tables["administrations"].iloc[0]
    assert (str(first["date"])[:10], first["time"]) == ("2025-03-04", "01:03:59")
    message = result.files["messages"].iloc[0]
    assert "IPAddress" in message
    assert "203.0.113" not in message


def test_an_old_qualtrics_export_has_two_headers(tmp_path: Path) -> None:
    result = sample(tmp_path, "qualtrics_legacy.csv")
    assert counts(result) == [1, 1, 0, 0, 0]
    assert answers(result) == [1, 2, 1, 0, 3, 1, 1]


def test_limesurvey_lines_are_items_and_unfinished_ones_wait(tmp_path: Path) -> None:
    result = sample(tmp_path, "limesurvey.csv")
    assert counts(result) == [2, 1, 1, 0, 0]
    assert forms(result) == [("T-7", "2025-03-03", "phq9")]


def test_a_google_form_is_mapped_by_wording_and_its_days_by_all_rows(
    tmp_path: Path,
) -> None:
    result = sample(tmp_path, "google_forms.csv")
    assert [day for _, day, _ in forms(result)] == ["2025-07-08", "2025-07-21"]
    assert answers(result) == [1, 1, 0, 3, 2, 0, 1, 3, 1]


def test_the_order_of_the_questions_changes_nothing(tmp_path: Path) -> None:
    shuffled = list(reversed(list(enumerate(QUESTIONS))))
    header = ",".join(f'"{question}"' for _, question in shuffled)
    row = ",".join(str(place % 4) for place, _ in shuffled)
    text = f"client_id,date,{header}\nA-1,2025-01-06,{row}\n"
    result = of_files(tmp_path, {"export.csv": text})
    assert answers(result) == [0, 1, 2, 3, 0, 1, 2, 3, 0]


def test_the_id_of_a_microsoft_form_is_no_client(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    head = ["ID", "Start time", "Completion time", "Email", "Name"]
    book.active.append([*head, "What is your client\u00a0ID?\n", *QUESTIONS])
    day = datetime(2025, 3, 3, 18, 2)
    row = [1, day, day, "anonymous", None, "A-1", *["Several days"] * 9]
    book.active.append(row)
    data = io.BytesIO()
    book.save(data)
    result = of_files(tmp_path, {"form.xlsx": data.getvalue()})
    assert forms(result) == [("A-1", "2025-03-03", "phq9")]
    assert answers(result) == [1] * 9


def test_surveymonkey_joins_its_two_headers(tmp_path: Path) -> None:
    result = sample(tmp_path, "surveymonkey.csv")
    assert forms(result) == [("A-1", "2025-03-24", "gad7")]
    assert answers(result) == [1, 0, 3, 1, 0, 1, 0]


def test_daylio_asks_for_a_profile_and_reads_with_one(tmp_path: Path) -> None:
    refused = sample(tmp_path, "daylio.csv")
    assert refused.files["action"].iloc[0] == "needs_config"
    assert "good" in refused.files["messages"].iloc[0]
    shutil.copy(EXPORTS / "profiles" / "daylio.toml", tmp_path)
    result = imported(tmp_path)
    assert counts(result) == [2, 2, 0, 0, 0]
    # an entry after midnight belongs to the day the file says
    assert forms(result)[0] == ("A-101", "2025-03-04", "checkin")
    assert result.tables["responses"]["response"].tolist() == [5, 7]
    assert result.tables["notes"]["text"].tolist() == ["A quiet day"]


def test_mpath_takes_scores_not_positions_and_the_clock_of_the_row(
    tmp_path: Path,
) -> None:
    result = sample(tmp_path, "mpath.csv")
    assert counts(result) == [3, 1, 0, 0, 2]
    assert answers(result) == [6, 7, 7, 6, 6]
    # 1713477600 is 22:00 UTC on 18 April 2024; the row's clock is two hours ahead
    assert forms(result) == [("234609", "2024-04-19", "swls")]


def test_a_dump_of_observations_gives_its_few_scores(tmp_path: Path) -> None:
    result = sample(tmp_path, "synthea.csv")
    assert counts(result) == [3, 1, 0, 0, 2]
    assert result.tables["totals"][["scale", "score"]].values.tolist() == [
        ["phq9.total", 14.0]
    ]
    assert "89204-2" in result.files["messages"].iloc[0]


def test_columns_named_by_question_are_mapped_by_name(tmp_path: Path) -> None:
    result = sample(tmp_path, "openemr.csv")
    assert answers(result) == [1, 1, 0, 3, 2, 0, 1, 3, 1]


def test_camcops_items_and_difficulty(tmp_path: Path) -> None:
    result = sample(tmp_path, "camcops.tsv")
    assert answers(result) == [1, 1, 0, 3, 2, 0, 1, 3, 1, 2]
    assert result.tables["totals"]["score"].tolist() == [12]
