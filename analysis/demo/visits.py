"""When clients come: planned weeks, missed ones, and the day of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from analysis.demo.group import HORIZON, Group, day_number

# The practice closes for two weeks around the turn of the year: from and to as days
# before the last day of a practice that ends in October.
_CLOSED = (314, 302)
# A longer break than this, and the client was referred again (90 days).
_BREAK = 13
_MISSED_BY_NOBODY = 2  # last weeks that hand-made clients never miss


@dataclass(frozen=True)
class Visits:
    """Week by week, (clients, HORIZON)."""

    day: np.ndarray  # days since 1970-01-01
    planned: np.ndarray  # an appointment was made
    attended: np.ndarray
    scored: np.ndarray  # questionnaires were handed out

    def last(self) -> np.ndarray:
        """Last week with an appointment; 0 where there was none yet."""
        week = np.arange(self.day.shape[1])
        return np.where(self.planned, week, 0).max(axis=1)

    def referred(self) -> np.ndarray:
        """Week of the first appointment since the client was last referred."""
        first = np.zeros(len(self.day), dtype=np.int64)
        last = np.full(len(self.day), -_BREAK)
        for week, came in enumerate(self.planned.T):
            first = np.where(came & (week - last >= _BREAK), week, first)
            last = np.where(came, week, last)
        return first


def visits(rng: np.random.Generator, group: Group, until: date) -> Visits:
    """Appointments of the group up to `until`, kept and missed."""
    last_day = day_number(until)
    week = np.arange(HORIZON)[None, :]
    day = _days(rng, group)
    is_closed = (day >= last_day - _CLOSED[0]) & (day <= last_day - _CLOSED[1])
    planned = (week < group.weeks[:, None]) & (day <= last_day) & ~group.away
    planned &= ~is_closed | group.never_misses[:, None]
    missed = rng.random(day.shape) < group.miss_rate[:, None]
    missed &= (week > 0) & ~group.never_misses[:, None]
    if group.is_told:
        missed &= day <= last_day - 7 * _MISSED_BY_NOBODY
        missed &= week != group.weeks[:, None] - 1
    attended = planned & ~missed & ~group.missed
    scored = attended & (week <= group.scores_until[:, None])
    return Visits(day, planned, attended, scored)


def _days(rng: np.random.Generator, group: Group) -> np.ndarray:
    """The client's weekday, now and then a day earlier or later, Monday to Friday."""
    luck = rng.random((len(group), HORIZON))
    moved = np.where(luck < 0.07, -1, np.where(luck > 0.93, 1, 0))
    moved[:, 0] = 0
    moved = moved * group.jitter[:, None]
    weekday = (group.start[:, None] + 3) % 7  # 1970-01-01 was a Thursday
    moved = np.clip(weekday + moved, 0, 4) - weekday
    return group.start[:, None] + 7 * np.arange(HORIZON)[None, :] + moved
