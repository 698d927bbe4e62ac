"""The same form twice: dropped where it is the same, set aside where it is not.

Over all files: overlapping exports are the usual reason.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.importers.keeping.people import People
from analysis.importers.keeping.same_day import REPEATED, TORN, Sitting, judged
from analysis.importers.readers.reading import Forms, Reading

# An odd number with its bits well spread, so that sums of products seldom coincide.
_ODD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Repeats:
    """What became of the forms of every reading, and of which form they are repeats.

    states: of same_day, per form. other: for each form that is not kept as it is, the
    number of the reading and the form that it repeats, contradicts or joins.
    n_again: forms filled in again within the hour, per reading.
    """

    states: tuple[np.ndarray, ...]
    other: tuple[dict[int, tuple[int, int]], ...]
    n_again: tuple[int, ...]


def find_repeats(readings: Sequence[Reading], people: People) -> Repeats:
    """Look for forms of the same client, measure and day."""
    forms = [reading.forms for reading in readings]
    states = [np.zeros(0 if f is None else len(f), np.int8) for f in forms]
    other: list[dict[int, tuple[int, int]]] = [{} for _ in forms]
    n_again = [0] * len(forms)
    table = _table(readings, people)
    table = table[table.duplicated(["client", "measure", "day"], keep=False)]
    if len(table):
        table = _with_content(table, forms)
        table = _drop_same(table, states, other)
        table = _drop_contrary(table, forms, states, other)
        for _, group in table.groupby(["client", "measure", "day"], sort=False):
            sittings = [_sitting(row, readings) for row in group.itertuples()]
            for verdict in judged(sittings):
                n_again[verdict.own.reading] += verdict.is_again
                if verdict.other is not None:
                    states[verdict.own.reading][verdict.own.form] = verdict.state
                    other[verdict.own.reading][verdict.own.form] = (
                        verdict.other.reading,
                        verdict.other.form,
                    )
    return Repeats(tuple(states), tuple(other), tuple(n_again))


def _table(readings: Sequence[Reading], people: People) -> pd.DataFrame:
    names: dict[str, int] = {}
    parts = []
    for number, (reading, codes) in enumerate(zip(readings, people.codes, strict=True)):
        forms = reading.forms
        if forms is None or not len(forms):
            continue
        own = np.array([names.setdefault(m, len(names)) for m in forms.measures])
        parts.append(
            pd.DataFrame(
                {
                    "client": codes[forms.row],
                    "measure": own[forms.measure],
                    "day": forms.day.astype(np.int64),
                    "second": forms.second,
                    "instance": forms.instance,
                    "reading": number,
                    "form": np.arange(len(forms)),
                }
            )
        )
    columns = ["client", "measure", "day", "second", "instance", "reading", "form"]
    if not parts:
        return pd.DataFrame(columns=columns)
    return parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)


def _with_content(table: pd.DataFrame, forms: Sequence[Forms | None]) -> pd.DataFrame:
    """A number per form that is the same where all answers and totals are."""
    content = np.zeros(len(table), np.uint64)
    for number in table["reading"].unique():
        one = forms[number]
        if one is not None:
            mine = (table["reading"] == number).to_numpy()
            content[mine] = contents(one)[table.loc[mine, "form"].to_numpy()]
    return table.assign(content=content)


def contents(forms: Forms) -> np.ndarray:
    """A number per form over its answers and totals, whatever their order."""
    scales = np.array(
        [pd.util.hash_array(np.array([s], object))[0] for s in forms.scales]
    )
    answers = _sums(
        len(forms), forms.answer_form, forms.answer_item.astype(np.uint64), forms.answer
    )
    keys = scales[forms.total_scale] if len(scales) else np.zeros(0, np.uint64)
    return answers + _sums(len(forms), forms.total_form, keys, forms.total)


def _questions(table: pd.DataFrame, forms: Sequence[Forms | None]) -> np.ndarray:
    """A number per form that is the same where the same questions were asked."""
    asked = np.zeros(len(table), np.uint64)
    for number in table["reading"].unique():
        one = forms[number]
        if one is not None:
            mine = (table["reading"] == number).to_numpy()
            blank = dataclasses.replace(
                one, answer=np.zeros(len(one.answer)), total=np.zeros(len(one.total))
            )
            asked[mine] = contents(blank)[table.loc[mine, "form"].to_numpy()]
    return asked


def _drop_contrary(
    table: pd.DataFrame,
    forms: Sequence[Forms | None],
    states: list[np.ndarray],
    other: list[dict[int, tuple[int, int]]],
) -> pd.DataFrame:
    """Mark plain contradictions the quick way; return what is left to be judged.

    Plain: all forms of the day ask the same questions, and none is told apart by a
    time or a number. As exact repeats are gone, each of them contradicts the others.
    """
    key = ["client", "measure", "day"]
    table = table.assign(asked=_questions(table, forms))
    groups = table.groupby(key, sort=False)[["second", "instance", "asked"]]
    is_plain = (groups.transform("nunique") == 1).all(axis=1)
    plain, rest = table[is_plain], table[~is_plain]
    group = plain.groupby(key, sort=False).ngroup().to_numpy()
    pairs = plain[["reading", "form"]].to_numpy()
    order = np.argsort(group, kind="stable")
    # the form before it in its group; for the first of a group the one after it
    is_first = np.concatenate([[True], np.diff(group[order]) != 0])[: len(order)]
    partner = np.where(is_first, np.roll(order, -1), np.roll(order, 1))
    for own, one in zip(order, partner, strict=True):
        reading, form = pairs[own]
        states[reading][form] = TORN
        other[reading][int(form)] = (int(pairs[one][0]), int(pairs[one][1]))
    return rest.drop(columns="asked")


def _sums(n: int, owner: np.ndarray, key: np.ndarray, value: np.ndarray) -> np.ndarray:
    mixed = pd.util.hash_array(value + 0.0) + (key + np.uint64(1)) * _ODD
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _ODD
    mixed ^= mixed >> np.uint64(27)
    order = np.argsort(owner, kind="stable")
    running = np.concatenate([[np.uint64(0)], np.cumsum(mixed[order], dtype=np.uint64)])
    ends = np.searchsorted(owner[order], np.arange(n + 1))
    return running[ends[1:]] - running[ends[:-1]]


def _drop_same(
    table: pd.DataFrame,
    states: list[np.ndarray],
    other: list[dict[int, tuple[int, int]]],
) -> pd.DataFrame:
    """Mark exact repeats, the quick way; return what is left to be judged."""
    key = ["client", "measure", "day", "second", "instance", "content"]
    again = table.duplicated(key).to_numpy()
    if not again.any():
        return table
    group = table.groupby(key, sort=False).ngroup().to_numpy()
    first = table[~again].set_index(group[~again])
    origin = first.loc[group[again]]
    for (reading, form), (to, of) in zip(
        table.loc[again, ["reading", "form"]].to_numpy(),
        origin[["reading", "form"]].to_numpy(),
        strict=True,
    ):
        states[reading][form] = REPEATED
        other[reading][int(form)] = (int(to), int(of))
    left = table[~again]
    return left[left.duplicated(["client", "measure", "day"], keep=False)]


def _sitting(row: Any, readings: Sequence[Reading]) -> Sitting:
    reading = readings[row.reading]
    forms = reading.forms
    says = {} if forms is None else _says(forms, row.form)
    split = reading.layout.may_be_split
    return Sitting(row.reading, row.form, row.second, row.instance, says, split)


def _says(forms: Forms, form: int) -> dict[tuple[str, int | str], float]:
    first, last = np.searchsorted(forms.answer_form, [form, form + 1])
    items, values = forms.answer_item[first:last], forms.answer[first:last]
    says: dict[tuple[str, int | str], float] = {
        ("item", int(item)): float(value)
        for item, value in zip(items, values, strict=True)
    }
    for place in np.flatnonzero(forms.total_form == form):
        scale = forms.scales[forms.total_scale[place]]
        says["scale", scale] = float(forms.total[place])
    return says
