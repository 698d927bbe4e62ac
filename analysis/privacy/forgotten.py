"""Clients who were forgotten: marks that keep them out of the next import.

The list says nobody's id: it holds keyed marks (HMAC), and the key stands elsewhere.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.privacy.marks import mark

_FORMAT = 1
_CHECK = ("check", "cairn")


@dataclass(frozen=True)
class Entry:
    """One client: marks of the id and of the goals, and when it was asked for."""

    client: str
    goals: tuple[str, ...]
    on: str


@dataclass(frozen=True)
class Forgotten:
    """All clients who were forgotten, with the key that tells who they are."""

    key: bytes = b""
    entries: tuple[Entry, ...] = field(default_factory=tuple)

    def __bool__(self) -> bool:
        return bool(self.entries)

    def has_client(self, client_id: str) -> bool:
        """Whether this client was forgotten, in any spelling that names no other."""
        return not self._clients.isdisjoint(
            (self._exact(client_id), self._spelled(client_id))
        )

    def has_goal(self, goal_id: str) -> bool:
        """Whether this goal was one of theirs: steps and ratings name only the goal."""
        return mark(self.key, "goal", goal_id) in self._goals

    @cached_property
    def _clients(self) -> frozenset[str]:
        return frozenset(entry.client for entry in self.entries)

    @cached_property
    def _goals(self) -> frozenset[str]:
        return frozenset(goal for entry in self.entries for goal in entry.goals)

    def with_client(
        self, client_id: str, goals: Iterable[str], on: date, others: Iterable[str]
    ) -> Forgotten:
        """The list with one more client.

        others: ids of the clients who stay. Where one is spelled alike but for case
        and dashes, only the exact spelling is forgotten.
        """
        alike = spelling(client_id) in {spelling(other) for other in others}
        who = self._exact(client_id) if alike else self._spelled(client_id)
        marks = tuple(sorted(mark(self.key, "goal", goal) for goal in goals))
        kept = self.without_client(client_id).entries
        return Forgotten(self.key, (*kept, Entry(who, marks, on.isoformat())))

    def without_client(self, client_id: str) -> Forgotten:
        """The list without this client: the next import reads the rows again."""
        own = {self._exact(client_id), self._spelled(client_id)}
        kept = tuple(entry for entry in self.entries if entry.client not in own)
        return Forgotten(self.key, kept)

    def _exact(self, client_id: str) -> str:
        return mark(self.key, "client", client_id)

    def _spelled(self, client_id: str) -> str:
        return mark(self.key, "spelling", spelling(client_id))


def spelling(client_id: str) -> str:
    """What an import takes for one id: case, spaces and dashes made one."""
    return re.sub(r"[\s_-]+", "-", client_id.lower())


def read_forgotten(path: Path, key: bytes) -> Forgotten:
    """Read the list; none means that nobody was forgotten.

    Raises AnalysisError where it was written with another key: without the right one
    nobody can tell whom to leave out, and a forgotten client would come back.
    """
    if not path.exists():
        return Forgotten(key)
    try:
        whole = json.loads(path.read_text(encoding="utf-8"))
        check = whole["key_check"]
        entries = tuple(
            Entry(one["client"], tuple(one["goals"]), one["on"])
            for one in whole["forgotten"]
        )
    except (ValueError, KeyError, TypeError, OSError) as problem:
        raise AnalysisError(
            f"{path} lists the clients who were forgotten and cannot be read. Put it "
            "back from a backup: without it they would be imported again."
        ) from problem
    if check != mark(key, *_CHECK):
        raise AnalysisError(
            f"{path} lists the clients who were forgotten and was written with another "
            "key. Name that key's file in CAIRN_KEY_FILE, or copy it to this machine: "
            "without it they would be imported again."
        )
    return Forgotten(key, entries)


def write_forgotten(forgotten: Forgotten, path: Path) -> None:
    """Write the list whole, readable by this user alone."""
    whole = {
        "format": _FORMAT,
        "about": "keyed marks of clients who were forgotten; keeps them out of imports",
        "key_check": mark(forgotten.key, *_CHECK),
        "forgotten": [
            {"client": one.client, "goals": one.goals, "on": one.on}
            for one in forgotten.entries
        ],
    }
    draft = path.with_name(f".{path.name}.draft")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")
        draft.chmod(0o600)
        os.replace(draft, path)
    except OSError as problem:
        raise AnalysisError(
            f"{path} could not be written ({problem.strerror}): nothing was removed. "
            "Make room or give yourself the right to write there, and run again."
        ) from problem
    finally:
        draft.unlink(missing_ok=True)
