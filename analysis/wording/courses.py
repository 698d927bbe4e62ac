"""Words about the course of scales: panel, tile, headline, alternative text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from analysis.blocks import Picture, Tile
from analysis.records import Course, Stretch
from analysis.wording.reader import Wording
from analysis.wording.standing import Standing, about, change, status, weeks_between


def panel_title(words: Wording, standing: Standing) -> str:
    """The finding of a panel: "Depression: from 18 to 6, reliable improvement"."""
    course = standing.course
    last = course.dates[-1] if course.dates else None
    fields = {
        **about(words, course.scale),
        "baseline": course.baseline,
        "latest": course.latest,
        "change": change(course) if standing.baseline_is_known else "no_baseline",
        "status": standing.status,
        "is_case": standing.is_case,
        "side_since": standing.side_since,
        "weeks": weeks_between(standing.status_since, last),
    }
    then = words.sentence("panel.then", **fields)
    return words.sentence("panel.title", then=then, **fields)


def axis_line(words: Wording, course: Course, axis_start: float | None = None) -> str:
    """Name and direction of the value axis, and where it starts if not at the lowest.

    axis_start: None where the axis starts at the lowest possible score.
    """
    fields = {**about(words, course.scale), "axis_start": axis_start}
    start = words.sentence("panel.axis_start", **fields)
    return words.sentence("panel.axis", start=start, **fields)


def tile(words: Wording, standing: Standing, spark: Picture | None) -> Tile:
    """One scale at a glance: first and latest value, status, and a line of detail.

    A scale that is not judged gets the status "not known"; its detail says why.
    """
    course = standing.course
    scale, formats = course.scale, words.formats
    is_pair = len(course.values) > 1 and standing.baseline_is_known
    latest, first = course.latest, course.baseline
    return Tile(
        label=words.term("label", scale.label),
        instrument=words.sentence("tile.instrument", **about(words, scale)),
        baseline=formats.score(first, scale.step)
        if is_pair and first is not None
        else "",
        latest="" if latest is None else formats.score(latest, scale.step),
        spark=spark,
        status=status(words, standing.status or "not_known"),
        detail=_detail(words, standing),
        is_stale=standing.scores_in_month == 0,
    )


def _detail(words: Wording, standing: Standing) -> str:
    """One line of band or since, by what matters most."""
    course = standing.course
    band = standing.band
    fields = {
        **about(words, course.scale),
        "band": None if band is None else words.term("band", band),
        "since": standing.status_since,
        "side_since": standing.side_since,
        "last_date": course.dates[-1] if course.dates else None,
        "needed": standing.more_scores_needed,
    }
    before = words.sentence("tile.band", **fields)
    key = f"tile.detail.{_detail_kind(standing)}"
    return words.sentence(key, before=before, **fields)


# Of the cut-off: on its well side, on its unwell side, none published.
_SIDES = {False: "well", True: "unwell", None: "unjudged"}


def _detail_kind(standing: Standing) -> str:
    if standing.scores_in_month == 0:
        return "stale"
    if len(standing.course.values) == 1:
        return "first"
    if not standing.baseline_is_known:
        return "no_baseline"
    if standing.status in ("plateau", "too_early"):
        return standing.status
    return _SIDES[standing.is_case]


def course_alt(words: Wording, course: Course) -> str:
    """The finding of a panel in words, for readers who do not see it."""
    if not course.values:
        return words.sentence("alt.course.none", **about(words, course.scale))
    fields = {
        **about(words, course.scale),
        "n": len(course.values),
        "first": course.values[0],
        "first_date": course.dates[0],
        "latest": course.values[-1],
        "latest_date": course.dates[-1],
        "change": change(course),
    }
    verdict = words.sentence("alt.course.verdict", **fields)
    parts = [words.sentence("alt.course.line", verdict=verdict, **fields)]
    parts += [_stretch_alt(words, stretch, course) for stretch in course.stretches]
    for note in course.notes:
        told = {"day": note.date, "before": note.before, "value": note.value}
        key = f"alt.course.{note.kind}"
        parts.append(words.sentence(key, held=note.held, **told, **fields))
    for key, count in (("missed", len(course.missed)), ("events", len(course.events))):
        if count:
            parts.append(words.sentence(f"alt.course.{key}", count=count))
    return " ".join(parts)


def _stretch_alt(words: Wording, stretch: Stretch, course: Course) -> str:
    return words.sentence(
        f"chart.stretch.{stretch.kind}.alt",
        since=stretch.since,
        until=stretch.until,
        grade=words.term("grade", stretch.grade),
        is_open=bool(course.dates) and stretch.until >= course.dates[-1],
    )


# Clauses of a headline in the order they are said: news to act on, good news, the rest.
CLAUSES = (
    "worse",
    "recovered",
    "improving",
    "plateau",
    "holding",
    "unchanged",
    "too_early",
)
# Two lines of the headline's type hold about so many letters.
HEADLINE_LETTERS = 112


def headline(
    words: Wording,
    standings: Sequence[Standing],
    *,
    risk_flagged_on: date | None = None,
    letters: int = HEADLINE_LETTERS,
) -> str:
    """The answer in one sentence, composed of a clause for each kind of standing.

    Clauses that do not fit two lines are left out from the end, never the first one.
    risk_flagged_on: a risk item flagged in the report's month opens the sentence.
    """
    groups: dict[str, list[Standing]] = {}
    for standing in standings:
        groups.setdefault(clause_of(standing), []).append(standing)
    clauses = []
    if risk_flagged_on is not None:
        clauses.append(words.sentence("headline.risk", day=risk_flagged_on))
    clauses += [
        _clause(words, kind, groups[kind]) for kind in CLAUSES if kind in groups
    ]
    if not clauses:
        return words.sentence("headline.nothing")
    kept = clauses[:1]
    for clause in clauses[1:]:
        if len("; ".join([*kept, clause])) <= letters:
            kept.append(clause)
    text = words.sentence("headline.joined", text="; ".join(kept))
    return text[:1].upper() + text[1:]


def clause_of(standing: Standing) -> str:
    """Which clause of the headline a scale belongs to, from what was judged."""
    course = standing.course
    if not course.values:
        return "none"
    if standing.status == "worsening" or course.is_reliably_worse:
        return "worse"
    if course.is_recovered and standing.is_case is False:
        return "recovered"
    judged = {"improving", "plateau", "holding", "too_early"}
    if standing.status in judged:
        return standing.status
    return "improving" if course.is_reliably_better else "unchanged"


def _clause(words: Wording, kind: str, group: Sequence[Standing]) -> str:
    since = {standing.status_since for standing in group}
    directions = {standing.course.scale.higher_is for standing in group}
    fields: dict[str, Any] = {
        "names": _names(words, group),
        "n": len(group),
        "since": since.pop() if len(since) == 1 else None,
        "higher_is": directions.pop() if len(directions) == 1 else "mixed",
    }
    return words.sentence(f"headline.{kind}", **fields)


def _names(words: Wording, group: Iterable[Standing]) -> list[str]:
    return [about(words, standing.course.scale)["noun"] for standing in group]
