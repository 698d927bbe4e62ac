"""Where labels go: rectangles that never cross a score or another text.

Everything is in points from the figure's lower left corner. A label comes with the
places it may take, best first; it gets the first that is free, or the one that crosses
the fewest lines, or none at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from analysis.charts.style import (
    ASCENT,
    COLOUR,
    DESCENT,
    LEADING,
    REGULAR,
    SIZE,
    text_width,
    write,
)


class Rectangle(NamedTuple):
    """left, bottom, right, top in points."""

    left: float
    bottom: float
    right: float
    top: float

    def overlaps(self, other: Rectangle) -> bool:
        """Whether the two share any area."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.bottom < other.top
            and other.bottom < self.top
        )

    def inside(self, other: Rectangle) -> bool:
        """Whether it lies wholly within the other."""
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.bottom >= other.bottom
            and self.top <= other.top
        )

    def grown(self, by: float) -> Rectangle:
        """The same with a margin on every side."""
        return Rectangle(
            self.left - by, self.bottom - by, self.right + by, self.top + by
        )


@dataclass(frozen=True)
class Label:
    """One or more lines of text at a place; (x, y) is the first line's baseline."""

    lines: tuple[str, ...]
    x: float
    y: float
    align: str = "left"  # left, center, right
    size: float = SIZE["small"]
    weight: int = REGULAR
    colour: str = COLOUR["grey"]

    def at(self, x: float, y: float, align: str = "left") -> Label:
        """The same label at another place."""
        return replace(self, x=x, y=y, align=align)

    @property
    def width(self) -> float:
        """Width of the widest line."""
        return _widest(self.lines, self.size, self.weight)

    @property
    def height(self) -> float:
        """From the lowest descender to the highest ascender."""
        drop = (len(self.lines) - 1) * LEADING
        return (ASCENT + DESCENT + drop) * self.size

    @property
    def rectangle(self) -> Rectangle:
        """What the text covers."""
        share = {"left": 0.0, "center": 0.5, "right": 1.0}[self.align]
        left = self.x - share * self.width
        top = self.y + ASCENT * self.size
        return Rectangle(left, top - self.height, left + self.width, top)

    def with_top(self, top: float) -> Label:
        """Moved up or down so that its highest ascender is at `top`."""
        return replace(self, y=top - ASCENT * self.size)

    def with_bottom(self, bottom: float) -> Label:
        """Moved up or down so that its lowest descender is at `bottom`."""
        return self.with_top(bottom + self.height)

    def draw(self, axes: Axes) -> None:
        """Write the lines."""
        for number, line in enumerate(self.lines):
            drop = number * LEADING * self.size
            write(
                axes,
                self.x,
                self.y - drop,
                line,
                size=self.size,
                weight=self.weight,
                colour=self.colour,
                align=self.align,
            )


@lru_cache(maxsize=4096)
def _widest(lines: tuple[str, ...], size: float, weight: int) -> float:
    return max(text_width(line, size, weight) for line in lines)


# Between a text and another text or a score there is always this much air, in points.
_AIR = 1.0


class Placer:
    """Keeps what is taken: texts and scores are never crossed, lines only if need be.

    bounds: labels stay inside. Places of texts and scores are taken; along lines lie
    thin rectangles, with what it costs to cross a square point of them.
    """

    def __init__(self, bounds: Rectangle) -> None:
        """Start with everything within bounds free."""
        self.bounds = bounds
        self.placed: list[Label] = []
        self._taken: list[Rectangle] = []
        self._lines: list[tuple[float, ...]] = []
        self._arrays: tuple[np.ndarray, np.ndarray] | None = None

    def take(self, *rectangles: Rectangle) -> None:
        """Keep places free of text."""
        self._taken += rectangles
        self._arrays = None

    def avoid(self, rectangle: Rectangle, cost: float = 1.0) -> None:
        """Keep text off a line where there is room elsewhere."""
        self._lines.append((*rectangle, cost))
        self._arrays = None

    def avoid_all(self, rectangles: np.ndarray, cost: float) -> None:
        """Keep text off many lines: a row each of left, bottom, right, top."""
        costs = np.full((len(rectangles), 1), cost)
        self._lines += map(tuple, np.hstack([rectangles, costs]).tolist())
        self._arrays = None

    def fix(self, label: Label) -> Label:
        """Set a label where it stands, whatever is there."""
        self.take(label.rectangle)
        self.placed.append(label)
        return label

    def _both(self) -> tuple[np.ndarray, np.ndarray]:
        if self._arrays is None:
            taken = np.array(self._taken, dtype=float).reshape(-1, 4).T
            lines = np.array(self._lines, dtype=float).reshape(-1, 5).T
            self._arrays = taken, lines
        return self._arrays

    def crosses(self, wanted: Rectangle, except_in: Rectangle | None = None) -> bool:
        """Whether a place touches a text or a score, but for what lies in one place."""
        left, bottom, right, top = self._both()[0]
        hit = (left < wanted.right) & (wanted.left < right)
        hit &= (bottom < wanted.top) & (wanted.bottom < top)
        if except_in is not None:
            hit &= ~(
                (left >= except_in.left)
                & (right <= except_in.right)
                & (bottom >= except_in.bottom)
                & (top <= except_in.top)
            )
        return bool(hit.any())

    def is_free(self, label: Label) -> bool:
        """Whether the label crosses no text and no score and stays in bounds."""
        covered = label.rectangle
        return covered.inside(self.bounds) and not self.crosses(covered.grown(_AIR))

    def gives_way(self, label: Label) -> bool:
        """Whether a label outside the bounds keeps clear of those set so far."""
        return not any(label.rectangle.overlaps(o.rectangle) for o in self.placed)

    def cost(self, label: Label) -> float:
        """How much of lines the label would cover."""
        covered = label.rectangle
        left, bottom, right, top, cost = self._both()[1]
        across = np.minimum(right, covered.right) - np.maximum(left, covered.left)
        up = np.minimum(top, covered.top) - np.maximum(bottom, covered.bottom)
        return float((np.clip(across, 0, None) * np.clip(up, 0, None) * cost).sum())

    def place(
        self, places: Iterable[Label], dearest: float = float("inf")
    ) -> Label | None:
        """Set a label at the best of its places; None where none is free.

        The first place that crosses nothing wins; else the free place that crosses the
        least, as long as that costs no more than `dearest`.
        """
        best, least = None, dearest
        for label in places:
            if not self.is_free(label):
                continue
            cost = self.cost(label)
            if cost <= 0:
                return self.fix(label)
            if cost < least:
                best, least = label, cost
        return self.fix(best) if best else None


def spread(
    centres: Sequence[float], heights: Sequence[float], low: float, high: float
) -> list[float]:
    """Move centres apart, lowest first, so that labels of these heights do not touch.

    Stays between low and high where there is room for all.
    """
    moved: list[float] = []
    floor = low
    for centre, height in zip(centres, heights, strict=True):
        at = max(centre, floor + height / 2)
        moved.append(at)
        floor = at + height / 2
    ceiling = high
    for number in range(len(moved) - 1, -1, -1):
        moved[number] = min(moved[number], ceiling - heights[number] / 2)
        ceiling = moved[number] - heights[number] / 2
    return moved


def wrapped(text: str, size: float, weight: int, width: float) -> tuple[str, ...]:
    """Break a text at spaces so that each line is at most this wide, if it can."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, weight) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)
