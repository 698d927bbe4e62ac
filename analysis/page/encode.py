"""The one way text and data enter Typst: as literals, never as markup."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from analysis.look.letters import Letters

# Strings under these names are drawings, made by us or checked before; they keep
# letters that only a font named in the drawing can show.
_DRAWINGS = frozenset({"svg", "logo_svg"})
# A longer unbroken word would leave the narrowest column of running text.
_LONGEST_WORD = 30
_JOINT = re.compile(r"([_/.,;:@\-])(?=\w)")


def printable_data(value: Any, letters: Letters, name: str = "") -> Any:
    """The same data with every string printable and breakable; drawings untouched."""
    if isinstance(value, str) and name not in _DRAWINGS:
        return break_long_words(letters.printable(value), _LONGEST_WORD)
    if isinstance(value, Mapping):
        return {key: printable_data(part, letters, key) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [printable_data(part, letters, name) for part in value]
    return value


def literal(value: Any) -> str:
    """A Typst literal of JSON-ready data.

    Raises TypeError for anything that is not JSON-ready.
    """
    if isinstance(value, str):
        return quoted(value)
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, Mapping):
        parts = [f"{quoted(key)}: {literal(part)}" for key, part in value.items()]
        return f"({', '.join(parts)},)" if parts else "(:)"
    if isinstance(value, list | tuple):
        parts = [literal(part) for part in value]
        return f"({', '.join(parts)},)" if parts else "()"
    raise TypeError(f"{type(value).__name__} cannot stand on a page")


def break_long_words(text: str, longest: int) -> str:
    """Break chances (U+200B) in words over so many letters, after joints if any."""

    too_long = re.compile(rf"[^\s\u200b]{{{longest + 1},}}")
    every = re.compile(rf"(\S{{{max(6, longest // 2)}}})(?=\S)")

    def at_joints(word: re.Match[str]) -> str:
        return _JOINT.sub("\\1\u200b", word.group())

    def evenly(word: re.Match[str]) -> str:
        return every.sub("\\1\u200b", word.group())

    return too_long.sub(evenly, too_long.sub(at_joints, text))


def quoted(text: str) -> str:
    """A Typst string. Only the backslash and the quote mean anything inside one."""
    safe = text.encode("utf-8", "replace").decode("utf-8")
    safe = safe.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{safe}"'


def _number(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        raise TypeError("a number on a page must be finite")
    text = repr(value)
    # a bare minus would bind to what stands before it
    return f"({text})" if text.startswith("-") else text
