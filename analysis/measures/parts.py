"""Sections of a measure file to the records they stand for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from analysis.measures import figures
from analysis.measures.record import ScoreRule
from analysis.records import Band, Cutoff, Direction

Raw = Mapping[str, Any]

# Points of one step of a sum, or of a mean, by method; of the table for a lookup.
_FACTORS = {"sum_x2": 2.0, "sum_x4": 4.0, "mean_x10": 10.0}
_MEANS = ("mean", "mean_unreversed", "mean_x10", "mean_of_rated")
_TENTHS = ("lookup", "goal_attainment")  # printed with one decimal


def named(raw: Raw, *names: str) -> dict[str, Any]:
    """Those of the keys that the section has."""
    return {name: raw[name] for name in names if name in raw}


def figure_of(raw: Raw) -> dict[str, Any]:
    """How sure a figure is and where it was read."""
    figure = named(raw, "verified", "population", "note")
    return {**figure, "sources": tuple(raw.get("sources", ()))}


def context_of(raw: Raw) -> dict[str, Any]:
    """A context; [low, high] is a range."""
    return {k: tuple(v) if isinstance(v, list) else v for k, v in raw.items()}


def items_of(raw: Raw) -> tuple[figures.Item, ...]:
    """The questions: numbered ones, then those that are special."""
    low, high, step = raw.get("min", 0), raw.get("max", 0), raw.get("step", 1)
    plain = {
        number: figures.Item(number, str(number), float(low), float(high), float(step))
        for number in range(1, raw.get("count", int(raw.get("open_ended", False))) + 1)
    }
    for part in raw.get("special", ()):
        numbers = part["numbers"]
        for number, name in zip(numbers, part.get("ids", numbers), strict=True):
            plain[number] = _special(part, raw, number, str(name))
    return tuple(plain.values())


def _special(part: Raw, raw: Raw, number: int, name: str) -> figures.Item:
    allowed = tuple(float(answer) for answer in part.get("allowed", ()))
    low = part.get("min", min(allowed, default=raw.get("min", 0)))
    high = part.get("max", max(allowed, default=raw.get("max", 0)))
    return figures.Item(
        number=number,
        id=name,
        low=float(low),
        high=float(high),
        step=float(part.get("step", 1)),
        allowed=allowed,
        labels=tuple(part.get("labels", ())),
        **named(part, "is_extra", "text", "low_label", "high_label", "not_applicable"),
    )


def score_of(
    raw: Raw, items: tuple[figures.Item, ...], default: Raw, headline: str
) -> ScoreRule:
    """One score; `default` is the missing rule of the whole file."""
    scored = tuple(item.number for item in items if not item.is_extra)
    method = raw.get("method", "sum")
    used = tuple(raw.get("items", scored))
    is_open = method in ("mean_of_rated", "goal_attainment")
    cutoffs = tuple(_cutoff(part) for part in raw.get("cutoffs", ()))
    reported = [
        reported_of(part, name.replace("_", " "))
        for name in ("important_change", "reliability")
        for part in raw.get(name, ())
    ]
    return ScoreRule(
        id=raw["id"],
        label=raw["label"],
        low=float(raw["low"]),
        high=float(raw["high"]),
        higher_is=cast(Direction, raw["higher_is"]),
        method=method,
        items=() if is_open else used,
        of=tuple(raw.get("of", ())),
        table={int(key): float(value) for key, value in raw.get("table", ())},
        standard_error={int(k): float(v) for k, v in raw.get("standard_error", ())},
        components=tuple(_component(part) for part in raw.get("components", ())),
        variants=tuple(_variant(part) for part in raw.get("variants", ())),
        missing=_missing(raw.get("missing", default)),
        band_sets=tuple(_bands(part) for part in raw.get("bands", ())),
        cutoffs=cutoffs,
        caseness_id=raw.get("caseness", _caseness(cutoffs)),
        reliable_changes=tuple(
            figures.ReliableChange(
                value=float(part["value"]), basis=part["basis"], **figure_of(part)
            )
            for part in raw.get("reliable_change", ())
        ),
        reported=tuple(reported),
        step=_step(method, used, items),
        is_headline=raw["id"] == headline,
        signs=tuple(raw.get("signs", ())),
        **named(raw, "followed"),
        **figure_of(raw),
    )


def _caseness(cutoffs: tuple[figures.CutoffRule, ...]) -> str:
    """NHS Talking Therapies caseness where there is one, else the first cut-off."""
    ids = [rule.cutoff.id for rule in cutoffs]
    return "nhs_caseness" if "nhs_caseness" in ids else ids[0] if ids else ""


def _step(method: str, used: tuple[int, ...], items: tuple[figures.Item, ...]) -> float:
    steps = [item.step for item in items if item.number in used and item.step]
    if method in _TENTHS:
        return 0.1
    step = min(steps, default=1.0) * _FACTORS.get(method, 1.0)
    return step / len(used) if method in _MEANS and used else step


def _cutoff(raw: Raw) -> figures.CutoffRule:
    figure = figure_of(raw)
    cutoff = Cutoff(
        id=raw["id"],
        value=float(raw["value"]),
        op=raw["op"],
        meaning=raw["meaning"],
        verified=figure.get("verified", "memory"),
    )
    return figures.CutoffRule(
        cutoff=cutoff, when=context_of(raw.get("when", {})), **figure
    )


def _bands(raw: Raw) -> figures.BandSet:
    return figures.BandSet(
        bands=tuple(Band(float(low), label) for low, label in raw["list"]),
        name=raw.get("name", ""),
        also=tuple(raw.get("also", ())),
        when=context_of(raw.get("when", {})),
        **figure_of(raw),
    )


def _missing(raw: Raw) -> figures.MissingRule:
    rule = named(raw, "policy", "max_missing", "round_half_up", "basis")
    return figures.MissingRule(**rule, **figure_of(raw))


def reported_of(raw: Raw, kind: str) -> figures.Reported:
    """A figure that is printed only."""
    low, high = raw.get("low", raw.get("value")), raw.get("high", raw.get("value"))
    words = (raw.get("text", ""), raw.get("meaning", ""))
    return figures.Reported(
        kind=raw.get("kind", kind),
        low=None if low is None else float(low),
        high=None if high is None else float(high),
        text="; ".join(word for word in words if word),
        **figure_of(raw),
    )


def _component(raw: Raw) -> figures.Component:
    parts = tuple(
        figures.Part(
            item=part.get("item", 0),
            share=tuple(part.get("share", ())),
            points=_limits(part.get("points", ())),
        )
        for part in raw["parts"]
    )
    return figures.Component(raw["id"], raw["given"], parts, _limits(raw.get("points")))


def _limits(raw: Any) -> tuple[tuple[str, float], ...]:
    return tuple((op, float(value)) for op, value in raw or ())


def _variant(raw: Raw) -> figures.Variant:
    return figures.Variant(
        when=context_of(raw["when"]),
        items=tuple(raw.get("items", ())),
        high=float(raw["high"]) if "high" in raw else None,
        components=tuple(_component(part) for part in raw.get("components", ())),
        remark=raw.get("remark", ""),
    )


def reversal_of(raw: Raw) -> figures.Reversal:
    """Reversed items."""
    orders = {name: tuple(items) for name, items in raw.get("orders", {}).items()}
    return figures.Reversal(
        items=tuple(raw.get("items", ())), orders=orders, **figure_of(raw)
    )


def export_of(raw: Raw) -> figures.Export:
    """One way of exporting."""
    return figures.Export(
        name=raw["name"],
        also=tuple(raw.get("also", ())),
        recode=tuple(raw.get("recode", ())),
        add=float(raw.get("add", 0)),
        **figure_of(raw),
    )


def algorithm_of(raw: Raw) -> figures.Algorithm:
    """One rule that is no sum."""
    conditions = tuple(
        figures.Condition(
            any=tuple((int(item), float(answer)) for item, answer in part["any"]),
            least=part["least"],
            most=part.get("most"),
        )
        for part in raw["conditions"]
    )
    return figures.Algorithm(
        id=raw["id"], rule=raw["rule"], conditions=conditions, **figure_of(raw)
    )


def risk_of(raw: Raw) -> figures.RiskRule:
    """Risk items of one kind."""
    return figures.RiskRule(
        items=tuple(raw["items"]),
        at_least=float(raw["at_least"]),
        meaning=raw["meaning"],
        about=raw.get("about", ""),
        **figure_of(raw),
    )


def text_of(raw: Raw) -> figures.TextQuestion:
    """A question answered in words."""
    return figures.TextQuestion(
        id=raw["id"],
        text=raw["text"],
        number=raw.get("number"),
        signs=tuple(raw.get("signs", ())),
        show_if=raw.get("show_if", ""),
        **figure_of(raw),
    )


def licence_of(raw: Raw) -> figures.Licence:
    """What may be done with the questionnaire."""
    return figures.Licence(
        terms=raw.get("class", "unknown"),
        ship_item_text=raw.get("ship_item_text", "no"),
        **figure_of(raw),
    )


def code_of(raw: Raw) -> figures.Code:
    """One code."""
    return figures.Code(
        system=raw["system"],
        kind=raw["kind"],
        code=raw["code"],
        target=raw.get("target", ""),
        **figure_of(raw),
    )
