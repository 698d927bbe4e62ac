"""The parts of a measure: figures, each with where it was read and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from analysis.records import Band, Cutoff

# How sure a figure is, as it is printed beside the figure.
SURE = {
    "two-sources": "read in two sources",
    "one-source": "read in one source",
    "memory": "unverified",
    "own": "of this project",
}

# What scoring may have to know beside the answers: value by name (see context.py).
Context = Mapping[str, Any]


def applies(when: Context, context: Context) -> bool:
    """Whether a figure given for `when` holds in the context; unknown is no."""
    return all(_fits(wanted, context.get(name)) for name, wanted in when.items())


def _fits(wanted: Any, known: Any) -> bool:
    if isinstance(wanted, tuple):
        return known is not None and wanted[0] <= known <= wanted[1]
    return bool(known == wanted)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """Anything a source says: where it was read and how sure it is."""

    verified: str = "memory"  # a key of SURE
    sources: tuple[str, ...] = ()  # keys of Measure.sources
    population: str = ""
    note: str = ""

    @property
    def sure(self) -> str:
        """How sure the figure is, in words to print."""
        return SURE[self.verified]


@dataclass(frozen=True)
class Source:
    """Something that was opened and read."""

    key: str
    what: str
    where: str


@dataclass(frozen=True)
class Item:
    """One question: which raw answers it allows, as printed on the form."""

    number: int
    id: str  # as in the columns of exports: phq9_<id>
    low: float
    high: float
    step: float = 1.0  # 0: any number in between
    allowed: tuple[float, ...] = ()  # () means every step from low to high
    is_extra: bool = False  # asked, but no score uses it
    text: str = ""  # only where the licence allows it, or what it is about
    low_label: str = ""
    high_label: str = ""
    labels: tuple[str, ...] = ()  # one for each allowed answer
    not_applicable: str = ""  # words for an answer that counts as missing


@dataclass(frozen=True, kw_only=True)
class BandSet(Figure):
    """One published set of bands, for whom it holds."""

    bands: tuple[Band, ...]
    name: str = ""
    also: tuple[str, ...] = ()  # other names it is asked for by
    when: Context = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class CutoffRule(Figure):
    """A published threshold, for whom it holds."""

    cutoff: Cutoff
    when: Context = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ReliableChange(Figure):
    """Published points that are more than measurement error (inclusive)."""

    value: float
    basis: str

    @property
    def printed(self) -> str:
        """What stands beside every judgement made with it."""
        return f"{self.basis}, {self.sure}"


@dataclass(frozen=True, kw_only=True)
class Reported(Figure):
    """A figure that is printed only: reliability, change that matters to people."""

    kind: str
    low: float | None = None
    high: float | None = None  # equal to low for a single value
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class MissingRule(Figure):
    """What skipped items do to a score."""

    policy: str = "complete_only"
    max_missing: int = 0
    round_half_up: bool = False
    basis: str = "registry-choice"  # published, memory, registry-choice


@dataclass(frozen=True)
class Part:
    """One addend of a component: an answer, or hours slept as share of hours in bed."""

    item: int = 0
    share: tuple[int, ...] = ()  # items: hours slept, went to bed, got up
    points: tuple[tuple[str, float], ...] = ()  # one point for each that holds


@dataclass(frozen=True)
class Component:
    """One component of a score: parts added up, then turned into points."""

    id: str
    given: int  # number of the item an export uses for the finished component
    parts: tuple[Part, ...]
    points: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Variant:
    """What a score is instead, in a certain context."""

    when: Context
    items: tuple[int, ...] = ()
    high: float | None = None
    components: tuple[Component, ...] = ()
    remark: str = ""  # printed with the score; such a score is not judged


@dataclass(frozen=True)
class Condition:
    """So many of these items have to reach their answer."""

    any: tuple[tuple[int, float], ...]  # item, answer from which it counts
    least: int
    most: int | None = None


@dataclass(frozen=True, kw_only=True)
class Algorithm(Figure):
    """A published rule that is no sum; all its conditions have to hold."""

    id: str
    rule: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, kw_only=True)
class RiskRule(Figure):
    """Items that raise a flag from a raw answer on."""

    items: tuple[int, ...]
    at_least: float
    meaning: str
    about: str = ""  # "others" where the risk is to others


@dataclass(frozen=True, kw_only=True)
class Reversal(Figure):
    """Items scored the other way round: lowest plus highest answer minus answer."""

    items: tuple[int, ...] = ()
    orders: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Export(Figure):
    """A way in which exports hold other numbers than the printed form."""

    name: str
    also: tuple[str, ...] = ()
    recode: tuple[int, ...] = ()  # items exported the other way round
    add: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Code(Figure):
    """A code of LOINC or SNOMED CT; `target` is a score id, item number or answer."""

    system: str
    kind: str  # panel, score, item, answer, unclear
    code: str
    target: str = ""


@dataclass(frozen=True, kw_only=True)
class Licence(Figure):
    """What may be done with the questionnaire."""

    terms: str = "unknown"
    ship_item_text: str = "no"

    @property
    def may_ship_item_text(self) -> bool:
        """The facts say yes without any "check" or "only"."""
        return self.ship_item_text.startswith("yes")


@dataclass(frozen=True, kw_only=True)
class TextQuestion(Figure):
    """A question answered in words: kept as a note, never scored."""

    id: str
    text: str
    number: int | None = None
    signs: tuple[str, ...] = ()
    show_if: str = ""
