"""Worth a look, worth celebrating, and the questions both raise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from analysis.blocks import Look, Looks, Paragraph, Section, Wins
from analysis.records import Finding, Scale
from analysis.reports import ClientMonth
from analysis.reports.records import RiskHistory
from analysis.reports.wins import CHANGES
from analysis.show.room import LOOK_LETTERS, WIN_LETTERS, clipped
from analysis.wording import Wording, look, look_together, question, win

MOST_QUESTIONS = 3
# Tiles in one row leave more room on page one than tiles in two.
ONE_ROW = 5
MOST_LOOKS = {True: 3, False: 2}
MOST_WINS = {True: 4, False: 2}


def scale_of(report: ClientMonth, scale_id: str | None) -> Scale | None:
    """The scale a finding is about, if it is about one."""
    return None if scale_id is None else report.known_scales.get(scale_id)


def names_of(report: ClientMonth) -> dict[str, str]:
    """What measures are called, by id."""
    return {s.measure: s.instrument for s in report.known_scales.values()}


def worth_a_look(report: ClientMonth, words: Wording) -> Iterable[Any]:
    """What asks for attention, numbered, most pressing first."""
    title = words.sentence("section.look")
    items = _looks(report, words)
    if not items:
        yield Section(title)
        yield Paragraph(words.sentence("section.look_none"), "grey")
        return
    yield Section(title, words.sentence("section.look_note"))
    yield Looks(items)


def _looks(report: ClientMonth, words: Wording) -> tuple[Look, ...]:
    """One kind of finding on several scales is told as one; nothing is said twice."""
    items: list[Look] = []
    kinds: set[str] = set()
    for alike in _alike(looks(report), words)[: MOST_LOOKS[has_room(report)]]:
        kind = alike[0][0].kind
        item = _look(report, alike, words)
        same = item.evidence in {before.evidence for before in items}
        items.append(
            replace(
                item,
                title=clipped(item.title, LOOK_LETTERS),
                consider="" if kind in kinds else item.consider,
                evidence="" if same else item.evidence,
            )
        )
        kinds.add(kind)
    return tuple(items)


# The findings on one scale, the first standing for it.
Told = tuple[Finding, ...]


def _alike(about: Iterable[Told], words: Wording) -> list[list[Told]]:
    """Scales with one kind of finding together, in the order of the first."""
    groups: dict[str, list[Told]] = {}
    for number, told in enumerate(about):
        kind = told[0].kind
        is_shared = told[0].scale and words.has(f"look_together.{kind}.title")
        groups.setdefault(kind if is_shared else f"#{number}", []).append(told)
    return list(groups.values())


def _look(report: ClientMonth, alike: list[Told], words: Wording) -> Look:
    if len(alike) == 1:
        main, *others = alike[0]
        return look(
            words,
            main,
            scale_of(report, main.scale),
            until=report.until,
            names=names_of(report),
            others=others,
        )
    return look_together(
        words,
        [(told[0], report.known_scales[str(told[0].scale)]) for told in alike],
        until=report.until,
        others=[other for told in alike for other in told[1:]],
    )


# What the first finding on a scale already says.
_IMPLIED = {
    "deterioration": ("not_on_track", "sudden_loss"),
    "setback": ("sudden_loss", "not_on_track"),
    "early_dip": ("sudden_loss", "not_on_track"),
    "not_on_track": (),
}


def looks(report: ClientMonth) -> tuple[Told, ...]:
    """The findings of page one, most pressing first, those on one scale together.

    The first of each stands for its scale. The risk item has its own strip.
    """
    about: dict[str, list[Finding]] = {}
    for number, finding in enumerate(report.findings):
        if finding.kind == "risk_item" or words_omit(report, finding):
            continue
        told = about.setdefault(finding.scale or f"#{number}", [])
        if not told or finding.kind not in _IMPLIED.get(told[0].kind, ()):
            told.append(finding)
    return tuple(tuple(one) for one in about.values())


def strips(report: ClientMonth) -> list[RiskHistory]:
    """Risk items with a flag in this episode, or left blank at the latest time."""
    return [
        risk
        for risk in report.risks
        if "yes" in risk.flags or risk.flags[-1] == "unknown"
    ]


def has_room(report: ClientMonth) -> bool:
    """Whether page one holds one row of tiles and at most one risk strip."""
    return len(report.scales) <= ONE_ROW and len(strips(report)) < 2


def words_omit(report: ClientMonth, finding: Finding) -> bool:
    """Whether the reader is never told this kind of finding."""
    return finding.audience == "clinician" and report.audience == "client"


def worth_celebrating(report: ClientMonth, words: Wording) -> Iterable[Any]:
    """Wins with evidence and date; where there are none, what was kept up."""
    yield Section(words.sentence("section.win"))
    told = [
        win(
            words,
            finding,
            scale_of(report, finding.scale),
            until=report.until,
            names=names_of(report),
        )
        for finding in chosen_wins(report)
    ]
    items = tuple(replace(one, title=clipped(one.title, WIN_LETTERS)) for one in told)
    if items:
        yield Wins(items)
        return
    kept = report.check_ins_done
    key = "section.win_check_ins" if kept.done else "section.win_none"
    yield Paragraph(words.sentence(key, done=kept.done, of=kept.of), "grey")


def chosen_wins(report: ClientMonth) -> tuple[Finding, ...]:
    """The wins of page one: no more than half of them scores, where life has some."""
    most = MOST_WINS[has_room(report)]
    scores = [one for one in report.wins if one.kind in CHANGES]
    life = [one for one in report.wins if one.kind not in CHANGES]
    n_scores = max(most // 2, most - len(life))
    chosen = [*scores[:n_scores], *life][:most]
    return tuple(one for one in report.wins if one in chosen)


def questions_of(report: ClientMonth, words: Wording) -> list[str]:
    """Two to four open questions for the next session, from what was found."""
    asked: list[str] = []
    kinds: set[str] = set()
    for finding in (*report.findings, *report.wins):
        if words_omit(report, finding) or not words.has(f"question.{finding.kind}"):
            continue
        if finding.evidence.get("status") == "past":  # a flag of an earlier month
            continue
        kind = "change" if finding.kind in CHANGES else finding.kind
        if kind in kinds and kind != "small_win":
            continue
        kinds.add(kind)
        text = question(
            words,
            finding,
            scale_of(report, finding.scale),
            until=report.until,
            names=names_of(report),
        )
        if text not in asked:
            asked.append(text)
    general = words.sentence("question.general")
    most = MOST_QUESTIONS if has_room(report) else MOST_QUESTIONS - 1
    return [*asked, general] if len(asked) < most else asked[:most]
