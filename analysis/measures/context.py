"""What scoring has to know beside the answers: age, sex, informant, kind of export.

A measure's own context holds what is taken when nothing is said (adults, self-report).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import Any

from analysis.errors import AnalysisError
from analysis.measures.figures import Export, applies
from analysis.measures.record import Measure, ScoreRule

_SEXES = {
    "female": ("f", "female", "woman", "women", "girl", "girls"),
    "male": ("m", "male", "man", "men", "boy", "boys"),
}
_TRUTHS = {"yes": True, "true": True, "1": True, "no": False, "false": False}
_TRUTHS |= {"0": False}


def _age(value: Any) -> int:
    number = float(value)
    if isinstance(value, bool) or not math.isfinite(number) or not 0 <= number < 130:
        raise ValueError
    return math.floor(number)


def _sex(value: Any) -> str:
    word = _word(value)
    return next((sex for sex, words in _SEXES.items() if word in words), word)


def _truth(value: Any) -> bool:
    return _TRUTHS[_word(value)]


def _word(value: Any) -> str:
    word = str(value).strip().lower()
    return word.replace("-", "_").replace(" ", "_")


def _export(value: Any) -> str:
    # "0-4" stays "0-4": a range of answers, not two words
    return str(value).strip().lower().replace(" ", "_")


def _weights(value: Any) -> dict[int, float]:
    weights = {int(goal): float(weight) for goal, weight in value.items()}
    if any(not math.isfinite(w) or w <= 0 for w in weights.values()):
        raise ValueError
    return weights


# Name of a context value: how it is read, what may stand there.
READERS: Mapping[str, tuple[Callable[[Any], Any], str]] = {
    "age": (_age, "age in years"),
    "sex": (_sex, "female or male"),
    "gender": (_sex, "female or male (boy, girl)"),
    "informant": (_word, "who answered: self, parent, teacher"),
    "item_order": (_word, "printed order of the items: order_a, order_b"),
    "export": (_export, "how the export holds the answers, see the measure's page"),
    "bands": (_word, "name of the band set, see the measure's page"),
    "agoraphobia": (_truth, "yes or no"),
    "risk_others": (_truth, "yes or no: risk items about others count too"),
    "work_not_applicable": (_truth, "yes or no"),
    "weights": (_weights, "weight above 0 by goal number"),
}


def read_context(given: Mapping[str, Any]) -> dict[str, Any]:
    """Read context values; None means not known. Raises AnalysisError, all at once."""
    context: dict[str, Any] = {}
    problems = []
    for name, value in given.items():
        if name not in READERS:
            problems.append(f"{name} is none of {', '.join(READERS)}")
        elif value is not None:
            reader, allowed = READERS[name]
            try:
                context[name] = reader(value)
            except (ValueError, TypeError, KeyError, AttributeError):
                problems.append(f"{name} must be: {allowed}")
    if problems:
        raise AnalysisError("Scoring cannot use this context: " + "; ".join(problems))
    gender = context.pop("gender", None)
    if gender is not None:
        context.setdefault("sex", gender)
    return context


def in_context(measure: Measure, given: Mapping[str, Any]) -> Measure:
    """The measure as it is scored and judged in a context.

    given: any of READERS; values a measure has no use for change nothing. Raises
    AnalysisError for a name, a value, an order, an export or a band set it lacks.
    """
    context = {**measure.context, **read_context(given)}
    for name, allowed in _choices(measure).items():
        if name in context and allowed:
            context[name] = _chosen(measure, name, context[name], allowed)
        elif name in context:
            del context[name]
    risks = tuple(
        rule
        for rule in measure.risks
        if rule.about != "others" or context.get("risk_others", True)
    )
    scores = tuple(_in_variant(rule, context) for rule in measure.scores)
    return dataclasses.replace(measure, context=context, scores=scores, risks=risks)


_SCORED = ("scores", "reversed", "recoded")


def exports_of(measure: Measure) -> tuple[Export, ...]:
    """Ways in which exports hold the answers; the first is taken when nothing is said.

    Where a form has reversed items some exports already hold them reversed ("scored").
    """
    if not measure.reversal.items:
        return measure.exports or (Export(name=""),)
    scored = Export(name="scored", also=_SCORED, recode=measure.reversed_items)
    return (*(measure.exports or (Export(name="raw"),)), scored)


def export_of(measure: Measure) -> Export:
    """How the export at hand holds the answers."""
    asked = measure.context.get("export")
    exports = exports_of(measure)
    return next((e for e in exports if asked in (e.name, *e.also)), exports[0])


def _in_variant(rule: ScoreRule, context: Mapping[str, Any]) -> ScoreRule:
    for variant in rule.variants:
        if applies(variant.when, context):
            return dataclasses.replace(
                rule,
                items=variant.items or rule.items,
                high=rule.high if variant.high is None else variant.high,
                components=variant.components or rule.components,
                remark=variant.remark,
            )
    return rule


def _chosen(measure: Measure, name: str, asked: str, allowed: list[str]) -> str:
    """The name meant: "a" for order_a, "three" for three_band."""
    if asked in allowed:
        return asked
    for other in allowed:
        if other.startswith(asked) or asked.startswith(other):
            return other
        if other.endswith(f"_{asked}") or asked.endswith(f"_{other}"):
            return other
    raise AnalysisError(
        f"{measure.instrument} has no {name.replace('_', ' ')} of that name. "
        f"It has: {', '.join(dict.fromkeys(allowed))}."
    )


def _choices(measure: Measure) -> dict[str, list[str]]:
    """Names a context may choose from; an empty list where there is no choice."""
    sets = [bands for rule in measure.scores for bands in rule.band_sets]
    variants = [v.when for rule in measure.scores for v in rule.variants]
    orders = [*measure.reversal.orders]
    orders += [str(when["item_order"]) for when in variants if "item_order" in when]
    default = measure.context.get("item_order")
    return {
        "item_order": ([default] if default else []) + orders,
        "export": [n for e in exports_of(measure) for n in (e.name, *e.also) if n],
        "bands": [name for b in sets for name in (b.name, *b.also) if name],
        "informant": [str(b.when["informant"]) for b in sets if "informant" in b.when],
    }
