"""What kind of value stands at each place of a profile, checked before it is read."""

from __future__ import annotations

import codecs
import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

Check = Callable[[Any], bool]
# A name that a message may repeat; anything else may be somebody's own words.
_NAME = re.compile(r"\w[\w.-]{0,30}")


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _name(value: Any) -> bool:
    return _text(value) and bool(value.strip())


def _plain(value: Any) -> bool:
    return _text(value) or isinstance(value, bool) or _number(value)


def _date(value: Any) -> bool:
    """A day on which a course may begin: no slip such as 0202 or 20025."""
    return isinstance(value, date) and value.year in range(1900, 2200)


def _days(value: Any) -> bool:
    return _whole(value) and abs(value) < 40_000


def _number(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value) and abs(value) < 1e9


def _whole(value: Any) -> bool:
    return _number(value) and isinstance(value, int)


def _list_of(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(map(check, value))


def _table_of(check: Check) -> Check:
    return lambda value: isinstance(value, dict) and all(map(check, value.values()))


def _any_of(*checks: Check) -> Check:
    return lambda value: any(check(value) for check in checks)


def _encoding(value: Any) -> bool:
    try:
        return _text(value) and isinstance(codecs.decode(b"a", value), str)
    except (LookupError, ValueError, TypeError):
        return False


def _delimiter(value: Any) -> bool:
    return _text(value) and len(value) == 1 and value not in '"\r\n\x00 '


def _names_kinds(value: Any) -> bool:
    return _table_of(_name)(value) and all(map(_name, value))


_A_DATE = "a date such as 2025-01-06, no quotes"
_WORDS = _list_of(_text)
# Kind of each value by section and key, with its name in messages.
_SHAPES: Mapping[str, Mapping[str, tuple[Check, str]]] = {
    "": {
        **dict.fromkeys(
            ("name", "table", "everyone", "prefix", "blank", "decimal"),
            (_text, "text in quotes"),
        ),
        "missing": (_list_of(_any_of(_text, _number)), "a list of words or numbers"),
        "drop": (_WORDS, "a list of columns"),
        "columns": (_table_of(_name), "a section of columns in quotes"),
        "answers": (_table_of(_number), "a section of numbers"),
        "notes": (_names_kinds, "a section of kinds in quotes"),
        "forms": (_list_of(lambda v: isinstance(v, dict)), "sections [[forms]]"),
    },
    "match": {
        "files": (_WORDS, "a list of names in quotes"),
        "columns": (_WORDS, "a list of columns in quotes"),
    },
    "file": {
        "encoding": (_encoding, "an encoding such as cp1252"),
        "delimiter": (_delimiter, "one sign in quotes"),
        "header_row": (_whole, "a whole number"),
    },
    "dates": {
        **dict.fromkeys(
            ("order", "pattern", "timezone", "column", "unit"),
            (_text, "text in quotes"),
        ),
        "start": (_date, _A_DATE),
        "every": (_number, "a number"),
        "first": (_number, "a number"),
    },
    "occasions": {
        "start": (_date, _A_DATE),
        "names": (_list_of(_any_of(_text, _whole)), "a list of names"),
        "days": (_list_of(_days), "a list of whole numbers of days"),
    },
    "forms": {
        "measure": (_text, "the id of a measure in quotes"),
        "items": (_any_of(_text, _WORDS, _table_of(_text)), "columns in quotes"),
        "totals": (_any_of(_text, _table_of(_text)), "a column in quotes"),
        "answers": (_table_of(_number), "numbers by word"),
        "multiply": (_number, "a number"),
        "add": (_number, "a number"),
        "context": (_table_of(_plain), "a table of words, numbers, true or false"),
        "date": (_text, "a column in quotes"),
    },
}


def wrong_shapes(raw: Mapping[str, Any]) -> list[str]:
    """Every value of the wrong kind: where it stands and what belongs there."""
    problems = _of_section(raw, "", "")
    for name in ("match", "file", "dates", "occasions"):
        section = raw.get(name, {})
        if not isinstance(section, dict):
            problems.append(f"{name} must be a section [{name}]")
            continue
        problems += _of_section(section, name, f" in [{name}]")
    forms = raw.get("forms", [])
    for form in forms if isinstance(forms, list) else ():
        if isinstance(form, dict):
            problems += _of_section(form, "forms", " in [[forms]]")
    return problems


def _of_section(section: Mapping[str, Any], name: str, where: str) -> list[str]:
    return [
        f"{key}{where} must be {what}"
        for key, (check, what) in _SHAPES[name].items()
        if key in section and not check(section[key])
    ]


def named(word: object) -> str:
    """A key or id as a message may repeat it."""
    text = str(word)
    return text if _NAME.fullmatch(text) else "(text)"
