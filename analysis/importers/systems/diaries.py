"""Diary apps: Daylio and m-Path."""

from __future__ import annotations

import re

import numpy as np

from analysis.importers.layout import Layout, Plan, Rules, When
from analysis.importers.sheets.reshaping import renamed
from analysis.importers.sheets.sheet import Refusal, Sheet
from analysis.importers.systems.plain import wide_plan
from analysis.importers.values.cells import words_of
from analysis.importers.values.faults import fault
from analysis.importers.values.vocabulary import plain

_DAYLIO = ("date", "weekday", "time", "mood", "activities")
_MPATH = ("connectionId", "timeStampStart", "timeZoneOffset")
# swls_1_multipleChoice_likert holds the score; _index the position, _string the words.
_QUESTION = re.compile(
    r"(?P<name>.+)_(?P<type>multipleChoice|sliderNeutralPos|sliderNegPos|slider|yesno|"
    r"int|open)(?:_(?P<part>index|string|likert))?"
)


def daylio(sheet: Sheet, rules: Rules) -> Refusal | None:
    """Daylio says neither whose diary it is nor how moods are ordered: ask for it.

    With a profile that says both the file is read like any other.
    """
    names = [plain(name) for name in sheet.names]
    if not all(name in names for name in _DAYLIO):
        return None
    moods = sorted(set(words_of(sheet.columns[names.index("mood")]).list()))
    shown = [mood for mood in moods if 0 < len(mood) <= 20][:12]
    return Refusal(
        "is a Daylio diary. It names no client, and its moods are the user's own "
        f"words ({', '.join(shown)}). Put a profile beside it that says whose it is "
        "and which number each mood stands for (docs/exports.md has one to copy).",
        "needs_config",
    )


def mpath(sheet: Sheet, rules: Rules) -> Plan | Refusal | None:
    """The layout of an m-Path export, or None where it is none.

    A row is a prompt; one without a start was not answered.
    """
    if not all(name in sheet.names for name in _MPATH):
        return None
    made = renamed(sheet, [_question(name) for name in sheet.names])
    fields = rules.vocabulary.fields_of(made.names)
    if not fields:
        return None
    start = sheet.names.index("timeStampStart")
    words = words_of(sheet.columns[start])
    none = np.array([text in ("", "0", "NA") for text in words.list()], dtype=bool)
    rows = words.has(none)
    known = Layout(
        "m-Path",
        client=sheet.names.index("connectionId"),
        when=When(date=start, offset=sheet.names.index("timeZoneOffset")),
        faults=fault("ignored", "the prompt was not answered", rows, [""], "note"),
        blank="ignored",
    )
    return wide_plan(made, fields, rules, known)


def _question(name: str) -> str:
    """The name of a question whose column holds its score; others keep their own."""
    match = _QUESTION.fullmatch(name)
    if match is None or match["part"] in ("index", "string") or match["type"] == "open":
        return name
    return match["name"]
