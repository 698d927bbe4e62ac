"""Every client of the demo practice shows the course the client was invented for.

The checks use the published thresholds (PHQ-9: reliable change 6, cut-off 10; GAD-7: 4
and 8) and plain arithmetic on the raw answers, nothing of the package's own analysis.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import analysis.demo as demo
from analysis.demo.courses import curves, deviations
from analysis.demo.items import FORMS

UNTIL = pd.Timestamp(2026, 10, 31)
RELIABLE = {"phq9": 6, "gad7": 4}
CUTOFF = {"phq9": 10, "gad7": 8}


@dataclass(frozen=True)
class Told:
    """One client's raw rows."""

    client: str
    files: dict[str, pd.DataFrame] = field(repr=False)

    def rows(self, name: str) -> pd.DataFrame:
        rows = self.files[name]
        return rows[rows["client_id"] == self.client]

    def items(self, measure: str) -> pd.DataFrame:
        """Answers by day, one column per item, NaN where left out."""
        rows = self.rows(measure if measure in self.files else "assessments")
        names = [f"{measure}_{i}" for i in range(1, FORMS[measure].items + 1)]
        return rows.set_index(pd.DatetimeIndex(rows["date"]))[names]

    def totals(self, measure: str) -> pd.Series:
        """Totals of fully answered questionnaires by day."""
        return self.items(measure).dropna().sum(axis=1)

    def goals(self) -> pd.DataFrame:
        return self.rows("goals")


@pytest.fixture(scope="module", params=[7, 11])
def files(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, pd.DataFrame]:
    out: Path = tmp_path_factory.mktemp("demo")
    demo.write_demo(out, seed=request.param)
    return {path.stem: pd.read_csv(path) for path in out.glob("*.csv")}


def improves_steadily(told: Told) -> bool:
    """A line explains at least three quarters of one scale, with a reliable fall."""

    def on(measure: str) -> bool:
        scores = told.totals(measure)
        weeks = (scores.index - scores.index[0]).days
        fit = np.corrcoef(weeks, scores)[0, 1]
        return fit < -0.87 and scores.iloc[0] - scores.iloc[-1] >= RELIABLE[measure]

    return on("phq9") or on("gad7")


def is_level_and_still_a_case(told: Told) -> bool:
    """The last eight scores keep within half a reliable change, none below cut-off."""

    def on(measure: str) -> bool:
        last = told.totals(measure).iloc[-8:]
        close = (last - last.mean()).abs().max() <= RELIABLE[measure] / 2
        first = told.totals(measure).iloc[0]
        improved = first - last.mean() >= RELIABLE[measure] - 1
        return bool(close and improved and last.min() >= CUTOFF[measure])

    return on("phq9") or on("gad7")


def is_level_from_the_start(told: Told) -> bool:
    scores = told.totals("phq9")
    halves = np.array_split(scores.to_numpy(), 2)
    stays = abs(halves[0].mean() - halves[1].mean()) < RELIABLE["phq9"] / 4
    return bool(stays and scores.min() >= CUTOFF["phq9"])


def _largest_rise(scores: pd.Series) -> tuple[float, int]:
    """Mean of the next three against the three before, largest, and where."""
    values = scores.to_numpy()
    rises = [
        values[i : i + 3].mean() - values[i - 3 : i].mean()
        for i in range(3, len(values) - 1)
    ]
    where = int(np.argmax(rises))
    return float(rises[where]), where + 3


def has_recent_setback(told: Told) -> bool:
    scores = told.totals("phq9")
    rise, where = _largest_rise(scores)
    recent = scores.index[where] >= UNTIL - timedelta(weeks=6)
    return bool(rise >= RELIABLE["phq9"] - 1 and recent)


def made_good_a_setback(told: Told) -> bool:
    scores = told.totals("phq9")
    rise, where = _largest_rise(scores)
    before = scores.iloc[where - 3 : where].mean()
    return bool(rise >= 4.5 and scores.iloc[-3:].mean() <= before)


def dips_early(told: Told) -> bool:
    scores = told.totals("phq9")
    week = (scores.index - scores.index[0]).days / 7
    early = scores[week <= 4.3]
    return bool(early.max() - early.iloc[0] >= 5)


def gains_suddenly(told: Told) -> bool:
    """Tang and DeRubeis' three criteria, on three scores before and after."""
    scores = told.totals("phq9").to_numpy()
    for i in range(3, len(scores) - 2):
        before, after = scores[i - 3 : i], scores[i : i + 3]
        gain = scores[i - 1] - scores[i]
        pooled = np.sqrt((before.var(ddof=1) + after.var(ddof=1)) / 2)
        is_large = gain >= 6 and gain >= 0.25 * scores[i - 1]
        if is_large and before.mean() - after.mean() > 2.776 * pooled:
            return bool(scores[i:].max() < scores[i - 1] - gain / 2)
    return False


def is_worsening(told: Told) -> bool:
    scores = told.totals("phq9")
    last = scores.iloc[-9:]
    weeks = (last.index - last.index[0]).days / 7
    slope = np.polyfit(weeks, last, 1)[0]
    return bool(slope > 0.4 and scores.iloc[-1] - scores.iloc[0] >= 6)


def holds(told: Told) -> bool:
    recovered = told.totals("phq9").iloc[-3:].max() < CUTOFF["phq9"]
    return bool(recovered and told.totals("phq9").iloc[0] >= CUTOFF["phq9"])


def ended_without_agreement(told: Told) -> bool:
    reason = told.rows("clients")["end_reason"].iloc[0]
    return (
        reason == "dropped out" and told.rows("sessions")["attended"].iloc[-1] == "no"
    )


def is_overdue(told: Told) -> bool:
    is_open = told.rows("clients")["ended_on"].isna().all()
    latest = told.totals("phq9").index[-1]
    return bool(is_open and latest < UNTIL - timedelta(days=28))


def came_back(told: Told) -> bool:
    days = pd.to_datetime(told.rows("sessions")["date"])
    back = days[days.diff().dt.days > 90]
    started = pd.to_datetime(told.rows("clients")["started_on"])
    return len(back) == 1 and back.iloc[0] == started.iloc[0]


def _risk(told: Told) -> pd.Series:
    return told.items("phq9")["phq9_9"]


def is_flagged_now(told: Told) -> bool:
    flagged = _risk(told)
    return bool((flagged[flagged.index >= "2026-10-01"] > 0).any())


def was_flagged(told: Told) -> bool:
    flagged = _risk(told)
    return bool((flagged > 0).any() and (flagged.iloc[-8:] == 0).all())


def left_out_the_risk_item(told: Told) -> bool:
    return bool(np.isnan(_risk(told).iloc[-1]))


def _left_out(told: Told) -> pd.Series:
    return told.items("phq9").isna().sum(axis=1)


def sessions_fell_out(told: Told) -> bool:
    alliance = told.totals("srs")
    return bool(alliance.iloc[-1] <= alliance.iloc[-2] - 1 and alliance.iloc[-1] < 36)


def parts(told: Told) -> bool:
    gain = {m: told.totals(m).iloc[0] - told.totals(m).iloc[-1] for m in RELIABLE}
    return bool(gain["phq9"] >= 6 and gain["gad7"] <= -4)


def fills_in_nine(told: Told) -> bool:
    wide = [m for m in FORMS if m != "core10" and len(told.totals(m)) >= 5]
    return len(wide) + (told.rows("core10_long")["measure"].nunique()) == 9


def has_a_stalled_goal(told: Told) -> bool:
    ratings = told.files["goal_ratings"]
    for goal in told.goals().query("status == 'open'")["goal_id"]:
        own = ratings[ratings["goal_id"] == goal]["rating"]
        if len(own) >= 6 and own.iloc[-5:].max() - own.iloc[-5:].min() <= 1:
            return True
    return False


def has_an_overdue_goal(told: Told) -> bool:
    open_goals = told.goals().query("status == 'open'")
    return bool((pd.to_datetime(open_goals["due"]) < UNTIL).any())


def revised_a_goal(told: Told) -> bool:
    goals = told.goals()
    old = set(goals[goals["status"] == "replaced"]["goal_id"])
    return bool(old) and old == set(goals["replaces"].dropna())


def reached_a_goal(told: Told) -> bool:
    ratings = told.files["goal_ratings"].groupby("goal_id")["rating"].last()
    reached = told.goals().query("status == 'reached'")
    return len(reached) > 0 and (reached["goal_id"].map(ratings) >= 8).all()


def n_scores(*allowed: int) -> Callable[[Told], bool]:
    return lambda told: len(told.items("phq9")) in allowed


CHECKS: dict[str, Callable[[Told], bool]] = {
    "steady_improvement": improves_steadily,
    "plateau": is_level_and_still_a_case,
    "level_from_start": is_level_from_the_start,
    "setback": has_recent_setback,
    "setback_made_good": made_good_a_setback,
    "early_dip": dips_early,
    "sudden_gain": gains_suddenly,
    "worsening": is_worsening,
    "holding": holds,
    "too_early": n_scores(2, 3),
    "drop_out": ended_without_agreement,
    "overdue": is_overdue,
    "re_referral": came_back,
    "risk_now": is_flagged_now,
    "risk_past": was_flagged,
    "risk_unknown": left_out_the_risk_item,
    "skipped_items": lambda told: _left_out(told).max() in (1, 2),
    "too_many_skipped": lambda told: _left_out(told).iloc[-1] > 2,
    "one_score": n_scores(1),
    "no_scores": lambda told: (
        len(told.items("phq9")) == 0
        and len(told.rows("checkins")) > 10
        and len(told.goals()) > 0
    ),
    "alliance_drop": sessions_fell_out,
    "sixty_scores": n_scores(60),
    "nine_measures": fills_in_nine,
    "goal_reached": reached_a_goal,
    "goal_revised": revised_a_goal,
    "goal_stalled": has_a_stalled_goal,
    "goal_overdue": has_an_overdue_goal,
    "measures_part": parts,
    "not_a_case": lambda told: all(
        told.totals(m).iloc[0] < CUTOFF[m] for m in RELIABLE
    ),
}


@pytest.mark.parametrize(
    ("client", "course"),
    [(client, course) for client, own in demo.INTENDED.items() for course in own],
)
def test_a_client_shows_the_intended_course(
    files: dict[str, pd.DataFrame], client: str, course: str
) -> None:
    assert CHECKS[course](Told(client, files))


def test_only_clients_meant_to_be_are_overdue_or_at_risk(
    files: dict[str, pd.DataFrame],
) -> None:
    quiet = {"overdue", "no_scores", "drop_out"}
    for client, own in demo.INTENDED.items():
        told = Told(client, files)
        if not quiet & set(own):
            assert not is_overdue(told), client
        if not {"risk_now", "risk_past"} & set(own):
            assert not (_risk(told) > 0).any(), client


def test_a_curve_is_level_outside_its_points_and_straight_between() -> None:
    level = curves([[[2, 10], [4, 6]], None, [[1, 5], [1, 9]]]).at(6)
    assert list(level[0]) == [10, 10, 10, 8, 6, 6]
    assert np.isnan(level[1]).all()
    assert list(level[2]) == [5, 9, 9, 9, 9, 9]  # two points in one week: a step


def test_deviations_carry_over_and_keep_their_spread() -> None:
    drawn = deviations(np.random.default_rng(3), 4_000, 20)
    # AR(1) with 0.35: a week's deviation shares 0.35 with the week before
    carried = np.corrcoef(drawn[:, 9], drawn[:, 10])[0, 1]
    assert carried == pytest.approx(0.35, abs=0.05)
    assert drawn[:, -1].std() == pytest.approx(drawn[:, 1].std(), abs=0.05)
