"""Which signs of progress move first, over the courses of a period."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.caseload.cohort import Tables
from analysis.methods.survival import kaplan_meier
from analysis.records import Scale

COLUMNS = ("n", "moved", "median_week")
# A move: a reliable change, or this share of the range where none is published. Less
# would be reached by chance in the first weeks, the sooner the more scales there are.
SHARE_OF_RANGE = 0.2
ROUNDING = 1e-9  # thresholds are inclusive, whatever the decimals
# Rows of evidence looked through to learn which scales speak to a sign.
ENOUGH_EVIDENCE = 2_000


def first_moves(
    tables: Tables, scales: Mapping[str, Scale], episodes: pd.Index
) -> pd.DataFrame:
    """Follow each sign until it first moved, with Kaplan–Meier over episodes.

    A sign moved when one of its scales gained a reliable change since baseline,
    and the next score held it. Episodes in which it did not are censored at their last
    score. Returns a row per sign (index), COLUMNS, earliest median first.
    """
    series = tables["series"]
    series = series[series["episode_id"].isin(episodes)]
    times = _times(series, scales)
    rows = {}
    for sign, own in scales_of_signs(tables).items():
        seen = times[times["scale"].isin(own)]
        if len(seen):
            rows[sign] = _row(seen)
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=list(COLUMNS))
    return frame.sort_values("median_week", kind="stable", na_position="last")


def scales_of_signs(tables: Tables) -> dict[str, set[str]]:
    """Which scales stood as evidence for each sign."""
    found: dict[str, set[str]] = {}
    for sign, rows in tables["signs"].groupby("sign"):
        evidence = rows["evidence"].dropna().unique()[:ENOUGH_EVIDENCE]
        found[str(sign)] = {scale for text in evidence for scale in _scales_in(text)}
    return found


def _scales_in(text: str) -> list[str]:
    """Scale ids anywhere in a piece of evidence, whatever its form."""
    waiting, found = [json.loads(text)], []
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            found += [part["scale"]] if isinstance(part.get("scale"), str) else []
            waiting += list(part.values())
        elif isinstance(part, list):
            waiting += part
    return found


def _times(series: pd.DataFrame, scales: Mapping[str, Scale]) -> pd.DataFrame:
    """Weeks to the first lasting move of every course, or to its last score."""
    needed = {name: _needed(scale) for name, scale in scales.items()}
    rows = series[series["scale"].isin([n for n, points in needed.items() if points])]
    keys = ["episode_id", "scale"]
    rows = rows.sort_values([*keys, "date"], kind="stable")
    codes, names = pd.factorize(rows["scale"])
    sign = np.array([scales[name].gain(0, 1) for name in names] or [0.0])[codes]
    points = np.array([needed[name] for name in names] or [0.0])[codes]
    grouped = rows.groupby(keys, sort=False)
    gain = sign * (rows["value"] - grouped["value"].transform("first"))
    reached = gain >= points - ROUNDING
    same = rows[keys].eq(rows[keys].shift(-1)).all(axis=1)
    held = reached & reached.shift(-1, fill_value=False) & same
    weeks = (rows["date"] - grouped["date"].transform("first")).dt.days / 7
    facts = rows[keys].assign(weeks=weeks, moved=weeks.where(held))
    ends = facts.groupby(keys).agg(
        last=("weeks", "max"), moved=("moved", "min"), n=("weeks", "size")
    )
    return ends[ends["n"] >= 2].reset_index()


def _needed(scale: Scale) -> float:
    """Points of gain that count as a move; 0 where the scale has no direction."""
    if scale.higher_is == "neither":
        return 0.0
    if scale.reliable_change is not None:
        return scale.reliable_change
    return SHARE_OF_RANGE * (scale.high - scale.low)


def _row(times: pd.DataFrame) -> tuple[int, int, float]:
    by_episode = times.groupby("episode_id").agg(
        last=("last", "max"), moved=("moved", "min")
    )
    moved = by_episode["moved"].notna()
    weeks = by_episode["moved"].fillna(by_episode["last"])
    median = kaplan_meier(np.ceil(weeks), moved).median
    return len(by_episode), int(moved.sum()), np.nan if median is None else median
