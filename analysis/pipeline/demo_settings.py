"""Settings for the demo practice: the user's own, under the demo's names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from analysis import demo
from analysis.settings import Settings

# Texts that are paths, relative to the folder of the settings file.
_PATHS = {("practice", "logo"), ("reports", "client_notebook")}
_PATHS |= {("reports", "caseload_notebook"), ("measures", "folder")}


def demo_settings(settings: Settings) -> str:
    """settings.toml of the demo practice, which may stand in any folder.

    Everything the user has set is in force there too (an analyst's notebook, a crisis
    text, a threshold); only the practice and its clinicians are the invented ones.
    """
    named = replace(
        settings,
        practice=replace(settings.practice, name=demo.PRACTICE),
        clinicians=demo.CLINICIANS,
    )
    sections = asdict(named)
    folder = sections.pop("folder")
    sections["measures"] = {"folder": sections.pop("measures_folder")}
    for section, key in _PATHS:
        if sections[section][key]:
            sections[section][key] = str((folder / sections[section][key]).resolve())
    return "\n".join(_section(name, keys) for name, keys in sections.items())


def _section(name: str, keys: Mapping[str, Any]) -> str:
    # JSON's texts, numbers, truths and lists are TOML's too
    lines = [f"{_text(key)} = {_text(value)}" for key, value in keys.items()]
    return "\n".join([f"[{name}]", *lines, ""])


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
