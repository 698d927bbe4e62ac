"""A group's practice as the rows of raw export files."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from analysis.demo.checkins import QUESTIONS, WORDS, CheckIns
from analysis.demo.group import OPEN, Group
from analysis.demo.items import FORMS, SKIPPED
from analysis.demo.questionnaires import Filled
from analysis.demo.visits import Visits

DAY = pa.date32()


def day_array(days: np.ndarray, is_known: np.ndarray | None = None) -> pa.Array:
    """Days since 1970-01-01 as dates, empty where not known."""
    mask = None if is_known is None else ~is_known
    return pa.array(np.asarray(days, dtype=np.int32), type=DAY, mask=mask)


def text_array(values: np.ndarray, is_known: np.ndarray | None = None) -> pa.Array:
    """Words, empty where None or not known."""
    mask = None if is_known is None else ~is_known
    return pa.array(values, type=pa.string(), mask=mask, from_pandas=True)


def client_rows(group: Group, visits: Visits) -> pa.Table:
    """clients: one row per client; dates are those of the latest referral."""
    everyone = np.arange(len(group))
    first = visits.referred()
    is_over = group.weeks < OPEN
    return pa.table(
        {
            "client_id": text_array(group.client_id),
            "clinician_id": text_array(group.clinician_id),
            "programme": text_array(group.programme),
            "name_on_report": text_array(group.name),
            "birth_year": pa.array(group.birth_year),
            "started_on": day_array(visits.day[everyone, first]),
            "ended_on": day_array(visits.day[everyone, visits.last()], is_over),
            "end_reason": text_array(group.end_reason, is_over),
        }
    )


def session_rows(group: Group, visits: Visits) -> pa.Table:
    """sessions: one row per appointment, kept or not."""
    row, week = np.nonzero(visits.planned)
    is_review = group.review[row, week] & visits.attended[row, week]
    kind = np.select([week == 0, is_review], ["assessment", "review"], "treatment")
    return pa.table(
        {
            "client_id": text_array(group.client_id[row]),
            "date": day_array(visits.day[row, week]),
            "attended": text_array(np.where(visits.attended[row, week], "yes", "no")),
            "kind": text_array(kind),
            "clinician_id": text_array(group.clinician_id[row]),
        }
    )


def wide_rows(
    group: Group,
    visits: Visits,
    measures: Sequence[str],
    filled: Sequence[Filled],
) -> pa.Table:
    """assessments, wide: one row per client and day, a column per item.

    Several measures share a file where they were filled in on exactly the same days.
    """
    columns = _who_when(group, visits, filled[0].row, filled[0].week)
    for measure, one in zip(measures, filled, strict=True):
        for item in range(FORMS[measure].items):
            answers = one.answers[:, item]
            columns[f"{measure}_{item + 1}"] = _numbers(answers, FORMS[measure].parts)
    return pa.table(columns)


def long_rows(group: Group, visits: Visits, measure: str, filled: Filled) -> pa.Table:
    """assessments, long: one row per client, day and item."""
    n_items, n_filled = FORMS[measure].items, len(filled.row)
    columns = _who_when(
        group, visits, np.repeat(filled.row, n_items), np.repeat(filled.week, n_items)
    )
    columns["measure"] = pa.array([measure] * (n_items * n_filled), pa.string())
    columns["item"] = pa.array(np.tile(np.arange(1, n_items + 1), n_filled))
    columns["response"] = _numbers(filled.answers.ravel(), FORMS[measure].parts)
    return pa.table(columns)


def check_in_rows(group: Group, visits: Visits, done: CheckIns) -> pa.Table:
    """check-ins, wide: one row per client and day."""
    columns = _who_when(group, visits, done.row, done.week)
    for name in QUESTIONS:
        columns[name] = _numbers(done.answers[name], 1)
    for kind in WORDS:
        columns[kind] = text_array(done.words[kind], done.words[kind] != "")
    columns["may_be_shown"] = text_array(done.may_be_shown, done.may_be_shown != "")
    return pa.table(columns)


def event_rows(group: Group, until_day: int) -> pa.Table:
    """events: one row per event that has happened."""
    events = group.events
    past = events.day <= until_day
    return pa.table(
        {
            "client_id": text_array(group.client_id[events.row[past]]),
            "date": day_array(events.day[past]),
            "kind": text_array(events.kind[past]),
            "label": text_array(events.label[past]),
        }
    )


def _who_when(
    group: Group, visits: Visits, row: np.ndarray, week: np.ndarray
) -> dict[str, pa.Array]:
    return {
        "client_id": text_array(group.client_id[row]),
        "date": day_array(visits.day[row, week]),
    }


def _numbers(values: np.ndarray, parts: int) -> pa.Array:
    left_out = values == SKIPPED
    if parts == 1:
        return pa.array(values.astype(np.int64), mask=left_out)
    return pa.array(values / parts, mask=left_out)
