"""Small wins: rules, never noise; each names its evidence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pandas as pd

from analysis.findings import life_wins, score_wins
from analysis.findings.practice import Practice
from analysis.findings.rows import found, no_findings

Rule = Callable[[Practice], pd.DataFrame]

# This month and the one before: an older win is history.
RECENT_DAYS = 62
RULES: tuple[Rule, ...] = (
    score_wins.below_cutoff,
    score_wins.below_band,
    score_wins.personal_best,
    score_wins.gain_held,
    life_wins.step_done,
    life_wins.goal_up,
    life_wins.sign_moving,
    life_wins.check_in_streak,
    life_wins.skill_weeks,
)


def find_small_wins(practice: Practice) -> pd.DataFrame:
    """Find the wins of this month and the one before, by every rule.

    before and after are the numbers the rule compares, in the scale's own direction;
    what is the thing in words: band, cut-off, goal, step, sign.
    """
    since = practice.today - timedelta(days=RECENT_DAYS)
    parts = []
    for rule in RULES:
        wins = rule(practice)
        recent = (wins["date"] > since) & (wins["date"] <= practice.today)
        if recent.any():
            parts.append(wins[recent])
    if not parts:
        return no_findings()
    return found("small_win", pd.concat(parts, ignore_index=True))
