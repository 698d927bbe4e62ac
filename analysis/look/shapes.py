"""Status shapes for a browser: each drawn once, then used by name."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping

from analysis.look import read_look

# Every shape fills a box of 100 by 100, as on the printed page.
_SIDE = 100.0


def shape_symbols(names: Iterable[str]) -> str:
    """An invisible drawing that holds the named shapes (blocks.SHAPES)."""
    symbols = "".join(_symbol(name) for name in sorted(set(names)))
    return f'<svg class="symbols" aria-hidden="true">{symbols}</svg>'


def shape(name: str) -> str:
    """One shape before its word; the word beside it says the same."""
    return f'<svg class="shape" aria-hidden="true"><use href="#shape-{name}"/></svg>'


def _symbol(name: str) -> str:
    look = read_look().status[name]
    body = _FORMS[look.form](look.colour)
    return f'<symbol id="shape-{name}" viewBox="0 0 100 100">{body}</symbol>'


def _path(colour: str, points: Iterable[tuple[float, float]]) -> str:
    return f'<polygon fill="{colour}" points="{_places(points)}"/>'


def _places(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x * _SIDE:.0f},{y * _SIDE:.0f}" for x, y in points)


def _tick(colour: str) -> str:
    return (
        f'<path fill="none" stroke="{colour}" stroke-width="13" stroke-linecap="round" '
        'stroke-linejoin="round" d="M27 53L44 69L74 35"/>'
    )


def _ring(colour: str, width: float, more: str = "") -> str:
    return (
        f'<circle cx="50" cy="50" r="44" fill="none" stroke="{colour}" '
        f'stroke-width="{width:g}"{more}/>'
    )


def _tick_disc(colour: str) -> str:
    paper = read_look().colour["paper"]
    return f'<circle cx="50" cy="50" r="50" fill="{colour}"/>{_tick(paper)}'


def _alert(colour: str) -> str:
    paper = read_look().colour["paper"]
    return (
        f'<rect width="100" height="100" rx="14" fill="{colour}"/>'
        f'<rect x="43" y="18" width="15" height="40" fill="{paper}"/>'
        f'<circle cx="50.5" cy="74" r="8.5" fill="{paper}"/>'
    )


def _open_triangle(colour: str) -> str:
    corners = _places([(0.08, 0.13), (0.92, 0.13), (0.5, 0.87)])
    return (
        f'<polygon fill="none" stroke="{colour}" stroke-width="12" points="{corners}"/>'
    )


def _bars(colour: str) -> str:
    return "".join(
        f'<rect y="{y}" width="100" height="22" fill="{colour}"/>' for y in (20, 58)
    )


def _clock(colour: str) -> str:
    return _ring(colour, 12) + (
        f'<path fill="none" stroke="{colour}" stroke-width="11" stroke-linecap="round" '
        'd="M50 24V52L68 62"/>'
    )


def _star(colour: str) -> str:
    turns = (math.radians(36 * i - 90) for i in range(10))
    reach = (0.54 if i % 2 == 0 else 0.22 for i in range(10))
    corners = [
        (0.5 + r * math.cos(turn), 0.53 + r * math.sin(turn))
        for r, turn in zip(reach, turns, strict=True)
    ]
    return _path(colour, corners)


_FORMS: Mapping[str, Callable[[str], str]] = {
    "tick_disc": _tick_disc,
    "tick_ring": lambda colour: _ring(colour, 13) + _tick(colour),
    "triangle_up": lambda c: _path(c, [(0, 0.94), (0.5, 0.06), (1, 0.94)]),
    "triangle_down": lambda c: _path(c, [(0, 0.08), (1, 0.08), (0.5, 0.96)]),
    "triangle_open": _open_triangle,
    "diamond": lambda c: _path(c, [(0, 0.5), (0.5, 0), (1, 0.5), (0.5, 1)]),
    "bars": _bars,
    "alert": _alert,
    "dotted_ring": lambda colour: _ring(
        colour, 14, ' stroke-linecap="round" stroke-dasharray="0.1 24.9"'
    ),
    "clock": _clock,
    "star": _star,
}
