"""Each measure's forms: how many, how whole, how often, which items are left open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import pandas as pd

from analysis.measures import Measure
from analysis.quality.records import FormQuality, Skipped

# "Now" of the intervals: long enough for three monthly forms.
RECENT_DAYS = 90


def form_quality(
    tables: Mapping[str, pd.DataFrame],
    measures: Mapping[str, Measure],
    until: date,
    intervals: Mapping[str, int],
) -> tuple[FormQuality, ...]:
    """One record per measure that was ever filled in, most used first.

    tables: administrations, responses and scores. until: later forms do not count.
    intervals: usual days between two forms by measure, where settings name them.
    """
    filled = tables["administrations"]
    filled = filled[filled["date"] <= pd.Timestamp(until)]
    known = filled[filled["measure"].isin(list(measures))]
    answered = _answered(known, tables["responses"])
    scores = tables["scores"].set_index("administration_id")
    found = [
        _form(measures[str(name)], forms, answered, scores, until, intervals)
        for name, forms in known.groupby("measure", sort=True)
    ]
    return tuple(sorted(found, key=lambda form: (-form.forms, form.measure)))


def _answered(filled: pd.DataFrame, responses: pd.DataFrame) -> pd.DataFrame:
    """Items of every form that came with items: administration_id, item, is_given."""
    items = responses[responses["administration_id"].isin(filled["administration_id"])]
    return items.assign(is_given=items["response"].notna())


def _form(
    measure: Measure,
    forms: pd.DataFrame,
    answered: pd.DataFrame,
    scores: pd.DataFrame,
    until: date,
    intervals: Mapping[str, int],
) -> FormQuality:
    ids = forms["administration_id"]
    own = answered[answered["administration_id"].isin(ids)]
    headline = f"{measure.id}.{measure.headline.id}".lower()
    scored = scores[scores.index.isin(ids) & (scores["scale"] == headline)]
    is_open = scored["status"] == "not_scored"
    before, now = _intervals(forms, until)
    return FormQuality(
        measure=measure.id,
        instrument=measure.instrument,
        forms=len(forms),
        clients=int(forms["client_id"].nunique()),
        first=forms["date"].min().date(),
        last=forms["date"].max().date(),
        prorated=int((scored["status"] == "prorated").sum()),
        not_scored=0 if _is_loose(measure) else int(is_open.sum()),
        totals_only=len(forms) - int(own["administration_id"].nunique()),
        superseded=int(scored["is_superseded"].sum()),
        usual_days=intervals.get(measure.id, measure.usual_interval_days),
        days_before=before,
        days_now=now,
        skipped=_skipped(measure, own),
    )


def _intervals(forms: pd.DataFrame, until: date) -> tuple[float | None, float | None]:
    """Median days between two forms of one client: before, and in the last 90 days."""
    days = forms[["client_id", "date"]].drop_duplicates()
    days = days.sort_values(["client_id", "date"])
    gaps = days.groupby("client_id")["date"].diff().dt.days
    is_recent = days["date"] > pd.Timestamp(until - timedelta(days=RECENT_DAYS))
    return _median(gaps[~is_recent]), _median(gaps[is_recent])


def _median(days: pd.Series) -> float | None:
    known = days.dropna().to_numpy()
    return float(np.median(known)) if len(known) else None


def _is_loose(measure: Measure) -> bool:
    """Diaries and open-ended forms have no item that everybody should answer."""
    return measure.is_open_ended or measure.purpose == "check-in"


def _skipped(measure: Measure, answered: pd.DataFrame) -> tuple[Skipped, ...]:
    """Scored items left open at least once, by number."""
    if _is_loose(measure) or answered.empty:
        return ()
    of = int(answered["administration_id"].nunique())
    given = answered.loc[answered["is_given"], "item"].value_counts()
    scored = {number for rule in measure.scores for number in rule.items}
    expected = sorted(scored or measure.by_number)
    counts = {item: of - int(given.get(item, 0)) for item in expected}
    return tuple(Skipped(item, n, of) for item, n in counts.items() if n)
