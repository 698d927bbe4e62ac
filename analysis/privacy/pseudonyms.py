"""Tables for analysts: no names, no free text; on request no ids, no true days."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import pandas as pd

from analysis.privacy.marks import mark
from analysis.privacy.removal import HANGING
from analysis.schema import TABLES
from analysis.schema.columns import DATE, TEXT, Column

# Columns that may leave, by what is done to them. What stands in none of these lists
# stays: a new column is kept back until somebody has thought about it.
_IDS: Mapping[str, str] = {
    "client_id": "client",
    "episode_id": "episode",
    "administration_id": "administration",
    "goal_id": "goal",
    "replaces": "goal",
    "clinician_id": "clinician",
}
_PLAIN_TEXT = frozenset(("measure", "sex"))
# As exported: a word that few clients have may be anything, a name among them.
_CATEGORIES = frozenset(("programme", "kind", "end_reason", "status"))
# Where a row stood, what lies behind a finding, the hour: nobody asks, some would tell.
_KEPT_BACK = frozenset(("source_file", "source_row", "evidence", "context", "time"))
_FEWEST = 5
_YEARS_TOGETHER = 5
_GOAL_SCALE = "goal."
# Whole weeks, so that days of the week stay; half a year to either side.
_WEEKS = 26
_NEVER = frozenset(("notes",))
# Twelve hex digits: two of a million clients share one with a chance of 1 in 500.
_LETTERS = 12


@dataclass(frozen=True)
class Pseudonyms:
    """How ids and days are written. key: b"" leaves the ids as they are."""

    key: bytes = b""
    shift_dates: bool = False

    def of(self, kind: str, word: str) -> str:
        """The pseudonym of an id: the same in every export with the same key."""
        if not self.key:
            return word
        if kind == "episode":
            client, _, number = word.rpartition("#")
            return f"{self.of('client', client)}#{number}"
        return f"{kind}-{mark(self.key, kind, word)[:_LETTERS]}"

    def days(self, client_id: str) -> int:
        """Days that all of one client's dates are moved by."""
        if not self.shift_dates:
            return 0
        number = int(mark(self.key, "shift", client_id)[:8], 16)
        weeks = number % (2 * _WEEKS) - _WEEKS
        return 7 * (weeks if weeks < 0 else weeks + 1)  # never none


def without_words(
    tables: Mapping[str, pd.DataFrame], how: Pseudonyms
) -> dict[str, pd.DataFrame]:
    """Every table without names, notes, sources and other people's own words.

    tables: all tidy and derived tables by name. Rows keep their number; words of a
    register that fewer than five clients have become "other"; years of birth are
    rounded down to five; with `how`, ids become pseudonyms and days are moved, all of
    one client by the same whole weeks.
    """
    made = {}
    for name, rows in tables.items():
        if name not in _NEVER:
            made[name] = _table(name, rows, _owners(name, rows, tables), how)
    return made


def _owners(
    name: str, rows: pd.DataFrame, tables: Mapping[str, pd.DataFrame]
) -> pd.Series:
    """The client of every row; none where a table is not about clients."""
    if name in HANGING:
        parent, key = HANGING[name]
        clients = tables[parent].set_index(key)["client_id"]
        return rows[key].astype(object).map(clients)
    if "client_id" in rows:
        return rows["client_id"]
    return pd.Series(pd.NA, index=rows.index, dtype=object)


def _table(
    name: str, rows: pd.DataFrame, owners: pd.Series, how: Pseudonyms
) -> pd.DataFrame:
    columns = {
        column.name: _values(column, rows[column.name], owners, how, is_ours)
        for is_ours in [TABLES[name].is_derived]
        for column in TABLES[name].columns
        if _leaves(column, is_ours)
    }
    return pd.DataFrame(columns)


def _leaves(column: Column, is_ours: bool) -> bool:
    """Whether a column may leave. is_ours: all words of the table are our own."""
    if column.name in _KEPT_BACK:
        return False
    named = _IDS.keys() | _PLAIN_TEXT | _CATEGORIES | {"scale"}
    return column.kind != TEXT or is_ours or column.name in named


def _values(
    column: Column, values: pd.Series, owners: pd.Series, how: Pseudonyms, is_ours: bool
) -> pd.Series:
    if column.name in _IDS:
        return _mapped(values, partial(how.of, _IDS[column.name]))
    if column.name == "scale":
        return _mapped(values, partial(_scale, how))
    if column.name in _CATEGORIES and not is_ours:
        return _common(values, owners)
    if column.name == "birth_year":
        return values // _YEARS_TOGETHER * _YEARS_TOGETHER
    if column.kind == DATE:
        days = pd.to_timedelta(_mapped(owners, how.days).fillna(0).astype(int), "D")
        return (pd.to_datetime(values) + days).dt.date
    return values


def _mapped(values: pd.Series, of: Callable[[str], object]) -> pd.Series:
    plain = values.astype(object)
    known = plain.dropna().unique()
    return plain.map({value: of(value) for value in known})


def _common(values: pd.Series, owners: pd.Series) -> pd.Series:
    clients = owners.groupby(values).nunique()
    rare = set(clients.index[clients < _FEWEST])
    return values.where(~values.isin(rare), "other")


def _scale(how: Pseudonyms, scale: str) -> str:
    if not scale.startswith(_GOAL_SCALE):
        return scale
    return _GOAL_SCALE + how.of("goal", scale.removeprefix(_GOAL_SCALE))
