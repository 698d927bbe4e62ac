"""How much fits on a page: estimates by which a part chooses what to leave out.

The page itself is set by Typst; these numbers are measured on set pages and err on the
side of too little room, so that a handout never runs onto a second page and a course
never leaves one panel alone on the next.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from analysis.blocks import Ladder, Paragraph, Section, Wins

# Letters of other people's texts that a place of the first page holds.
GOAL_LETTERS, WIN_LETTERS, LOOK_LETTERS, EVIDENCE_LETTERS = 48, 62, 90, 60
# A goal on the handout.
STATEMENT_LETTERS = 140


# A clipped text ends with no shorter word: "on four evenings …", never "a …".
_SHORTEST_END = 3


def clipped(text: str, letters: int) -> str:
    """The text up to its last whole word that fits; the rest stands further back."""
    if len(text) <= letters:
        return text
    words = text[:letters].split(" ")[:-1]
    while len(words) > 1 and len(words[-1]) < _SHORTEST_END:
        words.pop()
    return " ".join(words).rstrip(",.;: ") + "\u00a0…"


# --- courses: millimetres -------------------------------------------------------------

# Plot boxes, as charts draw them unless told otherwise.
FULL_MM, HALF_MM = 38.0, 28.0
# What a panel takes besides its plot: title, axis words, months, the gap below.
_AROUND_FULL_MM, _AROUND_HALF_MM = 18.0, 21.0
_RULE_MM, _EVENTS_MM = 8.0, 4.0
_PAGE_MM = {"A4": 248.0, "Letter": 230.0}
# Smaller than this a course cannot be read; larger says no more.
_SMALLEST, _LARGEST = 0.7, 1.5


def plot_scale(n_full: int, n_rows: int, n_groups: int, paper: str) -> float | None:
    """By how much all plots of the courses are scaled, so that they fill one page.

    None where they do not fit one page anyhow. n_rows: pairs of half-width panels.
    """
    around = n_full * _AROUND_FULL_MM + n_rows * _AROUND_HALF_MM
    room = _PAGE_MM[paper] - around - n_groups * _RULE_MM - _EVENTS_MM
    scale = room / (n_full * FULL_MM + n_rows * HALF_MM)
    return min(scale, _LARGEST) if scale >= _SMALLEST else None


# --- handout: lines of its body text --------------------------------------------------

_LINE_MM = 5.3
_LETTERS = {"A4": 40, "Letter": 43}  # in a column
_WIDE_LETTERS = {"A4": 84, "Letter": 88}  # across the page
_COLUMN_LINES = {"A4": 24.0, "Letter": 21.0}  # beside the largest chart
_LOGO_LINES = 1.3


@dataclass(frozen=True)
class Plan:
    """What a handout shows, from roomy to tight."""

    goals: int
    wins: int
    plot_mm: float


PLANS = (
    Plan(3, 3, 58.0),
    Plan(3, 3, 46.0),
    Plan(2, 3, 46.0),
    Plan(2, 2, 40.0),
    Plan(1, 1, 34.0),
)


def column_lines(blocks: Iterable[Any], paper: str) -> float:
    """Lines that a column of the handout takes."""
    return sum(_lines_of(block, _LETTERS[paper]) for block in blocks)


def _lines_of(block: Any, letters: int) -> float:
    if isinstance(block, Section):
        return 1.6
    if isinstance(block, Paragraph):
        return wrapped(block.text, letters)
    if isinstance(block, Wins):
        return sum(wrapped(win.title, letters - 4) + 0.35 for win in block.items)
    if isinstance(block, Ladder):
        texts = (block.title, block.next_step, *block.history)
        return 1.8 + sum(wrapped(text, letters) for text in texts)
    raise TypeError(f"{type(block).__name__} has no place on the handout")


def wrapped(text: str, letters: int) -> int:
    """Lines of a text that holds so many letters a line."""
    return math.ceil(len(text) / letters)


def handout_room(
    plan: Plan, wide: Iterable[str], paper: str, *, has_logo: bool
) -> float:
    """Lines left for the columns, beside the texts that run across the page.

    wide: lead, words below the chart, question, safety text; two lines of lead and
    of safety text and one of the others are counted in already.
    """
    counted = 6
    taken = sum(wrapped(text, _WIDE_LETTERS[paper]) for text in wide) - counted
    saved = (PLANS[0].plot_mm - plan.plot_mm) / _LINE_MM
    logo = _LOGO_LINES if has_logo else 0.0
    return _COLUMN_LINES[paper] + saved - logo - 1.2 * max(taken, 0)
