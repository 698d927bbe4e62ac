"""The score that would lift a flag, as a person can read it off the form."""

from __future__ import annotations

import math

from analysis.records import Scale


def least_score(scale: Scale, gain: float) -> float | None:
    """The nearest score of the scale that reaches a gain level; None where none does.

    gain: level in points of improvement, counted from a score of 0.
    """
    wanted = gain * scale.gain(0, 1)
    steps = (wanted - scale.low) / scale.step
    for whole in (math.floor(steps), math.ceil(steps)):
        score = scale.low + whole * scale.step
        reaches = scale.gain(wanted, score) >= 0
        if reaches and scale.low <= score <= scale.high:
            return round(score, 6)
    return None
