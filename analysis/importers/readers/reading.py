"""What was read from one sheet, before the files are put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from analysis.importers.layout import Layout
from analysis.importers.sheets.sheet import Said, Sheet
from analysis.importers.values.faults import Fault

BINS = ("accepted", "quarantined", "duplicates", "ignored")
ACCEPTED, QUARANTINED, DUPLICATE, IGNORED = range(4)


@dataclass(frozen=True)
class Forms:
    """Filled-in questionnaires of a sheet, one place each in every array.

    measures, scales: names behind the codes. row: position of its (first) row.
    answers and totals: the form they belong to, rising; item or scale; the number.
    row_of_link, form_of_link: which rows a form is made of, where it is several.
    """

    measures: tuple[str, ...]
    contexts: tuple[str, ...]
    measure: np.ndarray
    row: np.ndarray
    day: np.ndarray
    second: np.ndarray
    instance: np.ndarray
    answer_form: np.ndarray
    answer_item: np.ndarray
    answer: np.ndarray
    scales: tuple[str, ...]
    total_form: np.ndarray
    total_scale: np.ndarray
    total: np.ndarray
    row_of_link: np.ndarray | None = None
    form_of_link: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True)
class NoteRows:
    """Free text: position of its row, kind, words, whether the client agreed."""

    row: np.ndarray
    kind: tuple[str, ...]
    text: tuple[str, ...]
    may_be_shown: np.ndarray
    day: np.ndarray


@dataclass(frozen=True)
class Reading:
    """One sheet, read.

    ids: distinct client ids as kept; raw_ids: as written. client: code of every row,
    -1 where there is none. columns: values of a register by name of the column.
    facts: what rows say about their client, by name.
    """

    sheet: Sheet
    layout: Layout
    ids: tuple[str, ...]
    raw_ids: tuple[str, ...]
    client: np.ndarray
    faults: tuple[Fault, ...]
    said: tuple[Said, ...]
    forms: Forms | None = None
    notes: NoteRows | None = None
    columns: Mapping[str, pa.Array] = field(default_factory=dict)
    facts: Mapping[str, pa.Array] = field(default_factory=dict)
    day: np.ndarray | None = None

    @property
    def bins(self) -> np.ndarray:
        """Where every row goes; the first fault that names a row decides."""
        return bins_of(len(self.sheet.rows), self.faults)


def bins_of(n_rows: int, faults: tuple[Fault, ...]) -> np.ndarray:
    """The bin of every row, as a number of BINS."""
    bins = np.zeros(n_rows, np.int8)
    for one in reversed(faults):
        bins[one.rows] = BINS.index(one.bin)
    return bins


def no_forms() -> Forms:
    """No questionnaire at all."""
    whole = np.zeros(0, np.int64)
    day = np.zeros(0, "datetime64[D]")
    return Forms(
        (),
        (),
        whole,
        whole,
        day,
        whole,
        whole,
        whole,
        whole,
        whole.astype(float),
        (),
        whole,
        whole,
        whole.astype(float),
    )
