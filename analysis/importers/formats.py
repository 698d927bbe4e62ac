"""Every format an export may have, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from analysis.importers import mapped, plain
from analysis.importers.layout import Plan, Rules
from analysis.importers.profile import Profile
from analysis.importers.sheet import Document, Refusal, Sheet

Recogniser = Callable[
    [Sheet | Document, Rules, Sequence[Profile]], Plan | list[Plan] | Refusal | None
]


def _plain(
    part: Sheet | Document, rules: Rules, profiles: Sequence[Profile]
) -> Plan | Refusal | None:
    return plain.recognise(part, rules) if isinstance(part, Sheet) else None


FORMATS: tuple[Recogniser, ...] = (mapped.recognise, _plain)
