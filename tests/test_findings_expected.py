"""The course expected from closed episodes: when there is one, and what it says."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from findings_of import SETTINGS
from small_practice import PHQ, SCALES, START, practice, rows

from analysis.episodes import find_episodes
from analysis.findings import expected_course, find_all, fit_expected_courses
from analysis.findings.expected import ExpectedCourse, expected_model
from analysis.schema import TABLES, conform

LATER = date(2027, 1, 1)  # all episodes have been silent for more than 90 days
GAP = 90
WEEKS = 10


def closed(n: int) -> pd.DataFrame:
    """Courses that fall with log(1 + weeks), faster from a worse start."""
    random = np.random.default_rng(3)
    weeks = np.arange(WEEKS)
    parts = []
    for number in range(n):
        start = random.uniform(10, 22)
        fall = (0.1 * start + random.normal(0, 0.4)) * np.log1p(weeks)
        values = start + random.normal(0, 1.0) - fall + random.normal(0, 1.5, WEEKS)
        parts.append(rows(values.clip(0, 27).tolist(), client=f"C{number:03d}"))
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def hundred() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    series = closed(100)
    episodes = episodes_of(series)
    return series, episodes, fit_expected_courses(series, episodes, SCALES, LATER, GAP)


def episodes_of(series: pd.DataFrame) -> pd.DataFrame:
    none = TABLES["clients"].empty(), TABLES["sessions"].empty()
    return find_episodes(*none, series, GAP)


def test_below_a_hundred_closed_episodes_there_is_none(hundred) -> None:
    series, episodes, models = hundred
    assert len(models) == 8
    conform(models, "models")
    fewer = episodes[1:]
    few = series[series["episode_id"].isin(fewer["episode_id"])]
    assert not len(fit_expected_courses(few, fewer, SCALES, LATER, GAP))


def test_open_episodes_do_not_count(hundred) -> None:
    series, episodes, _ = hundred
    soon = START + timedelta(weeks=WEEKS)
    assert not len(fit_expected_courses(series, episodes, SCALES, soon, GAP))


def test_the_model_is_the_mixed_model_of_statsmodels(hundred) -> None:
    series, _, models = hundred
    table = series.assign(weeks=(series["date"] - series["date"].min()).dt.days / 7)
    first = table.groupby("client_id")["value"].transform("first")
    table = table.assign(x=np.log1p(table["weeks"]), base=first).query("weeks > 0")
    # the same model, in points: gain is the value with its sign turned
    peer = smf.mixedlm(
        "value ~ x + base + base:x", table, groups="client_id", re_formula="~x"
    ).fit(method="lbfgs", maxiter=500)
    model = expected_model(models, PHQ.id)
    assert model is not None
    mine = [-model.intercept, -model.slope, model.baseline, model.baseline_slope]
    theirs = peer.fe_params[["Intercept", "x", "base", "x:base" if "x:base" in
                             peer.fe_params else "base:x"]]  # fmt: skip
    np.testing.assert_allclose(mine, theirs, rtol=0.02, atol=0.02)
    assert model.residual_var == pytest.approx(peer.scale, rel=0.03)


def test_the_bound_is_that_of_ninety_percent() -> None:
    # at week 0: mean 1 + 0.5 * 10, SD sqrt(4 + 5); 90 % lie above mean - 1.2816 SD
    model = ExpectedCourse(1.0, 2.0, 0.5, 0.1, 4.0, 0.0, 1.0, 5.0)
    mean, bound = model.at(np.array([0.0]), np.array([10.0]))
    assert mean[0] == 6.0
    assert bound[0] == pytest.approx(6.0 - 1.2815515655 * 3.0)


def test_about_one_in_ten_closed_courses_lies_beyond_the_bound(hundred) -> None:
    series, _, models = hundred
    model = expected_model(models, PHQ.id)
    assert model is not None
    last = series.groupby("client_id")["value"].last().to_numpy()
    first = series.groupby("client_id")["value"].first().to_numpy()
    _, bound = model.at(np.full(100, WEEKS - 1.0), -first)
    assert 0.03 <= (-last < bound).mean() <= 0.2


def test_the_finding_names_the_expected_course(hundred) -> None:
    _, _, models = hundred
    courses = pd.concat(
        [rows([20, 21, 20, 22, 21]), rows([20, 18, 16, 15, 14], client="B")]
    )
    until = courses["date"].max().date()
    tables = practice(courses, until, models=models)
    result = find_all(tables, SCALES, tables["episodes"], until, SETTINGS)
    lagging = result[result["kind"] == "not_on_track"]
    assert list(lagging["client_id"]) == ["A"]
    assert '"rule": "expected course"' in lagging["evidence"].iloc[0]
    assert '"expected": null' not in lagging["evidence"].iloc[0]


def test_the_expected_course_is_drawn_week_by_week(hundred) -> None:
    _, _, models = hundred
    until = START + timedelta(days=30)
    drawn = expected_course(models, PHQ, 20.0, START, until)
    assert drawn is not None
    assert [(d - START).days for d in drawn.dates] == [0, 7, 14, 21, 28, 30]
    assert all(np.diff(drawn.level) < 0)
    assert all(
        a <= b <= c for a, b, c in zip(drawn.low, drawn.level, drawn.high, strict=True)
    )
    assert expected_course(None, PHQ, 20.0, START, until) is None
    assert expected_course(models[:0], PHQ, 20.0, START, until) is None
