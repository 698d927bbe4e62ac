"""One measure file (TOML) to a Measure. The shape of the file is checked before."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.errors import AnalysisError
from analysis.measures import parts
from analysis.measures.figures import Source
from analysis.measures.kinds import problems_of
from analysis.measures.parts import Raw
from analysis.measures.record import Measure
from analysis.measures.shape import FILE


def read_toml(path: Path) -> Raw:
    """Read a TOML file, or raise AnalysisError naming file and line."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as problem:
        raise AnalysisError(f"{path} cannot be read: {problem}.") from problem


def read_measure(path: Path, sources: Mapping[str, Source] | None = None) -> Measure:
    """Read one measure file.

    sources: where figures were read, beside those the file itself lists. Raises
    AnalysisError with every unknown key, missing key and wrong kind of value.
    """
    raw = read_toml(path)
    problems = problems_of(raw, FILE)
    if problems:
        listed = "\n".join(f"  {problem}" for problem in problems)
        raise AnalysisError(
            f"{path} is no measure file yet, {len(problems)} problem(s):\n{listed}\n"
            "docs/measures.md shows a short one that works."
        )
    return _measure(raw, {**(sources or {}), **read_sources(raw.get("sources", {}))})


def read_sources(raw: Raw) -> dict[str, Source]:
    """Sources by key, from a table of {what, where} tables."""
    return {
        key: Source(key, str(part.get("what", key)), str(part.get("where", "")))
        for key, part in raw.items()
    }


def _measure(raw: Raw, sources: Mapping[str, Source]) -> Measure:
    items = parts.items_of(raw.get("items", {}))
    default = raw.get("missing", {})
    headline = [s["id"] for s in raw["scores"] if s.get("headline")]
    first = headline[0] if headline else raw["scores"][0]["id"]
    return Measure(
        id=raw["id"],
        name=raw["name"],
        instrument=raw.get("instrument", raw["name"]),
        scores=tuple(parts.score_of(s, items, default, first) for s in raw["scores"]),
        items=items,
        is_open_ended=raw.get("items", {}).get("open_ended", False),
        items_note=raw.get("items", {}).get("note", ""),
        interval=parts.reported_of(raw.get("interval", {}), "interval"),
        context=parts.context_of(raw.get("context", {})),
        reversal=parts.reversal_of(raw.get("reversed", {})),
        exports=tuple(map(parts.export_of, raw.get("exports", ()))),
        algorithms=tuple(map(parts.algorithm_of, raw.get("algorithms", ()))),
        risks=tuple(map(parts.risk_of, raw.get("risk", ()))),
        texts=tuple(map(parts.text_of, raw.get("texts", ()))),
        codes=tuple(map(parts.code_of, raw.get("codes", {}).get("list", ()))),
        licence=parts.licence_of(raw.get("licence", {})),
        sources=tuple(sources[key] for key in _keys_used(raw) if key in sources),
        signs=tuple(raw.get("signs", ())),
        cautions=tuple(raw.get("cautions", ())),
        citations=tuple(raw.get("citations", ())),
        **parts.named(raw, *_PLAIN),
    )


_PLAIN = (
    "has_total",
    "purpose",
    "domain",
    "population",
    "recall",
    "intro",
    "usual_interval_days",
    "nhs_role",
)


def _keys_used(raw: Any) -> list[str]:
    """Source keys in the order in which the file names them."""
    found: dict[str, None] = {}
    inside = raw.values() if isinstance(raw, dict) else raw
    for part in inside:
        has_sections = isinstance(part, list) and part and isinstance(part[0], dict)
        if isinstance(part, dict) or has_sections:
            found |= dict.fromkeys(_keys_used(part))
    if isinstance(raw, dict) and isinstance(raw.get("sources"), list):
        found |= dict.fromkeys(raw["sources"])
    return list(found)
