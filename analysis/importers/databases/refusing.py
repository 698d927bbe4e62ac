"""What a database refused, in words for whoever can mend it.

Its own messages are not passed on: they may hold a client's words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analysis.errors import AnalysisError
from analysis.importers.databases.address import (
    KEYRING_SERVICE,
    PASSWORD_VARIABLE,
    Address,
)
from analysis.importers.databases.queries import Query
from analysis.importers.sheets.sheet import Refusal

# Words in the reasons that PostgreSQL gives for not letting somebody in.
_CLOSED = (
    "refused",
    "could not translate",
    "resolve",
    "timeout",
    "timed out",
    "no route",
    "unreachable",
    "no such file or directory",
)
_NOT_KNOWN = ("password", "role", "authentication", "peer")
_NO_ENTRY = ("pg_hba", "ssl", "encryption")


def not_reached(address: Address, problem: Exception) -> AnalysisError:
    """Why there is no connection."""
    text = str(getattr(problem, "orig", "") or "").lower()
    shown = address.shown
    if any(word in text for word in _NO_ENTRY):
        return AnalysisError(
            f"The database {shown} does not let this machine or user in. Ask whoever "
            "runs it for a line in pg_hba.conf, or add ?sslmode=require to the address."
        )
    if "database" in text and "does not exist" in text:
        return AnalysisError(
            f"There is no database of that name: {shown}. Mend the last part of the "
            "address."
        )
    if any(word in text for word in _NOT_KNOWN):
        return AnalysisError(
            f"The database {shown} does not accept this user or this password. Put "
            f"the password into {PASSWORD_VARIABLE}, into the keyring (`keyring set "
            f"{KEYRING_SERVICE} {shown}`) or into ~/.pgpass."
        )
    if any(word in text for word in _CLOSED):
        return AnalysisError(
            f"No database answers at {shown}. Check that it runs, that host and port "
            "are right, and that this machine may reach it (VPN, firewall)."
        )
    return AnalysisError(
        f"The database {shown} could not be opened. Check the address, the user and "
        "that it is a database of this kind."
    )


def lost(address: Address, query: Query) -> AnalysisError:
    """A connection that broke, or an answer that could not be read."""
    return AnalysisError(
        f"The database {address.shown} stopped answering while {query.name} was read. "
        "Nothing was changed; run again. If it comes again, try the query by itself."
    )


# --- one table -----------------------------------------------------------------------

_SQLITE = (
    ("no such table", "names a table that is not there"),
    ("no such column", "names a column that is not there"),
    ("syntax error", "is no query that the database understands"),
    ("readonly", "would change the database, which is only read"),
    ("incomplete input", "is no query that the database understands"),
    ("decode", "holds bytes that are no text: leave that column out of the query"),
    ("only execute one statement", "holds more than one query: give one"),
)
_POSTGRESQL = {
    "42P01": "names a table that is not there",
    "3F000": "names a schema that is not there",
    "42703": "names a column that is not there",
    "42501": "names a table that this user may not read: ask for the right to SELECT",
    "42601": "is no query that the database understands",
    "25006": "would change the database, which is only read",
    "57014": "took longer than the database allows",
    "0A000": "is no query that can be read row by row",
}
# What stands in a query is at fault, not the connection.
_OF_QUERY = ("42", "22", "21", "0A", "25", "3F", "57014")


def not_read(query: Query, problem: Exception) -> Refusal | None:
    """Why one table was not read; None where the connection is at fault."""
    orig: Any = getattr(problem, "orig", None)
    state = str(getattr(orig, "sqlstate", "") or "")
    why = _POSTGRESQL.get(state, "")
    if not state:
        text = str(orig).lower()
        why = next((words for sign, words in _SQLITE if sign in text), "")
    if not why and not state.startswith(_OF_QUERY):
        return None
    what = "query" if query.sql else "table"
    return Refusal(
        f"was not read: its {what} {why or f'was refused (SQLSTATE {state})'}. Mend it "
        "in the profile of the database.",
        "needs_config",
    )


def no_table(query: Query) -> Refusal:
    """A table that is not there, or not to be seen by this user."""
    return Refusal(
        f"was not read: there is no table or view {query.table}, or this user may not "
        "see it. Mend its name in the profile of the database (schema.table).",
        "needs_config",
    )


def named_twice(names: Sequence[str]) -> Refusal:
    """Columns of joined tables that cannot be told apart."""
    return Refusal(
        f"was not read: its query gives two columns called {', '.join(names)}. Name "
        "them apart with AS.",
        "needs_config",
    )


def colon(words: Sequence[str]) -> Refusal:
    """What looks like a place for a value that nobody gives."""
    return Refusal(
        f"was not read: in its query :{words[0]} stands for a value that is not given. "
        f"Where a colon is meant, write \\:{words[0]}.",
        "needs_config",
    )


def binary(name: str) -> Refusal:
    """Pictures, files, encrypted values."""
    return Refusal(
        f"was not read: its column {name} holds bytes and no text. Leave it out of the "
        "query.",
        "needs_config",
    )


def too_large(most: int) -> Refusal:
    """More than one import takes in."""
    return Refusal(
        f"was not read: it holds more than {most / 1024**3:.0f} GB of text. Ask for "
        "fewer columns, or for some years at a time.",
    )
