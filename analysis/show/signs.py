"""The ten signs of progress as rows, and where they agree or part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from analysis.blocks import PageTitle, Picture, SignRow, SignTable, Status
from analysis.charts import line_picture
from analysis.reports import ClientMonth
from analysis.reports.records import SignFacts
from analysis.show.room import EVIDENCE_LETTERS, clipped
from analysis.wording import Wording, label, status

# Evidence older than this is printed as old: a month without news.
OLD_DAYS = 42
_MOST_PARTS = 2
# More than two lines of it are half a sentence no more.
_MOST_LETTERS = 66


def blocks(report: ClientMonth, words: Wording) -> Iterable[Any]:
    """Title with the count, where signs agree or part, and the table."""
    ten = [sign for sign in report.signs if sign.id != "goals"]
    if not ten:
        return
    moving = sum(sign.direction == "moving" for sign in ten)
    yield PageTitle(
        words.sentence("signs.title", moving=moving, n=len(ten)),
        agreement_line(report, words),
    )
    yield SignTable(
        heads=(
            words.sentence("signs.heads_direction"),
            words.sentence("signs.heads_sign"),
            words.sentence("signs.heads_strength"),
            words.sentence("signs.heads_spark", since=report.episode.started_on),
            words.sentence("signs.heads_evidence"),
            words.sentence("signs.heads_latest"),
        ),
        rows=tuple(_row(report, sign, words) for sign in ten),
    )


def agreement_line(report: ClientMonth, words: Wording) -> str:
    """One sentence on where the signs agree or part."""
    found = report.agreement
    names = {
        direction: [
            words.term("sign_short", str(sign)) for sign in found.get(direction, ())
        ]
        for direction in ("moving", "steady", "slipping")
    }
    known = [direction for direction, signs in names.items() if signs]
    if sum(len(signs) for signs in names.values()) < 2:
        key = "too_few"
    elif len(known) == 1:
        key = f"agree_{known[0]}"
    elif len(known) == 3:
        key = "all_three"
    else:
        key = "_".join(known)
    return words.sentence(f"signs.agreement.{key}", **names)


def _row(report: ClientMonth, sign: SignFacts, words: Wording) -> SignRow:
    age = sign.age_days
    latest = None if age is None else report.until - timedelta(days=age)
    return SignRow(
        status=_status(report, sign, words),
        title=words.term("sign", sign.id),
        strength=words.term("strength", sign.strength) if sign.strength else "",
        spark=_spark(report, sign),
        evidence=evidence_line(report, sign, words),
        latest="" if latest is None else words.formats.short_day(latest),
        is_old=age is not None and age > OLD_DAYS,
    )


def _status(report: ClientMonth, sign: SignFacts, words: Wording) -> Status:
    """Where a sign heads; asked and still not known is not clear."""
    shown = status(words, sign.direction)
    is_told = any(_part(report, part, words) for part in sign.evidence)
    if sign.direction == "not_known" and is_told:
        return replace(shown, word=words.term("status", "unclear"))
    return shown


def _spark(report: ClientMonth, sign: SignFacts) -> Picture | None:
    if not sign.values:
        return None
    return line_picture(
        sign.values,
        since=min(report.episode.started_on, sign.values[0][0]),
        until=report.until,
        low=sign.low,
        high=sign.high,
    )


def evidence_line(report: ClientMonth, sign: SignFacts, words: Wording) -> str:
    """The evidence in half a sentence, or what to ask where nothing was asked."""
    parts = [_part(report, part, words) for part in sign.evidence[:_MOST_PARTS]]
    told = "; ".join(part for part in parts if part)
    if len(told) > _MOST_LETTERS:
        told = next(part for part in parts if part)
    if not told:
        return words.sentence(f"signs.ask.{sign.id}")
    return told[:1].upper() + told[1:]


def _part(report: ClientMonth, part: Mapping[str, Any], words: Wording) -> str:
    scale = report.known_scales.get(str(part.get("scale")))
    if scale is None:
        return ""
    before, after = part.get("from"), part.get("to")
    if after is None:
        return ""
    is_first = before is None or part.get("n") == 1
    key = "first" if is_first else "level" if before == after else "change"
    return words.sentence(
        f"signs.evidence.{key}",
        label=clipped(label(words, scale), EVIDENCE_LETTERS),
        before=before,
        after=after,
        step=scale.step,
    )


def latest_of(values: tuple[tuple[date, float], ...]) -> date | None:
    """Day of the newest value."""
    return values[-1][0] if values else None
