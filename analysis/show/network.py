"""A network's report: what can be said, outcomes at network and site level, gains."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from analysis.blocks import (
    Cell,
    Head,
    Headline,
    Page,
    PageTitle,
    Paragraph,
    RateRow,
    Rates,
    Section,
    Table,
)
from analysis.caseload.network import Network, SiteGain, SiteRate
from analysis.caseload.records import OUTCOMES
from analysis.methods.pooling import Pooled, share_of
from analysis.wording import Wording, read_wording


def blocks(network: Network, locale: str, version: str) -> list[Any]:
    """The whole report as blocks, its Page first."""
    words = read_wording("lead", locale).at(network.until)
    return [_page(network, words, locale, version), *_body(network, words)]


def _page(network: Network, words: Wording, locale: str, version: str) -> Page:
    said = {"since": network.since, "until": network.until, "n": len(network.sites)}
    return Page(
        kind="caseload",
        title=words.sentence("network.title"),
        practice=words.sentence("network.name"),
        header=words.sentence("network.header", **said),
        footer_left=words.sentence("page.footer_left", **said),
        footer_right=words.sentence("page.footer_right", receipt="", version=version),
        language=words.language,
        region=locale.partition("_")[2] or "GB",
        is_confidential=False,
        page_word=words.sentence("page.word"),
    )


def _body(network: Network, words: Wording) -> Iterable[Any]:
    first = network.rates[0]
    key = "network.headline_none" if first.share is None else "network.headline"
    headline = words.sentence(key, share=first.share or 0.0, n=len(network.sites))
    yield Headline(headline, words.sentence("network.context"))
    yield Section(words.sentence("said.title"))
    yield _completeness(network, words)
    rule = words.term("rule", network.rule)
    yield Section(words.sentence("network.outcomes"), rule)
    yield _rates([r for r in network.rates if not r.site], words)
    yield _pooled(network, words)
    if network.by_programme:
        yield Section(words.sentence("outcome.by_programme"))
        yield _rates(network.by_programme, words)
    yield PageTitle(words.sentence("network.sites"), words.sentence("network.order"))
    for outcome in OUTCOMES:
        yield Section(words.term("outcome", outcome))
        yield _rates([r for r in network.rates if r.outcome == outcome], words)
    if network.gains:
        yield Section(words.sentence("network.gains"), words.sentence("network.points"))
        yield _gains(network.gains, words)
    yield Section(words.sentence("method.rules"))
    for name in ("pooled", "further", "kept"):
        yield Paragraph(words.sentence(f"network.method_{name}"), "fine")


def _completeness(network: Network, words: Wording) -> Table:
    names = ("site", "started", "finished", "paired")
    heads = tuple(
        Head(words.sentence(f"network.head_{name}"), "right" if number else "left")
        for number, name in enumerate(names)
    )
    counts = (network.started, network.finished, network.paired)
    rows = tuple(
        (Cell(site), *(Cell(_count(by.get(site), words)) for by in counts))
        for site in network.sites
    )
    return Table(heads, rows)


def _count(n: int | None, words: Wording) -> str:
    return words.sentence("said.hidden") if n is None else words.formats.number(n)


def _rates(rates: Iterable[SiteRate], words: Wording) -> Rates:
    return Rates(
        tuple(_row(rate, words) for rate in rates),
        heads=(
            words.sentence("outcome.heads_now"),
            words.sentence("outcome.heads_count"),
            "",
            "",
        ),
    )


def _row(rate: SiteRate, words: Wording) -> RateRow:
    label = rate.site or rate.programme or words.sentence("network.all")
    is_site = bool(rate.site)
    if not is_site and rate.programme is None:
        label = words.term("outcome", rate.outcome)
    if rate.share is None or rate.rate is None:
        return RateRow(
            label,
            *(None,) * 5,
            now=words.sentence("said.none"),
            count=words.sentence("said.hidden"),
            before="",
            nation="",
            is_small=is_site,
        )
    return RateRow(
        label,
        rate.share,
        rate.low,
        rate.high,
        None,
        None,
        now=words.formats.percent(rate.share),
        count=words.sentence("said.count", count=rate.rate.count, of=rate.rate.of),
        before="",
        nation="",
        is_small=is_site,
    )


def _pooled(network: Network, words: Wording) -> Table:
    """How sites differ: the interval in which a further one would lie."""
    names = ("outcome", "share", "interval", "further", "between")
    heads = tuple(Head(words.sentence(f"network.head_{name}")) for name in names)
    rows = tuple(
        _pooled_row(rate, rate.pooled, words)
        for rate in network.rates
        if not rate.site and rate.pooled is not None
    )
    return Table(heads, rows)


def _pooled_row(rate: SiteRate, pooled: Pooled, words: Wording) -> tuple[Cell, ...]:
    none = words.sentence("said.none")
    further = none
    if pooled.further_low is not None and pooled.further_high is not None:
        low, high = share_of(pooled.further_low), share_of(pooled.further_high)
        further = words.sentence("method.range", low=low, high=high)
    percent = words.formats.percent
    return (
        Cell(words.term("outcome", rate.outcome), is_strong=True),
        Cell(none if rate.share is None else percent(rate.share)),
        Cell(words.sentence("method.range", low=rate.low, high=rate.high)),
        Cell(further),
        Cell(none if pooled.further_low is None else percent(pooled.i2)),
    )


def _gains(gains: Iterable[SiteGain], words: Wording) -> Table:
    heads = (
        Head(words.sentence("outcome.effect_scale"), "left", 2.0),
        Head(words.sentence("network.head_site"), "left", 1.6),
        Head(words.sentence("outcome.effect_n"), "right", 0.6),
        Head(words.sentence("network.head_gain"), "right", 1.8),
    )
    rows, starts = [], []
    for number, one in enumerate(gains):
        if not one.site:
            starts.append(number)
        signed = words.formats.signed
        gain = words.sentence(
            "outcome.effect",
            value=signed(one.mean, 1),
            low=signed(one.low, 1),
            high=signed(one.high, 1),
        )
        rows.append(
            (
                Cell(one.label if not one.site else "", is_strong=True),
                Cell(one.site or words.sentence("network.all"), is_strong=not one.site),
                Cell(words.formats.number(one.n)),
                Cell(gain),
            )
        )
    return Table(heads, tuple(rows), tuple(starts))
