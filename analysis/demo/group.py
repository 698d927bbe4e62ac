"""The invented clients side by side, as the generator sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from analysis.demo.courses import Curves

# Fourteen months in weeks: the longest course anybody in the practice can have.
HORIZON = 61
# A course without an end: longer than the horizon.
OPEN = 999

# The day the hand-made clients were written for: end of their last full month.
WRITTEN_FOR = date(2026, 10, 31)


@dataclass(frozen=True)
class Events:
    """Something that happened to a client: one entry per event."""

    row: np.ndarray  # client, as position in the group
    day: np.ndarray  # days since 1970-01-01
    kind: np.ndarray  # words
    label: np.ndarray


@dataclass(frozen=True)
class SetGoals:
    """Goals clients set: one entry per goal; `fate` is what becomes of it."""

    row: np.ndarray
    template: np.ndarray  # position in goals.toml
    fate: np.ndarray  # words, see goals.FATES
    week: np.ndarray  # week of therapy it is set in
    number: np.ndarray  # 1, 2, … for this client


@dataclass(frozen=True)
class Group:
    """Clients side by side; entry i of every array is client i. Weeks count from 0."""

    client_id: np.ndarray  # text
    name: np.ndarray  # text or None
    clinician_id: np.ndarray
    programme: np.ndarray
    birth_year: np.ndarray
    start: np.ndarray  # day of the first session, days since 1970-01-01
    weeks: np.ndarray  # planned sessions; OPEN while the episode is open
    end_reason: np.ndarray  # text or None
    curves: Mapping[str, Curves]  # scale -> course; phq9 and gad7 for everybody
    uses: Mapping[str, np.ndarray]  # measure -> who fills it in
    noise: np.ndarray  # spread around the curve, PHQ-9 points
    jitter: np.ndarray  # appointments move by a day now and then
    miss_rate: np.ndarray
    keeps_checkins: np.ndarray  # share of weeks with a check-in
    engagement: np.ndarray  # 0 to 1: how much of therapy is tried at home
    skip_rate: np.ndarray  # share of items left out at random
    scores_until: np.ndarray  # last week with questionnaires
    never_misses: np.ndarray  # fills in online, also while the practice is closed
    missed: np.ndarray  # (clients, HORIZON): planned, did not come
    away: np.ndarray  # (clients, HORIZON): no appointment
    review: np.ndarray  # (clients, HORIZON): reviewed together
    risk: np.ndarray  # (clients, HORIZON): answer to the risk item
    events: Events
    goals: SetGoals
    skipped: tuple[tuple[int, str, int, tuple[int, ...]], ...] = ()
    checkins: Mapping[str, Curves] = field(default_factory=dict)
    words: tuple[tuple[int, str, int, str], ...] = ()
    is_told: bool = False  # hand-made: nothing may blur what the client stands for

    def __len__(self) -> int:
        """Number of clients."""
        return len(self.client_id)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - date(1970, 1, 1).toordinal()
