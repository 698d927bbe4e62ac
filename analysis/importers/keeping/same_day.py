"""Several forms of one client, measure and day: the same, contrary, or apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.importers.values.clock import NO_TIME

# What becomes of a form: kept; a repeat of another; at odds with another; the rest of
# another whose answers stand in several places.
KEPT, REPEATED, TORN, JOINED = range(4)
# Filled in again within the hour: somebody corrected an answer or pressed twice.
AGAIN_WITHIN = 3600


@dataclass(frozen=True)
class Sitting:
    """One form. says: its answers and totals. may_be_split: exported piece by piece."""

    reading: int
    form: int
    second: int
    instance: int
    says: Mapping[tuple[str, int | str], float]
    may_be_split: bool = False


@dataclass(frozen=True)
class Verdict:
    """What becomes of a form, and on account of which other."""

    own: Sitting
    state: int = KEPT
    other: Sitting | None = None
    is_again: bool = False


def judged(sittings: Sequence[Sitting]) -> list[Verdict]:
    """Judge the forms of one client, measure and day, in the order of the files."""
    verdicts: list[Verdict] = []
    for own in sittings:
        verdict = Verdict(own)
        for place, earlier in enumerate(verdicts):
            if earlier.state == REPEATED:
                continue
            verdict, changed = _compared(verdict, earlier)
            verdicts[place] = changed
            if verdict.state == REPEATED:
                break
        verdicts.append(verdict)
    return verdicts


def _compared(new: Verdict, old: Verdict) -> tuple[Verdict, Verdict]:
    """Both verdicts after one look at the two forms."""
    one, two = new.own, old.own
    if are_apart(one, two):
        soon = 0 <= one.second - two.second <= AGAIN_WITHIN
        both = one.second != NO_TIME and two.second != NO_TIME
        return Verdict(one, new.state, new.other, new.is_again or (soon and both)), old
    shared = one.says.keys() & two.says.keys()
    if any(not _same(one.says[key], two.says[key]) for key in shared):
        return Verdict(one, TORN, two), Verdict(two, TORN, one)
    if new.state == KEPT and one.says.keys() <= two.says.keys():
        return Verdict(one, REPEATED, two), old
    if old.state in (KEPT, JOINED) and two.says.keys() < one.says.keys():
        return new, Verdict(two, REPEATED, one)
    if new.state == KEPT and not shared and _are_pieces(one, two):
        root = old.other if old.state == JOINED and old.other else two
        return Verdict(one, JOINED, root), old
    return new, old


def are_apart(one: Sitting, two: Sitting) -> bool:
    """Two sittings of one day: told apart by time or by number."""
    timed = one.second != NO_TIME and two.second != NO_TIME
    numbered = bool(one.instance and two.instance)
    return (timed and one.second != two.second) or (
        numbered and one.instance != two.instance
    )


def _are_pieces(one: Sitting, two: Sitting) -> bool:
    return one.may_be_split and two.may_be_split and one.second == two.second


def _same(one: float, other: float) -> bool:
    return one == other or (one != one and other != other)
