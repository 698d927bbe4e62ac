"""What proves the numbers, for analysts: R's own figures, and rules on known truth."""

from analysis.validation.golden import compared, golden_comparisons
from analysis.validation.pictures import (
    draw_agreement,
    draw_calibration,
    draw_power,
    draw_rules,
)
from analysis.validation.truth import Judged, judge_practice, power, rules_compared

__all__ = [
    "Judged",
    "compared",
    "draw_agreement",
    "draw_calibration",
    "draw_power",
    "draw_rules",
    "golden_comparisons",
    "judge_practice",
    "power",
    "rules_compared",
]
