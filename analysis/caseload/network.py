"""Several sites' summaries as one report: network and site levels, nobody's rows.

Reads site summaries only (see summary). Each site keeps its own suppression: what a
site starred stays unknown here too, and no total over sites is printed that would give
it back, for totals are estimates over the sites that show a count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from analysis.caseload.records import OUTCOMES
from analysis.errors import AnalysisError
from analysis.methods.pooling import Pooled, logit_of, pool, share_of
from analysis.methods.rates import wilson
from analysis.records import Rate

# Variance that rounding to 5 adds to a count: a step of 5 has 25 / 12.
_ROUNDING = 25 / 12


@dataclass(frozen=True)
class SiteRate:
    """One outcome at one site or over the network.

    site: "" = the network. low, high: 95 %. Hidden at the site: rate is None.
    """

    outcome: str
    site: str
    programme: str | None
    rate: Rate | None
    share: float | None
    low: float | None
    high: float | None
    pooled: Pooled | None = None  # of the network, as log odds


@dataclass(frozen=True)
class SiteGain:
    """Mean gain on one scale, in points; site "" = the network."""

    label: str
    site: str
    n: int
    mean: float
    low: float
    high: float
    pooled: Pooled | None = None


@dataclass(frozen=True)
class Network:
    """A network's period: sites in order of their names, never of their rates."""

    since: date
    until: date
    rule: str
    sites: tuple[str, ...]
    started: Mapping[str, int | None]  # by site
    finished: Mapping[str, int | None]
    paired: Mapping[str, int | None]
    rates: tuple[SiteRate, ...]  # by outcome: the network, then sites
    by_programme: tuple[SiteRate, ...]  # reliable improvement, network level
    gains: tuple[SiteGain, ...]  # by scale: the network, then sites


def network_of(summaries: Sequence[Mapping[str, Any]], rule: str = "nhs") -> Network:
    """Put summaries of the same twelve months together.

    Raises AnalysisError without two sites, for two of one name or other months.
    """
    ordered = sorted(summaries, key=lambda one: str(one["site"]).casefold())
    _refuse(ordered)
    first = ordered[0]
    stages = {one["site"]: _whole(one["stages"]) for one in ordered}
    return Network(
        since=date.fromisoformat(first["since"]),
        until=max(date.fromisoformat(one["until"]) for one in ordered),
        rule=rule,
        sites=tuple(one["site"] for one in ordered),
        started={site: row["started"] for site, row in stages.items()},
        finished={site: row["finished"] for site, row in stages.items()},
        paired={site: row["paired"] for site, row in stages.items()},
        rates=tuple(r for name in OUTCOMES for r in _rates(ordered, name, rule)),
        by_programme=tuple(_programmes(ordered, rule)),
        gains=tuple(_gains(ordered)),
    )


def _refuse(ordered: Sequence[Mapping[str, Any]]) -> None:
    names = [one["site"] for one in ordered]
    if len(names) < 2:
        raise AnalysisError(
            "A network has two sites or more: name the folders or files of at least "
            "two site summaries."
        )
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise AnalysisError(
            f"Two summaries carry the name {twice[0]}. Leave one out, or give the "
            "practices different names in their settings."
        )
    if len({(one["since"], one["until"][:7]) for one in ordered}) > 1:
        raise AnalysisError(
            "The summaries are about different months. Make all of them with the same "
            "--month."
        )


def _whole(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    return next(row for row in rows if row["programme"] is None)


def _rates(
    ordered: Sequence[Mapping[str, Any]], outcome: str, rule: str
) -> list[SiteRate]:
    sites = [
        _site_rate(one["site"], row)
        for one in ordered
        for row in one["outcomes"]
        if (row["outcome"], row["rule"], row["programme"]) == (outcome, rule, None)
    ]
    return [_pooled_rate(outcome, None, sites), *sites]


def _programmes(ordered: Sequence[Mapping[str, Any]], rule: str) -> list[SiteRate]:
    name = "reliable_improvement"
    rows = [
        (one["site"], row)
        for one in ordered
        for row in one["outcomes"]
        if row["programme"] is not None
        and (row["outcome"], row["rule"]) == (name, rule)
    ]
    programmes = sorted({row["programme"] for _, row in rows}, key=str.casefold)
    return [
        _pooled_rate(
            name,
            programme,
            [_site_rate(s, row) for s, row in rows if row["programme"] == programme],
        )
        for programme in programmes
    ]


def _site_rate(site: str, row: Mapping[str, Any]) -> SiteRate:
    about = (row["outcome"], site, row["programme"])
    if row["count"] is None or not row["of"]:
        return SiteRate(*about, None, None, None, None)
    rate = Rate(row["count"], row["of"])
    low, high = wilson(rate.count, rate.of)
    return SiteRate(*about, rate, rate.value, float(low), float(high))


def _pooled_rate(
    outcome: str, programme: str | None, sites: Sequence[SiteRate]
) -> SiteRate:
    """Random effects over the sites that show a count, on the log odds."""
    shown = [one.rate for one in sites if one.rate is not None]
    found = [logit_of(rate.count, rate.of) for rate in shown]
    blurred = [
        variance + _ROUNDING * (1 / (rate.count + 0.5) ** 2)
        for (_, variance), rate in zip(found, shown, strict=True)
    ]
    pooled = pool([logit for logit, _ in found], blurred)
    if pooled is None:
        return SiteRate(outcome, "", programme, None, None, None, None)
    total = Rate(sum(r.count for r in shown), sum(r.of for r in shown))
    share, low, high = map(share_of, (pooled.estimate, pooled.low, pooled.high))
    return SiteRate(outcome, "", programme, total, share, low, high, pooled)


def _gains(ordered: Sequence[Mapping[str, Any]]) -> list[SiteGain]:
    rows = [(one["site"], row) for one in ordered for row in one["gains"]]
    scales = sorted({(row["label"], row["scale"]) for _, row in rows})
    made: list[SiteGain] = []
    for label, scale in scales:
        own = [(site, row) for site, row in rows if row["scale"] == scale]
        means, variances = zip(*(_mean_of(row) for _, row in own), strict=True)
        pooled = pool(means, variances)
        if pooled is None:
            continue
        n = sum(row["n"] for _, row in own)
        about = pooled.estimate, pooled.low, pooled.high
        made.append(SiteGain(label, "", n, *about, pooled))
        for (site, row), mean, variance in zip(own, means, variances, strict=True):
            reach = 1.959964 * variance**0.5
            made.append(
                SiteGain(label, site, row["n"], mean, mean - reach, mean + reach)
            )
    return made


def _mean_of(row: Mapping[str, Any]) -> tuple[float, float]:
    """Mean gain and its variance, from n, sum and sum of squares; rounding included.

    A mean in steps of s lies within half a step of the true one: variance s² / 12.
    Gain is a difference of two such means.
    """
    n = row["n"]
    mean = row["sum"] / n
    spread = (row["sum_of_squares"] - n * mean**2) / (n - 1)
    return mean, spread / n + 2 * row["step"] ** 2 / 12
