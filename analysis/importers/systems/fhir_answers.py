"""Answers inside FHIR resources: values of every kind, items of any depth."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from analysis.importers.layout import Rules
from analysis.importers.values.loinc import Codes
from analysis.importers.values.vocabulary import Field, plain
from analysis.importers.values.wording import fields_by_wording

# Deeper than any questionnaire: beyond it the nesting is an accident or an attack.
MAX_DEPTH = 30
_LOINC = re.compile(r"\d{3,7}-\d")
_PLAIN_VALUES = (
    "valueInteger",
    "valueDecimal",
    "valueString",
    "valueBoolean",
)
_ORDINAL = ("ordinalValue", "itemWeight", "valueset-ordinalValue")


def text_of_value(record: Mapping[str, Any], measure: str, codes: Codes) -> str:
    """The value of an observation or answer as text; "" where there is none."""
    for name in _PLAIN_VALUES:
        value = record.get(name)
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, int | float | str):
            return f"{value:g}" if isinstance(value, float) else str(value)
    quantity = record.get("valueQuantity")
    if isinstance(quantity, dict) and isinstance(
        quantity.get("value"), int | float | str
    ):
        return str(quantity["value"])
    for name in ("valueCodeableConcept", "valueCoding"):
        concept = record.get(name)
        if isinstance(concept, dict):
            return _text_of_concept(concept, measure, codes)
    return ""


def _text_of_concept(concept: Mapping[str, Any], measure: str, codes: Codes) -> str:
    """A coded answer: by its code, by the number it carries, by its words."""
    given = concept.get("coding", [concept])
    codings = (
        [c for c in given if isinstance(c, dict)] if isinstance(given, list) else []
    )
    for coding in codings:
        number = codes.answers.get((measure, str(coding.get("code", ""))))
        if number is not None:
            return f"{number:g}"
    for given_by in [*codings, dict(concept)]:
        number = _ordinal(given_by)
        if number is not None:
            return f"{number:g}"
    words = [coding.get("display") for coding in codings]
    for text in (*words, concept.get("text")):
        if isinstance(text, str) and text:
            return text
    return next((str(c["code"]) for c in codings if c.get("code")), "")


def _ordinal(coding: Mapping[str, Any]) -> float | None:
    extensions = coding.get("extension")
    for extension in extensions if isinstance(extensions, list) else []:
        if not isinstance(extension, dict):
            continue
        url = str(extension.get("url", ""))
        value = extension.get("valueDecimal", extension.get("valueInteger"))
        if url.endswith(_ORDINAL) and isinstance(value, int | float):
            return float(value)
    return None


def answers_of(
    record: Mapping[str, Any], codes: Codes, rules: Rules
) -> dict[Field, str]:
    """Items and totals of a response: by code, by name of the item, by its words."""
    items = list(_items(record.get("item"), 0))
    found: dict[Field, str] = {}
    for item in items:
        field = _field(item, codes, rules)
        if field is not None:
            found[field] = _answer(item, field, codes)
    if found:
        return found
    texts = [str(item.get("text") or "") for item in items]
    by_words = fields_by_wording(texts, rules.measures)
    return {field: _answer(items[c], field, codes) for c, field in by_words.items()}


def _items(items: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    """Items and the items inside them and inside their answers."""
    if not isinstance(items, list) or depth > MAX_DEPTH:
        return
    for item in items:
        if not isinstance(item, dict):
            continue
        if "answer" in item or "text" in item or "linkId" in item:
            yield item
        yield from _items(item.get("item"), depth + 1)
        answers = item.get("answer")
        for answer in answers if isinstance(answers, list) else []:
            if isinstance(answer, dict):
                yield from _items(answer.get("item"), depth + 1)


def _field(item: Mapping[str, Any], codes: Codes, rules: Rules) -> Field | None:
    link = str(item.get("linkId") or "")
    definition = str(item.get("definition") or "")
    for text in (link, definition):
        for code in reversed(_LOINC.findall(text)):
            if code in codes.fields:
                return codes.fields[code]
    given = item.get("code")
    for coding in given if isinstance(given, list) else []:
        if isinstance(coding, dict) and str(coding.get("code")) in codes.fields:
            return codes.fields[str(coding["code"])]
    return rules.vocabulary.fields.get(plain(link))


def _answer(item: Mapping[str, Any], field: Field, codes: Codes) -> str:
    """The one answer of an item; several are no answer to a rating."""
    answers = item.get("answer")
    given = (
        [a for a in answers if isinstance(a, dict)] if isinstance(answers, list) else []
    )
    texts = [text_of_value(answer, field.measure, codes) for answer in given]
    texts = [text for text in texts if text]
    return " | ".join(texts)
