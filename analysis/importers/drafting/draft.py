"""The draft of a mapping profile: guesses, how sure they are, what has to be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Sureness = Literal["sure", "likely", "unsure"]


@dataclass(frozen=True)
class Guess:
    """What one column seems to hold, and why."""

    column: str
    sure: Sureness
    why: str


@dataclass(frozen=True)
class FormGuess:
    """One questionnaire that seems to stand in the columns.

    measure: "" where only the number of the questions is known; may_be: measures that
    fit. add: answers seem to be counted from another number. words: labels that no
    number is known for. key: names the group of columns in questions.
    """

    key: str
    measure: str
    sure: Sureness
    why: str
    items: Mapping[int, str] = field(default_factory=dict)
    totals: Mapping[str, str] = field(default_factory=dict)
    may_be: tuple[str, ...] = ()
    add: int = 0
    is_add_told: bool = False
    words: tuple[str, ...] = ()
    answers: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether something has to be said before it can be read."""
        return not self.measure or bool(self.words) or bool(self.add) > self.is_add_told


@dataclass(frozen=True)
class Question:
    """What a file does not say. choices: answers to choose from; () = any."""

    key: str
    text: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Told:
    """What the user has said: answer by key of its question.

    Keys: client, everyone, date, order, timezone, measure:<group>, add:<group>,
    answer:<group>:<word>.
    """

    answers: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, key: str) -> str:
        return self.answers.get(key, "")


@dataclass(frozen=True)
class Draft:
    """All that is to stand in the profile of one table.

    columns: guess by role. order: as told or proven, with the reason. dropped: columns
    that name somebody. left: columns that nothing is read from, with the reason.
    numbered: the column that seems to number sessions, where there are no dates.
    """

    name: str
    names: tuple[str, ...]
    n_rows: int
    columns: Mapping[str, Guess]
    forms: tuple[FormGuess, ...]
    questions: tuple[Question, ...]
    everyone: str = ""
    order: str = ""
    order_why: str = ""
    timezone: str = ""
    notes: Mapping[str, Guess] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    numbered: str = ""
    left: Mapping[str, str] = field(default_factory=dict)
