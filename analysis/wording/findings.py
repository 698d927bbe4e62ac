"""Words about findings: worth a look, worth celebrating, questions for next time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from analysis.blocks import Look, Win
from analysis.records import Finding, Scale
from analysis.wording.reader import Wording
from analysis.wording.standing import about, status, weeks_between

# Evidence that holds a day; it comes as text where it was stored.
DATES = frozenset(
    {
        "baseline_date",
        "closed_on",
        "due",
        "flagged_on",
        "last_date",
        "latest_date",
        "since",
    }
)
# Fields every line of a finding may use, besides the evidence of its kind and `about`.
COMMON = ("day", "grade", "weeks_since", "spread", "lifts", "change")


def fields(
    words: Wording,
    finding: Finding,
    scale: Scale | None,
    *,
    until: date | None = None,
    names: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Everything a line about this finding may name.

    The evidence of its kind, `about` the scale, and: day (since when), grade (worded),
    weeks_since (whole weeks up to `until`), spread (one, two or range: how many levels
    the scores of a stretch have), lifts (what would take the flag away, a sentence),
    change (the clause that the wording names for this kind, or nothing).
    names: what measures are called, by id.
    """
    evidence = {key: _plain(key, value) for key, value in finding.evidence.items()}
    known = {**about(words, scale), "since": finding.date, **evidence}
    for key in ("measure", "measures"):
        if key in known:
            known[key] = _called(known[key], names or {})
    if known.get("rule") == "sign_moving":
        known["what"] = words.term("sign", str(known["what"]))
    if known.get("weeks") is not None:
        known["weeks"] = round(known["weeks"])
    has_lift = "lifts_at" in known and words.has("look.lifts")
    clause = words.terms.get("clause", {}).get(finding.kind)
    return {
        **known,
        "day": finding.date,
        "grade": words.term("grade", finding.grade),
        "weeks_since": weeks_between(finding.date, until),
        **_spread(known),
        "lifts": words.sentence("look.lifts", **known) if has_lift else "",
        "change": words.sentence(clause, **known) if clause and scale else "",
    }


def _plain(key: str, value: Any) -> Any:
    is_stored = key in DATES and isinstance(value, str)
    return date.fromisoformat(value) if is_stored else value


def _called(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return names.get(value, value)
    return [names.get(one, one) for one in value]


def _spread(known: Mapping[str, Any]) -> dict[str, str]:
    """How many levels the scores of a stretch have; nothing for other findings."""
    lowest, highest = known.get("lowest"), known.get("highest")
    if lowest is None or highest is None:
        return {}
    if highest == lowest:
        return {"spread": "one"}
    return {"spread": "two" if highest - lowest <= known["step"] else "range"}


def look(
    words: Wording,
    finding: Finding,
    scale: Scale | None,
    *,
    until: date,
    names: Mapping[str, str] | None = None,
    others: Sequence[Finding] = (),
) -> Look:
    """One thing worth a look: what, why, the evidence, and a step to consider.

    names: what measures are called, by id ("phq9": "PHQ-9"). others: findings on the
    same scale, told in half a sentence with the evidence.
    """
    known = fields(words, finding, scale, until=until, names=names)
    shape = words.terms["shape"][finding.kind]
    parts = {
        part: words.sentence(f"look.{finding.kind}.{part}", **known)
        for part in ("title", "why", "evidence", "consider")
    }
    also = [
        words.sentence(f"look.also.{other.kind}", **fields(words, other, scale))
        for other in others
        if words.has(f"look.also.{other.kind}")
    ]
    parts["evidence"] = " ".join([parts["evidence"], *also])
    return Look(
        status=status(words, shape),
        consider_word=words.sentence("look.consider_word"),
        **parts,
    )


def look_together(
    words: Wording,
    findings: Sequence[tuple[Finding, Scale]],
    *,
    until: date,
    others: Sequence[Finding] = (),
) -> Look:
    """One kind of finding on several scales as one thing worth a look.

    others: further findings on these scales, each kind and day told once.
    """
    kind = findings[0][0].kind
    each = [fields(words, finding, scale, until=until) for finding, scale in findings]
    first = each[0]
    days = {known["day"] for known in each}
    said = {
        **first,
        "names": [known["noun"] for known in each],
        "day": days.pop() if len(days) == 1 else None,
        "each": _joined(words, f"look_together.{kind}.each", each),
    }
    lifted = [known for known in each if known.get("lifts_at") is not None]
    said["lifted"] = _joined(words, "look_together.lifts_each", lifted)
    also = [
        words.sentence(f"look.also.{other.kind}", **fields(words, other, None))
        for other in others
        if words.has(f"look.also.{other.kind}")
    ]
    evidence = [words.sentence(f"look_together.{kind}.evidence", **said), *also]
    return Look(
        status=status(words, words.terms["shape"][kind]),
        title=words.sentence(f"look_together.{kind}.title", **said),
        why=words.sentence(f"look_together.{kind}.why", **said),
        evidence=" ".join(dict.fromkeys(part for part in evidence if part)),
        consider_word=words.sentence("look.consider_word"),
        consider=words.sentence(f"look_together.{kind}.consider", **said),
    )


def _joined(words: Wording, key: str, each: Sequence[Mapping[str, Any]]) -> str:
    """A clause for each scale, parted by semicolons."""
    return "; ".join(words.sentence(key, **known) for known in each)


def win(
    words: Wording,
    finding: Finding,
    scale: Scale | None,
    *,
    until: date,
    names: Mapping[str, str] | None = None,
) -> Win:
    """One thing worth celebrating, with its evidence and date."""
    known = fields(words, finding, scale, until=until, names=names)
    key = f"win.{finding.kind}"
    return Win(
        title=words.sentence(f"{key}.title", **known),
        evidence=words.sentence(f"{key}.evidence", **known),
    )


def question(
    words: Wording,
    finding: Finding,
    scale: Scale | None,
    *,
    until: date,
    names: Mapping[str, str] | None = None,
) -> str:
    """An open question for the next session that this finding raises."""
    known = fields(words, finding, scale, until=until, names=names)
    return words.sentence(f"question.{finding.kind}", **known)


def watch_line(
    words: Wording,
    kind: str,
    grade: str,
    since: date,
    evidence: Mapping[str, Any],
    scale: Scale | None,
    *,
    names: Mapping[str, str] | None = None,
) -> str:
    """What the watch list of the caseload says of one client, in a few words."""
    finding = Finding(kind, None if scale is None else scale.id, since, grade, evidence)
    known = fields(words, finding, scale, names=names)
    return words.sentence(f"watch.{kind}", **known)
