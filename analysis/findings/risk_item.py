"""Risk item: a flagged answer, or one that was not given, never netted or smoothed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.findings.practice import Practice
from analysis.findings.rows import found, no_findings

KIND = "risk_item"


def find_risk_items(practice: Practice) -> pd.DataFrame:
    """Find every risk item of an episode that was ever flagged, or is now unknown.

    status: `now` = flagged in the month of the report; else `unknown` = not answered
    at the latest administration; else `past`. Since when: the first of the run of
    flags (or of unanswered items) that the latest one belongs to.
    """
    rows = practice.tables["risks"]
    rows = rows[practice.has(rows)]
    rows = rows[rows["date"] <= practice.today]
    if not len(rows):
        return no_findings()
    rows = rows.sort_values(
        ["episode_id", "measure", "item", "date"], kind="stable", ignore_index=True
    )
    item = rows.groupby(["episode_id", "measure", "item"], sort=False).ngroup()
    first = np.flatnonzero(np.append(True, np.diff(item) > 0))
    last = np.append(first[1:], len(rows)) - 1
    is_yes = (rows["risk"] == "yes").to_numpy()
    is_unknown = (rows["risk"] == "unknown").to_numpy()
    latest_yes = _latest(is_yes, first)
    flagged = latest_yes >= first
    month = practice.today.replace(day=1)
    day = rows["date"]
    at_flag = np.maximum(latest_yes, 0)
    is_now = flagged & (day.to_numpy()[at_flag] >= month)
    open_question = ~is_now & is_unknown[last]
    status = np.select([is_now, open_question], ["now", "unknown"], "past")
    since = np.where(
        open_question,
        _run_start(is_unknown, first, last),
        _run_start(is_yes, first, at_flag),
    )
    answer = rows["answer"].to_numpy(float)[at_flag]
    facts = pd.DataFrame(
        {
            "client_id": rows["client_id"].array.take(last),
            "episode_id": rows["episode_id"].array.take(last),
            "date": day.array.take(since),
            "measure": rows["measure"].array.take(last),
            "item": rows["item"].array.take(last),
            "answer": np.where(open_question, np.nan, answer),
            "meaning": rows["meaning"].array.take(last),
            "status": status,
            "flagged_on": day.take(at_flag).reset_index(drop=True).where(flagged),
            "n_flagged": np.add.reduceat(is_yes, first, dtype=np.int64),
            "n_since": _answered_since(rows["risk"] == "no", first, last, at_flag),
            "latest_date": day.array.take(last),
        }
    )
    return found(KIND, facts[flagged | open_question], audience="clinician")


def _answered_since(
    is_no: pd.Series, first: np.ndarray, last: np.ndarray, at_flag: np.ndarray
) -> np.ndarray:
    """Administrations after the latest flag whose answer was no flag."""
    total = np.append(0, np.cumsum(is_no))
    return total[last + 1] - total[np.maximum(at_flag, first)]


def _latest(holds: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Latest position that holds in each group; -1 where none does."""
    return np.maximum.reduceat(np.where(holds, np.arange(len(holds)), -1), first)


def _run_start(holds: np.ndarray, first: np.ndarray, end: np.ndarray) -> np.ndarray:
    """First position of the unbroken run of `holds` that ends at `end`."""
    breaks = np.maximum.accumulate(np.where(holds, -1, np.arange(len(holds))))
    return np.minimum(np.maximum(breaks[end] + 1, first), end)
