"""What must hold in every measure, shipped or a practice's own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analysis.measures.figures import Figure
from analysis.measures.record import Measure, ScoreRule

_ID = re.compile(r"[a-z][a-z0-9_]*")


def problems_in(measure: Measure) -> list[str]:
    """Contradictions in a measure, in words; [] when there are none."""
    found = [
        f"id {name!r} must be lower-case letters, digits and _"
        for name in [measure.id, *(rule.id for rule in measure.scores)]
        if not _ID.fullmatch(name)
    ]
    ids = [rule.id for rule in measure.scores]
    found += [f"score {name} stands twice" for name in sorted(_twice(ids))]
    found += _item_problems(measure)
    for rule in measure.scores:
        found += [f"score {rule.id}: {p}" for p in _score_problems(rule, measure)]
    if sum(rule.is_headline for rule in measure.scores) != 1:
        found.append("exactly one score must be the headline")
    if measure.usual_interval_days <= 0:
        found.append("usual_interval_days must be above 0")
    return [*found, *_source_problems(measure)]


def _twice(names: list[str]) -> set[str]:
    return {name for name in names if names.count(name) > 1}


def _item_problems(measure: Measure) -> Iterator[str]:
    known = measure.by_number
    used = {
        "reversed": measure.reversal.items,
        "orders": tuple(n for order in measure.reversal.orders.values() for n in order),
        "exports": tuple(n for export in measure.exports for n in export.recode),
        "risk": tuple(n for rule in measure.risks for n in rule.items),
        "algorithms": tuple(
            item
            for rule in measure.algorithms
            for condition in rule.conditions
            for item, _ in condition.any
        ),
        **{f"score {rule.id}": _items_of(rule) for rule in measure.scores},
    }
    for place, numbers in used.items():
        for number in sorted(set(numbers) - set(known)):
            yield f"{place} uses item {number}, which the form does not have"
    for item in measure.items:
        if not item.low < item.high:
            yield f"item {item.number}: min must be below max"


def _items_of(rule: ScoreRule) -> tuple[int, ...]:
    variants = [n for variant in rule.variants for n in variant.items]
    components = [
        number
        for part in rule.components
        for number in (part.given, *(n for p in part.parts for n in (p.item, *p.share)))
        if number
    ]
    return (*rule.items, *variants, *components)


def _score_problems(rule: ScoreRule, measure: Measure) -> Iterator[str]:
    if not rule.low < rule.high:
        yield "low must be below high"
    for bands in rule.band_sets:
        lows = [band.low for band in bands.bands]
        if lows != sorted(set(lows)) or not lows:
            yield "bands must rise, each with its own lowest score"
        elif lows[0] > rule.low or lows[-1] > rule.high:
            yield f"bands must cover {rule.low:g} to {rule.high:g}"
    for cutoff in rule.cutoffs:
        if not rule.low <= cutoff.cutoff.value <= rule.high:
            yield f"cut-off {cutoff.cutoff.id} lies outside {rule.low:g}-{rule.high:g}"
    for change in rule.reliable_changes:
        if not 0 < change.value < rule.high - rule.low:
            yield "reliable_change must be above 0 and within the scale"
    ids = {other.id for other in measure.scores}
    for name in sorted(set(rule.of) - ids):
        yield f"adds up {name}, which is no score of the measure"
    if rule.caseness_id and rule.caseness_id not in {c.cutoff.id for c in rule.cutoffs}:
        yield f"caseness {rule.caseness_id} is none of its cut-offs"
    if rule.method == "lookup" and not rule.table:
        yield "a lookup needs a table"


def _source_problems(measure: Measure) -> Iterator[str]:
    known = {source.key for source in measure.sources}
    for figure in figures_of(measure):
        for key in sorted(set(figure.sources) - known):
            yield f"source {key} is described nowhere; add [sources.{key}]"


def figures_of(measure: Measure) -> Iterator[Figure]:
    """Every figure of a measure that has to name its source."""
    yield from (measure.licence, measure.interval, measure.reversal)
    for rule in measure.scores:
        yield from (rule, rule.missing, *rule.band_sets, *rule.cutoffs)
        yield from (*rule.reliable_changes, *rule.reported)
    yield from (*measure.exports, *measure.algorithms, *measure.risks)
    yield from (*measure.texts, *measure.codes)
