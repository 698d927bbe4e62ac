"""The demo practice: what it promises to hold, and that it can be relied on."""

from __future__ import annotations

import csv
import tomllib
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import analysis.demo as demo
from analysis.demo.checkins import QUESTIONS
from analysis.demo.items import FORMS, answers
from analysis.demo.people import knowledge
from analysis.errors import AnalysisError

MEASURES = Path(__file__).parents[1] / "analysis" / "measures"
UNTIL = date(2026, 10, 31)
DATES = ("date", "started_on", "ended_on", "set_on", "closed_on", "done_on")


def read(folder: Path) -> dict[str, pd.DataFrame]:
    """Every file of a demo, all cells as text."""
    return {
        path.stem: pd.read_csv(path, dtype=str, keep_default_na=False)
        for path in sorted(folder.glob("*.csv"))
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo") / "raw"
    demo.write_demo(out)
    return out


@pytest.fixture(scope="module")
def tables(folder: Path) -> dict[str, pd.DataFrame]:
    return read(folder)


def answers_of(rows: pd.DataFrame, measure: str, items: int) -> pd.DataFrame:
    """The measure's answers as numbers, one column per item, NaN where left out."""
    names = [f"{measure}_{item}" for item in range(1, items + 1)]
    return rows[names].apply(pd.to_numeric)


def totals(tables: dict[str, pd.DataFrame], client: str, measure: str) -> list[float]:
    """Totals of fully answered questionnaires, in order of date."""
    rows = tables["assessments"]
    own = answers_of(rows[rows["client_id"] == client], measure, FORMS[measure].items)
    return [float(total) for total in own.dropna().sum(axis=1)]


def clients_with(course: str) -> list[str]:
    return [client for client, own in demo.INTENDED.items() if course in own]


def test_the_same_seed_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    demo.write_demo(tmp_path / "again")
    for path in folder.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()


def test_another_seed_gives_other_answers(folder: Path, tmp_path: Path) -> None:
    demo.write_demo(tmp_path, seed=8)
    name = "assessments.csv"
    assert (folder / name).read_bytes() != (tmp_path / name).read_bytes()


def test_a_client_is_the_same_however_many_others_there_are(tmp_path: Path) -> None:
    demo.write_demo(tmp_path / "few", clients=60)
    demo.write_demo(tmp_path / "many", clients=1_100)
    few, many = read(tmp_path / "few"), read(tmp_path / "many")
    ids, goals = set(few["clients"]["client_id"]), set(few["goals"]["goal_id"])
    assert len(ids) == 60
    for name, rows in few.items():
        key, known = ("client_id", ids) if "client_id" in rows else ("goal_id", goals)
        same = many[name][many[name][key].isin(known)].reset_index(drop=True)
        pd.testing.assert_frame_equal(rows, same)


def test_every_course_a_report_can_show_stands_in_the_practice() -> None:
    shown = {course for own in demo.INTENDED.values() for course in own}
    assert shown == set(demo.COURSES)


def test_there_are_forty_clients_four_clinicians_and_two_programmes(
    tables: dict[str, pd.DataFrame],
) -> None:
    clients = tables["clients"]
    assert list(clients["client_id"]) == list(demo.INTENDED)
    assert len(clients) == 40
    assert set(clients["clinician_id"]) == set(demo.CLINICIANS)
    assert clients["clinician_id"].nunique() == 4
    assert clients["programme"].nunique() == 2
    assert clients["name_on_report"].str.len().max() > 60
    assert 24 <= (clients["ended_on"] == "").sum() <= 28  # about two thirds open


def test_answers_lie_inside_the_range_of_their_measure(
    tables: dict[str, pd.DataFrame],
) -> None:
    for measure, form in FORMS.items():
        items = tomllib.loads((MEASURES / f"{measure}.toml").read_text("utf-8"))[
            "items"
        ]
        assert (items["count"], items["min"], items["max"]) == (
            form.items,
            0,
            form.highest,
        )
        if measure == "core10":
            given = tables["core10_long"]["response"]
        else:
            rows = tables.get(measure, tables["assessments"])
            given = answers_of(rows, measure, form.items).stack()
        given = pd.to_numeric(given[given != ""]).dropna()
        assert given.between(0, form.highest).all()
        steps = given * form.parts
        assert np.allclose(steps, steps.round())


def test_the_generator_reverses_the_items_the_measure_reverses() -> None:
    for measure, form in FORMS.items():
        text = (MEASURES / f"{measure}.toml").read_text("utf-8")
        reverse = tomllib.loads(text).get("reversed", {}).get("items", [])
        assert tuple(reverse) == form.reversed, measure


def test_check_ins_ask_and_answer_what_the_check_in_asks(
    tables: dict[str, pd.DataFrame],
) -> None:
    text = (MEASURES / "checkin.toml").read_text("utf-8")
    asked = {i["ids"][0]: i["max"] for i in tomllib.loads(text)["items"]["special"]}
    assert asked == {name: question.highest for name, question in QUESTIONS.items()}
    for name, highest in asked.items():
        given = tables["checkins"][name]
        assert set(given) <= {"", *map(str, range(highest + 1))}


def test_nothing_happens_after_the_last_day_or_out_of_order(
    tables: dict[str, pd.DataFrame],
) -> None:
    for name, rows in tables.items():
        for column in set(DATES) & set(rows.columns):
            days = rows[column][rows[column] != ""]
            assert days.max() <= UNTIL.isoformat(), name
            assert days.min() >= "2025-09-01", name
    for name in ("sessions", "assessments", "checkins"):
        for _, own in tables[name].groupby("client_id"):
            assert own["date"].is_monotonic_increasing
            assert own["date"].is_unique
    goals = tables["goals"]
    closed = goals[goals["closed_on"] != ""]
    assert (closed["set_on"] <= closed["closed_on"]).all()
    set_on = goals.set_index("goal_id")["set_on"]
    for name, column in (("goal_steps", "done_on"), ("goal_ratings", "date")):
        done = tables[name][tables[name][column] != ""]
        assert (done[column] >= done["goal_id"].map(set_on)).all()


def test_the_practice_moves_with_its_last_day(tmp_path: Path) -> None:
    demo.write_demo(tmp_path, until=date(2027, 3, 15))
    moved = read(tmp_path)
    last = max(moved[name]["date"].max() for name in ("sessions", "assessments"))
    assert "2027-03-08" <= last <= "2027-03-15"
    start = moved["clients"].set_index("client_id")["started_on"]
    # 31 October to 15 March are 135 days: 19 whole weeks, so Mondays stay Mondays
    assert start["A-1042"] == "2026-08-24"
    assert moved["goals"]["set_on"].min() > "2025-09-01"


def test_every_row_belongs_to_a_client_and_every_goal_to_its_steps(
    tables: dict[str, pd.DataFrame],
) -> None:
    ids, goals = set(tables["clients"]["client_id"]), tables["goals"]
    assert goals["goal_id"].is_unique
    for rows in tables.values():
        if "client_id" in rows:
            assert set(rows["client_id"]) <= ids
        else:
            assert set(rows["goal_id"]) <= set(goals["goal_id"])
    assert set(goals["replaces"]) - {""} <= set(goals["goal_id"])
    assert set(tables["goal_steps"]["goal_id"]) == set(goals["goal_id"])
    clinicians = dict(tables["clients"][["client_id", "clinician_id"]].to_numpy())
    sessions = tables["sessions"]
    assert (sessions["client_id"].map(clinicians) == sessions["clinician_id"]).all()
    came = sessions[sessions["attended"] == "yes"]
    visits = set(zip(came["client_id"], came["date"], strict=True))
    given = tables["assessments"]
    assert set(zip(given["client_id"], given["date"], strict=True)) <= visits


def test_a_1042_makes_the_page_it_was_invented_for(
    tables: dict[str, pd.DataFrame],
) -> None:
    rows = tables["assessments"]
    dates = list(rows["date"][rows["client_id"] == "A-1042"])
    phq9, gad7 = (totals(tables, "A-1042", name) for name in ("phq9", "gad7"))
    assert (dates[0], dates[-1]) == ("2026-04-13", "2026-10-26")
    assert phq9[:1] + phq9[-5:] == [18, 6, 6, 5, 6, 5]
    assert gad7[0] == 15
    assert set(gad7[dates.index("2026-08-03") :]) == {11, 12}
    sudden = dates.index("2026-07-20")
    assert phq9[sudden - 1 : sudden + 1] == [13, 7]
    own = rows[rows["client_id"] == "A-1042"]
    assert list(own["date"][own["phq9_9"] != "0"]) == ["2026-05-04"]
    sessions = tables["sessions"]
    sessions = sessions[sessions["client_id"] == "A-1042"]
    until_september = sessions[sessions["date"] < "2026-10-01"]
    assert len(until_september) == 25
    assert (until_september["attended"] == "yes").sum() == 23
    pcl5 = tables["pcl5"][tables["pcl5"]["client_id"] == "A-1042"]
    assert list(answers_of(pcl5, "pcl5", 20).sum(axis=1)) == [
        46,
        45,
        47,
        41,
        36,
        31,
        29,
    ]
    srs = tables["srs"][tables["srs"]["client_id"] == "A-1042"]
    alliance = answers_of(srs, "srs", 4).sum(axis=1).round(1)
    assert (alliance.iloc[0], alliance.iloc[-1]) == (33.5, 38.6)


def _outcomes(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Finished courses by the NHS rule: caseness 10 and 8, reliable change 6 and 4."""
    clients, sessions = tables["clients"], tables["sessions"]
    treated = sessions[(sessions["attended"] == "yes")]
    treated = treated[treated["kind"] != "assessment"].groupby("client_id").size()
    found = []
    for client in clients["client_id"][clients["ended_on"] != ""]:
        p, g = (totals(tables, client, name) for name in ("phq9", "gad7"))
        if treated.get(client, 0) < 2 or min(len(p), len(g)) < 2:
            continue
        gains = [(p[0] - p[-1]) / 6, (g[0] - g[-1]) / 4]
        started, ended = (p[0] >= 10 or g[0] >= 8), (p[-1] >= 10 or g[-1] >= 8)
        improved = max(gains) >= 1 and min(gains) > -1
        worse = min(gains) <= -1 and max(gains) < 1
        found.append((started, improved, started and not ended, worse))
    return pd.DataFrame(found, columns=["case", "improved", "recovered", "worse"])


def test_outcomes_of_finished_courses_lie_near_the_national_rates(
    tables: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    few = _outcomes(tables)
    assert len(few) >= 12
    assert 0.55 <= few["improved"].mean() <= 0.75
    assert 0.40 <= few["recovered"].sum() / few["case"].sum() <= 0.60
    assert few["worse"].sum() >= 1
    assert (~few["improved"] & ~few["worse"]).sum() >= 2
    demo.write_demo(tmp_path, clients=1_040)
    many = _outcomes(read(tmp_path))
    # England 2024-25: 67.5 % improved, 50.5 % recovered, 5.8 % deteriorated
    assert abs(many["improved"].mean() - 0.675) < 0.08
    assert abs(many["recovered"].sum() / many["case"].sum() - 0.505) < 0.08
    assert 0.02 < many["worse"].mean() < 0.10


def test_words_are_many_and_kept_as_written(
    folder: Path, tables: dict[str, pd.DataFrame]
) -> None:
    pool = knowledge("words")
    assert len(set(pool["small_wins"])) >= 60
    assert len({goal["statement"] for goal in knowledge("goals")["goal"]}) >= 30
    written = set(tables["checkins"]["note"])
    assert set(pool["awkward"]) <= written
    with (folder / "checkins.csv").open(encoding="utf-8", newline="") as file:
        assert {row["note"] for row in csv.DictReader(file)} == written
    wins = tables["checkins"]["small_win"]
    assert wins[wins != ""].nunique() >= 60
    # a spreadsheet would take these for formulas
    texts = pd.concat([wins, tables["checkins"]["note"], tables["goals"]["statement"]])
    assert not texts.str.startswith(("=", "+", "-", "@")).any()


def test_files_are_utf8_with_line_feeds_and_one_width(folder: Path) -> None:
    for name in demo.FILES:
        raw = (folder / f"{name}.csv").read_bytes()
        assert b"\r" not in raw
        assert raw.endswith(b"\n")
        rows = list(csv.reader(raw.decode("utf-8").splitlines(keepends=True)))
        assert {len(row) for row in rows} == {len(rows[0])}


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    export = tmp_path / "clients.csv"
    export.write_text("client_id\nreal\n", encoding="utf-8")
    with pytest.raises(AnalysisError, match="1 other file"):
        demo.write_demo(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["clients.csv"]
    assert export.read_text(encoding="utf-8") == "client_id\nreal\n"
    assert not demo.is_demo(tmp_path)


def test_a_demo_may_be_written_over_an_earlier_demo(tmp_path: Path) -> None:
    demo.write_demo(tmp_path, clients=3)
    assert demo.is_demo(tmp_path)
    summary = demo.write_demo(tmp_path, clients=5)
    assert summary.rows["clients"] == 5
    assert len(read(tmp_path)["clients"]) == 5
    (tmp_path / "mine.csv").touch()
    with pytest.raises(AnalysisError):
        demo.write_demo(tmp_path, clients=3)


def test_a_run_that_breaks_off_leaves_the_earlier_files(tmp_path: Path) -> None:
    demo.write_demo(tmp_path, clients=3)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    before.pop(".cairn-demo")

    def stop(_done: int, _of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        demo.write_demo(tmp_path, clients=9, progress=stop)
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    after.pop(".cairn-demo")
    assert after == before


def test_fewer_than_one_client_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AnalysisError, match="at least one"):
        demo.write_demo(tmp_path, clients=0)


def test_a_large_practice_is_written_block_by_block(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    summary = demo.write_demo(
        tmp_path, clients=2_000, progress=lambda *step: seen.append(step)
    )
    assert seen == [(40, 2_000), (1_040, 2_000), (2_000, 2_000)]
    clients = pd.read_csv(tmp_path / "clients.csv", dtype=str)
    assert summary.rows["clients"] == len(clients) == 2_000
    assert clients["client_id"].is_unique
    rows = pd.read_csv(tmp_path / "assessments.csv")
    assert len(rows) == summary.rows["assessments"] > 20_000
    assert rows["client_id"].isin(clients["client_id"]).all()
    assert rows["date"].max() <= UNTIL.isoformat()


@st.composite
def _filled(draw: st.DrawFn) -> tuple[str, int, int]:
    measure = draw(st.sampled_from([m for m, f in FORMS.items() if f.parts == 1]))
    form = FORMS[measure]
    risk = draw(st.integers(0, form.highest)) if form.risk_item else 0
    most = form.highest * (form.items - (form.risk_item is not None))
    return measure, risk + draw(st.integers(0, most)), risk


@given(filled=_filled())
def test_answers_add_up_to_the_total_whatever_it_is(
    filled: tuple[str, int, int],
) -> None:
    measure, total, risk = filled
    form, rng = FORMS[measure], np.random.default_rng(total)
    lean = rng.standard_normal((1, form.items))
    given_answers = answers(rng, form, np.array([total]), lean, np.array([risk]))[0]
    assert given_answers.min() >= 0
    assert given_answers.max() <= form.highest
    if form.risk_item:
        assert given_answers[form.risk_item - 1] == risk
    for item in form.reversed:
        given_answers[item - 1] = form.highest - given_answers[item - 1]
    assert given_answers.sum() == total


@given(total=st.integers(0, 400))
def test_lines_of_ten_centimetres_add_up_to_the_total(total: int) -> None:
    rng = np.random.default_rng(total)
    lines = answers(
        rng, FORMS["ors"], np.array([total]), np.zeros((1, 4)), np.zeros(1)
    )[0]
    assert lines.sum() == total
    assert lines.min() >= 0
    assert lines.max() <= 100
