"""The frozen record of one questionnaire: what its file says, ready for scoring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from analysis.measures.figures import (
    Algorithm,
    BandSet,
    Code,
    Component,
    Context,
    CutoffRule,
    Export,
    Figure,
    Item,
    Licence,
    MissingRule,
    ReliableChange,
    Reported,
    Reversal,
    RiskRule,
    Source,
    TextQuestion,
    Variant,
    applies,
)
from analysis.records import Band, Cutoff, Direction, Scale


@dataclass(frozen=True, kw_only=True)
class ScoreRule(Figure):
    """One score of a measure and how it comes about."""

    id: str
    label: str
    low: float
    high: float
    higher_is: Direction
    method: str = "sum"
    items: tuple[int, ...] = ()  # () with an open-ended form: every item there is
    of: tuple[str, ...] = ()  # scores it adds up
    table: Mapping[int, float] = field(default_factory=dict)  # raw sum to score
    standard_error: Mapping[int, float] = field(default_factory=dict)
    components: tuple[Component, ...] = ()
    variants: tuple[Variant, ...] = ()
    missing: MissingRule = field(default_factory=MissingRule)
    band_sets: tuple[BandSet, ...] = ()
    cutoffs: tuple[CutoffRule, ...] = ()
    caseness_id: str = ""  # the cut-off that decides "is a case"
    reliable_changes: tuple[ReliableChange, ...] = ()
    reported: tuple[Reported, ...] = ()
    step: float = 1.0
    is_headline: bool = False
    followed: bool = True
    signs: tuple[str, ...] = ()
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One questionnaire as published, with the source of every figure."""

    id: str
    name: str
    instrument: str  # short printed name: "PHQ-9"
    scores: tuple[ScoreRule, ...]
    items: tuple[Item, ...] = ()  # () where only totals are exported
    is_open_ended: bool = False  # one item for each goal there is
    has_total: bool = True  # False: no score speaks for the whole form
    purpose: str = "outcome"  # outcome, screen, alliance, goals, profile, check-in
    domain: str = ""
    population: str = ""
    recall: str = ""
    intro: str = ""  # words above the questions, where the licence allows it
    signs: tuple[str, ...] = ()
    usual_interval_days: int = 7
    interval: Reported = field(default_factory=lambda: Reported(kind="interval"))
    nhs_role: str = ""  # in NHS Talking Therapies (England)
    context: Context = field(default_factory=dict)  # taken when nothing else is said
    reversal: Reversal = field(default_factory=Reversal)
    exports: tuple[Export, ...] = ()
    algorithms: tuple[Algorithm, ...] = ()
    risks: tuple[RiskRule, ...] = ()
    texts: tuple[TextQuestion, ...] = ()
    codes: tuple[Code, ...] = ()
    licence: Licence = field(default_factory=Licence)
    cautions: tuple[str, ...] = ()
    citations: tuple[str, ...] = ()
    items_note: str = ""
    sources: tuple[Source, ...] = ()
    is_own: bool = False  # a practice's own file

    @cached_property
    def by_number(self) -> Mapping[int, Item]:
        """Item by number."""
        return {item.number: item for item in self.items}

    @cached_property
    def by_id(self) -> Mapping[str, Item]:
        """Item by its id in exports."""
        return {item.id.lower(): item for item in self.items}

    @property
    def headline(self) -> ScoreRule:
        """The score that stands for the measure."""
        return next(rule for rule in self.scores if rule.is_headline)

    @property
    def reversed_items(self) -> tuple[int, ...]:
        """Items scored the other way round, in the form's order of items."""
        order = self.context.get("item_order", "")
        return self.reversal.orders.get(order, self.reversal.items)

    def bands_of(self, rule: ScoreRule) -> tuple[Band, ...]:
        """The bands that hold in the measure's context; () where none does."""
        asked = self.context.get("bands")
        for bands in rule.band_sets:
            is_asked = asked in (None, bands.name) or asked in bands.also
            if is_asked and applies(bands.when, self.context):
                return () if rule.remark else bands.bands
        return ()

    def cutoffs_of(self, rule: ScoreRule) -> tuple[Cutoff, ...]:
        """The cut-offs that hold in the measure's context."""
        if rule.remark:
            return ()
        held = (c for c in rule.cutoffs if applies(c.when, self.context))
        return tuple(c.cutoff for c in held)

    def caseness_of(self, rule: ScoreRule) -> Cutoff | None:
        """The cut-off that decides "is a case"; None where none holds."""
        for cutoff in self.cutoffs_of(rule):
            if cutoff.id == rule.caseness_id:
                return cutoff
        return None

    @property
    def scales(self) -> tuple[Scale, ...]:
        """The scores as scales a client is followed on, in the measure's context."""
        return tuple(self._scale(rule) for rule in self.scores)

    def _scale(self, rule: ScoreRule) -> Scale:
        change = rule.reliable_changes[0] if rule.reliable_changes else None
        return Scale(
            id=f"{self.id}.{rule.id}".lower(),
            measure=self.id,
            label=rule.label,
            instrument=self.instrument,
            low=rule.low,
            high=rule.high,
            higher_is=rule.higher_is,
            bands=self.bands_of(rule),
            caseness=self.caseness_of(rule),
            reliable_change=change.value if change else None,
            reliable_change_source=change.printed if change else "",
            usual_interval_days=self.usual_interval_days,
            step=rule.step,
            is_headline=rule.is_headline,
            followed=rule.followed,
        )
