"""Plain numbers to mark on an axis."""

from __future__ import annotations

import math

# So that four to six numbers stand at an axis.
MOST_STEPS = 5.5
_STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200)


def tick_step(low: float, high: float, most: float) -> float:
    """Smallest plain step that fits at most so often between low and high."""
    span = high - low
    unit = 10.0 ** math.floor(math.log10(span / 20)) if span < 10 else 1.0
    for step in _STEPS:
        if span / (step * unit) <= most:
            return step * unit
    return span


def value_ticks(low: float, high: float, most: float = MOST_STEPS) -> list[float]:
    """Plain numbers from low to high, four to six of them where they exist."""
    step = tick_step(low, high, most)
    first = math.ceil(low / step - 1e-9) * step
    count = int((high - first) / step + 1e-9) + 1
    return [first + number * step for number in range(count)]
