"""Episodes of care: as exported, else derived from gaps without any contact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.membership import one_of
from analysis.schema import TABLES

Whole = npt.NDArray[np.int64]
Truth = npt.NDArray[np.bool_]

# A day no export holds: stands for "not exported" while days are whole numbers.
_NO_DAY = np.iinfo(np.int64).min


def find_episodes(
    clients: pd.DataFrame,
    sessions: pd.DataFrame,
    administrations: pd.DataFrame,
    gap_days: int,
) -> pd.DataFrame:
    """Find every client's episodes of care; a row of the result is one episode.

    Contacts are sessions (kept or not), administrations and the exported start and
    end. `gap_days` or more without a contact start a new episode, but never inside
    the time the export calls one (`started_on` to `ended_on`, or open). Contacts up
    to `gap_days` before an exported start or after an exported end belong to it, so
    that the questionnaire of the referral is the baseline; a longer run of them is
    an episode of its own. An episode that another one follows has ended with its last
    contact; whether the last one is still going on, `are_open` says. A client without
    any date has no episode. Ids are the client's, then #1, #2, … by time.
    """
    contacts = _contacts(clients, sessions, administrations)
    if not len(contacts):
        return TABLES["episodes"].empty()
    client, names = pd.factorize(contacts["client_id"], sort=True)
    order = np.lexsort((contacts["day"], client))
    client, day = client[order], contacts["day"].to_numpy()[order]
    kept = np.ones(len(day), bool)
    kept[1:] = (client[1:] != client[:-1]) | (day[1:] != day[:-1])
    client, day = client[kept], day[kept]
    start = _exported(clients, "started_on", names)[client]
    end = _exported(clients, "ended_on", names)[client]
    is_new = _new_episodes(client, day, start, end, gap_days)
    rows = _described(names, client, day, start, end, is_new)
    return _with_people(rows, clients, sessions)[TABLES["episodes"].names]


def assign(rows: pd.DataFrame, episodes: pd.DataFrame) -> pd.DataFrame:
    """Give every row (client_id, date) the episode it belongs to.

    That is the client's latest episode begun by then; what lies before the first one
    belongs to the first. Rows of clients without an episode get none.
    """
    begun = episodes.sort_values(["client_id", "started_on"], kind="stable")
    client, names = pd.factorize(begun["client_id"], sort=True)
    own = pd.Index(names).get_indexer(rows["client_id"]).astype(np.int64)
    key = _in_time(client.astype(np.int64), days_of(begun["started_on"]))
    found = np.searchsorted(key, _in_time(own, days_of(rows["date"])), "right") - 1
    found = np.maximum(found, np.searchsorted(client, own, "left"))
    known = (own >= 0) & rows["date"].notna().to_numpy()
    ids = begun["episode_id"].array.take(
        np.where(known, found, -1), allow_fill=True, fill_value=None
    )
    return rows.assign(episode_id=pd.array(ids, dtype="str"))


def belong(rows: pd.DataFrame, episodes: pd.DataFrame) -> pd.Series:
    """Which rows (episode_id) belong to one of these episodes."""
    known = one_of(rows["episode_id"], episodes["episode_id"])
    return pd.Series(known, index=rows.index)


def are_open(episodes: pd.DataFrame, until: date, gap_days: int) -> pd.Series:
    """Whether each episode goes on at `until`: not ended, not silent for `gap_days`."""
    day = pd.Timestamp(until)
    has_begun = episodes["started_on"] <= day
    is_silent = (day - episodes["last_contact"]).dt.days >= gap_days
    has_ended = episodes["ended_on"].notna() & (episodes["ended_on"] <= day)
    lapsed = is_silent & episodes["is_derived"].fillna(True).astype(bool)
    return has_begun & ~has_ended & ~lapsed


def days_of(dates: pd.Series) -> Whole:
    """Dates as whole days since 1970; a missing date is a very small number."""
    return dates.to_numpy("datetime64[D]").astype(np.int64)


def _in_time(client: Whole, day: Whole) -> Whole:
    """One sortable number for a client and a day (days fit into 23 bits)."""
    return client * 2**23 + np.clip(day, -(2**22), 2**22 - 1)


def _contacts(
    clients: pd.DataFrame, sessions: pd.DataFrame, administrations: pd.DataFrame
) -> pd.DataFrame:
    parts = [
        rows[["client_id", column]].set_axis(["client_id", "date"], axis=1)
        for rows, column in (
            (clients, "started_on"),
            (clients, "ended_on"),
            (sessions, "date"),
            (administrations, "date"),
        )
        if column in rows and len(rows)
    ]
    if not parts:
        return pd.DataFrame({"client_id": [], "day": []})
    contacts = pd.concat([part.dropna() for part in parts], ignore_index=True)
    return contacts.assign(day=days_of(contacts["date"]))


def _exported(clients: pd.DataFrame, column: str, names: Sequence[Any]) -> Whole:
    """An exported day by client, in the order of `names`."""
    if column not in clients:
        return np.full(len(names), _NO_DAY)
    rows = clients.drop_duplicates("client_id", keep="last").set_index("client_id")
    return days_of(rows[column].reindex(names))


def _new_episodes(
    client: Whole, day: Whole, start: Whole, end: Whole, gap_days: int
) -> Truth:
    """Which contacts begin an episode; contacts are sorted by client and day."""
    has_start, has_end = start != _NO_DAY, end != _NO_DAY
    in_care = has_start & (day >= start) & (~has_end | (day <= end))
    first = np.ones(len(day), bool)
    first[1:] = client[1:] != client[:-1]
    silent = np.zeros(len(day), bool)
    silent[1:] = day[1:] - day[:-1] >= gap_days
    silent[1:] &= ~(in_care[1:] & in_care[:-1])
    is_new = first | silent
    run = np.cumsum(is_new) - 1
    run_first = day[is_new][run]
    run_last = day[np.append(np.flatnonzero(is_new)[1:] - 1, len(day) - 1)][run]
    is_start = has_start & (day == start)
    after_end = has_end & (day > end)
    first_after = after_end.copy()
    first_after[1:] &= ~after_end[:-1] | first[1:]
    return (
        is_new
        | (is_start & (run_first < start - gap_days))
        | (first_after & (run_last > end + gap_days))
    )


def _described(
    names: Any, client: Whole, day: Whole, start: Whole, end: Whole, is_new: Truth
) -> pd.DataFrame:
    at = np.flatnonzero(is_new)
    last = np.append(at[1:] - 1, len(day) - 1)
    own = client[at]
    number = np.arange(len(at)) - np.searchsorted(own, own, "left") + 1
    is_last = np.append(own[1:] != own[:-1], True)
    holds_start = (day[at] <= start[at]) & (start[at] <= day[last])
    holds_end = (day[at] <= end[at]) & (end[at] <= day[last])
    ended = np.where(holds_end, end[at], np.where(is_last, _NO_DAY, day[last]))
    client_id = pd.Series(names.take(own))
    return pd.DataFrame(
        {
            "episode_id": client_id + "#" + pd.Series(number).astype(str),
            "client_id": client_id,
            "started_on": _dates(day[at]),
            "last_contact": _dates(day[last]),
            "ended_on": _dates(ended),
            "is_derived": pd.array(~(holds_start | holds_end), dtype="boolean"),
            "_is_last": is_last,
            "_holds_end": holds_end,
        }
    )


def _dates(days: Whole) -> npt.NDArray[np.datetime64]:
    missing = days == _NO_DAY
    dates = np.where(missing, 0, days).astype("datetime64[D]").astype("datetime64[s]")
    dates[missing] = np.datetime64("NaT")
    return dates


def _with_people(
    rows: pd.DataFrame, clients: pd.DataFrame, sessions: pd.DataFrame
) -> pd.DataFrame:
    """Add clinician, programme and reason of the end.

    The client list names the clinician of today: it decides for the latest episode;
    an earlier one goes to whoever held its last session.
    """
    listed = clients.drop_duplicates("client_id", keep="last").set_index("client_id")
    listed = listed.reindex(
        columns=["clinician_id", "programme", "end_reason"]
    ).reindex(rows["client_id"])
    today = pd.Series(listed["clinician_id"].array, index=rows.index)
    then = _last_clinician(rows, sessions)
    reason = pd.Series(listed["end_reason"].array, index=rows.index)
    return rows.assign(
        clinician_id=today.where(rows["_is_last"] & today.notna(), then).fillna(today),
        programme=listed["programme"].array,
        end_reason=reason.where(rows["_holds_end"]),
    )


def _last_clinician(rows: pd.DataFrame, sessions: pd.DataFrame) -> pd.Series:
    if "clinician_id" not in sessions or not len(sessions):
        return pd.Series(None, index=rows.index, dtype="str")
    held = sessions[["client_id", "date", "clinician_id"]].dropna()
    held = assign(held.sort_values("date", kind="stable"), rows)
    last = held.drop_duplicates("episode_id", keep="last").set_index("episode_id")
    found = last["clinician_id"].reindex(rows["episode_id"])
    return pd.Series(found.array, index=rows.index)
