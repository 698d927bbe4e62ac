"""Questionnaires as files: scoring, bands, cut-offs, each figure with its source."""

from analysis.measures.catalogue import read_measures, scales
from analysis.measures.context import export_of, exports_of, in_context
from analysis.measures.figures import Context, Item, RiskRule
from analysis.measures.record import Measure, ScoreRule
from analysis.measures.text import measure_page, measures_markdown, measures_overview

__all__ = [
    "Context",
    "Item",
    "Measure",
    "RiskRule",
    "ScoreRule",
    "export_of",
    "exports_of",
    "in_context",
    "measure_page",
    "measures_markdown",
    "measures_overview",
    "read_measures",
    "scales",
]
