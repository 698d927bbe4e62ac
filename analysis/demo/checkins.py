"""Weekly check-ins of a group: ratings and the client's own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.demo.group import HORIZON, Group
from analysis.demo.items import SKIPPED
from analysis.demo.people import knowledge
from analysis.demo.visits import Visits

# A full turn of effort needs about two months to become a habit.
_HABIT_WEEKS = 8.0
_STEP_BACK = "step_back"


@dataclass(frozen=True)
class Question:
    """How a check-in question is answered, as shares of its range 0 … highest."""

    highest: int
    base: float
    mood: float  # times freedom from depression, 0 to 1
    calm: float  # times freedom from anxiety, 0 to 1
    effort: float  # times engagement, once it has become a habit
    may_not_apply: bool = False  # "did not come up" is an answer


# Ids and ranges as in the check-in's measure file; a test compares the two.
QUESTIONS: Mapping[str, Question] = {
    "mood": Question(10, 0.05, 0.85, 0.0, 0.05),
    "worry_in_the_way": Question(10, 0.95, 0.0, -0.8, 0.0),
    "sleep": Question(10, 0.15, 0.5, 0.2, 0.0),
    "coping_skill_used": Question(7, 0.08, 0.1, 0.05, 0.55),
    "coped_with_hard_things": Question(10, 0.15, 0.3, 0.15, 0.25, True),
    "calm_down": Question(10, 0.15, 0.1, 0.35, 0.25, True),
    "noticing_patterns": Question(4, 0.15, 0.1, 0.1, 0.5),
    "kinder_self_talk": Question(10, 0.1, 0.5, 0.0, 0.2),
    "other_view": Question(4, 0.1, 0.2, 0.0, 0.5),
    "new_habit_days": Question(7, 0.08, 0.2, 0.0, 0.45),
    "felt_connected": Question(10, 0.2, 0.5, 0.0, 0.1),
    "boundaries": Question(10, 0.2, 0.2, 0.15, 0.25, True),
    "talked_about_feelings": Question(4, 0.15, 0.3, 0.0, 0.35),
    "hope": Question(10, 0.1, 0.7, 0.0, 0.1),
    "life_okay": Question(10, 0.1, 0.75, 0.0, 0.0),
    "look_forward_to_session": Question(10, 0.55, 0.15, 0.0, 0.2),
    _STEP_BACK: Question(2, 0.0, 0.0, 0.0, 0.0),
}
WORDS = ("small_win", "note", "step_back_note")


@dataclass(frozen=True)
class CheckIns:
    """One row per check-in: client, week, answers by question, words ("" for none)."""

    row: np.ndarray
    week: np.ndarray
    answers: Mapping[str, np.ndarray]  # SKIPPED where left out
    words: Mapping[str, np.ndarray]
    may_be_shown: np.ndarray  # "yes", "no", "" where there are no words


def check_in(
    rng: np.random.Generator,
    group: Group,
    visits: Visits,
    level: Mapping[str, np.ndarray],
) -> CheckIns:
    """The weeks in which clients checked in, with what they answered and wrote."""
    shape = (len(group), HORIZON)
    kept = visits.attended & (rng.random(shape) < group.keeps_checkins[:, None])
    row, week = np.nonzero(kept)
    given = {name: _answers(rng, group, level, name, (row, week)) for name in QUESTIONS}
    words = _words(rng, group, given, row, week)
    agreed = np.where(rng.random(len(row)) < 0.85, "yes", "no").astype(object)
    agreed[np.all([said == "" for said in words.values()], axis=0)] = ""
    return CheckIns(row, week, given, words, agreed)


def _answers(
    rng: np.random.Generator,
    group: Group,
    level: Mapping[str, np.ndarray],
    name: str,
    at: tuple[np.ndarray, np.ndarray],
) -> np.ndarray:
    question = QUESTIONS[name]
    value = _step_backs if name == _STEP_BACK else _rating
    answer = value(rng, group, level, question, at)
    left_out = rng.random(len(answer)) < (0.12 if question.may_not_apply else 0.01)
    if name in group.checkins:
        told = group.checkins[name].at(HORIZON)[at]
        is_told = ~np.isnan(told)
        answer, left_out = np.where(is_told, told, answer), left_out & ~is_told
    answer = np.clip(np.rint(answer), 0, question.highest).astype(np.int64)
    return np.where(left_out, SKIPPED, answer)


def _rating(
    rng: np.random.Generator,
    group: Group,
    level: Mapping[str, np.ndarray],
    question: Question,
    at: tuple[np.ndarray, np.ndarray],
) -> np.ndarray:
    row, week = at
    habit = group.engagement[row] * (1 - np.exp(-week / _HABIT_WEEKS))
    share = question.base + question.effort * habit
    share = share + question.mood * (1 - level["phq9"][at] / 27)
    share = share + question.calm * (1 - level["gad7"][at] / 21)
    own = 0.06 * rng.standard_normal(len(group))[row]
    noise = (0.05 if group.is_told else 0.09) * rng.standard_normal(len(row))
    return question.highest * (share + own + noise)


def _step_backs(
    rng: np.random.Generator,
    group: Group,
    level: Mapping[str, np.ndarray],
    question: Question,
    at: tuple[np.ndarray, np.ndarray],
) -> np.ndarray:
    """No, a little, yes: yes when depression rose within two weeks, else rarely."""
    row, week = at
    rise = level["phq9"][at] - level["phq9"][row, np.maximum(week - 2, 0)]
    rarely = rng.random(len(row)) < 0.05
    return np.select([rise > 3, (rise > 1.2) | rarely], [question.highest, 1], 0)


def _words(
    rng: np.random.Generator,
    group: Group,
    given: Mapping[str, np.ndarray],
    row: np.ndarray,
    week: np.ndarray,
) -> dict[str, np.ndarray]:
    pool = knowledge("words")
    # a story told week by week is not mixed with other people's sentences
    told = np.isin(row, sorted({client for client, *_ in group.words}))
    wins = ~told & (rng.random(len(row)) < 0.35 + 0.4 * group.engagement[row])
    says = ~told & (rng.random(len(row)) < 0.12)
    why = ~told & (given[_STEP_BACK] > 0) & (rng.random(len(row)) < 0.6)
    first = rng.integers(0, len(pool["small_wins"]), len(group))[row]
    notes = pool["notes"] + pool["awkward"] * group.is_told
    words = {
        "small_win": _deal(wins, first + 5 * _own_count(wins, row), pool["small_wins"]),
        "note": _deal(says, 7 * np.cumsum(says), notes),
        "step_back_note": _deal(why, 5 * np.cumsum(why), pool["step_backs"]),
    }
    for client, kind, when, text in group.words:
        words[kind][(row == client) & (week == when)] = text
    return words


def _own_count(chosen: np.ndarray, row: np.ndarray) -> np.ndarray:
    """How many rows of the same client were chosen so far (rows sorted by client)."""
    before = np.cumsum(chosen) - chosen
    first = np.searchsorted(row, row)
    return before - before[first]


def _deal(chosen: np.ndarray, number: np.ndarray, texts: list[str]) -> np.ndarray:
    """Text `number` of the pool (counted round) where chosen, else ""."""
    dealt = np.array(texts, dtype=object)[number % len(texts)]
    dealt[~chosen] = ""
    return dealt
