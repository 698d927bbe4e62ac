"""Months, first against last scores, severity bands, staying and endings by hand."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from caseload_tables import SCALES, Course, tables_of

from analysis.caseload import caseload_period
from analysis.caseload.life import kinds_of_ending
from analysis.records import Rate
from analysis.schema import TABLES
from analysis.settings import Settings

SINCE, UNTIL = date(2026, 1, 1), date(2026, 6, 30)


def period(*courses: Course, **more):
    tables = tables_of(courses, UNTIL, **more)
    return caseload_period(tables, SCALES, Settings(), since=SINCE, until=UNTIL)


def in_month(client: str, month: str, phq9=(18, 8), **more) -> Course:
    return Course(client, f"{month}-01", f"{month}-28", phq9=phq9, **more)


def test_courses_count_in_the_month_they_ended_in() -> None:
    report = period(
        in_month("A1", "2026-02"),
        in_month("A2", "2026-02", phq9=(18, 18)),
        in_month("A3", "2026-04"),
        in_month("A4", "2026-04", phq9=(18,)),
    )
    improved = report.monthly[0]
    assert improved.outcome == "reliable_improvement"
    points = improved.points
    months = [day.strftime("%Y-%m") for day in points["month"]]
    assert months == ["2026-02", "2026-03", "2026-04", "2026-05", "2026-06"]
    assert points["n"].tolist() == [1, 0, 1, 0, 0]
    assert points["of"].tolist() == [2, 0, 1, 0, 0]
    assert points["share"].tolist()[::2][:2] == [0.5, 1.0]
    assert points["share"].isna().tolist() == [False, True, False, True, True]
    assert improved.is_trial
    # mean 0.75, one moving range of 0.5: 0.75 + 2.66 * 0.5 is above 1
    assert improved.mean == pytest.approx(0.75)
    assert (improved.lower, improved.upper) == (0.0, 1.0)


def test_two_years_of_months_are_drawn_however_short_the_period() -> None:
    courses = [in_month(f"A{m}", f"2024-{m:02d}") for m in range(1, 13)]
    report = period(*courses, in_month("B1", "2026-06"))
    assert len(report.monthly[0].points) == 24


def test_first_and_last_scores_stand_side_by_side() -> None:
    (pairs,) = period(
        in_month("A1", "2026-02", (18, 12, 8)), in_month("A2", "2026-03", (9, 16))
    ).pairs
    assert pairs.scale.id == "phq9.total"
    assert (pairs.n, pairs.n_drawn) == (2, 2)
    assert pairs.points["baseline"].tolist() == [18, 9]
    assert pairs.points["latest"].tolist() == [8, 16]
    assert pairs.points["improved"].tolist() == [True, False]
    assert pairs.points["deteriorated"].tolist() == [False, True]


def test_moves_between_bands_by_hand_in_both_directions() -> None:
    report = period(
        in_month("A1", "2026-02", (18, 8), ors=(20, 30)),
        in_month("A2", "2026-02", (18, 17), ors=(30, 20)),
        in_month("A3", "2026-02", (9, 16), ors=(25, 24)),
        in_month("A4", "2026-02", (20, 0), ors=(10, 12)),
    )
    by_scale = {migration.scale.id: migration for migration in report.migrations}
    phq9 = by_scale["phq9.total"]
    assert phq9.bands[0] == "minimal"
    assert phq9.counts.loc["moderately severe", "mild"] == 1
    assert phq9.counts.loc["moderately severe", "moderately severe"] == 1
    assert phq9.counts.loc["mild", "moderately severe"] == 1
    assert phq9.counts.loc["severe", "minimal"] == 1
    assert (phq9.n, phq9.n_better, phq9.n_same, phq9.n_worse) == (4, 2, 1, 1)
    ors = by_scale["ors.total"]
    assert ors.bands == ("well", "distressed")
    assert (ors.n_better, ors.n_same, ors.n_worse) == (1, 1, 2)


def test_effect_sizes_name_their_sd_and_turn_scales_to_gain() -> None:
    # gains 10, 8, 6, 4; baselines 20 18 16 14 with SD 2.582; mean gain 7
    report = period(
        *(
            in_month(f"A{i}", "2026-02", (20 - 2 * i, 10), ors=(10, 20 - 2 * i))
            for i in range(4)
        )
    )
    found = {(e.scale.id, e.by): e for e in report.effect_sizes}
    assert set(found) == set()  # the last scores are all alike: no spread
    report = period(
        *(
            in_month(f"A{i}", "2026-02", (20 - 2 * i, 10 + i), ors=(10 + i, 20 - i))
            for i in range(4)
        )
    )
    found = {(e.scale.id, e.by): e for e in report.effect_sizes}
    pre = found["phq9.total", "pre"]
    # gains 10, 7, 4, 1: mean 5.5 over the SD of 20 18 16 14
    assert pre.mean_gain == pytest.approx(5.5)
    assert pre.sd == pytest.approx(2.582, abs=1e-3)
    assert pre.value == pytest.approx(5.5 / 2.582, abs=1e-3)
    assert (pre.mean_before, pre.mean_after) == (17, 11.5)
    assert found["ors.total", "pre"].value > 0
    assert {by for _, by in found} == {"pre", "both", "change"}


def test_staying_counts_open_courses_as_still_here() -> None:
    report = period(
        Course("A1", "2026-04-01", "2026-04-15", phq9=(18, 8)),  # two weeks
        Course("A2", "2026-05-01", "2026-05-29", phq9=(18, 8)),  # four weeks
        Course("A3", "2026-06-02", phq9=(18, 8)),  # four weeks, still here
        Course("A4", "2022-01-03", "2026-05-01", phq9=(18, 8)),  # began too early
    )
    curve = report.staying.curve
    assert report.staying.n == 3
    assert curve["weeks"].tolist() == [0, 2, 4]
    assert curve["staying"].tolist() == pytest.approx([1, 2 / 3, 1 / 3])
    assert report.staying.median_weeks == 4


def test_drop_out_is_an_unplanned_end_before_reliable_improvement() -> None:
    report = period(
        in_month("A1", "2026-02", (18, 18), reason="Dropped out"),
        in_month("A2", "2026-02", (18, 8), reason="dropped out"),
        in_month("A3", "2026-02", (18, 18), reason="completed"),
        in_month("A4", "2026-02", (18, 18), reason="not completed"),
        in_month("A5", "2026-02", (18, 18), reason="moved away"),
    )
    staying = report.staying
    assert (staying.planned, staying.unplanned, staying.reason_unknown) == (1, 3, 1)
    assert staying.dropped_out == Rate(2, 4)


def test_reasons_are_read_by_their_words_and_nothing_is_guessed() -> None:
    reasons = pd.Series(
        ["Planned ending", "unplanned", "Discharged", "DNA", "referred on", None]
    )
    assert kinds_of_ending(reasons).tolist() == [
        "planned", "unplanned", "planned", "unplanned", "unknown", "unknown",
    ]  # fmt: skip


def test_goals_of_the_period_are_counted_by_what_happened_to_them() -> None:
    day = pd.to_datetime
    goals = pd.DataFrame(
        {
            "goal_id": ["G1", "G2", "G3", "G4"],
            "client_id": ["A1", "A1", "A2", "X"],
            "set_on": day(["2026-02-01", "2026-03-01", "2025-11-01", "2026-02-01"]),
            "closed_on": day(["2026-03-01", None, "2026-05-01", None]),
            "status": ["replaced", "open", "reached", "open"],
            "replaces": [None, "G1", None, None],
        }
    ).reindex(columns=TABLES["goals"].empty().columns)
    open_now = [Course(c, "2026-06-01", phq9=(15, 14)) for c in ("A1", "A2")]
    counted = period(*open_now, goals=goals).goals
    assert (counted.set, counted.revised, counted.met, counted.open) == (2, 1, 1, 1)
    assert counted.clients_with_goals == Rate(1, 2)


def signs(*rows: tuple[str, str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["client_id", "sign", "direction"])
    evidence = '[{"scale": "phq9.total"}]'
    frame = frame.assign(
        episode_id=frame["client_id"] + "#1",
        until=pd.Timestamp(UNTIL),
        evidence=evidence,
    )
    return frame.reindex(columns=TABLES["signs"].empty().columns)


def test_signs_are_counted_by_direction_in_their_order() -> None:
    here = [Course(f"A{i}", "2026-06-01", phq9=(15, 14)) for i in (1, 2)]
    report = period(
        *here,
        signs=signs(
            ("A1", "10", "moving"),
            ("A2", "10", "moving"),
            ("A1", "2", "slipping"),
            ("A2", "2", "not_known"),
            ("A1", "goals", "steady"),
            ("A2", "goals", "steady"),
        ),
    )
    counts = report.signs.counts
    assert counts.index.tolist() == ["2", "10", "goals"]
    assert counts.loc["10"].tolist() == [2, 0, 0, 0]
    assert counts.loc["2"].tolist() == [0, 0, 1, 1]
    assert report.signs.n_clients == 2


def test_a_sign_moved_when_a_reliable_change_was_held() -> None:
    # 6 points: A1 gains 6 at week 1 and holds it; A2 loses it again; A3 gains 5
    report = period(
        Course("A1", "2026-05-04", phq9=(15, 9, 9, 10)),
        Course("A2", "2026-05-04", phq9=(15, 9, 15, 15)),
        Course("A3", "2026-05-04", phq9=(15, 10, 10, 10)),
        signs=signs(("A1", "1", "moving")),
    )
    moves = report.signs.first_moves
    assert moves.loc["1", ["n", "moved"]].tolist() == [3, 1]
    assert pd.isna(moves.loc["1", "median_week"])


def test_sudden_gains_and_losses_are_counted_by_client() -> None:
    report = period(
        in_month("A1", "2026-02", (20, 20, 20, 8, 8)),
        in_month("A2", "2026-03", (8, 8, 8, 20, 20)),
        in_month("A3", "2026-03", (15, 14, 13, 12, 11)),
    )
    assert report.sudden == {"gain": 1, "loss": 1}


def test_the_other_rule_says_who_would_change_category() -> None:
    mixed = in_month("A1", "2026-02", (18, 12), gad7=(5, 9))
    plain = in_month("A2", "2026-02", (18, 8))
    diff = period(mixed, plain).diff
    assert (diff.rule, diff.other_rule, diff.n_episodes) == ("nhs", "corc", 2)
    assert diff.pairs[["from", "to", "n"]].values.tolist() == [
        ["unchanged", "deteriorated", 1]
    ]
    assert diff.pairs["ids"].tolist() == [("A1#1",)]
    assert period(plain).diff.pairs.empty


def test_every_definition_carries_its_source_and_the_thresholds_in_force() -> None:
    report = period(in_month("A1", "2026-02"))
    by_id = {definition.id: definition for definition in report.definitions}
    assert all(d.title and d.rule and d.source for d in report.definitions)
    assert "Groups under 20 courses" in by_id["funnel"].rule
    assert "1 to 7" in by_id["suppression"].rule
    assert "mixed courses included" in by_id["no_reliable_change"].rule
