"""Reads the definitions that the report prints, with the thresholds in force."""

from __future__ import annotations

import tomllib
from dataclasses import asdict
from functools import cache
from importlib import resources
from typing import Any

from analysis.caseload.records import Definition
from analysis.settings import Thresholds


def definitions(
    rule: str, thresholds: Thresholds, language: str = "en"
) -> tuple[Definition, ...]:
    """Every definition under a rule (nhs, corc), in the order of the file.

    language: as the wording's; English where there is no file of it.
    """
    values = asdict(thresholds)
    values["largest_hidden"] = thresholds.suppress_cells_below - 1
    return tuple(
        Definition(
            id=name,
            title=entry["title"],
            rule=entry["rule"].format(**values),
            source=entry["source"],
        )
        for name, entry in ((n, e.get(rule, e)) for n, e in _entries(language).items())
        if "rule" in entry
    )


@cache
def _entries(language: str) -> dict[str, Any]:
    folder = resources.files("analysis.caseload")
    own = folder / f"definitions_{language}.toml"
    file = own if own.is_file() else folder / "definitions.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))
