"""Mapping profiles from their files: every mistake named at once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from analysis.errors import AnalysisError
from analysis.importers.profile import DateMapping, FormMapping, Occasions, Profile
from analysis.importers.profile_shapes import named, wrong_shapes
from analysis.importers.readers.registers import REGISTERS
from analysis.importers.sheets.delimited import Declared
from analysis.measures import Measure

SHIPPED = Path(__file__).with_name("profiles")
UNITS = {"day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}
_ROLES = frozenset(
    (
        "client",
        "date",
        "time",
        "instance",
        "clinician_id",
        "programme",
        "name_on_report",
        "birth_year",
        "birth_date",
        "sex",
        "measure",
        "item",
        "response",
        "may_be_shown",
    )
)
_KEYS = {
    "": frozenset(
        (
            "name",
            "table",
            "everyone",
            "prefix",
            "blank",
            "decimal",
            "missing",
            "drop",
            "match",
            "file",
            "columns",
            "dates",
            "occasions",
            "answers",
            "notes",
            "forms",
        )
    ),
    "match": frozenset(("files", "columns")),
    "file": frozenset(("encoding", "delimiter", "header_row")),
    "dates": frozenset(
        ("order", "pattern", "timezone", "start", "column", "unit", "every", "first")
    ),
    "occasions": frozenset(("start", "names", "days")),
    "forms": frozenset(
        ("measure", "items", "totals", "answers", "multiply", "add", "context", "date")
    ),
}


# A profile is written by hand.
MAX_BYTES = 1024**2


def read_profiles(
    raw: Path, given: Path | None, measures: Mapping[str, Measure]
) -> tuple[Profile, ...]:
    """Profiles in the order in which they are tried: given, beside the exports, ours.

    Raises AnalysisError that names every problem of a profile.
    """
    paths = [given] if given is not None else []
    paths += sorted(p for p in raw.rglob("*.toml") if _is_own(p, raw))
    own = tuple(read_profile(path, measures) for path in paths)
    return (*own, *read_shipped(measures))


def read_shipped(measures: Mapping[str, Measure]) -> tuple[Profile, ...]:
    """The profiles that come along."""
    paths = sorted(SHIPPED.glob("*.toml"))
    return tuple(read_profile(path, measures) for path in paths)


def _is_own(path: Path, raw: Path) -> bool:
    """A file of the folder itself: links out of it are not followed, as for exports."""
    return path.is_file() and path.resolve().is_relative_to(raw.resolve())


def read_profile(path: Path, measures: Mapping[str, Measure]) -> Profile:
    """Read one profile. Raises AnalysisError with every problem at once."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise AnalysisError(f"The profile {path} is larger than 1 MB: it is none.")
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as problem:
        raise AnalysisError(
            f"The profile {path} cannot be read: {problem}."
        ) from problem
    problems: list[str] = []
    profile = profile_of(path, raw, measures, problems)
    if problems or profile is None:
        listed = "\n".join(f"  {problem}" for problem in problems)
        raise AnalysisError(
            f"The profile {path} has {len(problems)} problem(s):\n{listed}\n"
            "docs/exports.md shows what may stand there."
        )
    return profile


def profile_of(
    path: Path,
    raw: Mapping[str, Any],
    measures: Mapping[str, Measure],
    problems: list[str],
) -> Profile | None:
    """The profile that a TOML file or a part of one holds; adds to its `problems`."""
    problems += _unknown_keys(raw)
    return _profile(path, raw, measures, problems)


def _unknown_keys(raw: Mapping[str, Any]) -> list[str]:
    problems = [f"unknown key {named(key)}" for key in raw if key not in _KEYS[""]]
    problems += wrong_shapes(raw)
    if problems:
        return problems
    for section in ("match", "file", "dates", "occasions"):
        keys, known = raw.get(section, {}), _KEYS[section]
        problems += [
            f"unknown key {named(k)} in [{section}]" for k in keys if k not in known
        ]
    known = _KEYS["forms"]
    problems += [
        f"unknown key {named(k)} in [[forms]]"
        for form in raw.get("forms", [])
        for k in form
        if k not in known
    ]
    table = raw.get("table", "assessments")
    of_register = {"client", "date", *REGISTERS.get(table, ())}
    roles = _ROLES if table == "assessments" else of_register
    if table != "assessments" and table not in REGISTERS:
        problems.append(f"table must be assessments or one of {', '.join(REGISTERS)}")
    if str(table).startswith("goal") and "goal_id" not in raw.get("columns", {}):
        problems.append(f"goal_id is needed in [columns] of table {table}")
    problems += [
        f"unknown key {named(key)} in [columns]"
        for key in raw.get("columns", {})
        if key not in roles
    ]
    return problems


def _profile(
    path: Path,
    raw: Mapping[str, Any],
    measures: Mapping[str, Measure],
    problems: list[str],
) -> Profile | None:
    if problems:
        return None
    try:
        match, file = raw.get("match", {}), raw.get("file", {})
        return Profile(
            path=path.name,
            name=str(raw.get("name", path.stem)),
            files=tuple(match.get("files", ())),
            columns_there=tuple(match.get("columns", ())),
            declared=Declared(**file),
            table=str(raw.get("table", "assessments")),
            everyone=str(raw.get("everyone", "")),
            prefix=str(raw.get("prefix", "")),
            blank=_blank(raw, problems),
            columns={k: str(v) for k, v in raw.get("columns", {}).items()},
            dates=_dates(raw.get("dates", {}), problems),
            occasions=_occasions(raw.get("occasions"), problems),
            answers=_answers(raw.get("answers", {})),
            notes={str(k): str(v) for k, v in raw.get("notes", {}).items()},
            missing=tuple(str(m).casefold() for m in raw.get("missing", ())),
            drop=tuple(raw.get("drop", ())),
            decimal=str(raw.get("decimal", "")),
            forms=tuple(_form(f, measures, problems) for f in raw.get("forms", ())),
        )
    except (TypeError, ValueError, AttributeError):
        problems.append("a value is of the wrong kind")
        return None


def _blank(raw: Mapping[str, Any], problems: list[str]) -> str:
    """Where rows without any answer go: they may be places in a grid, or a loss."""
    blank = str(raw.get("blank", "quarantined"))
    if blank not in ("quarantined", "ignored"):
        problems.append("blank must be quarantined or ignored")
    return blank


def _answers(raw: Mapping[str, Any]) -> dict[str, float]:
    return {" ".join(str(k).split()).casefold(): float(v) for k, v in raw.items()}


def _dates(raw: Mapping[str, Any], problems: list[str]) -> DateMapping:
    order = str(raw.get("order", ""))
    if order not in ("", "day-first", "month-first"):
        problems.append("order in [dates] must be day-first or month-first")
    unit = str(raw.get("unit", "week"))
    if unit not in UNITS:
        problems.append(f"unit in [dates] must be one of {', '.join(UNITS)}")
        unit = "week"
    zone = str(raw.get("timezone", ""))
    if zone and not is_zone(zone):
        problems.append("timezone in [dates] must be a name such as Europe/London")
    start = raw.get("start")
    if start is not None and not isinstance(start, date):
        problems.append("start in [dates] must be a date such as 2025-01-06, no quotes")
        start = None
    if raw.get("column") and start is None:
        problems.append("column in [dates] counts from a start: give start as well")
    return DateMapping(
        order,
        str(raw.get("pattern", "")),
        zone,
        start,
        str(raw.get("column", "")),
        UNITS[unit] * float(raw.get("every", 1)),
        float(raw.get("first", 0)),
    )


def is_zone(name: str) -> bool:
    """Whether a time zone of that name is known."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _occasions(raw: Mapping[str, Any] | None, problems: list[str]) -> Occasions | None:
    if raw is None:
        return None
    start, names, days = raw.get("start"), raw.get("names", []), raw.get("days", [])
    if not isinstance(start, date) or len(names) != len(days) or not names:
        problems.append(
            "[occasions] takes start (a date), and names and days of the same length"
        )
        return None
    return Occasions(start, tuple(map(str, names)), tuple(map(int, days)))


def _form(
    raw: Mapping[str, Any], measures: Mapping[str, Measure], problems: list[str]
) -> FormMapping:
    name = str(raw.get("measure", ""))
    measure = measures.get(name)
    if measure is None:
        problems.append(
            f"measure {named(name) if name else '(none)'} in [[forms]] is not known; "
            "`python -m analysis measures` lists those that are"
        )
        return FormMapping(name)
    totals = raw.get("totals", {})
    if isinstance(totals, str):
        totals = {measure.headline.id: totals}
    known = {rule.id for rule in measure.scores}
    problems += [f"{name} has no score {named(s)}" for s in totals if s not in known]
    items = _items(raw.get("items", {}), measure, problems)
    return FormMapping(
        measure=name,
        items=items,
        totals={str(k): str(v) for k, v in totals.items()},
        answers=_answers(raw.get("answers", {})),
        multiply=float(raw.get("multiply", 1)),
        add=float(raw.get("add", 0)),
        context=dict(raw.get("context", {})),
        date=str(raw.get("date", "")),
    )


def _items(raw: Any, measure: Measure, problems: list[str]) -> dict[int, str]:
    """Columns by item number: a table, a list in order, or a pattern with {item}."""
    if isinstance(raw, str):
        own = [i for i in measure.items if not i.is_extra]
        return {i.number: raw.replace("{item}", i.id) for i in own}
    if isinstance(raw, list):
        return {number: str(column) for number, column in enumerate(raw, start=1)}
    items: dict[int, str] = {}
    for key, column in raw.items():
        item = measure.by_id.get(str(key).lower())
        if item is None and str(key).isdigit():
            item = measure.by_number.get(int(key))
        if item is None and not (measure.is_open_ended and str(key).isdigit()):
            problems.append(f"{measure.id} has no item {named(key)}")
            continue
        items[item.number if item else int(key)] = str(column)
    return items
