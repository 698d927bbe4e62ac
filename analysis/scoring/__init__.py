"""Answers to scores: one administration with `score`, whole tables with `score_all`."""

from analysis.scoring.one import Scored, score
from analysis.scoring.table import score_all

__all__ = ["Scored", "score", "score_all"]
