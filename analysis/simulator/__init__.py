"""Invented courses with known truth: what proves and sets the detectors."""

from analysis.simulator.other_practice import Errors, simulate_other
from analysis.simulator.practice import (
    PHQ_LIKE,
    Plan,
    Simulated,
    as_series,
    simulate,
)
from analysis.simulator.truth import KINDS

__all__ = [
    "KINDS",
    "PHQ_LIKE",
    "Errors",
    "Plan",
    "Simulated",
    "as_series",
    "simulate",
    "simulate_other",
]
