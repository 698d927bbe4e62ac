"""A made-up report, gone through once before the first real one.

What libraries and the package work out when first used (patterns of dates, measures,
wording, letters) is then there for every report that is forked off.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from analysis import show
from analysis.blocks import as_data
from analysis.measures import read_measures, scales
from analysis.page import block_html
from analysis.records import Audience
from analysis.reports import client_month
from analysis.schema import TABLES, conform, frame
from analysis.settings import Settings

_UNTIL = date(2026, 1, 31)
_DAYS = [_UNTIL - timedelta(days=7 * week) for week in range(11, -1, -1)]
_SCORES = [18.0, 17.0, 19.0, 16.0, 15.0, 15.0, 13.0, 12.0, 12.0, 10.0, 9.0, 8.0]
_NOBODY = "rehearsal"
_AUDIENCES: tuple[Audience, ...] = ("clinician", "client")


def rehearse_report() -> None:
    """Work out and draw the reports of nobody, for each reader; nothing is kept."""
    measures = read_measures()
    known = scales(measures)
    tables = _tables()
    for audience in _AUDIENCES:
        report = client_month(
            tables,
            _NOBODY,
            month=_UNTIL,
            until=_UNTIL,
            audience=audience,
            settings=Settings(folder=Path()),
            measures=measures,
            scales=known,
            version="",
        )
        words = show.words_for(report)
        blocks = [show.page_of(report, words)]
        for part in show.PARTS[audience].values():
            blocks += part(report, words)
        for block in blocks:
            block_html(as_data(block))


def _tables() -> Mapping[str, pd.DataFrame]:
    """One course of a questionnaire and one of a check-in, as the store gives them."""
    mine = {"client_id": _NOBODY, "episode_id": _NOBODY}
    series = [
        {**mine, "scale": scale, "date": day, "value": value / share}
        for scale, share in (("phq9.total", 1), ("gad7.total", 1), ("checkin.sleep", 4))
        for day, value in zip(_DAYS, _SCORES, strict=True)
    ]
    rows = {
        "episodes": [
            {**mine, "started_on": _DAYS[0], "last_contact": _UNTIL},
        ],
        "sessions": [{**mine, "date": day, "attended": True} for day in _DAYS],
        "series": series,
        "trends": [
            {**mine, "scale": "phq9.total", "until": _UNTIL, "status": "improving"}
            | {"n": 12, "weeks": 11.0, "gain_per_week": 0.9, "low": 0.7, "high": 1.1}
            | {"p_better": 0.99, "p_flat": 0.01, "p_worse": 0.0, "since": _DAYS[3]}
        ],
        "events": [{"client_id": _NOBODY, "date": _DAYS[4], "label": "-"}],
    }
    made = {name: frame(conform(pd.DataFrame(r), name)) for name, r in rows.items()}
    return {name: made.get(name, table.empty()) for name, table in TABLES.items()}
