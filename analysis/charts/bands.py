"""Severity bands: every second one filled, their names beside the plot box."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.charts.labels import Label, Rectangle, spread, wrapped
from analysis.charts.panel import Panel, fill
from analysis.charts.style import COLOUR, FILL, REGULAR, SMALL, points
from analysis.records import Band

# Between the names of two bands, in points.
_APART = 1.5
WHITE, BAND = COLOUR["paper"], FILL["band"]


def draw_bands(panel: Panel, bands: tuple[Band, ...]) -> None:
    """Fill every second severity band, from the lowest."""
    for number, (low, high, _) in enumerate(_edges(panel, bands)):
        if number % 2 == 0:
            bottom = panel.y(low)
            height = panel.y(high) - bottom
            fill(panel, panel.left, bottom, panel.width, height, BAND)


def cover(panel: Panel, bands: tuple[Band, ...], place: Rectangle) -> None:
    """Hide the lines in a place under the colours of the bands behind it."""
    width = place.right - place.left
    fill(panel, place.left, place.bottom, width, place.top - place.bottom, WHITE)
    for number, (low, high, _) in enumerate(_edges(panel, bands)):
        bottom, top = max(place.bottom, panel.y(low)), min(place.top, panel.y(high))
        if number % 2 == 0 and top > bottom:
            right = min(place.right, panel.right)
            fill(panel, place.left, bottom, right - place.left, top - bottom, BAND)


def _edges(panel: Panel, bands: tuple[Band, ...]) -> list[tuple[float, float, str]]:
    tops = [*(band.low for band in bands[1:]), panel.high][: len(bands)]
    return [
        (max(band.low, panel.low), min(top, panel.high), band.label)
        for band, top in zip(bands, tops, strict=True)
        if band.low < panel.high and top > panel.low
    ]


def placed_bands(
    panel: Panel, bands: tuple[Band, ...], words: Sequence[str], room: float
) -> list[Label]:
    """Names of the bands in the right column, each centred in its band.

    words: one for each band that the axis shows, lowest first. Names that would touch
    are moved apart; one that would have to leave its band is left out.
    """
    edges = _edges(panel, bands)
    centres = [(panel.y(low) + panel.y(high)) / 2 for low, high, _ in edges]
    left, size = panel.right + points(1.8), SMALL
    labels = [
        Label(wrapped(word, size, REGULAR, room - points(1.8)), left, 0.0)
        for word in words
    ]
    heights = [label.height + _APART for label in labels]
    floor, ceiling = panel.bottom - 2, panel.top + 2
    moved = spread(centres, heights, floor, ceiling)
    placed = []
    for label, at, height, (low, high, _) in zip(
        labels, moved, heights, edges, strict=True
    ):
        half = max(height, panel.y(high) - panel.y(low)) / 2
        middle = (panel.y(low) + panel.y(high)) / 2
        if abs(at - middle) <= half and ceiling - floor >= height:
            placed.append(label.with_top(at + label.height / 2))
    return placed


def shown_bands(panel: Panel, bands: tuple[Band, ...]) -> list[str]:
    """Labels of the bands that the axis shows, lowest first."""
    return [label for _, _, label in _edges(panel, bands)]
