"""The profile of a database: which tables or queries are read, and what they hold."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.errors import AnalysisError
from analysis.importers.profile import Profile
from analysis.importers.profile_reading import profile_of
from analysis.measures import Measure

_OWN = frozenset(("name", "from", "query"))


@dataclass(frozen=True)
class Query:
    """One table or query. name: stands in imports.csv as a file's name does."""

    name: str
    table: str = ""
    sql: str = ""


@dataclass(frozen=True)
class DatabaseProfile:
    """What is read of a database, and mappings of columns for those that need one."""

    queries: tuple[Query, ...]
    mappings: tuple[Profile, ...]


def read_database_profile(
    path: Path | None, measures: Mapping[str, Measure]
) -> DatabaseProfile:
    """Read the profile. Raises AnalysisError with every problem at once."""
    if path is None:
        raise AnalysisError(
            "Of a database only those tables and queries are read that a profile "
            "names: give one with --profile. docs/databases.md shows how to write it."
        )
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as problem:
        raise AnalysisError(
            f"The profile {path} cannot be read: {problem}."
        ) from problem
    tables = raw.get("tables", [])
    problems = [f"unknown key {key}" for key in raw if key not in ("name", "tables")]
    if not isinstance(tables, list) or not tables:
        problems.append("it names no [[tables]]")
        tables = []
    queries = [_query(n, one, problems) for n, one in enumerate(tables, start=1)]
    names = [query.name for query in queries]
    problems += [f"two tables are called {n}" for n in {*names} if names.count(n) > 1]
    mappings = [
        mapping
        for query, one in zip(queries, tables, strict=True)
        for mapping in _mapping(path, query, one, measures, problems)
    ]
    if problems:
        listed = "\n".join(f"  {problem}" for problem in problems)
        raise AnalysisError(
            f"The profile {path} has {len(problems)} problem(s):\n{listed}\n"
            "docs/databases.md shows what may stand there."
        )
    return DatabaseProfile(tuple(queries), tuple(mappings))


def _query(number: int, raw: Any, problems: list[str]) -> Query:
    if not isinstance(raw, dict):
        problems.append(f"table {number} must be a section [[tables]]")
        return Query(f"table {number}")
    table, sql = str(raw.get("from", "")), str(raw.get("query", ""))
    name = str(raw.get("name", "") or table or f"table {number}")
    if bool(table) == bool(sql):
        problems.append(f'{name} takes either from = "table" or query = "select …"')
    return Query(name, table, sql.strip().rstrip(";"))


def _mapping(
    path: Path,
    query: Query,
    raw: Any,
    measures: Mapping[str, Measure],
    problems: list[str],
) -> list[Profile]:
    """The mapping of columns that stands below a table; none where it needs none."""
    keys = (
        {k: v for k, v in raw.items() if k not in _OWN} if isinstance(raw, dict) else {}
    )
    if not keys:
        return []
    mapping = {**keys, "name": query.name, "match": {"files": [query.name]}}
    own: list[str] = []
    profile = profile_of(path, mapping, measures, own)
    problems += [f"{query.name}: {problem}" for problem in own]
    return [] if profile is None else [profile]
