"""What the detectors find in a small practice, for the tests of findings."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pandas as pd
from small_practice import SCALES, practice

from analysis.findings import find_all
from analysis.schema import conform
from analysis.settings import Settings

SETTINGS = Settings()


def found(courses: pd.DataFrame, until: date, **given: Any) -> pd.DataFrame:
    measures = given.pop("measures", {})
    scales = given.pop("scales", SCALES)
    tables = practice(courses, until, scales, **given)
    result = find_all(tables, scales, tables["episodes"], until, SETTINGS, measures)
    conform(result, "findings")
    return result


def last_day(courses: pd.DataFrame) -> date:
    return courses["date"].max().date()


def of_kind(courses: pd.DataFrame, kind: str, **given: Any) -> list[dict[str, Any]]:
    until = given.pop("until", None) or last_day(courses)
    result = found(courses, until, **given)
    chosen = result[result["kind"] == kind]
    return [
        {"since": row.date, "grade": row.grade, "audience": row.audience}
        | {"found": json.loads(row.evidence)}
        for row in chosen.itertuples()
    ]
