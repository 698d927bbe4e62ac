"""Wording files: read once, checked whole, asked by key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from analysis.errors import AnalysisError
from analysis.tables import Formats
from analysis.wording.template import (
    Template,
    Voice,
    WordingError,
    fields_of,
    is_template,
    parse,
    render,
)

AUDIENCES = ("clinician", "client", "lead", "analyst")
# The language of the files that stand in the folder itself; others have a folder each.
FIRST_LANGUAGE = "en"
# Every report of an audience may use these lines too.
SHARED = "common"
# What a language alone means for dates and numbers.
_REGIONS = {"en": "en_GB", "de": "de_DE"}


@dataclass(frozen=True)
class Wording:
    """The sentences of one audience in one language."""

    audience: str
    formats: Formats
    lines: Mapping[str, Template]
    terms: Mapping[str, Mapping[str, str]]
    lists: Mapping[str, tuple[str, ...]]

    @property
    def language(self) -> str:
        """Language of the sentences: en, de."""
        return self.formats.language

    def sentence(self, key: str, **fields: Any) -> str:
        """The sentence of this key, filled with the fields.

        Raises WordingError for an unknown key, or a field that is not given.
        """
        template = self.lines.get(key)
        if template is None:
            raise WordingError(f"no line {key!r} in the {self.audience} wording")
        voice = Voice(self.formats, self.lists.get("numbers", ()))
        try:
            return render(template, fields, voice)
        except WordingError as problem:
            raise WordingError(f"{key} ({self.audience}): {problem}") from None

    def has(self, key: str) -> bool:
        """Whether this audience has such a line."""
        return key in self.lines

    def omits(self, kind: str) -> bool:
        """Whether this audience is never told this kind of finding, by its file."""
        return kind in self.lists.get("omitted", ())

    def fields_of(self, key: str) -> frozenset[str]:
        """Every field the line may ask for."""
        return fields_of(self.lines[key])

    def term(self, group: str, word: str) -> str:
        """A word of a measure file in this reader's words; itself where none stands."""
        return self.terms.get(group, {}).get(word.lower(), word)

    def at(self, until: date) -> Wording:
        """Speak from this day: dates of its year are written without the year."""
        return replace(self, formats=self.formats.speaking_in(until.year))


@lru_cache(maxsize=16)
def read_wording(audience: str, language: str = FIRST_LANGUAGE) -> Wording:
    """Read the sentences of an audience: clinician, client or lead.

    language: a language (en, de) or a locale (en_US); its region decides dates and
    numbers only. Raises AnalysisError for an audience or a language without files, and
    names every faulty line at once.
    """
    if audience not in AUDIENCES:
        raise AnalysisError(f"audience must be one of {', '.join(AUDIENCES)}")
    formats = Formats(_REGIONS.get(language, language), is_whole=audience == "client")
    raws = _read_files(_folder(formats.language), audience, formats.language)
    lines: dict[str, Template] = {}
    terms: dict[str, dict[str, str]] = {}
    lists: dict[str, tuple[str, ...]] = {}
    problems: list[str] = []
    for name, raw in raws.items():
        for group, words in raw.pop("terms", {}).items():
            terms.setdefault(group, {}).update(_lowered(words))
        names = [key for key, entry in raw.items() if isinstance(entry, list)]
        lists.update({key: tuple(raw.pop(key)) for key in names})
        _parse_lines(name, raw, lines, problems)
    if problems:
        listed = "\n".join(f"  {problem}" for problem in problems)
        raise AnalysisError(f"the wording has {len(problems)} problem(s):\n{listed}")
    return Wording(audience, formats, lines, terms, lists)


def _read_files(
    folder: Traversable, audience: str, language: str
) -> dict[str, dict[str, Any]]:
    """The shared lines, then the reader's own, as they stand in their files."""
    raws = {}
    for name in (SHARED, audience):
        path = folder / f"{name}.toml"
        if not path.is_file():
            raise AnalysisError(
                f"there is no {audience} wording in {language}: add {path.name} to the "
                f"folder {folder.name}, or choose another locale"
            )
        raws[path.name] = tomllib.loads(path.read_text(encoding="utf-8"))
    return raws


def _parse_lines(
    name: str, raw: dict[str, Any], lines: dict[str, Template], problems: list[str]
) -> None:
    """Add the lines of one file to `lines`, and what is wrong to `problems`."""
    for key, entry in _flat(raw):
        if key in lines:
            problems.append(f"{name}: {key} stands in {SHARED}.toml too")
            continue
        try:
            lines[key] = parse(entry)
        except ValueError as problem:
            problems.append(f"{name}: {key}: {problem}")


def languages() -> tuple[str, ...]:
    """Languages that have a wording for clinicians."""
    root = resources.files(__package__)
    extra = (
        entry.name for entry in root.iterdir() if (entry / "clinician.toml").is_file()
    )
    return (FIRST_LANGUAGE, *sorted(extra))


def _folder(language: str) -> Traversable:
    root = resources.files(__package__)
    return root if language == FIRST_LANGUAGE else root / language


def _lowered(words: Mapping[str, str]) -> dict[str, str]:
    return {word.lower(): text for word, text in words.items()}


def _flat(tree: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, entry in tree.items():
        key = f"{before}{name}"
        if is_template(entry) or not isinstance(entry, dict):
            yield key, entry
        else:
            yield from _flat(entry, f"{key}.")
