"""Small drawings set down straight as SVG: a line, dots, bars, a word.

matplotlib needs longer to set up one pair of axes than a report needs for everything
else in a row; what is drawn twenty times in a report is drawn here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from analysis.blocks import Picture
from analysis.charts.style import COLOUR, LOOK, REGULAR, SMALL, points

_HEAD = (
    '<svg width="{0}pt" height="{1}pt" viewBox="0 0 {0} {1}" '
    'xmlns="http://www.w3.org/2000/svg" version="1.1">\n'
    '<g style="stroke-linejoin: round; stroke-linecap: butt">\n'
)


class Ink:
    """A sheet of a size in millimetres; places are points from its lower left."""

    def __init__(self, width_mm: float, height_mm: float) -> None:
        self._mm = (round(width_mm, 2), round(height_mm, 2))
        self.width, self.height = points(width_mm), points(height_mm)
        self._drawn: list[str] = []

    def line(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        colour: str,
        width: float,
        dashes: Iterable[float] = (),
        cap: str = "butt",
    ) -> None:
        """A line through places; dashes: lengths of strokes and gaps in line widths."""
        if not xs:
            return
        through = " L ".join(
            f"{_number(x)} {self._from_top(y)}" for x, y in zip(xs, ys, strict=True)
        )
        lengths = ",".join(_number(part * width) for part in dashes)
        dashed = f"stroke-dasharray: {lengths}; " if lengths else ""
        self._drawn.append(
            f'<path d="M {through}" style="fill: none; {dashed}stroke: {colour.lower()}'
            f'; stroke-width: {width:g}; stroke-linecap: {cap}"/>'
        )

    def dot(
        self, x: float, y: float, across: float, fill: str, edge: str, width: float
    ) -> None:
        """A disc with an edge; across: its diameter without the edge."""
        self._drawn.append(
            f'<circle cx="{_number(x)}" cy="{self._from_top(y)}" r="{across / 2:g}" '
            f'style="fill: {fill.lower()}; stroke: {edge.lower()}; '
            f'stroke-width: {width:g}"/>'
        )

    def rectangle(
        self, left: float, bottom: float, width: float, height: float, colour: str
    ) -> None:
        """A filled area without an edge."""
        top, low = self._from_top(bottom + height), self._from_top(bottom)
        first, last = _number(left), _number(left + width)
        self._drawn.append(
            f'<path d="M {first} {low} L {last} {low} L {last} {top} L {first} {top} z"'
            f' style="fill: {colour.lower()}"/>'
        )

    def write(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = SMALL,
        weight: int = REGULAR,
        colour: str = COLOUR["grey"],
    ) -> None:
        """A line of text that begins at (x, y), its baseline there."""
        self._drawn.append(
            f'<text style="font-weight: {weight}; font-size: {size:g}px; font-family: '
            f"'{LOOK.family}'; text-anchor: start; fill: {colour.lower()}\" "
            f'x="{_number(x)}" y="{self._from_top(y)}">{escape(text)}</text>'
        )

    def picture(self, alt: str) -> Picture:
        """All that was drawn, in that order; the same drawing, the same bytes."""
        head = _HEAD.format(_number(self.width), _number(self.height))
        svg = head + "\n".join([*self._drawn, "</g>", "</svg>", ""])
        return Picture(svg, alt, *self._mm)

    def _from_top(self, y: float) -> str:
        return _number(self.height - y)


def _number(value: float) -> str:
    """A place as short as it can be said: a thousandth of a point is never seen."""
    return f"{round(float(value), 3) + 0.0:.3f}".rstrip("0").rstrip(".")
