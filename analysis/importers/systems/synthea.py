"""Synthea's observations.csv, and dumps of that shape: one coded value per row."""

from __future__ import annotations

import numpy as np

from analysis.importers.layout import Layout, Long, Plan, Rules, When
from analysis.importers.sheets.reshaping import column, with_columns
from analysis.importers.sheets.sheet import Said, Sheet
from analysis.importers.systems.plain import finished
from analysis.importers.values.faults import fault
from analysis.importers.values.loinc import codes_of

_NAMES = ("DATE", "PATIENT", "CODE", "DESCRIPTION", "VALUE", "UNITS")


def recognise(sheet: Sheet, rules: Rules) -> Plan | None:
    """The layout of a dump of coded observations, or None where it is none."""
    if not all(name in sheet.names for name in _NAMES):
        return None
    codes = codes_of(rules.measures)
    fields = [codes.fields.get(code.strip()) for code in column(sheet, "CODE")]
    made = with_columns(
        sheet,
        {
            "measure": ["" if f is None else f.measure for f in fields],
            "item": ["" if f is None else f.score or str(f.item) for f in fields],
        },
    )
    other = np.flatnonzero([field is None for field in fields])
    at = {name: made.names.index(name) for name in (*_NAMES, "measure", "item")}
    layout = Layout(
        "coded observations",
        client=at["PATIENT"],
        when=When(at["DATE"]),
        long=Long(at["measure"], at["item"], at["VALUE"]),
        faults=fault("ignored", "codes that are no score we know", other, [""], "note"),
        said=_other_scores(sheet, {int(row) for row in other}),
        ids_as_they_are=True,
        may_be_split=True,
    )
    used = set(at.values())
    return Plan(made, finished(made, layout, rules.vocabulary, used))


def _other_scores(sheet: Sheet, other: set[int]) -> tuple[Said, ...]:
    """Values that are scores by their unit, of measures that are not known."""
    cells = zip(column(sheet, "CODE"), column(sheet, "UNITS"), strict=True)
    scores = {c for row, (c, u) in enumerate(cells) if u == "{score}" and row in other}
    if not scores:
        return ()
    listed = ", ".join(sorted(scores)[:10])
    return (Said(f"Scores of measures that are not known were ignored: {listed}."),)
