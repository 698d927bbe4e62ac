"""One measure in words: what its file says, with how sure each figure is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from analysis.measures.context import exports_of
from analysis.measures.figures import (
    BandSet,
    Context,
    CutoffRule,
    Figure,
    Item,
    MissingRule,
    Reported,
)
from analysis.measures.record import Measure, ScoreRule
from analysis.records import Band


@dataclass(frozen=True)
class Section:
    """A heading and its lines."""

    title: str
    lines: tuple[str, ...]


_SKIPPED = {
    "complete_only": "every item has to be answered, else there is no score",
    "prorate": "up to {n} skipped: the mean of the answered items stands in{rounded}; "
    "more: no score",
    "fill_subscale_mean": "up to {n} skipped in the whole form: each becomes the "
    "rounded mean of its subscale; more: no score",
    "complete_subscales": "needs all its subscales",
    "blank_as_zero": "a blank counts 0; more than {n} blanks in the form: no score",
    "rated_goals_only": "goals rated at that review; the others are left out",
}
_BASIS = {
    "published": "published",
    "memory": "common rule",
    "registry-choice": "no published rule was found, this toolkit's choice",
}


def sections(measure: Measure) -> Iterator[Section]:
    """All there is to say about a measure, in the order of its page."""
    yield Section("About", tuple(_about(measure)))
    for rule in measure.scores:
        title = f"Score {measure.id}.{rule.id}: {rule.label}"
        yield Section(title, tuple(_score(rule, measure)))
    for title, lines in (
        ("Rules that are no sums", [_algorithm_line(r) for r in measure.algorithms]),
        ("Risk items", _risk_lines(measure)),
        ("Codes", _code_lines(measure)),
        ("Cautions", list(measure.cautions)),
        ("Published in", list(measure.citations)),
        ("Read in", [f"{s.key}: {s.what} ({s.where})" for s in measure.sources]),
    ):
        if lines:
            yield Section(title, tuple(lines))


def short_range(rule: ScoreRule) -> str:
    """Lowest to highest score."""
    return f"{rule.low:g}–{rule.high:g}"


def short_caseness(measure: Measure, rule: ScoreRule) -> str:
    """The cut-off that decides "is a case", or a dash."""
    cutoff = measure.caseness_of(rule)
    if cutoff is None:
        return "–"
    return f"{_SIGNS[cutoff.op]} {cutoff.value:g}{_doubt(cutoff.verified)}"


def short_reliable_change(rule: ScoreRule) -> str:
    """Points of reliable change, or a dash."""
    if not rule.reliable_changes:
        return "–"
    change = rule.reliable_changes[0]
    return f"{change.value:g}{_doubt(change.verified)}"


_SIGNS = {">=": "≥", ">": ">", "<=": "≤", "<": "<"}


def _doubt(verified: str) -> str:
    return "?" if verified == "memory" else ""


def _about(measure: Measure) -> Iterator[str]:
    for label, text in (
        ("For", measure.population),
        ("About", measure.domain),
        ("Recall", measure.recall),
        ("Role in NHS Talking Therapies", measure.nhs_role),
    ):
        if text:
            yield f"{label}: {text}"
    if measure.interval.text:
        yield (
            f"Usual interval: {measure.interval.text} ({measure.interval.sure}); "
            f"{measure.usual_interval_days} days are expected"
        )
    yield f"Items: {_items_line(measure)}"
    if measure.items_note:
        yield f"Note: {measure.items_note}"
    if measure.items and _is_common(measure):
        yield f"Skipped items: {_skipped(measure.headline.missing)}"
    if measure.reversal.items:
        yield from _reversal_lines(measure)
    for export in exports_of(measure):
        if export.note:
            yield f"Export {export.name!r}: {export.note}"
    if measure.context:
        yield f"Taken when nothing is said: {_when(measure.context)}"
    licence = measure.licence
    note = f". {licence.note}" if licence.note else ""
    yield (
        f"Licence: {licence.terms.replace('_', ' ')}; item text may be shipped: "
        f"{licence.ship_item_text}{note} {_proof(licence)}"
    )


def _is_common(measure: Measure) -> bool:
    """All scores share one rule for skipped items."""
    return all(rule.missing == measure.headline.missing for rule in measure.scores)


def _items_line(measure: Measure) -> str:
    if not measure.items:
        return "none here; totals are taken as exported"
    groups: dict[str, list[Item]] = {}
    for item in measure.items:
        groups.setdefault(_answers(item), []).append(item)
    parts = [f"{_numbers(items)} {answers}" for answers, items in groups.items()]
    more = "; one for each goal" if measure.is_open_ended else ""
    return "; ".join(parts) + more


def _answers(item: Item) -> str:
    if item.allowed:
        text = "take " + ", ".join(f"{answer:g}" for answer in item.allowed)
    else:
        step = "" if item.step == 1 else f" in steps of {item.step:g}"
        step = step if item.step else ", any number"
        text = f"take {item.low:g} to {item.high:g}{step}"
    about = f" ({item.text})" if item.text and item.is_extra else ""
    return text + about


def _numbers(items: list[Item]) -> str:
    if len(items) > 2 and items[-1].number - items[0].number == len(items) - 1:
        return f"{items[0].id} to {items[-1].id}"
    return ", ".join(item.id for item in items)


def _reversal_lines(measure: Measure) -> Iterator[str]:
    reversal = measure.reversal
    listed = ", ".join(str(number) for number in reversal.items)
    yield f"Reversed: {listed} {_proof(reversal)}"
    for name, items in reversal.orders.items():
        yield f"Reversed in {name}: {', '.join(str(number) for number in items)}"
    if reversal.note:
        yield f"Note: {reversal.note}"


def _score(rule: ScoreRule, measure: Measure) -> Iterator[str]:
    directions = {"better": "higher is better", "worse": "higher is worse"}
    direction = directions.get(rule.higher_is, "no good or bad side")
    yield f"{short_range(rule)}, {direction}; {_made(rule, measure)} {_proof(rule)}"
    if rule.note:
        yield f"Note: {rule.note}"
    if measure.items and not _is_common(measure):
        yield f"Skipped items: {_skipped(rule.missing)}"
    for bands in rule.band_sets:
        yield _bands_line(bands, rule)
    for cutoff in rule.cutoffs:
        yield _cutoff_line(cutoff, rule)
    for change in rule.reliable_changes:
        about = _about_figure(change)
        yield f"Reliable change: {change.value:g} points, {change.basis}{about}"
    for reported in rule.reported:
        yield _reported_line(reported)
    if rule.table:
        pairs = ", ".join(f"{k}: {v:g}" for k, v in rule.table.items())
        yield f"Table, raw sum to score: {pairs}"


def _made(rule: ScoreRule, measure: Measure) -> str:
    made = rule.method.replace("_", " ")
    if not measure.items:
        return "as exported"
    if rule.of:
        return " + ".join(rule.of)
    if not rule.items:
        return f"{made} of the goals rated"
    scored = [item.number for item in measure.items if not item.is_extra]
    if list(rule.items) == scored and len(scored) > 1:
        return f"{made} of all {len(scored)} items"
    ids = ", ".join(measure.by_number[number].id for number in rule.items)
    return f"the answer to {ids}" if len(rule.items) == 1 else f"{made} of items {ids}"


def _skipped(rule: MissingRule) -> str:
    rounded = ", rounded half up" if rule.round_half_up else ""
    text = _SKIPPED[rule.policy].format(n=rule.max_missing, rounded=rounded)
    basis = _BASIS[rule.basis]
    proof = f" {_proof(rule)}" if rule.basis != "registry-choice" else ""
    note = f" {rule.note}" if rule.note else ""
    return f"{text} ({basis}){proof}{note}"


def _bands_line(bands: BandSet, rule: ScoreRule) -> str:
    listed = ", ".join(
        f"{_band_range(bands.bands, n, rule)} {band.label}"
        for n, band in enumerate(bands.bands)
    )
    name = f" {bands.name.replace('_', ' ')}" if bands.name else ""
    return f"Bands{name}: {listed}{_about_figure(bands, bands.when)}"


def _band_range(bands: tuple[Band, ...], number: int, rule: ScoreRule) -> str:
    low = max(bands[number].low, rule.low)
    if number + 1 == len(bands):
        return f"{low:g}–{rule.high:g}" if low < rule.high else f"{low:g}"
    following = bands[number + 1].low
    if not (rule.step.is_integer() and following.is_integer()):
        return f"from {low:g} to below {following:g}"
    high = following - 1
    return f"{low:g}–{high:g}" if low < high else f"{low:g}"


def _cutoff_line(rule: CutoffRule, score: ScoreRule) -> str:
    cutoff = rule.cutoff
    case = ", decides who is a case" if cutoff.id == score.caseness_id else ""
    return (
        f"Cut-off {cutoff.id}: {_SIGNS[cutoff.op]} {cutoff.value:g}, "
        f"{cutoff.meaning}{case}{_about_figure(rule, rule.when)}"
    )


def _reported_line(figure: Reported) -> str:
    names = {
        "alpha": "Cronbach's alpha",
        "retest": "Retest correlation",
        "sd": "Standard deviation",
        "mean": "Mean",
    }
    name = names.get(figure.kind, figure.kind.capitalize())
    value = ""
    if figure.low is not None and figure.high is not None:
        is_one = figure.low == figure.high
        value = f"{figure.low:g}" if is_one else f"{figure.low:g} to {figure.high:g}"
    words = ", ".join(part for part in (value, figure.text) if part)
    return f"{name}: {words}{_about_figure(figure)}"


def _algorithm_line(rule: Figure) -> str:
    return f"{getattr(rule, 'id', '')}: {getattr(rule, 'rule', '')} {_proof(rule)}"


def _risk_lines(measure: Measure) -> list[str]:
    return [
        f"item {', '.join(str(n) for n in rule.items)} from answer {rule.at_least:g}: "
        f"{rule.meaning} {_proof(rule)}"
        for rule in measure.risks
    ]


def _code_lines(measure: Measure) -> list[str]:
    return [
        f"{code.system} {code.code}: {f'{code.kind} {code.target}'.strip()}"
        f"{_about_figure(code)}"
        for code in measure.codes
        if code.kind != "answer"
    ]


def _about_figure(figure: Figure, when: Context | None = None) -> str:
    parts = [f"when {_when(when)}" if when else "", figure.population, figure.note]
    told = "; ".join(part for part in parts if part)
    return f" ({told}) {_proof(figure)}" if told else f" {_proof(figure)}"


def _when(when: Context) -> str:
    def value(known: object) -> str:
        if isinstance(known, tuple):
            return f"{known[0]} to {known[1]}"
        return {True: "yes", False: "no"}.get(known, str(known))  # type: ignore[call-overload]

    return ", ".join(f"{k.replace('_', ' ')} {value(v)}" for k, v in when.items())


def _proof(figure: Figure) -> str:
    sources = f": {', '.join(figure.sources)}" if figure.sources else ""
    return f"[{figure.sure}{sources}]"
