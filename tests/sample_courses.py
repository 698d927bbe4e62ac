"""Courses to draw and to word in tests: one for every case a report can show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from analysis.records import (
    Band,
    Course,
    Cutoff,
    Note,
    Scale,
    Smoothed,
    Stretch,
)

START, UNTIL = date(2026, 4, 13), date(2026, 9, 30)
BANDS = (
    Band(0, "minimal"),
    Band(5, "mild"),
    Band(10, "moderate"),
    Band(15, "moderately severe"),
    Band(20, "severe"),
)
PHQ = Scale(
    "phq9.total",
    "phq9",
    "Depression",
    "PHQ-9",
    0,
    27,
    "worse",
    BANDS,
    Cutoff("case", 10, ">=", "a case"),
    6.0,
)
WHO = Scale(
    "who5.percent",
    "who5",
    "Well-being",
    "WHO-5",
    0,
    100,
    "better",
    (),
    Cutoff("poor", 50, "<", "poor well-being"),
    usual_interval_days=30,
)
SRS = Scale(
    "srs.total",
    "srs",
    "Alliance",
    "SRS",
    0,
    40,
    "better",
    (),
    Cutoff("low", 36, "<", "low alliance"),
    step=0.1,
)
OCI = Scale("ocir.total", "ocir", "Obsessions and compulsions", "OCI-R", 0, 72, "worse")


def smoothed(days: Sequence[date], values: Sequence[float], width: float) -> Smoothed:
    """A plain running mean with a constant band, on the days of the scores."""
    padded = np.pad(np.asarray(values, float), 1, mode="edge")
    level = np.convolve(padded, np.ones(3) / 3, mode="valid")
    return Smoothed(
        tuple(days), tuple(level), tuple(level - width), tuple(level + width)
    )


def course(
    scale: Scale,
    values: Sequence[float | None],
    *,
    every: int = 7,
    start: date = START,
    until: date = UNTIL,
) -> Course:
    """A course with a score every so many days; None is a missed one."""
    days = [start + timedelta(days=every * n) for n in range(len(values))]
    kept = [(d, float(v)) for d, v in zip(days, values, strict=True) if v is not None]
    dates, scores = tuple(d for d, _ in kept), tuple(v for _, v in kept)
    has_line = len(kept) > 3
    band = 0.08 * (scale.high - scale.low)
    return Course(
        scale=scale,
        start=start,
        until=until,
        dates=dates,
        values=scores,
        prorated=tuple(False for _ in kept),
        trend=None,
        smoothed=smoothed(dates, scores, band) if has_line else None,
        baseline=scores[0] if scores else None,
        latest=scores[-1] if scores else None,
        is_reliably_better=False,
        is_reliably_worse=False,
        is_recovered=False,
        missed=tuple(d for d, v in zip(days, values, strict=True) if v is None),
    )


FALLING = [18, 19, 18, 17, 17, 15, 13, 12, 16, 17, 16, 14, None, 13, 7, 8, 7, 8, 8,
           None, 7, 7, 6, 6, 6]  # fmt: skip
FULL = replace(
    course(PHQ, FALLING),
    is_reliably_better=True,
    is_recovered=True,
    stretches=(Stretch("setback", date(2026, 6, 8), date(2026, 7, 13)),),
    notes=(Note("gain", date(2026, 7, 20), 7, 13, True),),
    events=(
        (date(2026, 6, 5), "Father in hospital"),
        (date(2026, 8, 24), "Holiday"),
    ),
    expected=Smoothed(
        tuple(START + timedelta(days=7 * n) for n in range(25)),
        tuple(18 - 3.0 * float(np.log1p(n)) for n in range(25)),
        (),
        (),
    ),
)
PLATEAU = replace(
    course(PHQ, [16, 15, 15, 13, 12, 12, 11, 12, 11, 12, 11, 12, 11, 11]),
    stretches=(Stretch("plateau", date(2026, 5, 18), date(2026, 7, 13), "likely"),),
    until=date(2026, 7, 14),
)
HIGHER = course(WHO, [24, 28, 24, 36, 48, 52], every=28)
DECIMALS = course(SRS, [33.5, 34.2, 36, 36.8, 37.1, 37.4, 38, 38.2, 38.5], every=14)
ONE = course(PHQ, [16])
TWO = course(PHQ, [16, 13], every=14)
THREE = course(PHQ, [9, 12, 15], until=date(2026, 4, 30))
UNJUDGED = course(OCI, [30, 28, 31, 25, 27, 22], every=14)
GAP = course(PHQ, [20, 19, 21, 18, 17, *[None] * 9, 14, 15, 13, 12])
HIGH = replace(
    course(PHQ, [25, 26, 24, 25, 26, 25, 27, 25, 25, 26]),
    stretches=(Stretch("plateau", START, date(2026, 6, 15), "strong"),),
)
PRORATED = replace(GAP, prorated=(False, True, False, True, *[False] * 5))
WORSE = replace(
    course(PHQ, [9, 8, 9, 10, 9, 11, 12, 14, 15, 15, 17, 18, 18]),
    is_reliably_worse=True,
    stretches=(Stretch("early_dip", date(2026, 5, 25), date(2026, 7, 6)),),
    notes=(Note("loss", date(2026, 6, 1), 14, 12, True),),
)
EVENTS = replace(
    FULL,
    events=tuple(
        (START + timedelta(days=days), label)
        for days, label in (
            (10, "New medication"),
            (33, "Moved house"),
            (61, "Father in hospital"),
            (63, "Job interview"),
            (133, "Holiday"),
        )
    ),
)


def walk(count: int, seed: int = 1) -> list[float]:
    """A wandering course of whole scores."""
    draw = np.random.default_rng(seed)
    return list(np.clip(14 + np.cumsum(draw.normal(0, 0.7, count)), 1, 26).round())


SIXTY = course(PHQ, walk(65), start=date(2025, 6, 30))
MANY = course(PHQ, walk(150), start=date(2023, 10, 2))

ALL = {
    "full": FULL,
    "plateau": PLATEAU,
    "higher": HIGHER,
    "decimals": DECIMALS,
    "one": ONE,
    "two": TWO,
    "three": THREE,
    "unjudged": UNJUDGED,
    "gap": GAP,
    "high": HIGH,
    "prorated": PRORATED,
    "worse": WORSE,
    "events": EVENTS,
    "sixty": SIXTY,
    "many": MANY,
}
