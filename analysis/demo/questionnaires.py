"""Filled-in questionnaires of a group, as raw answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.demo.courses import deviations
from analysis.demo.group import HORIZON, Group
from analysis.demo.items import FORMS, SKIPPED, Form, answers
from analysis.demo.visits import Visits

# Part of a week's deviation that all questionnaires of the week have in common.
_IN_COMMON = 0.6
# How differently items are endorsed: between clients, and from week to week.
_LEAN = 0.75
_LEAN_OF_WEEK = 0.3


@dataclass(frozen=True)
class Filled:
    """One measure's administrations: client, week and answers, (rows, items)."""

    row: np.ndarray
    week: np.ndarray
    answers: np.ndarray  # SKIPPED where left out


def levels(group: Group) -> Mapping[str, np.ndarray]:
    """Where every measure's total truly stands, (clients, HORIZON), without noise.

    A client's own curve, else what usually goes with the client's depression.
    """
    own = {scale: curve.at(HORIZON) for scale, curve in group.curves.items()}
    found = {}
    for measure, form in FORMS.items():
        usual = form.usual[0] + form.usual[1] * own["phq9"]
        mine = own.get(measure, np.full_like(usual, np.nan))
        found[measure] = np.where(np.isnan(mine), usual, mine)
    return found


def fill_in(
    rng: np.random.Generator,
    group: Group,
    visits: Visits,
    level: Mapping[str, np.ndarray],
) -> dict[str, Filled]:
    """Every measure as answered by the clients who use it."""
    shared = deviations(rng, len(group), HORIZON)
    return {
        measure: _measure(rng, group, visits, measure, level[measure], shared)
        for measure in FORMS
    }


def _measure(
    rng: np.random.Generator,
    group: Group,
    visits: Visits,
    measure: str,
    level: np.ndarray,
    shared: np.ndarray,
) -> Filled:
    form = FORMS[measure]
    own = deviations(rng, len(group), HORIZON)
    deviation = _IN_COMMON * shared + np.sqrt(1 - _IN_COMMON**2) * own
    deviation *= np.sign(form.usual[1])  # a bad week is bad on every scale
    total = level + form.spread * group.noise[:, None] * deviation
    given = due(visits.scored & group.uses[measure][:, None], form.every)
    row, week = np.nonzero(given)
    answered = answers(
        rng,
        form,
        _whole(total[row, week], form),
        _lean(rng, len(group), form, row),
        group.risk[row, week],
    )
    left_out = rng.random(answered.shape) < group.skip_rate[row][:, None]
    left_out |= _told_skips(group, measure, row, week, form.items)
    return Filled(row, week, np.where(left_out, SKIPPED, answered))


def due(possible: np.ndarray, every: int) -> np.ndarray:
    """Of the possible weeks, those at least `every` weeks after the last one used."""
    if every == 1:
        return possible
    chosen = np.zeros_like(possible)
    last = np.full(len(possible), -every)
    for week in range(possible.shape[1]):
        chosen[:, week] = possible[:, week] & (week - last >= every)
        last = np.where(chosen[:, week], week, last)
    return chosen


def _whole(total: np.ndarray, form: Form) -> np.ndarray:
    """Totals as counts of steps, inside the scale: floor and ceiling are real."""
    highest = form.items * form.highest * form.parts
    return np.clip(np.rint(total * form.parts), 0, highest).astype(np.int64)


def _lean(
    rng: np.random.Generator, clients: int, form: Form, row: np.ndarray
) -> np.ndarray:
    lasting = _LEAN * rng.standard_normal((clients, form.items))
    return lasting[row] + _LEAN_OF_WEEK * rng.standard_normal((len(row), form.items))


def _told_skips(
    group: Group, measure: str, row: np.ndarray, week: np.ndarray, items: int
) -> np.ndarray:
    left_out = np.zeros((len(row), items), dtype=bool)
    for client, name, when, numbers in group.skipped:
        if name == measure:
            mine = (row == client) & (week == when)
            left_out[np.ix_(mine, [number - 1 for number in numbers])] = True
    return left_out
