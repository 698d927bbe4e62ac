"""Items recognised by the words of their question, answers by their labels."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from analysis.importers.sheets.sheet import Said
from analysis.importers.values.answers import AnswerRules
from analysis.importers.values.vocabulary import Field
from analysis.measures import Measure

_FILE = Path(__file__).with_name("wordings.toml")


@cache
def _wordings() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def fields_by_wording(
    names: Sequence[str], measures: Mapping[str, Measure]
) -> dict[int, Field]:
    """Items by column position, for measures of which every item was recognised.

    Never by position: an order of columns that differs from the form changes nothing.
    """
    found: dict[int, Field] = {}
    texts = [" ".join(name.casefold().split()) for name in names]
    for measure, wording in _wordings()["forms"].items():
        if measure not in measures:
            continue
        columns = _columns(texts, _items(wording), taken=set(found))
        if columns:
            found |= {c: Field(measure, item=i + 1) for i, c in enumerate(columns)}
    return found


def _items(wording: Mapping[str, Any]) -> list[list[list[str]]]:
    if "like" in wording:
        items: list[list[list[str]]] = _wordings()["forms"][wording["like"]]["items"]
        return items[: wording["count"]]
    return list(wording["items"])


def _columns(
    texts: Sequence[str], items: Sequence[Sequence[Sequence[str]]], taken: set[int]
) -> list[int]:
    """A column for every item, or none at all."""
    columns: list[int] = []
    for keys in items:
        hits = [
            column
            for column, text in enumerate(texts)
            if column not in taken
            and any(all(word in text for word in words) for words in keys)
        ]
        if len(hits) != 1:
            return []
        columns += hits
    return columns if len(set(columns)) == len(columns) else []


def answer_words(measure: Measure) -> AnswerRules:
    """The labels of a measure's answers, in lower case, with their numbers."""
    words: dict[str, float] = {}
    for known in _wordings()["answer_sets"].values():
        if measure.id in known["measures"]:
            words |= {
                " ".join(label.split()).casefold(): float(number)
                for label, number in known.items()
                if isinstance(number, int) and not isinstance(number, bool)
            }
    missing = {
        item.not_applicable.casefold() for item in measure.items if item.not_applicable
    }
    return AnswerRules(words, frozenset(missing))


def item_words(measure: Measure, number: int) -> Mapping[str, float]:
    """Labels that belong to one item only, as its measure file or ours gives them."""
    item = measure.by_number.get(number)
    own = _wordings()["item_answers"].get(measure.id, {}).get(str(number), {})
    if item is None or not item.labels:
        return {label: float(value) for label, value in own.items()}
    allowed = item.allowed or tuple(
        item.low + step * (item.step or 1) for step in range(len(item.labels))
    )
    return {
        label.casefold(): value
        for label, value in zip(item.labels, allowed, strict=False)
    }


def fields_by_stem(
    questions: Sequence[str],
) -> tuple[dict[int, Field], tuple[Said, ...]]:
    """Items of a block of questions that share a stem and are numbered one by one.

    Only the stem and the count are known then, so the message says what was assumed.
    """
    for stem in _wordings()["stems"]:
        found: dict[int, int] = {}
        for column, question in enumerate(questions):
            text = " ".join(question.casefold().split())
            number = re.search(r"(?:item|question|frage)\s*(\d{1,2})\W*$", text)
            if all(word in text for word in stem["words"]) and number:
                found[column] = int(number[1])
        numbers = sorted(found.values())
        measure = stem["by_count"].get(str(len(numbers)))
        if measure and numbers == list(range(1, len(numbers) + 1)):
            said = Said(
                f"{len(numbers)} numbered questions about the last 2 weeks were taken "
                f"for the items of {measure}: check it, or name them in a profile.",
                "repair",
            )
            return {c: Field(measure, item=n) for c, n in found.items()}, (said,)
    return {}, ()
