"""Mapping profiles: any flat file, and the published courses without loss."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from import_helpers import EXPORTS, SHARED, Imported, imported, measures, of_files

from analysis.errors import AnalysisError
from analysis.importers.profile_reading import SHIPPED, read_profile

ROWS = "Nr;Tag;f1;f2;f3;f4\nK-1;3.3.25;3,2;4,1;2,9;3,0\n"
PROFILE = """
[match]
columns = ["Nr", "Tag", "f1"]
[columns]
client = "Nr"
date = "Tag"
[dates]
order = "day-first"
[[forms]]
measure = "ors"
items = "f{item}"
"""


def with_profile(folder: Path, profile: str, rows: str = ROWS) -> Imported:
    return of_files(folder, {"export.csv": rows, "export.toml": profile})


def test_a_profile_beside_the_export_is_found(tmp_path: Path) -> None:
    result = with_profile(tmp_path, PROFILE)
    assert result.tables["responses"]["response"].tolist() == [3.2, 4.1, 2.9, 3.0]
    assert str(result.tables["administrations"]["date"].iloc[0])[:10] == "2025-03-03"


def test_items_may_be_named_in_order_or_one_by_one(tmp_path: Path) -> None:
    listed = PROFILE.replace('"f{item}"', '["f4", "f3", "f2", "f1"]')
    table = PROFILE.replace('"f{item}"', '{ 1 = "f4", 2 = "f3", 3 = "f2", 4 = "f1" }')
    for number, profile in enumerate((listed, table)):
        result = with_profile(tmp_path / str(number), profile)
        assert result.tables["responses"]["response"].tolist() == [3.0, 2.9, 4.1, 3.2]


def test_words_codes_and_transforms(tmp_path: Path) -> None:
    profile = """
missing = ["77", "skipped"]
[match]
columns = ["who", "when", "a"]
[columns]
client = "who"
date = "when"
[[forms]]
measure = "gad7"
items = ["a", "b", "c", "d", "e", "f", "g"]
add = -1
answers = { never = 0, always = 3 }
"""
    rows = "who,when,a,b,c,d,e,f,g\nA-1,2025-01-06,1,2,3,4,77,never,Always\n"
    result = with_profile(tmp_path, profile, rows)
    answers = result.tables["responses"]["response"]
    assert answers.dropna().tolist() == [0, 1, 2, 3, 0, 3]
    assert answers.isna().tolist() == [False] * 4 + [True] + [False] * 2


def test_scales_that_run_below_zero_can_be_turned(tmp_path: Path) -> None:
    profile = PROFILE.replace("items = ", "multiply = -1\nitems = ")
    rows = "Nr;Tag;f1;f2;f3;f4\nK-1;3.3.25;-3,2;-4,1;-2,9;0\n"
    result = with_profile(tmp_path, profile, rows)
    assert result.tables["responses"]["response"].tolist() == [3.2, 4.1, 2.9, 0]


def test_one_answer_per_row_can_be_mapped(tmp_path: Path) -> None:
    profile = """
[match]
columns = ["pid", "quest", "frage", "wert"]
[columns]
client = "pid"
date = "day"
measure = "quest"
item = "frage"
response = "wert"
"""
    rows = ["pid,day,quest,frage,wert"]
    rows += [f"A-1,2025-01-06,GAD-7,{n},{n % 4}" for n in range(1, 8)]
    result = with_profile(tmp_path, profile, "\n".join(rows))
    assert result.tables["responses"]["response"].tolist() == [1, 2, 3, 0, 1, 2, 3]


def test_a_register_can_be_mapped(tmp_path: Path) -> None:
    profile = """
table = "sessions"
[match]
columns = ["Klient", "Termin", "da"]
[columns]
client = "Klient"
date = "Termin"
attended = "da"
"""
    rows = "Klient,Termin,da\nA-1,2025-01-06,ja\nA-1,2025-01-13,nein\n"
    result = with_profile(tmp_path, profile, rows)
    assert result.tables["sessions"]["attended"].tolist() == [True, False]


def test_a_profile_for_other_files_changes_nothing(tmp_path: Path) -> None:
    profile = PROFILE.replace("[match]", '[match]\nfiles = ["other*.csv"]')
    assert with_profile(tmp_path, profile).files["action"].tolist() == ["needs_config"]


def test_a_profile_may_be_given_by_hand(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "export.csv").write_text(ROWS)
    own = tmp_path / "mine.toml"
    own.write_text(PROFILE)
    assert imported(tmp_path / "raw", profile=own).files["accepted"].tolist() == [1]


def test_encoding_delimiter_and_header_can_be_declared(tmp_path: Path) -> None:
    declared = '[file]\nencoding = "cp1250"\ndelimiter = "^"\nheader_row = 2\n'
    rows = "Wyniki łącznie\n" + ROWS.replace(";", "^").replace("Tag", "Dzień")
    profile = declared + PROFILE.replace("Tag", "Dzień")
    files = {"export.csv": rows.encode("cp1250"), "export.toml": profile}
    result = of_files(tmp_path, {**files, "other.csv": "client_id,date,mood\n"})
    assert result.files["accepted"].tolist() == [1, 0]
    assert result.files["action"].tolist()[1] == "accept"


def test_a_column_that_is_not_there_refuses_the_file(tmp_path: Path) -> None:
    profile = PROFILE.replace("f{item}", "g{item}")
    result = with_profile(tmp_path, profile)
    assert result.files["action"].tolist() == ["reject"]
    assert "g1" in result.files["messages"].iloc[0]


@pytest.mark.parametrize(
    ("profile", "problem"),
    [
        ("nonsense = 1", "unknown key nonsense"),
        ("[match]\nfile = 1", "unknown key file in [match]"),
        ('[columns]\nage = "x"', "unknown key age in [columns]"),
        ('[[forms]]\nmeasure = "phq99"', "phq99"),
        ('[[forms]]\nmeasure = "phq9"\nitems = { 12 = "x" }', "no item 12"),
        ('[[forms]]\nmeasure = "phq9"\ntotals = { sum = "x" }', "no score sum"),
        ('[dates]\norder = "ymd"', "day-first or month-first"),
        ('[dates]\ntimezone = "Mars"', "Europe/London"),
        ('[dates]\nstart = "2025"', "no quotes"),
        ('[occasions]\nstart = 2025-01-06\nnames = ["a"]\ndays = []', "same length"),
        ("name = [", "cannot be read"),
        ('table = "people"', "table must be"),
    ],
)
def test_what_is_wrong_with_a_profile_is_named(
    profile: str, problem: str, tmp_path: Path
) -> None:
    path = tmp_path / "p.toml"
    path.write_text(profile)
    with pytest.raises(AnalysisError, match="profile") as caught:
        read_profile(path, measures())
    assert problem in str(caught.value)


def test_every_profile_that_comes_along_is_readable() -> None:
    for path in SHIPPED.glob("*.toml"):
        profile = read_profile(path, measures())
        assert profile.columns_there, f"{path.name} would fit any file"
    for path in (EXPORTS / "profiles").glob("*.toml"):
        read_profile(path, measures(own=True))


# --- published courses ---------------------------------------------------------------


def course(folder: Path, where: str, profile: str) -> Imported:
    path = SHARED / where
    if not path.exists():
        pytest.skip(f"{path.name} is not on this machine")
    shutil.copy(path, folder)
    shutil.copy(EXPORTS / "profiles" / profile, folder)
    return imported(folder, own=True)


def cells(where: str, *columns: str) -> list[float]:
    """The numbers in columns of a published file, blanks and NA left out."""
    with (SHARED / where).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [float(r[c]) for r in rows for c in columns if r[c] not in ("", "NA")]


def test_an_inpatient_course_of_four_measures_comes_through(tmp_path: Path) -> None:
    where = "reference/data/claus_2020.csv"
    result = course(tmp_path, where, "claus.toml")
    scores = result.tables["totals"]
    for scale, column in (
        ("bdi2.total", "bdi"),
        ("shaps.total", "shaps"),
        ("who5.raw", "who"),
        ("hamd.total", "hamd"),
    ):
        found = scores.loc[scores["scale"] == scale, "score"]
        assert sorted(found) == sorted(cells(where, column))
    assert result.files[["rows_in", "quarantined"]].values.tolist() == [[172, 0]]
    assert set(result.tables["clients"]["sex"]) == {"female", "male"}
    assert set(result.tables["clients"]["programme"]) == {"TAU", "PA"}


def test_a_trial_by_month_comes_through(tmp_path: Path) -> None:
    where = "reference/data/btheb_long.csv"
    result = course(tmp_path, where, "btheb.toml")
    assert sorted(result.tables["totals"]["score"]) == sorted(cells(where, "bdi"))
    days = result.tables["administrations"]["date"].dt.strftime("%Y-%m-%d")
    # 8 January 2024 and 0, 2, 3, 5, 8 months of 30.4375 days: 0, 61, 91, 152, 244 days
    assert sorted(set(days)) == [
        "2024-01-08",
        "2024-03-09",
        "2024-04-08",
        "2024-06-08",
        "2024-09-08",
    ]


def test_sessions_side_by_side_come_through(tmp_path: Path) -> None:
    where = "reference/data/sgdata_bdi.csv"
    result = course(tmp_path, where, "sessions.toml")
    columns = [f"bdi_s{n}" for n in range(13)] + ["bdi_fu1", "bdi_fu2"]
    assert sorted(result.tables["totals"]["score"]) == sorted(cells(where, *columns))
    assert result.files[["rows_in", "accepted"]].values.tolist() == [[43, 43]]
    ids = result.tables["administrations"]["administration_id"]
    assert ids.is_unique


def test_a_diary_of_years_comes_through(tmp_path: Path) -> None:
    where = "data/jang2024_emotion_diary/emotion_diary.csv"
    result = course(tmp_path, where, "emotion_diary.toml")
    columns = ["positive mood", "negative mood", "positive energy", "negative energy"]
    columns += ["anxiety", "irritability"]
    assert sorted(result.tables["responses"]["response"]) == sorted(
        cells(where, *columns)
    )
    assert result.files[["rows_in", "accepted"]].values.tolist() == [[3601, 3601]]
    assert len(result.tables["clients"]) == 25


def test_courses_whose_ids_all_count_from_one_stand_in_one_folder(
    tmp_path: Path,
) -> None:
    for where, profile in (
        ("reference/data/claus_2020.csv", "claus.toml"),
        ("reference/data/btheb_long.csv", "btheb.toml"),
        ("reference/data/sgdata_bdi.csv", "sessions.toml"),
    ):
        result = course(tmp_path, where, profile)
    assert result.files["quarantined"].tolist() == [0, 0, 0]
    assert len(result.tables["clients"]) == 43 + 100 + 43
