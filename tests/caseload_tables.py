"""Small invented practices for the caseload tests: a line per course of therapy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analysis import change
from analysis.records import Band, Cutoff, Scale
from analysis.schema import TABLES

PHQ9 = Scale(
    id="phq9.total",
    measure="phq9",
    label="Depression",
    instrument="PHQ-9",
    low=0,
    high=27,
    higher_is="worse",
    bands=(
        Band(0, "minimal"),
        Band(5, "mild"),
        Band(10, "moderate"),
        Band(15, "moderately severe"),
        Band(20, "severe"),
    ),
    caseness=Cutoff("caseness", 10, ">=", "caseness"),
    reliable_change=6,
)
GAD7 = Scale(
    id="gad7.total",
    measure="gad7",
    label="Anxiety",
    instrument="GAD-7",
    low=0,
    high=21,
    higher_is="worse",
    bands=(Band(0, "minimal"), Band(5, "mild"), Band(10, "moderate")),
    caseness=Cutoff("caseness", 8, ">=", "caseness"),
    reliable_change=4,
)
ORS = Scale(
    id="ors.total",
    measure="ors",
    label="Well-being",
    instrument="ORS",
    low=0,
    high=40,
    higher_is="better",
    bands=(Band(0, "distressed"), Band(25, "well")),
    caseness=Cutoff("caseness", 25, "<", "distressed"),
    reliable_change=5,
)
MOOD = Scale(
    id="checkin.mood",
    measure="checkin",
    label="Mood",
    instrument="Check-in",
    low=0,
    high=10,
    higher_is="better",
    is_headline=False,
)
SCALES = {scale.id: scale for scale in (PHQ9, GAD7, ORS, MOOD)}


@dataclass(frozen=True)
class Course:
    """One episode: days as ISO text; scores by scale, a week apart from the start."""

    client: str
    started: str
    ended: str = ""
    phq9: Sequence[float] = ()
    gad7: Sequence[float] = ()
    ors: Sequence[float] = ()
    sessions: int = 3
    missed: int = 0
    kind: str = "treatment"
    programme: str = "Trauma"
    clinician: str = "C-01"
    reason: str = "completed"
    last_contact: str = ""
    number: int = 1

    @property
    def id(self) -> str:
        return f"{self.client}#{self.number}"


def tables_of(
    courses: Sequence[Course], until: date, **more: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """The tables of a practice; `more` replaces or adds whole tables."""
    tables = {name: table.empty() for name, table in TABLES.items()}
    tables["episodes"] = _frame("episodes", [_episode(c) for c in courses])
    tables["sessions"] = _frame("sessions", [r for c in courses for r in _sessions(c)])
    tables["series"] = _frame("series", [r for c in courses for r in _series(c)])
    tables["changes"] = change.changes(
        tables["series"], tables["episodes"], SCALES, until
    )
    return tables | more


def _frame(name: str, rows: list[dict]) -> pd.DataFrame:
    empty = TABLES[name].empty()
    if not rows:
        return empty
    frame = pd.DataFrame(rows).reindex(columns=empty.columns)
    for column in TABLES[name].columns:
        if column.kind == "date":
            frame[column.name] = pd.to_datetime(frame[column.name])
        elif column.kind == "truth":
            frame[column.name] = frame[column.name].astype("boolean")
        elif column.kind == "text":
            frame[column.name] = frame[column.name].astype("str")
    return frame


def _episode(c: Course) -> dict:
    last = c.last_contact or c.ended or str(_days(c.started, max(_weeks(c), 1))[-1])
    return {
        "episode_id": c.id,
        "client_id": c.client,
        "clinician_id": c.clinician or None,
        "programme": c.programme or None,
        "started_on": c.started,
        "last_contact": last,
        "ended_on": c.ended or None,
        "end_reason": c.reason if c.ended else None,
        "is_derived": False,
    }


def _weeks(c: Course) -> int:
    return max(len(c.phq9), len(c.gad7), len(c.ors), c.sessions + c.missed)


def _days(start: str, n: int) -> list[date]:
    return [day.date() for day in pd.date_range(start, periods=n, freq="7D")]


def _sessions(c: Course) -> list[dict]:
    came = [True] * c.sessions + [False] * c.missed
    return [
        {
            "client_id": c.client,
            "episode_id": c.id,
            "date": str(day),
            "attended": attended,
            "kind": c.kind,
        }
        for day, attended in zip(_days(c.started, len(came)), came, strict=True)
    ]


def _series(c: Course) -> list[dict]:
    rows = []
    for scale, values in (
        ("phq9.total", c.phq9),
        ("gad7.total", c.gad7),
        ("ors.total", c.ors),
    ):
        for day, value in zip(_days(c.started, len(values)), values, strict=True):
            rows.append(
                {
                    "client_id": c.client,
                    "episode_id": c.id,
                    "scale": scale,
                    "date": str(day),
                    "value": float(value),
                }
            )
    return rows


def findings(*rows: tuple[str, str, str, str, str]) -> pd.DataFrame:
    """Findings as (episode, kind, scale, day, evidence as JSON)."""
    return _frame(
        "findings",
        [
            {
                "client_id": episode.split("#")[0],
                "episode_id": episode,
                "kind": kind,
                "scale": scale or None,
                "date": day,
                "evidence": evidence or "{}",
                "grade": "",
                "audience": "clinician",
            }
            for episode, kind, scale, day, evidence in rows
        ],
    )
