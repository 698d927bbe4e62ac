"""Clients drawn from the course kinds: what fills a large practice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from analysis.demo.courses import SHAPES, Curves, shaped
from analysis.demo.goals import FATES
from analysis.demo.group import HORIZON, OPEN, Events, Group, SetGoals, day_number
from analysis.demo.items import FORMS
from analysis.demo.people import FOR_ALL, knowledge

# Clients drawn together; a client is the same however many others there are.
BLOCK = 1_000
# Clients per clinician in a large practice.
_CASELOAD = 60
_FIRST_NUMBER = 1_043  # the hand-made clients end at A-1042
_FIRST_CLINICIAN = 5  # and have four clinicians


@dataclass(frozen=True)
class Kind:
    """A kind of course: how common, how large. Sizes as mean and SD."""

    share: float
    response: tuple[float, float]  # part of the first score that goes away
    step: tuple[float, float] = (0.0, 0.0)  # PHQ-9 points


# Shares and sizes are set so that finished courses come near the rates published for
# England 2024-25 (67.5 % reliably improved, 50.5 % recovered, 5.8 % deteriorated).
KINDS: Mapping[str, Kind] = {
    "steady_improvement": Kind(0.20, (0.74, 0.15)),
    "decelerating": Kind(0.26, (0.76, 0.14)),
    "plateau": Kind(0.09, (0.36, 0.10)),
    "level_from_start": Kind(0.14, (0.10, 0.30)),
    "worsening": Kind(0.08, (0.0, 0.0), (6.5, 2.5)),
    "setback": Kind(0.05, (0.55, 0.12), (6.0, 1.5)),
    "setback_made_good": Kind(0.06, (0.66, 0.10), (6.0, 1.5)),
    "early_dip": Kind(0.04, (0.60, 0.12), (5.0, 1.0)),
    "sudden_gain": Kind(0.08, (0.76, 0.10)),
}
# Programme, share of clients, and who fills in what there.
_PROGRAMMES: Mapping[str, tuple[float, Mapping[str, float]]] = {
    "Anxiety and depression": (
        0.75,
        {"wsas": 0.4, "who5": 0.3, "ors": 0.2, "srs": 0.3, "core10": 0.1, "ocir": 0.1},
    ),
    "Trauma": (0.25, {"pcl5": 0.8, "wsas": 0.3, "who5": 0.3, "srs": 0.3}),
}
_EVENTS = (
    ("holiday", "Holiday"),
    ("medication", "New medication"),
    ("medication", "Dose changed"),
    ("life event", "New job"),
    ("life event", "Moved house"),
    ("life event", "Illness in the family"),
)
_FATE_SHARES = (0.42, 0.26, 0.10, 0.10, 0.08, 0.04)
_DROPS_OUT = 0.22
_REASONS = ("completed", "referred on", "moved away")


def drawn_clients(rng: np.random.Generator, block: int, until: date) -> Group:
    """Block number `block` (from 0) of drawn clients; always BLOCK of them."""
    number = block * BLOCK + np.arange(BLOCK)
    weeks, start, drops_out = _times(rng, until)
    programme = rng.choice(
        list(_PROGRAMMES), BLOCK, p=[share for share, _ in _PROGRAMMES.values()]
    )
    reason = rng.choice(_REASONS, BLOCK, p=(0.86, 0.08, 0.06)).astype(object)
    reason = np.where(drops_out, "dropped out", reason)
    template = np.arange(BLOCK) + rng.integers(0, 1_000)
    week = np.arange(HORIZON)[None, :]
    return Group(
        client_id=np.array([f"A-{n}" for n in number + _FIRST_NUMBER], dtype=object),
        name=np.full(BLOCK, None, dtype=object),
        clinician_id=np.array(
            [f"C-{n:02d}" for n in number // _CASELOAD + _FIRST_CLINICIAN], dtype=object
        ),
        programme=programme.astype(object),
        birth_year=until.year - 18 - rng.integers(0, 60, BLOCK),
        start=start,
        weeks=weeks,
        end_reason=reason,
        curves=_courses(rng, weeks),
        uses=_uses(rng, programme),
        noise=rng.uniform(1.0, 2.4, BLOCK),
        jitter=np.ones(BLOCK, dtype=bool),
        miss_rate=rng.beta(1.2, 14, BLOCK),
        keeps_checkins=rng.beta(6, 2, BLOCK),
        engagement=rng.beta(2.5, 2, BLOCK),
        skip_rate=np.where(rng.random(BLOCK) < 0.1, 0.02, 0.001),
        scores_until=np.where(
            rng.random(BLOCK) < 0.07, rng.integers(0, 12, BLOCK), OPEN
        ),
        never_misses=np.zeros(BLOCK, dtype=bool),
        missed=drops_out[:, None] & (week >= weeks[:, None] - 2) & (week > 0),
        away=_holidays(rng),
        review=(week % 6 == 5) & (rng.random((BLOCK, 1)) < 0.7),
        risk=_risk(rng),
        events=_events(rng, start),
        goals=_goals(rng, template),
    )


def _times(
    rng: np.random.Generator, until: date
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Planned sessions, first day and who drops out."""
    is_open = rng.random(BLOCK) < 0.6
    length = 2 + np.minimum(rng.gamma(2.4, 4.6, BLOCK).astype(np.int64), 40)
    elapsed = rng.integers(1, 34, BLOCK)
    since_end = rng.integers(1, HORIZON - 1 - length)
    back = np.where(is_open, elapsed, since_end + length)
    monday = day_number(until) - until.weekday()
    start = monday - 7 * back + rng.integers(0, 5, BLOCK)
    weeks = np.where(is_open, OPEN, length)
    return weeks, start, ~is_open & (rng.random(BLOCK) < _DROPS_OUT)


def _courses(rng: np.random.Generator, weeks: np.ndarray) -> dict[str, Curves]:
    """PHQ-9 and GAD-7 of one kind of course per client, each with its own size."""
    kind = rng.choice(len(KINDS), BLOCK, p=[k.share for k in KINDS.values()])
    length = np.where(weeks < OPEN, weeks, rng.integers(10, 30, BLOCK)).astype(float)
    phq9 = np.clip(rng.normal(15.0, 5.4, BLOCK), 3, 26)
    gad7 = np.clip(0.5 * phq9 + rng.normal(5.4, 3.0, BLOCK), 1, 20)
    size, step = rng.standard_normal((2, BLOCK))
    return {
        "phq9": _shaped(kind, length, phq9, size, step, 1.0),
        "gad7": _shaped(
            kind, length, gad7, 0.8 * size + 0.6 * rng.standard_normal(BLOCK), step, 0.7
        ),
    }


def _shaped(
    kind: np.ndarray,
    length: np.ndarray,
    start: np.ndarray,
    size: np.ndarray,
    step: np.ndarray,
    points: float,
) -> Curves:
    """Each client's shape, padded to the longest; points: of this scale per PHQ-9's."""
    most = max(len(SHAPES[name]) for name in KINDS)
    weeks, levels = np.zeros((2, BLOCK, most))
    for position, (name, rule) in enumerate(KINDS.items()):
        response = rule.response[0] + rule.response[1] * size
        own = points * (rule.step[0] + rule.step[1] * step)
        drawn = shaped(SHAPES[name], length, start, response, own)
        padding = [(0, 0), (0, most - drawn.weeks.shape[1])]
        mine = kind == position
        weeks[mine] = np.pad(drawn.weeks, padding, mode="edge")[mine]
        levels[mine] = np.pad(drawn.levels, padding, mode="edge")[mine]
    return Curves(weeks, levels)


def _uses(rng: np.random.Generator, programme: np.ndarray) -> dict[str, np.ndarray]:
    luck = {measure: rng.random(BLOCK) for measure in FORMS}
    shares = {name: own for name, (_, own) in _PROGRAMMES.items()}
    uses = {}
    for measure in FORMS:
        share = np.array([shares[name].get(measure, 0.0) for name in programme])
        uses[measure] = (luck[measure] < share) | (measure in FOR_ALL)
    return uses


def _holidays(rng: np.random.Generator) -> np.ndarray:
    first = rng.integers(2, 40, (BLOCK, 1))
    week = np.arange(HORIZON)[None, :]
    goes = rng.random((BLOCK, 1)) < 0.4
    return goes & (week >= first) & (week < first + rng.integers(1, 3, (BLOCK, 1)))


def _risk(rng: np.random.Generator) -> np.ndarray:
    """A stretch of weeks with the risk item above 0, for about one client in nine."""
    first = np.minimum(rng.geometric(0.2, (BLOCK, 1)) - 1, HORIZON - 1)
    week = np.arange(HORIZON)[None, :]
    has = rng.random((BLOCK, 1)) < 0.11
    during = (week >= first) & (week < first + rng.integers(1, 5, (BLOCK, 1)))
    return np.where(has & during, rng.choice((1, 1, 1, 2), (BLOCK, HORIZON)), 0)


def _events(rng: np.random.Generator, start: np.ndarray) -> Events:
    row = np.flatnonzero(rng.random(BLOCK) < 0.35)
    words = np.array(_EVENTS, dtype=object)[rng.integers(0, len(_EVENTS), len(row))]
    day = start[row] + rng.integers(7, 120, len(row))
    return Events(row, day, words[:, 0], words[:, 1])


def _goals(rng: np.random.Generator, template: np.ndarray) -> SetGoals:
    how_many = rng.choice(4, BLOCK, p=(0.12, 0.33, 0.38, 0.17))
    row = np.repeat(np.arange(BLOCK), how_many)
    number = np.concatenate([np.arange(n) for n in how_many])
    # 7 steps on for each further goal: never the same goal twice
    chosen = (template[row] + 7 * number) % len(knowledge("goals")["goal"])
    week = 1 + 4 * number + rng.integers(0, 4, len(row))
    fate = rng.choice(list(FATES), len(row), p=_FATE_SHARES)
    return SetGoals(row, chosen, fate, week, number + 1)
