"""Write the reference pages of docs/ from the code: python docs/make.py.

A test makes them again and compares, so they cannot lag behind.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
from pathlib import Path

from analysis import __main__ as commands
from analysis import settings
from analysis.measures import measures_markdown, read_measures
from analysis.schema import TABLES

FOLDER = Path(__file__).parent
_MADE = "<!-- made by docs/make.py: change the code, not this page -->\n\n"
_WORDS = {
    "str": "text",
    "int": "whole number",
    "float": "number",
    "bool": "true or false",
}


def pages() -> dict[str, str]:
    """Every generated page: file name and text."""
    return {
        "measures.md": _MADE + measures_markdown(read_measures()),
        "settings.md": _MADE + settings_page(),
        "commands.md": _MADE + commands_page(),
        "tables.md": _MADE + tables_page(),
    }


def settings_page() -> str:
    """Every key of settings.toml with its default and its reason."""
    lines = ["# settings.toml\n", "Every key is optional; an unknown key is refused.\n"]
    for section, record in (
        ("practice", settings.Practice),
        ("thresholds", settings.Thresholds),
        ("reports", settings.ReportSettings),
        ("privacy", settings.Privacy),
    ):
        lines += [f"## [{section}]\n", f"{record.__doc__}\n"]
        lines += ["| key | kind | default | what it does |", "|---|---|---|---|"]
        reasons = _reasons(record)
        for field in dataclasses.fields(record):
            kind = _WORDS.get(str(field.type), "list")
            lines.append(
                f"| `{field.name}` | {kind} | {_shown(field.default)} "
                f"| {reasons.get(field.name, '')} |"
            )
        lines.append("")
    return "\n".join([*lines, _OTHER_SECTIONS])


_OTHER_SECTIONS = """## [clinicians]

One line for each clinician: `"id as exported" = "name on reports"`.

## [intervals]

Usual days between two administrations: `phq9 = 7`. Where a measure has no line, its
measure file says what is usual.

## [measures]

`folder`: a folder with your own measure files, one TOML each (see measures.md).
"""


def _shown(default: object) -> str:
    if isinstance(default, tuple):
        return "`[" + ", ".join(f'"{part}"' for part in default) + "]`"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f'`"{default}"`' if isinstance(default, str) else f"`{default}`"


def _reasons(record: type) -> dict[str, str]:
    """Field name and the comment above its group, or behind it."""
    found: dict[str, str] = {}
    above: list[str] = []
    was_comment = False
    for line in inspect.getsource(record).splitlines():
        text = line.strip()
        if text.startswith("#"):
            above = [*above, text[2:]] if was_comment else [text[2:]]
            was_comment = True
            continue
        was_comment = False
        match = re.match(r"(\w+): .*?(?:  # (.*))?$", text)
        if match:
            behind = match.group(2)
            if above or behind:
                found[match.group(1)] = str(behind or " ".join(above))
    return found


def commands_page() -> str:
    """Every verb with its help, as the command line prints it."""
    parser = commands.parser()
    parts = ["# Commands\n", "```\n" + _help(parser) + "```\n"]
    for action in parser._actions:
        for name, verb in (getattr(action, "choices", None) or {}).items():
            parts += [f"## {name}\n", "```\n" + _help(verb) + "```\n"]
    return "\n".join(parts)


def _help(parser: object) -> str:
    # the width of the terminal must not change the page
    text = parser.format_help()  # type: ignore[attr-defined]
    return re.sub(r"[ \t]+\n", "\n", text)


def tables_page() -> str:
    """The tidy tables as schema.py declares them."""
    lines = ["# Tidy tables\n", "Parquet files in data/processed, one a table.\n"]
    for table in TABLES.values():
        kind = "derived" if table.is_derived else "imported"
        key = f" Unique: {' + '.join(table.key)}." if table.key else ""
        lines += [f"## {table.name}\n", f"One row per {table.row} ({kind}).{key}\n"]
        lines += ["| column | kind | meaning |", "|---|---|---|"]
        for column in table.columns:
            allowed = f" One of: {', '.join(column.allowed)}." if column.allowed else ""
            must = " Never empty." if column.required else ""
            meaning = f"{column.meaning}.{allowed}{must}"
            lines.append(f"| `{column.name}` | {column.kind} | {meaning} |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
