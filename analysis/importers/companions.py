"""Files that describe others: data dictionaries, meta files. They hold no answers."""

from __future__ import annotations

import numpy as np

from analysis.importers.layout import Layout, Plan, Rules
from analysis.importers.readers.reading import Reading
from analysis.importers.sheets.sheet import Sheet
from analysis.importers.systems import redcap
from analysis.importers.values.faults import fault

TABLE = "companion"
# Tables that describe others, by columns that only they have.
_KINDS = {
    "REDCap data dictionary": redcap.DICTIONARY,
    "REDCap events": ("event_name", "arm_num", "unique_event_name"),
    "REDCap arms": ("arm_num", "name"),
    "m-Path meta file": ("columnName", "fullQuestion", "typeQuestion", "typeAnswer"),
}


def describes(sheet: Sheet) -> bool:
    """Whether a sheet only describes another."""
    return recognise(sheet) is not None


def recognise(sheet: Sheet, rules: Rules | None = None) -> Plan | None:
    """The layout of a file that only describes another, None for other files."""
    for name, columns in _KINDS.items():
        if all(column in sheet.names for column in columns):
            return Plan(sheet, Layout(name, TABLE))
    return None


def read_companion(plan: Plan) -> Reading:
    """All rows ignored, and said so."""
    n = len(plan.sheet.rows)
    about = f"{plan.layout.format}: it describes another file"
    return Reading(
        sheet=plan.sheet,
        layout=plan.layout,
        ids=(),
        raw_ids=(),
        client=np.full(n, -1),
        faults=fault("ignored", about, np.arange(n), [about], "note"),
        said=(),
    )
