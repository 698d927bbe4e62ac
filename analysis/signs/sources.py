"""Which scale speaks to which sign of progress, and how strongly."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import pandas as pd

from analysis.measures import Measure
from analysis.records import Scale

# How much a scale counts beside others: made for the sign, touching it, context only.
WEIGHTS: Mapping[str, float] = {"main": 1.0, "some": 0.5, "context": 0.25}
GOALS = "goal.*"


@dataclass(frozen=True)
class Sign:
    """One of the ten signs, or the goals."""

    id: str  # "1" to "10", "goals"
    name: str  # thinking_differently
    uses_steps: bool  # a goal step done is evidence
    main: tuple[str, ...]
    some: tuple[str, ...]
    context: tuple[str, ...]


@cache
def read_signs() -> tuple[Sign, ...]:
    """Read the signs and their evidence, in their order."""
    text = resources.files("analysis.signs").joinpath("signs.toml").read_text("utf-8")
    return tuple(
        Sign(
            id=entry["id"],
            name=entry["name"],
            uses_steps=entry["uses_steps"],
            main=tuple(entry["main"]),
            some=tuple(entry["some"]),
            context=tuple(entry["context"]),
        )
        for entry in tomllib.loads(text)["signs"]
    )


def links(scales: Mapping[str, Scale], measures: Mapping[str, Measure]) -> pd.DataFrame:
    """Which scale counts for which sign: a row per pair (sign: its number, weight).

    A practice's own measure counts as some evidence for the signs its file names.
    """
    rows = [
        (number, name, WEIGHTS[strength])
        for number, sign in enumerate(read_signs())
        for strength in WEIGHTS
        for name in _named(getattr(sign, strength), scales)
    ]
    rows += _own(scales, measures)
    frame = pd.DataFrame(rows, columns=["sign", "scale", "weight"])
    return frame.drop_duplicates(["sign", "scale"])


def _named(names: tuple[str, ...], scales: Mapping[str, Scale]) -> list[str]:
    goals = [s for s, scale in scales.items() if scale.measure == "goal"]
    named = [name for name in names if name in scales]
    return named + (goals if GOALS in names else [])


def _own(
    scales: Mapping[str, Scale], measures: Mapping[str, Measure]
) -> list[tuple[int, str, float]]:
    numbers = {sign.name: number for number, sign in enumerate(read_signs())}
    return [
        (numbers[sign], name, WEIGHTS["some"])
        for name, scale in scales.items()
        if (measure := measures.get(scale.measure)) is not None and measure.is_own
        for sign in measure.signs
        if sign in numbers
    ]
