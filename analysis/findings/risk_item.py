"""Risk item: a flagged answer, or one that was not given, never netted or smoothed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.findings.practice import Practice
from analysis.findings.rows import found, no_findings

Whole = npt.NDArray[np.int64]
Truth = npt.NDArray[np.bool_]

KIND = "risk_item"
_ITEM = ["episode_id", "measure", "item"]


@dataclass(frozen=True)
class _Histories:
    """Administrations of risk items, item by item and by time; positions per item."""

    rows: pd.DataFrame
    first: Whole
    last: Whole
    latest_flag: Whole  # the position of `first` where it was never flagged
    is_flagged: Truth  # ever
    is_unknown: Truth  # at the latest administration

    def at(self, name: str, position: Whole) -> pd.Series:
        """A column at these positions."""
        return self.rows[name].take(position).reset_index(drop=True)


def find_risk_items(practice: Practice) -> pd.DataFrame:
    """Find every risk item of an episode that was ever flagged, or is now unknown.

    status: `now` = flagged in the month of the report; else `unknown` = not answered
    at the latest administration; else `past`. Since when: the first of the run of
    flags (or of unanswered items) that the latest one belongs to. n_since counts the
    administrations since the latest flag that were answered without one.
    """
    told = _histories(practice)
    if told is None:
        return no_findings()
    day = told.at("date", told.latest_flag)
    is_now = told.is_flagged & (day >= practice.today.replace(day=1)).to_numpy(bool)
    is_open = ~is_now & told.is_unknown
    since = np.where(
        is_open,
        _run_start(told, "unknown", told.last),
        _run_start(told, "yes", told.latest_flag),
    )
    keys = {name: told.at(name, told.last) for name in ("client_id", *_ITEM)}
    is_yes = (told.rows["risk"] == "yes").to_numpy()
    facts = pd.DataFrame(
        {
            **keys,
            "date": told.at("date", since),
            "answer": told.at("answer", told.latest_flag).mask(is_open),
            "meaning": told.at("meaning", told.last),
            "status": np.select([is_now, is_open], ["now", "unknown"], "past"),
            "flagged_on": day.where(told.is_flagged),
            "n_flagged": np.add.reduceat(is_yes, told.first, dtype=np.int64),
            "n_since": _answered_since(told),
            "latest_date": told.at("date", told.last),
        }
    )
    return found(KIND, facts[told.is_flagged | is_open], audience="clinician")


def _histories(practice: Practice) -> _Histories | None:
    rows = practice.tables["risks"]
    rows = rows[practice.has(rows) & (rows["date"] <= practice.today)]
    if not len(rows):
        return None
    rows = rows.sort_values([*_ITEM, "date"], kind="stable", ignore_index=True)
    item = rows.groupby(_ITEM, sort=False).ngroup().to_numpy()
    first = np.flatnonzero(np.append(True, np.diff(item) > 0))
    last = np.append(first[1:], len(rows)) - 1
    position = np.where(rows["risk"] == "yes", np.arange(len(rows)), -1)
    latest = np.maximum.reduceat(position, first)
    return _Histories(
        rows=rows,
        first=first,
        last=last,
        latest_flag=np.maximum(latest, first),
        is_flagged=latest >= first,
        is_unknown=(rows["risk"] == "unknown").to_numpy()[last],
    )


def _run_start(told: _Histories, flag: str, end: Whole) -> Whole:
    """First position of the unbroken run of `flag` that ends at `end`."""
    is_other = (told.rows["risk"] != flag).to_numpy()
    breaks = np.maximum.accumulate(np.where(is_other, np.arange(len(is_other)), -1))
    return np.minimum(np.maximum(breaks[end] + 1, told.first), end)


def _answered_since(told: _Histories) -> Whole:
    """Administrations after the latest flag (all, without one) that were no flag."""
    total = np.append(0, np.cumsum(told.rows["risk"] == "no"))
    return total[told.last + 1] - total[told.latest_flag]
