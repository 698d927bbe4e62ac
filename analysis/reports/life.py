"""Signs, goals, check-ins and attendance: what therapy is for, beside the scores."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from analysis.measures import Measure
from analysis.records import Scale
from analysis.reports.records import (
    CheckInFacts,
    Count,
    GoalFacts,
    SignFacts,
    StepFacts,
)
from analysis.settings import Settings

Tables = Mapping[str, pd.DataFrame]

# The person's own first weeks make the usual range (docs/rules.md, section 8).
_BASE_WEEKS = 3
_MIN_BASE = 3


def signs(tables: Tables, scales: Mapping[str, Scale]) -> tuple[SignFacts, ...]:
    """The ten signs and the goals, with the values behind their small line."""
    facts = []
    for row in tables["signs"].itertuples():
        evidence = tuple(json.loads(row.evidence)) if row.evidence else ()
        lead = next((part["scale"] for part in evidence if "scale" in part), None)
        scale = scales.get(lead) if lead else None
        facts.append(
            SignFacts(
                id=str(row.sign),
                name="",
                direction=row.direction,
                strength="" if pd.isna(row.strength) else str(row.strength),
                age_days=None
                if pd.isna(row.evidence_age_days)
                else int(row.evidence_age_days),
                evidence=evidence,
                values=_values(tables["series"], lead),
                low=scale.low if scale else 0.0,
                high=scale.high if scale else 10.0,
            )
        )
    return tuple(facts)


def _values(
    series: pd.DataFrame, scale_id: str | None
) -> tuple[tuple[date, float], ...]:
    rows = series[series["scale"] == scale_id].sort_values("date")
    return tuple(
        (day.date(), float(value))
        for day, value in zip(rows["date"], rows["value"], strict=True)
    )


def goals(tables: Tables, until: date, settings: Settings) -> tuple[GoalFacts, ...]:
    """Goals in the order they were set; one that was revised is told by its heir."""
    rows = tables["goals"].sort_values(["set_on", "goal_id"])
    replaced = {
        row.replaces: row for row in rows.itertuples() if pd.notna(row.replaces)
    }
    before = {row.goal_id: row for row in rows.itertuples()}
    return tuple(
        _goal(row, before, tables, until)
        for row in rows.itertuples()
        if row.goal_id not in replaced
    )


def _goal(
    row: Any, before: Mapping[str, Any], tables: Tables, until: date
) -> GoalFacts:
    steps = tables["goal_steps"]
    steps = steps[steps["goal_id"] == row.goal_id].sort_values("position")
    closed = _day(row.closed_on)
    due = _day(row.due)
    old = before.get(row.replaces) if pd.notna(row.replaces) else None
    status = _words(row.status) or ("reached" if closed else "open")
    return GoalFacts(
        id=row.goal_id,
        statement=_words(row.statement),
        smart={
            name: _words(getattr(row, name))
            for name in ("specific", "measurable", "achievable", "relevant")
            if _words(getattr(row, name))
        },
        status=status,
        direction=_direction(tables["series"], row.goal_id),
        set_on=_day(row.set_on),
        due=due,
        closed_on=closed,
        is_overdue=bool(due and due < until and status == "open"),
        target=None if pd.isna(row.target) else float(row.target),
        steps=tuple(
            StepFacts(_words(step.step), _day(step.done_on))
            for step in steps.itertuples()
        ),
        ratings=_values(tables["series"], f"goal.{row.goal_id}".lower())
        or _values(tables["series"], f"goal.{row.goal_id}"),
        replaced_statement=_words(old.statement) if old is not None else "",
        reason=_words(old.reason) if old is not None else _words(row.reason),
    )


def _direction(series: pd.DataFrame, goal_id: str) -> str:
    """Where the ratings of the last eight weeks point: a change of 1 point counts."""
    values = _values(series, f"goal.{goal_id}".lower()) or _values(
        series, f"goal.{goal_id}"
    )
    if len(values) < 2:
        return "not_known"
    last_day, last = values[-1]
    recent = [value for day, value in values if (last_day - day).days <= 56]
    moved = last - recent[0]
    return "moving" if moved >= 1 else "slipping" if moved <= -1 else "steady"


def _day(value: Any) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()


def _words(value: Any) -> str:
    return "" if value is None or pd.isna(value) else str(value)


def check_ins(
    tables: Tables, scales: Mapping[str, Scale], measures: Mapping[str, Measure]
) -> tuple[CheckInFacts, ...]:
    """Every check-in question that was answered, in the order of asking."""
    series = tables["series"]
    answered = set(series["scale"].unique())
    facts = []
    for scale in scales.values():
        measure = measures.get(scale.measure)
        if measure is None or measure.purpose != "check-in":
            continue
        if scale.id not in answered:
            continue
        values = _values(series, scale.id)
        low, high = _usual_range(values)
        facts.append(
            CheckInFacts(
                scale.id, values, scale.low, scale.high, scale.higher_is, low, high
            )
        )
    return tuple(facts)


def _usual_range(
    values: tuple[tuple[date, float], ...],
) -> tuple[float | None, float | None]:
    """Middle 80 % of the person's own ratings before the last four weeks.

    Its ends are ratings that were given: nobody rates 2.7.
    """
    last = values[-1][0]
    base = [value for day, value in values if (last - day).days > 28]
    if len(base) < _MIN_BASE:
        return None, None
    low, high = (
        np.quantile(base, 0.1, method="lower"),
        np.quantile(base, 0.9, method="higher"),
    )
    return float(low), float(high)


def attendance(sessions: pd.DataFrame, since: date, until: date) -> Count:
    """Sessions attended of those booked, both days included."""
    days = sessions["date"]
    rows = sessions[(days >= pd.Timestamp(since)) & (days <= pd.Timestamp(until))]
    return Count(int(rows["attended"].fillna(False).sum()), len(rows))


def adherence(
    tables: Tables, measures: Mapping[str, Measure], since: date, until: date
) -> Count:
    """Days with a check-in of those expected, from the first one on."""
    asked = {m.id: m for m in measures.values() if m.purpose == "check-in"}
    rows = tables["administrations"]
    rows = rows[rows["measure"].isin(list(asked))]
    if not len(rows):
        return Count(0, 0)
    usual = min(asked[name].usual_interval_days for name in rows["measure"].unique())
    first = max(pd.Timestamp(since), rows["date"].min())
    kept = rows[(rows["date"] >= first) & (rows["date"] <= pd.Timestamp(until))]
    expected = (pd.Timestamp(until) - first).days // usual + 1
    return Count(kept["date"].nunique(), max(expected, kept["date"].nunique()))
