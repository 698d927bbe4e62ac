"""Words of the client's page that are composed of more than one fact."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TypeVar

from analysis.records import Course, Finding, Note, Scale, Stretch
from analysis.wording.courses import standing_dip
from analysis.wording.findings import fields
from analysis.wording.reader import Wording
from analysis.wording.standing import Standing, about, change

Stands = TypeVar("Stands", bound=Standing)
# Good news is told of so many scales, and as many are told of what is level or hard.
_MOST_CLAUSES = 2


def lead(words: Wording, standings: Sequence[Standing], *, goals_reached: int) -> str:
    """The answer in one or two sentences: good news first, then what is level or hard.

    standings: the scales in the order of their weight.
    """
    told: list[str] = []
    for standing in _named(standings, _good):
        told.append(_better(words, standing, "lead.too" if told else _good(standing)))
    if goals_reached:
        key = "lead.goal" if goals_reached == 1 else "lead.goals"
        told.append(words.sentence(key, n=goals_reached))
    held = _rests(words, _named(standings, _rest_key))
    sentences = [_joined(words, clauses) for clauses in (told, held) if clauses]
    if any(_is_harder(standing) for standing in standings):
        sentences.append(words.sentence("lead.together"))
    if sentences:
        return " ".join(sentences)
    if not any(standing.course.dates for standing in standings):
        return words.sentence("lead.no_scores")
    has_course = any(len(standing.course.values) > 3 for standing in standings)
    return words.sentence("lead.unclear" if has_course else "lead.started")


def told_of(standings: Sequence[Stands]) -> list[Stands]:
    """The scales the lead names, for the chart beside it; all where it names none."""
    rest = _named(standings, _rest_key)
    named = [*_named(standings, _good), *rest]
    return named or list(standings)


def _named(standings: Sequence[Stands], key: Callable[[Standing], str]) -> list[Stands]:
    """The first scales with a line to say, no two of one name."""
    named: dict[str, Stands] = {}
    for standing in standings:
        if key(standing):
            named.setdefault(standing.course.scale.label, standing)
    return list(named.values())[:_MOST_CLAUSES]


def _joined(words: Wording, clauses: Sequence[str]) -> str:
    text = words.formats.listed(clauses)
    return words.sentence("lead.joined", text=text[:1].upper() + text[1:])


def _is_harder(standing: Standing) -> bool:
    is_worse = standing.course.is_reliably_worse or standing.status == "worsening"
    return is_worse or _dip(standing) is not None


def _dip(standing: Standing) -> Stretch | None:
    return standing_dip(standing.course)


# Which clause says how the latest score compares with the first.
_GOOD = {"recovered": "lead.much", "better": "lead.better"}
_GOOD_STATUS = {"improving": "lead.better", "holding": "lead.steady"}


def _good(standing: Standing) -> str:
    """The line for a scale that has become better or holds; "" for any other."""
    course = standing.course
    is_worse = course.is_reliably_worse or standing.status == "worsening"
    if not course.dates or is_worse:
        return ""
    return _GOOD.get(change(course)) or _GOOD_STATUS.get(standing.status, "")


def _better(words: Wording, standing: Standing, key: str) -> str:
    course = standing.course
    is_steady = _good(standing) == "lead.steady"
    known = {**about(words, course.scale), "since": course.dates[0]}
    return words.sentence("lead.steady" if is_steady else key, **known)


def _rests(words: Wording, standings: Sequence[Standing]) -> list[str]:
    """A clause for each scale that is level or has become harder.

    The second of two that say the same of the same month is told in short.
    """
    told: list[str] = []
    said: set[tuple[str, str]] = set()
    for standing in standings:
        key, since = _rest_key(standing), _rest_since(standing)
        same = (key, words.formats.month_year(since))
        line = f"{key}_too" if same in said else key
        said.add(same)
        known = about(words, standing.course.scale)
        told.append(words.sentence(line, since=since, **known))
    return told


def _rest_since(standing: Standing) -> date:
    """The day since when a scale is level or harder; its first where none is known."""
    dip = _dip(standing)
    since = standing.status_since if dip is None else dip.since
    if since is None or _rest_key(standing) == "lead.heavier":
        return standing.course.dates[0]
    return since


def _rest_key(standing: Standing) -> str:
    """The line for a scale that is level or has become harder; "" for any other."""
    if not standing.course.dates:
        return ""
    if _dip(standing) is not None or standing.status == "worsening":
        return "lead.harder"
    if standing.course.is_reliably_worse:
        return "lead.heavier"
    return "lead.level" if standing.status == "plateau" else ""


def stretch(
    words: Wording, finding: Finding, scale: Scale | None, *, until: date
) -> tuple[str, str]:
    """Title and text on a level or a harder stretch, or a goal that rests."""
    known = fields(words, finding, scale, until=until)
    key = f"stretch.{finding.kind}"
    return (
        words.sentence(f"{key}.title", **known),
        words.sentence(f"{key}.text", **known),
    )


def chart_words(words: Wording, course: Course) -> Mapping[str, str]:
    """The fixed words of the client's chart: axis, direction, area."""
    known = about(words, course.scale)
    return {
        part: words.sentence(f"handout.chart.{part}", **known)
        for part in ("axis", "direction", "area")
    }


def chart_notes(words: Wording, course: Course) -> list[tuple[date, str]]:
    """What a client's chart says of single days: at most one dip and one big step."""
    shown = [s for s in course.stretches if s.kind in ("setback", "early_dip")]
    notes = [
        (note.date, _note(words, note))
        for note in course.notes
        if note.kind == "gain" or not _tells_of(shown, note.date)
    ]
    notes += [(_middle(s), _stretch(words, s, course)) for s in shown]
    latest_first = sorted(notes, reverse=True)
    return sorted(latest_first[:2])


def _tells_of(stretches: Sequence[Stretch], day: date) -> bool:
    """Whether a dip already speaks of this day."""
    return any(stretch.since <= day <= stretch.until for stretch in stretches)


def _note(words: Wording, note: Note) -> str:
    key = f"handout.chart.{note.kind}"
    return words.sentence(key, day=note.date, held=note.held)


def _stretch(words: Wording, stretch: Stretch, course: Course) -> str:
    is_open = bool(course.dates) and stretch.until >= course.dates[-1]
    key = "handout.chart.setback"
    return words.sentence(key, since=stretch.since, is_open=is_open)


def _middle(stretch: Stretch) -> date:
    return stretch.since + (stretch.until - stretch.since) / 2


def chart_alt(words: Wording, course: Course) -> str:
    """The finding of the client's chart in words."""
    known = {
        **about(words, course.scale),
        "first": course.values[0],
        "latest": course.values[-1],
        "change": change(course),
    }
    return words.sentence("handout.chart.alt", **known)
