"""Checks the shape of a file: unknown keys, missing keys, wrong kinds of values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# A kind is a word of KINDS, a tuple of allowed words, or a section: {key: kind}.
# "?" behind a key: may be left out. [section] in a list: any number of them.
Kind = Any

OPERATORS = (">=", ">", "<=", "<")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_list(value: Any, of: Any) -> bool:
    return isinstance(value, list) and all(of(part) for part in value)


def _is_pair(value: Any, first: Any, second: Any) -> bool:
    is_two = isinstance(value, list) and len(value) == 2
    return is_two and bool(first(value[0])) and bool(second(value[1]))


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_limits(value: Any) -> bool:
    return _is_list(
        value, lambda v: _is_pair(v, lambda op: op in OPERATORS, _is_number)
    )


def _is_source(value: Any) -> bool:
    return isinstance(value, dict) and all(_is_text(part) for part in value.values())


def _is_orders(value: Any) -> bool:
    lists = value.values() if isinstance(value, dict) else [None]
    return all(_is_list(items, _is_whole) for items in lists)


# Kind: how it is recognised, what to write.
KINDS: Mapping[str, tuple[Any, str]] = {
    "text": (_is_text, "text in quotes"),
    "number": (_is_number, "a number"),
    "whole": (_is_whole, "a whole number"),
    "truth": (lambda v: isinstance(v, bool), "true or false"),
    "texts": (lambda v: _is_list(v, _is_text), "a list of texts"),
    "wholes": (lambda v: _is_list(v, _is_whole), "a list of whole numbers"),
    "numbers": (lambda v: _is_list(v, _is_number), "a list of numbers"),
    "pairs": (
        lambda v: _is_list(v, lambda p: _is_pair(p, _is_whole, _is_number)),
        "a list of pairs, such as [[4, 41.0], [5, 49.0]]",
    ),
    "bands": (
        lambda v: _is_list(v, lambda p: _is_pair(p, _is_number, _is_text)),
        'a list of pairs, such as [[0, "minimal"], [5, "mild"]]',
    ),
    "limits": (_is_limits, 'a list of pairs, such as [[">", 15]]'),
    "context": (lambda v: isinstance(v, dict), 'a table, such as { sex = "female" }'),
    "orders": (_is_orders, "a table of lists, such as { order_a = [2, 5] }"),
    "sources": (
        lambda v: isinstance(v, dict) and all(map(_is_source, v.values())),
        'tables, such as manual = { what = "Manual 1996", where = "p. 11" }',
    ),
}


def problems_of(raw: Any, kind: Kind, where: str = "the file") -> list[str]:
    """Every key that is unknown, missing or of the wrong kind, in words."""
    if isinstance(kind, dict):
        return _section_problems(raw, kind, where)
    if isinstance(kind, list):
        if not isinstance(raw, list):
            return [f"{where} must be a list of sections"]
        parts = enumerate(raw, start=1)
        return [p for n, part in parts for p in problems_of(part, kind[0], where)]
    if isinstance(kind, tuple):
        return [] if raw in kind else [f"{where} must be one of {', '.join(kind)}"]
    is_kind, wanted = KINDS[kind]
    return [] if is_kind(raw) else [f"{where} must be {wanted}"]


def _section_problems(raw: Any, kinds: dict[str, Kind], where: str) -> list[str]:
    if not isinstance(raw, dict):
        return [f"{where} must be a section"]
    known = {key.removesuffix("?"): kind for key, kind in kinds.items()}
    found = [
        f"unknown key {key} in {where}; allowed: {', '.join(known)}"
        for key in raw
        if key not in known
    ]
    found += [
        f"{key} is missing in {where}"
        for key in kinds
        if not key.endswith("?") and key not in raw
    ]
    for key, value in raw.items():
        if key in known:
            inside = isinstance(known[key], dict | list)
            place = f"[{key}]" if inside else f"{key} in {where}"
            found += problems_of(value, known[key], place)
    return found
