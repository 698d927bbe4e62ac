"""Exports of survey systems before a mapping profile: headers joined, tests left out.

A profile says what the columns hold. That an export has three header rows, previews
among its answers or forms that were never sent is known of its system without one.
"""

from __future__ import annotations

from dataclasses import dataclass

from analysis.importers.sheets.sheet import Sheet
from analysis.importers.systems import limesurvey, qualtrics, web_forms
from analysis.importers.values.faults import Fault


@dataclass(frozen=True)
class Prepared:
    """A sheet below its headers, rows that are no answers, the zone of its times."""

    sheet: Sheet
    faults: tuple[Fault, ...] = ()
    zone: str = ""


def prepared(sheet: Sheet) -> Prepared:
    """What is known of a table by its system alone; other tables stay as they are."""
    found = qualtrics.with_headers(sheet)
    if found is not None:
        below, _, imports = found
        zone = qualtrics.zone_of(below, imports)
        return Prepared(below, qualtrics.no_answers(below), zone)
    if limesurvey.is_export(sheet):
        return Prepared(sheet, limesurvey.unfinished(sheet))
    joined = web_forms.joined_headers(sheet)
    return Prepared(sheet if joined is None else joined)
