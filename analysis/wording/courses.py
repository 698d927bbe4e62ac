"""Words about the course of scales: panel, tile, headline, alternative text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from analysis.blocks import Picture, Status, Tile
from analysis.records import Course, Stretch
from analysis.wording.reader import Wording
from analysis.wording.standing import Standing, about, change, status, weeks_between


def panel_title(words: Wording, standing: Standing, *, is_short: bool = False) -> str:
    """The finding of a panel: "Depression: from 18 to 6, reliable improvement".

    is_short: the values alone, for a narrow panel with its status beside them.
    """
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
    if is_short:
        return words.sentence("panel.short", **fields)
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

    A scale that is shown and not judged has no status.
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
        status=status_now(words, standing),
        detail=_detail(words, standing),
        is_stale=standing.is_stale,
    )


def status_now(words: Wording, standing: Standing) -> Status | None:
    """The status of a scale: not known without a score, none where it is not judged."""
    if standing.is_stale:
        return status(words, "not_known")
    return status(words, standing.status) if standing.status else None


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
    if standing.is_stale:
        return "stale"
    if len(standing.course.values) == 1:
        return "first"
    if not standing.baseline_is_known:
        return "no_baseline"
    if standing.status == "plateau" or _waits_for_scores(standing):
        return standing.status
    scale = standing.course.scale
    if scale.caseness is not None and standing.course.latest == scale.caseness.value:
        return "at"
    return _SIDES[standing.is_case]


def _waits_for_scores(standing: Standing) -> bool:
    """Too early to say, and it is known how many scores would tell, or few came."""
    if standing.status != "too_early":
        return False
    return standing.more_scores_needed is not None or not _has_trend(standing)


def _has_trend(standing: Standing) -> bool:
    trend = standing.course.trend
    return trend is not None and trend.gain_per_week is not None


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
    "setback",
    "worse",
    "early_dip",
    "harder",
    "stale",
    "recovered",
    "improving",
    "better",
    "plateau",
    "holding",
    "unchanged",
    "too_early",
)
# Said only where there is nothing else to say.
_LAST_CLAUSE = "unjudged"
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
    often = Counter(_noun(words, one) for group in groups.values() for one in group)
    told = [kind for kind in CLAUSES if kind in groups]
    if not told and _LAST_CLAUSE in groups:
        told = [_LAST_CLAUSE]
    clauses += [_clause(words, kind, groups[kind], often) for kind in told]
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
    if standing.is_stale:
        return "stale"
    dip = standing_dip(course)
    if dip is not None:  # a step for the worse, which need not go on
        return dip.kind
    if standing.status == "worsening":
        return "worse"
    if course.is_reliably_worse:
        return "harder"
    if course.scale.reliable_change is None and not standing.status:
        return _LAST_CLAUSE
    if course.is_recovered and standing.is_case is False:
        return "recovered"
    if standing.status in ("improving", "plateau", "holding"):
        return standing.status
    if course.is_reliably_better:
        return "better"
    is_early = standing.status == "too_early" and not _has_trend(standing)
    return "too_early" if is_early else "unchanged"


def standing_dip(course: Course) -> Stretch | None:
    """The setback or early dip that still stands at the latest score."""
    for stretch in course.stretches:
        is_dip = stretch.kind in ("setback", "early_dip")
        if is_dip and stretch.until >= course.dates[-1]:
            return stretch
    return None


def _since(kind: str, standing: Standing) -> date | None:
    """The day a clause of the headline speaks of."""
    if kind == "stale":
        return standing.course.dates[-1]
    dip = standing_dip(standing.course)
    return standing.status_since if dip is None else dip.since


def _clause(
    words: Wording, kind: str, group: Sequence[Standing], often: Counter[str]
) -> str:
    since = {_since(kind, standing) for standing in group}
    directions = {standing.course.scale.higher_is for standing in group}
    fields: dict[str, Any] = {
        "names": [_name(words, standing, often) for standing in group],
        "n": len(group),
        "since": since.pop() if len(since) == 1 else None,
        "higher_is": directions.pop() if len(directions) == 1 else "mixed",
    }
    return words.sentence(f"headline.{kind}", **fields)


def _noun(words: Wording, standing: Standing) -> str:
    return str(about(words, standing.course.scale)["noun"])


def _name(words: Wording, standing: Standing, often: Counter[str]) -> str:
    """What a scale is called; two of one name are told apart by their instrument."""
    noun = _noun(words, standing)
    if often[noun] == 1:
        return noun
    return f"{noun} ({standing.course.scale.instrument})"
