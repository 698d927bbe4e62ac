"""Ids spelled alike that belong to two people: never merged.

A merged client's goals and notes would stand on somebody else's page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa

from analysis.importers.readers.reading import ACCEPTED, Reading

# What tells two people apart, whatever file says it.
_TELLING = ("name_on_report", "birth_year")


def two_people(
    changed: Mapping[str, str], readings: Sequence[Reading]
) -> frozenset[str]:
    """Ids in `changed` whose name or year of birth is another than the kept id's.

    changed: the spelling to take by the spelling to leave.
    """
    wanted = {*changed, *changed.values()}
    known = {fact: _known(fact, wanted, readings) for fact in _TELLING}
    return frozenset(
        left
        for left, taken in changed.items()
        if any(_differ(known[fact][left], known[fact][taken]) for fact in _TELLING)
    )


def _differ(one: set[str], other: set[str]) -> bool:
    return bool(one) and bool(other) and not one & other


def _known(
    fact: str, wanted: set[str], readings: Sequence[Reading]
) -> Mapping[str, set[str]]:
    """What is said of each id, brought to one form."""
    known: dict[str, set[str]] = defaultdict(set)
    for reading in readings:
        values = reading.columns.get(fact, reading.facts.get(fact))
        if values is None:
            continue
        codes = [code for code, name in enumerate(reading.ids) if name in wanted]
        rows = np.flatnonzero(
            np.isin(reading.client, codes) & (reading.bins == ACCEPTED)
        )
        for row, text in zip(rows, _texts(values, rows), strict=True):
            if text:
                known[reading.ids[reading.client[row]]].add(text)
    return known


def _texts(values: pa.Array, rows: np.ndarray) -> Iterable[str]:
    chosen = values.take(pa.array(rows))
    for value in chosen.to_pylist():
        yield "" if value is None else " ".join(str(value).casefold().split())
