"""The hand-made clients: clients.toml as a group."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from analysis.demo.courses import curves
from analysis.demo.group import (
    HORIZON,
    OPEN,
    WRITTEN_FOR,
    Events,
    Group,
    SetGoals,
    day_number,
)
from analysis.demo.items import FORMS

# Asked of everybody at every session.
FOR_ALL = ("phq9", "gad7")


@cache
def knowledge(name: str) -> Mapping[str, Any]:
    """One of this package's TOML files."""
    text = files("analysis.demo").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def intended() -> dict[str, tuple[str, ...]]:
    """Client id to the courses the client stands for."""
    return {one["id"]: tuple(one["courses"]) for one in knowledge("clients")["client"]}


def days_moved(until: date) -> int:
    """Days by which everything moves so that it ends at `until`: whole weeks."""
    return (until - WRITTEN_FOR).days // 7 * 7


def told_clients(until: date) -> Group:
    """The hand-made clients, moved so that their last week is the one of `until`."""
    told = knowledge("clients")["client"]
    start = np.array([day_number(one["start"]) for one in told]) + days_moved(until)

    def each(key: str, default: Any) -> np.ndarray:
        return np.array([one.get(key, default) for one in told])

    def words(key: str) -> np.ndarray:
        return np.array([one.get(key) or None for one in told], dtype=object)

    return Group(
        client_id=words("id"),
        name=words("name"),
        clinician_id=words("clinician"),
        programme=words("programme"),
        birth_year=each("born", 0),
        start=start,
        weeks=each("weeks", OPEN),
        end_reason=words("end_reason"),
        curves=_curves_of(told, "curves"),
        uses={
            measure: np.array([measure in (*FOR_ALL, *o["measures"]) for o in told])
            for measure in FORMS
        },
        noise=each("noise", 1.3),
        jitter=each("jitter", True),
        miss_rate=np.where(each("jitter", True), 0.04, 0.0),
        keeps_checkins=np.where(each("jitter", True), 0.93, 1.0),
        engagement=np.linspace(0.35, 0.95, len(told)),
        skip_rate=np.zeros(len(told)),
        scores_until=each("scores_until", OPEN),
        never_misses=each("never_misses", False),
        missed=_weeks([[(w, w) for w in one.get("missed", ())] for one in told]),
        away=_weeks([one.get("away", ()) for one in told]),
        review=_weeks([[(w, w) for w in _reviews(one)] for one in told]),
        risk=_risk(told),
        events=_events(told, start),
        goals=_goals(told),
        skipped=_skipped(told),
        checkins=_curves_of(told, "checkins"),
        words=_words(told),
        is_told=True,
    )


def _curves_of(told: list[dict[str, Any]], key: str) -> dict[str, Any]:
    scales = sorted({scale for one in told for scale in one.get(key, {})})
    return {s: curves([one.get(key, {}).get(s) for one in told]) for s in scales}


def _weeks(stretches: list[Any]) -> np.ndarray:
    marked = np.zeros((len(stretches), HORIZON), dtype=bool)
    for row, own in enumerate(stretches):
        for first, last in own:
            marked[row, first : last + 1] = True
    return marked


def _reviews(one: dict[str, Any]) -> Any:
    # a joint review every sixth session is what this practice agreed on
    return one.get("reviews", range(6, HORIZON, 6))


def _risk(told: list[dict[str, Any]]) -> np.ndarray:
    risk = np.zeros((len(told), HORIZON), dtype=np.int64)
    for row, one in enumerate(told):
        for week, answer in one.get("risk", ()):
            risk[row, week] = answer
    return risk


def _events(told: list[dict[str, Any]], start: np.ndarray) -> Events:
    found = [
        (row, start[row] + days, kind, label)
        for row, one in enumerate(told)
        for days, kind, label in one.get("events", ())
    ]
    row, day, kind, label = zip(*found, strict=True)
    return Events(
        np.array(row),
        np.array(day),
        np.array(kind, dtype=object),
        np.array(label, dtype=object),
    )


def _goals(told: list[dict[str, Any]]) -> SetGoals:
    found = [
        (row, template, fate, week, number)
        for row, one in enumerate(told)
        for number, (template, fate, week) in enumerate(one.get("goals", ()), start=1)
    ]
    row, template, fate, week, number = (
        np.array(part) for part in zip(*found, strict=True)
    )
    return SetGoals(row, template, fate, week, number)


def _skipped(told: list[dict[str, Any]]) -> tuple[Any, ...]:
    return tuple(
        (row, measure, week, tuple(items))
        for row, one in enumerate(told)
        for measure, week, items in one.get("skipped", ())
    )


def _words(told: list[dict[str, Any]]) -> tuple[Any, ...]:
    return tuple(
        (row, kind, week, text)
        for row, one in enumerate(told)
        for kind, said in one.get("words", {}).items()
        for week, text in said
    )
