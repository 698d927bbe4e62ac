"""An unknown file, the draft of its profile, and the import by it: the loop closes."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from import_helpers import TODAY, imported

from analysis.errors import AnalysisError
from analysis.pipeline import ProfileOptions, Question, run_profile
from analysis.pipeline.paths import Paths

NINE = ";".join(f"PHQ Frage {n}" for n in range(1, 10))
SEVEN = ",".join("0123012")


def rows(pattern: str, n: int = 4) -> str:
    return "\n".join(pattern.format(n=i, day=6 + i) for i in range(n)) + "\n"


GERMAN = (
    f"Lfd-Nr;Klientennr;Befragt am;{NINE};PHQ Summe;Nachname;Anmerkung\n"
    + rows("{n};K00{n};1{n}.01.2025;0;1;2;3;0;1;2;3;0;12;Muster;war heute bei Anna")
).encode("cp1252")
FRENCH = (
    "Dossier;Date de passation;"
    + ";".join(f"GAD7 Q{n}" for n in range(1, 8))
    + ";Prénom\n"
    + rows("D{n};1{n}/01/2025;0;1;2;3;0;1;2;Zoé")
).encode()
DUTCH_LONG = "deelnemer,afgenomen op,lijst,vraag,antwoord\n" + "".join(
    f"P1,16-01-2025,GAD-7,{item},{item % 4}\n" for item in range(1, 8)
)
BARE = "Nr,Tag,f1,f2,f3,f4,f5,f6,f7,f8,f9\n" + rows(
    "{n},0{n}/0{day}/25," + "1," * 8 + "0"
)
BARE = BARE.replace("\n0,00/", "\n9,01/")
ONE_BASED = "Patient Code\tVisit\t" + "\t".join(f"GAD7-0{n}" for n in range(1, 8))
ONE_BASED += "\n" + rows("X{n}\t2025-01-0{day}\t1\t4\t2\t3\t1\t4\t2")
TOTALS = "MRN,Completed,PHQ-9 Score,GAD-7 Score,Email\n"
TOTALS += rows("00{n}7,1/2{n}/2025 2:30 PM,1{n},{n},a{n}@example.org")
PREFACE = "Bericht Praxis am Markt\n\nAktenzeichen;Sitzung am;ORS 1;ORS 2;ORS 3;ORS 4\n"
PREFACE += rows("A{n};1{n}.01.2025;3,2;4,0;5,1;6,7") + "\nAnzahl: 4\n"
DIARY = "When,mood,sleep\n" + rows("2025-01-0{day} 21:15,{n},{day}")


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Teilnehmer", "Datum", *(f"GAD-7 Frage {n}" for n in range(1, 8))])
    for day in range(1, 4):
        words = ["Nie", "Oft", "Manchmal", "Fast immer", "Nie", "Oft", "Nie"]
        sheet.append([f"T{day}", datetime(2025, 1, day, 9, 30), *words])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


FILES: dict[str, tuple[str | bytes, dict[str, str], str, int]] = {
    "german.csv": (GERMAN, {}, "phq9", 4),
    "french.csv": (FRENCH, {}, "gad7", 4),
    "dutch_long.csv": (DUTCH_LONG, {}, "gad7", 1),
    "bare.csv": (
        BARE,
        {"client": "Nr", "order": "month-first", "measure:f": "phq9"},
        "phq9",
        4,
    ),
    "one_based.tsv": (ONE_BASED, {"add:gad7": "yes"}, "gad7", 4),
    "words.xlsx": (
        workbook(),
        {
            "answer:gad7:nie": "0",
            "answer:gad7:manchmal": "1",
            "answer:gad7:oft": "2",
            "answer:gad7:fast immer": "3",
        },
        "gad7",
        3,
    ),
    "totals.csv": (TOTALS, {}, "phq9", 4),
    "preface.csv": (PREFACE, {}, "ors", 4),
    "diary.csv": (DIARY, {"client": "everyone = A-101"}, "checkin", 4),
}


def drafted(
    folder: Path, name: str, content: str | bytes, given: dict[str, str]
) -> tuple[str, Path]:
    """The closing words of the verb and the draft; `given` answers its questions."""
    (folder / "raw").mkdir()
    data = content if isinstance(content, bytes) else content.encode()
    (folder / "raw" / name).write_bytes(data)
    paths = Paths(folder / "none", folder, folder, folder / "settings.toml")
    out = folder / "draft.toml"
    summary = run_profile(
        paths,
        folder / "raw" / name,
        TODAY,
        print,
        ProfileOptions(out=out),
        lambda question: given.get(question.key, ""),
    )
    return summary.text(), out


@pytest.mark.parametrize("name", sorted(FILES))
def test_an_unknown_file_is_read_by_its_draft(name: str, tmp_path: Path) -> None:
    content, given, measure, n = FILES[name]
    _, out = drafted(tmp_path, name, content, given)
    result = imported(tmp_path / "raw", profile=out)
    forms = result.tables["administrations"]
    assert (forms["measure"] == measure).sum() == n, result.files["messages"].iloc[0]
    assert result.files["quarantined"].tolist() == [0]


@pytest.mark.parametrize("name", sorted(FILES))
def test_what_is_not_answered_is_not_guessed(name: str, tmp_path: Path) -> None:
    content, given, _, _ = FILES[name]
    said, out = drafted(tmp_path, name, content, {})
    result = imported(tmp_path / "raw", profile=out)
    if given:
        assert "Still to say" in said
        assert "# ?" in out.read_text("utf-8")
        assert result.files["accepted"].tolist() == [0]
    else:
        assert result.files["accepted"].iloc[0] > 0


def test_one_off_answers_and_words_become_the_numbers_that_were_said(
    tmp_path: Path,
) -> None:
    content, given, _, _ = FILES["words.xlsx"]
    _, out = drafted(tmp_path, "words.xlsx", content, given)
    responses = imported(tmp_path / "raw", profile=out).tables["responses"]
    assert responses["response"].tolist()[:7] == [0, 2, 1, 3, 0, 2, 0]


def test_neither_the_draft_nor_the_words_hold_cells_of_clients(tmp_path: Path) -> None:
    said, out = drafted(tmp_path, "german.csv", GERMAN, {})
    for text in (said, out.read_text("utf-8")):
        for cell in ("Muster", "Anna", "K00", "war heute"):
            assert cell not in text
    assert "Nachname" in said


def test_a_file_that_is_read_anyway_needs_no_profile(tmp_path: Path) -> None:
    raw = tmp_path / "plain.csv"
    raw.write_text("client_id,date,mood\nA-1,2025-01-06,7\n")
    paths = Paths(tmp_path / "none", tmp_path, tmp_path, tmp_path / "settings.toml")
    text = run_profile(paths, raw, TODAY, print).text()
    assert "needs no profile" in text
    assert "1 rows = 1 accepted" in text
    assert not list(tmp_path.glob("*.toml"))


def test_a_wrong_answer_is_asked_again_and_says_why(tmp_path: Path) -> None:
    asked: list[Question] = []

    def answer(question: Question) -> str:
        asked.append(question)
        wanted = {"client": ["Nrr", "Nr"], "order": ["dmy", "month-first"]}
        turn = sum(q.key == question.key for q in asked) - 1
        return wanted.get(question.key, [""])[turn] if turn < 2 else ""

    raw = tmp_path / "bare.csv"
    raw.write_text(BARE)
    paths = Paths(tmp_path / "none", tmp_path, tmp_path, tmp_path / "settings.toml")
    run_profile(
        paths, raw, TODAY, print, ProfileOptions(out=tmp_path / "d.toml"), answer
    )
    assert "no such column" in asked[1].text
    assert "day-first, month-first" in asked[3].text


def test_rows_without_names_get_no_profile_and_are_not_shown(tmp_path: Path) -> None:
    text = rows("Anna Muster,2025-01-0{day}," + SEVEN)
    with pytest.raises(AnalysisError, match="seems to be data") as caught:
        drafted(tmp_path, "no_names.csv", text, {})
    assert "Anna" not in str(caught.value)


def test_a_draft_is_not_written_over_another(tmp_path: Path) -> None:
    drafted(tmp_path, "german.csv", GERMAN, {})
    paths = Paths(tmp_path / "none", tmp_path, tmp_path, tmp_path / "settings.toml")
    options = ProfileOptions(out=tmp_path / "draft.toml")
    with pytest.raises(AnalysisError, match="there already"):
        run_profile(paths, tmp_path / "raw" / "german.csv", TODAY, print, options)
