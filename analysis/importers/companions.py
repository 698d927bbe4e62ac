"""Files that describe others: data dictionaries, meta files. They hold no answers."""

from __future__ import annotations

import numpy as np

from analysis.importers import redcap
from analysis.importers.faults import fault
from analysis.importers.layout import Layout, Plan, Rules
from analysis.importers.reading import Reading
from analysis.importers.sheet import Sheet

TABLE = "companion"
_MPATH_META = ("columnName", "fullQuestion", "typeQuestion", "typeAnswer")


def describes(sheet: Sheet) -> bool:
    """Whether a sheet only describes another."""
    return redcap.is_dictionary(sheet) or all(n in sheet.names for n in _MPATH_META)


def recognise(sheet: Sheet, rules: Rules) -> Plan | None:
    """The layout of a file that only describes another."""
    if redcap.is_dictionary(sheet):
        return Plan(sheet, Layout("REDCap data dictionary", TABLE))
    if all(name in sheet.names for name in _MPATH_META):
        return Plan(sheet, Layout("m-Path meta file", TABLE))
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
