"""Words of the client's page that are composed of more than one fact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from analysis.records import Course, Finding, Note, Scale, Stretch
from analysis.wording.findings import fields
from analysis.wording.reader import Wording
from analysis.wording.standing import Standing, about, change

# Good news is told of so many scales, and as many are told of what is level or hard.
_MOST_CLAUSES = 2


def lead(words: Wording, standings: Sequence[Standing], *, goals_reached: int) -> str:
    """The answer in one or two sentences: good news first, then what is level or hard.

    standings: the scales in the order of their weight.
    """
    told: list[str] = []
    for standing in standings:
        if len(told) < _MOST_CLAUSES and (key := _good(standing)):
            told.append(_better(words, standing, "lead.too" if told else key))
    if goals_reached:
        key = "lead.goal" if goals_reached == 1 else "lead.goals"
        told.append(words.sentence(key, n=goals_reached))
    rest = [_rest(words, standing) for standing in standings]
    held = [clause for clause in rest if clause][:_MOST_CLAUSES]
    sentences = [_joined(words, clauses) for clauses in (told, held) if clauses]
    if any(_is_harder(standing) for standing in standings):
        sentences.append(words.sentence("lead.together"))
    if sentences:
        return " ".join(sentences)
    has_course = any(len(standing.course.values) > 3 for standing in standings)
    return words.sentence("lead.unclear" if has_course else "lead.started")


def _joined(words: Wording, clauses: Sequence[str]) -> str:
    text = words.formats.listed(clauses)
    return words.sentence("lead.joined", text=text[:1].upper() + text[1:])


def _is_harder(standing: Standing) -> bool:
    return standing.course.is_reliably_worse or standing.status == "worsening"


# Which clause says how the latest score compares with the first.
_GOOD = {"recovered": "lead.much", "better": "lead.better"}
_GOOD_STATUS = {"improving": "lead.better", "holding": "lead.steady"}


def _good(standing: Standing) -> str:
    """The line for a scale that has become better or holds; "" for any other."""
    course = standing.course
    if not course.dates or _is_harder(standing):
        return ""
    return _GOOD.get(change(course)) or _GOOD_STATUS.get(standing.status, "")


def _better(words: Wording, standing: Standing, key: str) -> str:
    course = standing.course
    is_steady = _good(standing) == "lead.steady"
    known = {**about(words, course.scale), "since": course.dates[0]}
    return words.sentence("lead.steady" if is_steady else key, **known)


def _rest(words: Wording, standing: Standing) -> str:
    """The clause of a scale that is level or has become harder, else nothing."""
    course = standing.course
    known = {**about(words, course.scale), "since": standing.status_since}
    if course.dates and standing.status_since is None:
        known["since"] = course.dates[0]
    if _is_harder(standing):
        return words.sentence("lead.harder", **known)
    if standing.status == "plateau":
        return words.sentence("lead.level", **known)
    return ""


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
    notes = [(note.date, _note(words, note)) for note in course.notes]
    shown = [s for s in course.stretches if s.kind in ("setback", "early_dip")]
    notes += [(_middle(s), _stretch(words, s, course)) for s in shown]
    latest_first = sorted(notes, reverse=True)
    return sorted(latest_first[:2])


def _note(words: Wording, note: Note) -> str:
    key = f"handout.chart.{note.kind}"
    return words.sentence(key, day=note.date, held=note.held)


def _stretch(words: Wording, stretch: Stretch, course: Course) -> str:
    is_open = bool(course.dates) and stretch.until >= course.dates[-1]
    key = "handout.chart.setback"
    return words.sentence(key, since=_middle(stretch), is_open=is_open)


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
