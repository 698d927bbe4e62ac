"""Mapping profiles: a TOML file that says what the columns of an export hold."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from analysis.importers.sheets.delimited import Declared
from analysis.importers.values.vocabulary import plain


@dataclass(frozen=True)
class FormMapping:
    """One questionnaire: columns of its items and totals, how its answers are read."""

    measure: str
    items: Mapping[int, str] = field(default_factory=dict)
    totals: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, float] = field(default_factory=dict)
    multiply: float = 1.0
    add: float = 0.0
    context: Mapping[str, Any] = field(default_factory=dict)
    date: str = ""


@dataclass(frozen=True)
class DateMapping:
    """How dates are written, or what they are counted from."""

    order: str = ""
    pattern: str = ""
    timezone: str = ""
    start: date | None = None
    column: str = ""
    days: float = 7.0
    first: float = 0.0


@dataclass(frozen=True)
class Occasions:
    """Times that stand beside each other in a row: names, and days from the start."""

    start: date
    names: tuple[str, ...]
    days: tuple[int, ...]


@dataclass(frozen=True)
class Profile:
    """One profile. An empty `files` and `columns` fit every file."""

    path: str
    name: str = ""
    files: tuple[str, ...] = ()
    columns_there: tuple[str, ...] = ()
    declared: Declared = field(default_factory=Declared)
    table: str = "assessments"
    everyone: str = ""
    prefix: str = ""
    blank: str = "quarantined"
    columns: Mapping[str, str] = field(default_factory=dict)
    dates: DateMapping = DateMapping()
    occasions: Occasions | None = None
    answers: Mapping[str, float] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    decimal: str = ""
    forms: tuple[FormMapping, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Names of columns that the profile speaks of."""
        found = {*self.columns_there, *self.columns.values(), *self.notes, *self.drop}
        for form in self.forms:
            found |= {*form.items.values(), *form.totals.values(), form.date}
        return frozenset(found - {""})


def profiles_for(name: str, profiles: Sequence[Profile]) -> list[Profile]:
    """Profiles whose [match] files fit a raw file, or that name none."""
    return [p for p in profiles if not p.files or _fits(name, p.files)]


def _fits(name: str, patterns: Sequence[str]) -> bool:
    short = name.rsplit("/", 1)[-1]
    return any(fnmatch.fnmatch(n, p) for p in patterns for n in (name, short))


def is_column(names: Sequence[str], wanted: str) -> int:
    """Position of a column; -1 where there is none of that name."""
    stripped = [name.strip() for name in names]
    if wanted in stripped:
        return stripped.index(wanted)
    words = [plain(name) for name in names]
    return words.index(plain(wanted)) if plain(wanted) in words else -1
