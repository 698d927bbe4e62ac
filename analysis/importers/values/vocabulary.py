"""What the columns of exports are called: roles, items and totals of measures."""

from __future__ import annotations

import fnmatch
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from analysis.measures import Measure

# A form asks for it in a sentence: "What is your client number?"
_ASKS_ID = re.compile(
    r"(?:^|_)(?:client|klient(?:en)?|patient(?:en)?|participant|case|study|user)s?_?(?:s_)?"
    r"(?:id|code|number|nummer|no|nr|identifier|pseudonym)(?:_|$)"
)
_FILE = Path(__file__).with_name("columns.toml")


@dataclass(frozen=True)
class Field:
    """What a column holds of a measure: one item's answers, or one score.

    is_called_total: the column does not say which score, where a form has several.
    """

    measure: str
    item: int | None = None
    score: str = ""
    is_called_total: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Vocabulary:
    """Names of columns and what they mean.

    fields: an item or a total by its column name. bare: a measure's name standing
    alone, which means its total unless the columns beside it are numbered likewise.
    """

    roles: Mapping[str, tuple[str, ...]]
    fields: Mapping[str, Field]
    bare: Mapping[str, Field]
    identifying: tuple[str, ...]
    harmless: frozenset[str]
    known: frozenset[str]
    texts: frozenset[str] = frozenset()  # questions answered in words

    def knows(self, name: str) -> bool:
        """Whether a cell is the name of a column."""
        word = plain(name)
        return bool(word) and (
            word in self.known or word in self.fields or word in self.bare
        )

    def is_identifying(self, name: str) -> bool:
        """Whether a column of this name says who or where somebody is."""
        word = plain(name)
        if word in self.harmless:
            return False
        return any(fnmatch.fnmatchcase(word, wanted) for wanted in self.identifying)

    def role(self, wanted: str, names: Sequence[str]) -> int:
        """Position of the column that plays a role; -1 where none does."""
        words = [plain(name) for name in names]
        for name in self.roles[wanted]:
            if name in words:
                return words.index(name)
        if wanted == "client_id":
            asked = [i for i, word in enumerate(words) if _ASKS_ID.search(word)]
            return asked[0] if len(asked) == 1 else -1
        return -1

    def fields_of(self, names: Sequence[str]) -> dict[int, Field]:
        """Items and totals by column position."""
        words = [plain(name) for name in names]
        found = {i: self.fields[w] for i, w in enumerate(words) if w in self.fields}
        for position, word in enumerate(words):
            alone = self.bare.get(word)
            if alone is not None and not self._is_numbered(word, words, found):
                found[position] = alone
        return found

    def _is_numbered(
        self, word: str, words: Sequence[str], found: Mapping[int, Field]
    ) -> bool:
        """phq_9 beside phq_1 … phq_8 is a ninth item, not a PHQ-9."""
        stem, number = _stem(word)
        if not number:
            return False
        others = [w for w in words if w != word and _stem(w)[0] == stem]
        numbered = [w for w in others if _stem(w)[1] and w not in self.bare]
        return bool(numbered)


def _stem(word: str) -> tuple[str, str]:
    match = re.fullmatch(r"(.*?)_?(\d*)", word)
    return (match[1], match[2]) if match else (word, "")


@lru_cache(maxsize=65_536)
def plain(name: str) -> str:
    """A column's name for comparing: lower case, other signs made one underscore."""
    text = unicodedata.normalize("NFKC", name).lower()
    return re.sub(r"[^\w]+|_+", "_", text).strip("_")


@cache
def columns() -> dict[str, Any]:
    """What columns.toml says."""
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def vocabulary(measures: Mapping[str, Measure]) -> Vocabulary:
    """The names that the measures and columns.toml give to columns."""
    words = columns()
    fields: dict[str, Field] = {}
    bare: dict[str, Field] = {}
    for measure in measures.values():
        for prefix in spellings(measure):
            _add_items(fields, measure, prefix, words["other"]["items"])
            _add_totals(fields, bare, measure, prefix, words["other"]["totals"])
    for measure in measures.values():
        if measure.purpose == "check-in":
            for item in measure.items:
                fields[plain(item.id)] = Field(measure.id, item=item.number)
    texts = frozenset(text.id for m in measures.values() for text in m.texts)
    roles = {role: tuple(names) for role, names in words["roles"].items()}
    known = {name for names in roles.values() for name in names} | texts
    # an item's column may look like another measure's whole name: oci_12, ders_16
    return Vocabulary(
        roles,
        fields,
        bare,
        tuple(words["other"]["identifying"]),
        frozenset(words["other"]["harmless"]),
        frozenset(known),
        texts,
    )


def spellings(measure: Measure) -> list[str]:
    """Ways in which the measure's name begins a column: pcl5, pcl_5."""
    names = {plain(measure.id), plain(measure.instrument)}
    names |= {name.replace("_", "") for name in names}
    names |= {re.sub(r"(?<=[a-z])(?=\d)", "_", name) for name in names}
    return sorted(names)


def _add_items(
    fields: dict[str, Field], measure: Measure, prefix: str, words: Iterable[str]
) -> None:
    for item in measure.items:
        own = Field(measure.id, item=item.number)
        fields[f"{prefix}_{plain(item.id)}"] = own
        if not item.id.isdigit() and str(item.number) != item.id:
            continue
        for number in {str(item.number), f"{item.number:02d}"}:
            for word in words:
                fields[f"{prefix}_{word}{number}"] = own
                fields[f"{prefix}_{word}_{number}".replace("__", "_")] = own
                if word or not prefix[-1].isdigit():
                    fields.setdefault(f"{prefix}{word}{number}", own)


def _add_totals(
    fields: dict[str, Field],
    bare: dict[str, Field],
    measure: Measure,
    prefix: str,
    words: Iterable[str],
) -> None:
    for rule in measure.scores:
        own = Field(measure.id, score=rule.id)
        name = plain(rule.id)
        if rule.method == "item" and f"{prefix}_{name}" in fields:
            continue
        for word in (name, f"{name}_score", f"{name}_total"):
            fields.setdefault(f"{prefix}_{word}", own)
    if not measure.has_total:
        return
    total = Field(measure.id, score=measure.headline.id, is_called_total=True)
    for word in words:
        fields.setdefault(f"{prefix}_{word}", total)
    bare[prefix] = total
