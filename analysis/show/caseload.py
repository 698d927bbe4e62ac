"""The practice lead's first page: what can be said at all, and outcomes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from analysis.blocks import (
    Bar,
    Bars,
    Cell,
    Contents,
    Head,
    Headline,
    Page,
    Paragraph,
    RateRow,
    Rates,
    Section,
    Space,
    Table,
)
from analysis.caseload.records import OutcomeRate, Stages
from analysis.records import Rate
from analysis.reports import CaseloadReport
from analysis.reports.identity import page_look
from analysis.wording import Wording, read_wording

_MARKS: dict[str, Literal["disc", "square", "diamond"]] = {
    "no_reliable_change": "square",
    "reliable_deterioration": "diamond",
}


def words_for(report: CaseloadReport) -> Wording:
    """The lead's sentences; dates of the report's year without the year."""
    locale = report.settings.practice.locale
    return read_wording("lead", locale).at(report.period.until)


def page_of(report: CaseloadReport, words: Wording) -> Page:
    """Header and footer of every page."""
    practice, period = report.settings.practice, report.period
    said = {
        "practice": practice.name,
        "since": period.since,
        "until": period.until,
        "programme": period.programme or "",
        "version": report.version,
        "receipt": report.receipt,
    }
    return Page(
        kind="caseload",
        title=words.sentence("page.title", **said),
        practice=practice.name,
        header=words.sentence("page.header", **said),
        footer_left=words.sentence("page.footer_left", **said),
        footer_right=words.sentence("page.footer_right", **said),
        language=words.language,
        region=practice.locale.partition("_")[2] or "GB",
        paper="Letter" if practice.paper == "Letter" else "A4",
        is_confidential=not period.is_shared,
        is_demo=report.is_demo,
        logo_svg=report.logo_svg,
        **page_look(report.settings),
        page_word=words.sentence("page.word"),
    )


def outcomes(report: CaseloadReport, words: Wording) -> Iterable[Any]:
    """Headline, completeness and outcomes: page one."""
    yield Headline(_headline(report, words), " ".join(_plain(report, words)))
    yield from _what_can_be_said(report, words)
    yield Space()
    yield from _outcomes(report, words)
    yield Contents(words.sentence("method.contents"), tuple(_later(report, words)))


def _later(report: CaseloadReport, words: Wording) -> Iterable[str]:
    """What the later pages are about: those with a title of their own."""
    period = report.period
    drawn = any(len(funnel.points) for funnel in period.funnels)
    parts = {
        "watch": period.watch.is_known,
        "time": True,
        "fair": drawn,
        "signs": True,
        "method": True,
    }
    for name, has_title in parts.items():
        if has_title:
            yield words.sentence(f"contents.{name}")


# --- headline and its lines -----------------------------------------------------------


def _headline(report: CaseloadReport, words: Wording) -> str:
    period = report.period
    improved = period.outcome("reliable_improvement")
    share = None if improved.rate is None else improved.rate.value
    if improved.rate is None:
        outcome = words.sentence("headline.hidden")
    elif share is None:
        outcome = words.sentence("headline.nothing")
    elif improved.is_small:
        outcome = words.sentence(
            "headline.few", count=improved.rate.count, of=improved.rate.of
        )
    else:
        verdict = _against(improved, is_same=_same_rule(report))
        outcome = words.sentence("headline.outcome", share=share, verdict=verdict)
    if period.is_shared:
        return words.sentence("headline.shared", outcome=outcome)
    watch = words.sentence(
        "headline.watch", flagged=period.watch.n_flagged, open=period.watch.n_open
    )
    return words.sentence("headline.joined", outcome=outcome, watch=watch)


def _against(rate: OutcomeRate, *, is_same: bool) -> str | None:
    """Where England's share lies against the interval of ours, by the same rule."""
    if rate.reference is None or rate.low is None or rate.high is None or not is_same:
        return None
    if rate.reference < rate.low:
        return "above"
    return "below" if rate.reference > rate.high else "close"


def _same_rule(report: CaseloadReport) -> bool:
    """Whether England's figures were counted as ours are."""
    return report.period.rule.id == report.period.reference.rule


def _plain(report: CaseloadReport, words: Wording) -> Iterable[str]:
    period = report.period
    known = [rate for rate in period.outcomes if rate.low is not None]
    is_whole = len(known) == len(period.outcomes)
    if known and is_whole and not any(rate.is_small for rate in known):
        apart = [
            words.term("outcome", rate.outcome).lower()
            for rate in known
            if _against(rate, is_same=True) in ("above", "below")
        ]
        key = "some_differ" if apart else "all_close"
        if not _same_rule(report):
            key = "no_reference"
        yield words.sentence(f"plain.{key}", names=apart)
    yield from _against_before(period.outcomes, words)
    missing = _missing_most(period.stages_by_programme)
    if missing is not None and missing.unpaired:
        yield words.sentence(
            "plain.missing_most",
            programme=missing.programme or words.sentence("said.no_programme"),
            missing=missing.unpaired,
            of=missing.finished,
        )
    if period.is_shared:
        yield words.sentence("plain.shared", to=period.counts_rounded_to)
    if report.viewer:
        name = report.settings.clinician_name(report.viewer)
        yield words.sentence("plain.own_view", name=name)


def _against_before(rates: Sequence[OutcomeRate], words: Wording) -> Iterable[str]:
    """What changed since the year before, where both years have enough courses."""
    known = [rate for rate in rates if rate.since_before is not None]
    if not known:
        return
    moved = [
        words.term("outcome", rate.outcome).lower()
        for rate in known
        if rate.since_before and not rate.since_before[0] <= 0 <= rate.since_before[1]
    ]
    if moved:
        yield words.sentence("plain.year_before_beyond", names=moved)
    else:
        yield words.sentence("plain.year_before_within")


def _missing_most(stages: Sequence[Stages]) -> Stages | None:
    known = [s for s in stages if s.unpaired is not None and s.finished]
    return max(known, key=lambda s: (s.unpaired or 0) / (s.finished or 1), default=None)


# --- what can be said at all ----------------------------------------------------------


def _what_can_be_said(report: CaseloadReport, words: Wording) -> Iterable[Any]:
    period = report.period
    note = words.sentence("said.note", since=period.since, until=period.until)
    yield Section(words.sentence("said.title"), note)
    if period.stages.referred is not None:
        yield Bars(tuple(_bars(period.stages, words)))
    yield Paragraph(" ".join(_judged(period.stages, words)), "strong")
    if len(period.stages_by_programme) > 1:
        yield _by_programme(period.stages_by_programme, words)


def _bars(stages: Stages, words: Wording) -> Iterable[Bar]:
    lost = (stages.unpaired or 0) / stages.finished if stages.finished else 0.0
    notes = {
        "referred": "",
        "started": _loss(words, "not_started", n=stages.did_not_start),
        "finished": _loss(
            words, "open_or_left", open=stages.still_open, left=stages.left_early
        ),
        "paired": _loss(words, "unpaired", n=stages.unpaired, share=lost),
    }
    for name, note in notes.items():
        count = getattr(stages, name)
        if count is not None:
            label = words.sentence(f"said.{name}")
            yield Bar(count, label, note, is_news=name == "paired")


def _loss(words: Wording, key: str, **counts: float | None) -> str:
    """What was lost before a bar, in words; a star where a count is hidden."""
    if None in counts.values():
        return words.sentence("said.hidden")
    return words.sentence(f"said.{key}", **counts)


def _judged(stages: Stages, words: Wording) -> Iterable[str]:
    for key, rate in (("judged", stages.judged), ("recent", stages.recent)):
        if rate is None:
            continue
        if rate.value is None:
            yield words.sentence(f"said.{key}_none")
        else:
            yield words.sentence(
                f"said.{key}", share=rate.value, count=rate.count, of=rate.of
            )


def _by_programme(stages: Sequence[Stages], words: Wording) -> Table:
    heads = (
        Head(words.sentence("said.head_programme"), "left", 2.4),
        Head(words.sentence("said.head_judged"), "left", 2.0),
        Head("", "right", 0.7),
        Head(words.sentence("said.head_recent"), "left", 2.0),
        Head("", "right", 0.7),
    )
    rows = tuple(
        (
            Cell(one.programme or words.sentence("said.no_programme")),
            *_rate_cells(one.judged, words),
            *_rate_cells(one.recent, words),
        )
        for one in stages
    )
    return Table(heads, rows)


def _rate_cells(rate: Rate | None, words: Wording) -> tuple[Cell, Cell]:
    if rate is None:
        return Cell(words.sentence("said.hidden")), Cell(words.sentence("said.hidden"))
    if rate.value is None:
        return Cell(words.sentence("said.none")), Cell(words.sentence("said.none"))
    counted = words.sentence("said.count", count=rate.count, of=rate.of)
    share = words.formats.percent(rate.value)
    return Cell(counted, bar=rate.value), Cell(share, is_strong=True)


# --- outcomes ------------------------------------------------------------------------


def _outcomes(report: CaseloadReport, words: Wording) -> Iterable[Any]:
    period = report.period
    rule = words.term("rule", period.rule.id)
    note = ""
    if period.stages.paired is not None:
        note = words.sentence("outcome.note", n=period.stages.paired, rule=rule)
    yield Section(words.sentence("outcome.title"), note)
    rows = [_rate_row(rate, report, words) for rate in period.outcomes]
    small = [
        _rate_row(rate, report, words, is_small=True)
        for rate in period.outcomes_by_programme
        if rate.outcome == "reliable_improvement" and len(period.programmes) > 1
    ]
    if small:
        rows += [_group_row(words), *small]
    reading = [words.sentence("outcome.read")]
    recovery = period.outcome("recovery").rate
    if recovery is not None:
        reading.append(words.sentence("outcome.recovery_base", n=recovery.of))
    reference = period.reference
    if any(rate.reference is not None for rate in period.outcomes):
        reading.append(
            words.sentence(
                "outcome.reference", name=reference.name, source=reference.source
            )
        )
        if not _same_rule(report):
            rule = words.term("rule", reference.rule)
            reading.append(words.sentence("outcome.reference_rule", rule=rule))
    yield Rates(
        tuple(rows),
        heads=(
            words.sentence("outcome.heads_now"),
            words.sentence("outcome.heads_count"),
            words.sentence("outcome.heads_before"),
            words.sentence("outcome.heads_nation"),
        ),
        nation_word=words.sentence("outcome.nation"),
        before_word=words.sentence("outcome.before"),
        note=" ".join(reading),
    )


def _group_row(words: Wording) -> RateRow:
    """The head above the programmes."""
    return RateRow(
        words.sentence("outcome.by_programme"),
        *(None,) * 5,
        now="",
        count=words.sentence("outcome.by_programme_note"),
        before="",
        nation="",
        is_small=True,
        is_head=True,
    )


def _rate_row(
    rate: OutcomeRate, report: CaseloadReport, words: Wording, is_small: bool = False
) -> RateRow:
    label = words.term("outcome", rate.outcome)
    if rate.programme is not None:
        label = rate.programme or words.sentence("said.no_programme")
    none = words.sentence("said.none")
    # the practice's own totals are printed with their interval however few they are;
    # groups within it only from the least number on
    is_hidden = rate.is_small and (rate.programme is not None or report.is_shared)
    if rate.rate is None or is_hidden or rate.rate.value is None:
        least = report.settings.thresholds.suppress_rates_below
        why = words.sentence("outcome.too_few", least=least)
        if rate.rate is None:
            why = words.sentence("said.hidden")
        return RateRow(
            label, None, None, None, None, None, none, why, is_small=is_small
        )
    # a year of a few courses is no year to compare with
    before = None
    if rate.since_before is not None and rate.year_before is not None:
        before = rate.year_before.value
    percent = words.formats.percent
    return RateRow(
        label=label,
        value=rate.rate.value,
        low=rate.low,
        high=rate.high,
        worst=rate.worst,
        best=rate.best,
        now=percent(rate.rate.value),
        count=words.sentence("said.count", count=rate.rate.count, of=rate.rate.of),
        before_value=before,
        before=none if before is None else percent(before),
        nation_value=rate.reference,
        nation=none
        if rate.reference is None
        else words.formats.number(rate.reference * 100, 1),
        mark=_MARKS.get(rate.outcome, "disc"),
        is_small=is_small,
    )
