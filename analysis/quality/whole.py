"""The whole look at the data, from imports.csv and the tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from analysis.measures import Measure
from analysis.quality.asks import asks
from analysis.quality.forms import form_quality
from analysis.quality.records import FileQuality, Quality

_COUNTS = ("rows_in", "accepted", "quarantined", "duplicates", "ignored")


def data_quality(
    imports: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    measures: Mapping[str, Measure],
    until: date,
    intervals: Mapping[str, int],
) -> Quality:
    """Look at files and forms.

    imports: imports.csv, one row per raw file. tables: clients, episodes, sessions,
    administrations, responses, scores and goals. intervals: usual days by measure.
    """
    files = tuple(_file(row) for row in imports.fillna("").to_dict("records"))
    forms = form_quality(tables, measures, until, intervals)
    return Quality(
        until=until,
        files=files,
        forms=forms,
        clients=len(tables["clients"]),
        asks=asks(files, forms, tables, measures, until),
    )


def _file(row: dict[str, object]) -> FileQuality:
    return FileQuality(
        file=str(row["file"]),
        format=str(row["format"]),
        action=str(row["action"]),
        messages=str(row["messages"]),
        **{name: int(str(row[name])) for name in _COUNTS},
    )
