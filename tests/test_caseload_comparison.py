"""Fair comparison: funnels and adjusted estimates that are no ranking."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from caseload_tables import SCALES, Course, tables_of

from analysis.caseload import caseload_period
from analysis.caseload.comparison import EXACT, WIDENED, funnel_of
from analysis.settings import Settings

SINCE, UNTIL = date(2026, 1, 1), date(2026, 6, 30)


def counts(**groups: tuple[int, int]) -> pd.DataFrame:
    return pd.DataFrame.from_dict(groups, orient="index", columns=["n", "count"])


def funnel(frame: pd.DataFrame, courses=None, by: str = "programme"):
    rows = pd.DataFrame() if courses is None else courses
    return funnel_of(frame, rows, by, str, least_n=20)


def test_a_group_is_outside_only_beyond_the_exact_limits() -> None:
    # centre 50 %: of 20 the limits are 30 to 70 % and 15 to 85 %
    shown = funnel(
        counts(a=(20, 14), b=(20, 15), c=(20, 6), d=(20, 5), e=(20, 18), f=(20, 2))
    )
    assert shown.centre == 0.5
    assert shown.method == EXACT
    sides = dict(zip(shown.points["group"], shown.points["side"], strict=True))
    assert sides == {
        "a": "inside",
        "b": "above_95",
        "c": "inside",
        "d": "below_95",
        "e": "above_998",
        "f": "below_998",
    }


def test_groups_under_twenty_are_counted_and_not_shown() -> None:
    shown = funnel(counts(a=(19, 10), b=(20, 10), c=(40, 20)))
    assert shown.points["group"].tolist() == ["b", "c"]
    assert shown.n_suppressed == 1
    assert shown.centre == pytest.approx(40 / 79)


def test_groups_stand_by_name_and_never_by_result() -> None:
    shown = funnel(counts(zoe=(30, 29), Adam=(30, 1), mia=(30, 15)))
    assert shown.points["name"].tolist() == ["Adam", "mia", "zoe"]


def test_limits_widen_only_where_overdispersion_can_be_estimated() -> None:
    few = {f"g{i}": (100, 20 if i % 2 else 80) for i in range(9)}
    many = {f"g{i}": (100, 20 if i % 2 else 80) for i in range(12)}
    narrow, wide = funnel(counts(**few)), funnel(counts(**many))
    assert (narrow.method, narrow.overdispersion) == (EXACT, None)
    assert wide.method == WIDENED
    assert wide.overdispersion > 1
    at_100 = wide.points["high95"].iloc[0]
    assert at_100 > narrow.points["high95"].iloc[0]


def test_nobody_gives_an_empty_funnel() -> None:
    empty = funnel(counts(a=(0, 0)))
    assert empty.centre is None
    assert empty.points.empty
    assert empty.adjusted.empty


def mix(seed: int = 5, n: int = 60, spread: float = 0.0) -> pd.DataFrame:
    """Courses of three clinicians; C-2 sees the most severe clients."""
    random = np.random.default_rng(seed)
    rows = []
    for i, clinician in enumerate(["C-1", "C-2", "C-3"]):
        severity = random.normal(1.0 if clinician == "C-2" else -0.5, 1, n)
        own = spread * (i - 1)
        gain = 1 + 0.8 * severity + own + random.normal(0, 0.7, n)
        rows.append(
            pd.DataFrame(
                {"clinician_id": clinician, "severity": severity, "gain": gain}
            )
        )
    frame = pd.concat(rows, ignore_index=True)
    return frame.assign(programme="Trauma").set_index("e" + frame.index.astype(str))


def by_clinician(courses: pd.DataFrame):
    n = courses.groupby("clinician_id").size()
    frame = pd.DataFrame({"n": n, "count": n // 2})
    return funnel(frame, courses, "clinician")


def test_a_clinician_with_harder_cases_is_not_praised_or_blamed_for_them() -> None:
    courses = mix()
    shown = by_clinician(courses).adjusted
    means = dict(zip(shown["group"], shown["mean_gain"], strict=True))
    estimates = dict(zip(shown["group"], shown["estimate"], strict=True))
    # unadjusted, C-2 looks a whole reliable change better: severe clients gain more
    assert means["C-2"] - means["C-1"] > 0.8
    assert abs(estimates["C-2"] - estimates["C-1"]) < 0.25
    assert ((shown["low"] <= 0) & (shown["high"] >= 0)).all()


def test_real_differences_remain_and_are_shrunken_toward_the_average() -> None:
    courses = mix(spread=0.6)
    funnel_of_real = by_clinician(courses)
    estimates = funnel_of_real.adjusted.set_index("group")["estimate"]
    assert estimates["C-1"] < -0.3
    assert estimates["C-3"] > 0.3
    assert estimates.abs().max() < 0.75
    assert 0.2 < funnel_of_real.between_share < 0.8


def test_few_courses_move_an_estimate_less_than_many() -> None:
    many = mix(spread=0.6)
    thin = many.drop(many.index[:35])  # C-1 keeps 25 of 60 courses
    all_of = by_clinician(many).adjusted.set_index("group")
    few_of = by_clinician(thin).adjusted.set_index("group")
    width = few_of["high"] - few_of["low"]
    assert width["C-1"] > (all_of["high"] - all_of["low"])["C-1"]


def test_groups_that_seem_all_alike_keep_their_uncertainty() -> None:
    # the estimated variance between them is 0, which a few groups cannot tell
    courses = mix(n=24)
    courses["gain"] = 1 + np.tile([0.5, -0.5], 36)
    shown = by_clinician(courses)
    assert shown.between_share == pytest.approx(0, abs=1e-6)
    assert (shown.adjusted["high"] - shown.adjusted["low"] > 0.1).all()


def course(client: str, clinician: str, phq9, **more) -> Course:
    return Course(
        client, "2026-02-02", "2026-04-30", phq9=phq9, clinician=clinician, **more
    )


def test_the_report_holds_both_funnels_from_its_own_courses() -> None:
    courses = [
        course(f"{who}{i}", who, (18 - i % 3, 8 if i % 2 else 17), programme=where)
        for who, where in (("C-1", "Trauma"), ("C-2", "Perinatal"))
        for i in range(24)
    ] + [course(f"X{i}", "", (18, 8)) for i in range(3)]
    tables = tables_of(courses, UNTIL)
    report = caseload_period(
        tables,
        SCALES,
        Settings(clinicians={"C-1": "S. Iyer", "C-2": "L. Brandt"}),
        since=SINCE,
        until=UNTIL,
    )
    programmes, clinicians = report.funnels
    assert programmes.points[["name", "n", "count"]].values.tolist() == [
        ["Perinatal", 24, 12],
        ["Trauma", 27, 15],
    ]
    # courses without a clinician are in no clinician's group
    assert clinicians.points[["name", "n", "count"]].values.tolist() == [
        ["L. Brandt", 24, 12],
        ["S. Iyer", 24, 12],
    ]
    assert clinicians.adjusted["name"].tolist() == ["L. Brandt", "S. Iyer"]
