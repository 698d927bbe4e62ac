"""Templates: text with placeholders, and choices that a field of the finding makes.

A template is a line of text or a table. A table with `by` picks a line by the value of
a field, a table with `plural` by the plural form of a count:

    why = "Level since {since:day}."
    [held]
    by = "held"
    true = "and it has held"
    false = "and part of it was lost"
    [weeks]
    plural = "n"
    one = "one week"
    other = "{n} weeks"

`~` is a space that never breaks. What picks a line: true and false, missing (None),
empty (""), or the value itself as text; `other` takes what no line names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from string import Formatter
from typing import Any

from analysis.tables import Formats

NO_BREAK = "\u00a0"
_SPACES = re.compile(r"[ \t\r\n]+")
# A choice may be nested; deeper than this nobody can read it.
_DEEPEST = 4


class WordingError(LookupError):
    """A sentence that cannot be made: a defect of a wording file or of its caller."""


@dataclass(frozen=True)
class Voice:
    """What rendering needs beside the template: formats and words for small numbers."""

    formats: Formats
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Text:
    """A line: literal text, then a placeholder with its format, repeated."""

    parts: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Choice:
    """Lines to pick from by a field, or by the plural form of a count."""

    field: str
    is_plural: bool
    options: Mapping[str, Template]


Template = Text | Choice


def _as_is(voice: Voice, value: Any, step: float) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return voice.formats.day(value)
    return voice.formats.score(value, step)


def _word(voice: Voice, value: Any, step: float) -> str:
    is_small = float(value).is_integer() and 0 <= value < len(voice.numbers)
    return voice.numbers[int(value)] if is_small else voice.formats.number(value)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# Every format a placeholder may name, as in {since:day}.
FORMATS: Mapping[str, Callable[[Voice, Any, float], str]] = {
    "": _as_is,
    "score": lambda voice, value, step: voice.formats.score(value, step),
    "size": lambda voice, value, step: voice.formats.score(abs(value), step),
    "whole": lambda voice, value, step: voice.formats.number(value),
    "one": lambda voice, value, step: voice.formats.number(value, 1),
    "signed": lambda voice, value, step: voice.formats.signed(value),
    "percent": lambda voice, value, step: voice.formats.percent(value),
    "day": lambda voice, value, step: voice.formats.day(value),
    "full": lambda voice, value, step: voice.formats.full_day(value),
    "short": lambda voice, value, step: voice.formats.short_day(value),
    "month": lambda voice, value, step: voice.formats.month(value),
    "month_year": lambda voice, value, step: voice.formats.month_year(value),
    "list": lambda voice, value, step: voice.formats.listed(value),
    "word": _word,
    "cap": lambda voice, value, step: _capital(_as_is(voice, value, step)),
    "Word": lambda voice, value, step: _capital(_word(voice, value, step)),
    "low": lambda voice, value, step: value[:1].lower() + value[1:],
}


def is_template(entry: Any) -> bool:
    """A line or a choice, not a group of further keys."""
    return isinstance(entry, str) or (
        isinstance(entry, dict) and ("by" in entry or "plural" in entry)
    )


def parse(entry: Any, depth: int = 0) -> Template:
    """Turn what a wording file holds into a template.

    Raises ValueError naming what is wrong, without quoting the text.
    """
    if isinstance(entry, str):
        return Text(tuple(_parts(entry)))
    if not is_template(entry):
        raise ValueError("a line, or a table with `by` or `plural`, is expected")
    if depth >= _DEEPEST:
        raise ValueError("choices are nested too deep")
    chooser = "by" if "by" in entry else "plural"
    options = {
        name: parse(line, depth + 1) for name, line in entry.items() if name != chooser
    }
    if not options:
        raise ValueError("a choice needs lines to pick from")
    if chooser == "plural" and "other" not in options:
        raise ValueError("a plural needs a line `other`")
    return Choice(entry[chooser], chooser == "plural", options)


def _parts(text: str) -> Iterator[tuple[str, str, str]]:
    for literal, field, spec, conversion in Formatter().parse(text):
        if field is not None and not field.isidentifier():
            raise ValueError(f"placeholder {{{field}}} is no plain name")
        if conversion or (spec or "") not in FORMATS:
            raise ValueError(f"placeholder {{{field}}} has no known format")
        plain = _SPACES.sub(" ", literal).replace("~", NO_BREAK)
        yield plain, field or "", spec or ""


def fields_of(template: Template) -> frozenset[str]:
    """Names of all fields a template may ask for, choosers included."""
    if isinstance(template, Text):
        return frozenset(field for _, field, _ in template.parts if field)
    inner = (fields_of(option) for option in template.options.values())
    return frozenset({template.field}).union(*inner)


def render(template: Template, fields: Mapping[str, Any], voice: Voice) -> str:
    """The sentence. `step` among the fields decides the decimals of scores.

    Raises WordingError for a field that is not given, or is missing (None) where no
    line says what to print then.
    """
    while isinstance(template, Choice):
        template = _picked(template, fields, voice)
    text = "".join(_filled(part, fields, voice) for part in template.parts)
    return text.strip(" ")


def _picked(choice: Choice, fields: Mapping[str, Any], voice: Voice) -> Template:
    value = _given(choice.field, fields)
    name = _name(value)
    if choice.is_plural and value is not None:
        is_zero = value == 0 and "zero" in choice.options
        name = "zero" if is_zero else voice.formats.plural(value)
    for option in (name, "other"):
        if option in choice.options:
            return choice.options[option]
    raise WordingError(f"no line for this value of {choice.field}")


def _name(value: Any) -> str:
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) or "empty"


def _filled(part: tuple[str, str, str], fields: Mapping[str, Any], voice: Voice) -> str:
    literal, field, spec = part
    if not field:
        return literal
    value = _given(field, fields)
    if value is None:
        raise WordingError(f"{field} is missing and no line says what to print then")
    return literal + FORMATS[spec](voice, value, float(fields.get("step") or 1.0))


def _given(field: str, fields: Mapping[str, Any]) -> Any:
    if field not in fields:
        raise WordingError(f"the field {field} was not given")
    return fields[field]
