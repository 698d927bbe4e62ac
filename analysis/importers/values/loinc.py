"""Codes of measures: which item, score or answer a LOINC or SNOMED code means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.importers.values.vocabulary import Field
from analysis.measures import Measure


@dataclass(frozen=True)
class Codes:
    """What codes mean.

    fields: item or score by code. panels: measure by code. answers: number of a coded
    answer by measure and code.
    """

    fields: Mapping[str, Field]
    panels: Mapping[str, str]
    answers: Mapping[tuple[str, str], float]


def codes_of(measures: Mapping[str, Measure]) -> Codes:
    """The codes that the measures' files give. A code of two measures means neither."""
    found: dict[str, set[Field]] = {}
    panels: dict[str, str] = {}
    answers: dict[tuple[str, str], float] = {}
    for measure in measures.values():
        for code in measure.codes:
            if code.kind == "score":
                field = Field(measure.id, score=code.target or measure.headline.id)
                found.setdefault(code.code, set()).add(field)
            elif code.kind == "item" and code.target.isdigit():
                field = Field(measure.id, item=int(code.target))
                found.setdefault(code.code, set()).add(field)
            elif code.kind == "panel":
                panels[code.code] = measure.id
            elif code.kind == "answer":
                answers[measure.id, code.code] = float(code.target)
    fields = {code: fields.pop() for code, fields in found.items() if len(fields) == 1}
    return Codes(fields, panels, answers)
