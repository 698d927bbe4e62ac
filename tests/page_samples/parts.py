"""Frames, drawings and a notebook around blocks, for the sample pages.

The drawings stand in for those of `charts`: plain lines with real text, so that the
page can be looked at and tested without them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import nbformat.v4 as v4
from nbformat import NotebookNode

from analysis import blocks as b

FONT = "font-family='IBM Plex Sans'"


def notebook(*shown: Any) -> NotebookNode:
    """A notebook as papermill leaves it: one code cell per block, executed."""
    cells = []
    for i, block in enumerate(shown):
        data = {b.MIME: b.as_data(block), "text/plain": type(block).__name__}
        output = v4.new_output("display_data", data=data)
        cells.append(v4.new_code_cell("show", id=f"cell-{i}", outputs=[output]))
    return v4.new_notebook(cells=cells)


def line(points: Sequence[float], width: float, height: float, top: float) -> str:
    step = width / max(1, len(points) - 1)
    return " ".join(
        f"{1 + i * (step - 0.05):.2f},{1 + (height - 2) * (1 - p / top):.2f}"
        for i, p in enumerate(points)
    )


def spark(
    points: Sequence[float], cutoff: float | None = None, alt: str = ""
) -> b.Picture:
    """A line of scores, first ring, latest dot; 28 by 13 mm."""
    top = max([*points, cutoff or 0]) * 1.05 or 1
    path = line(points, 26, 13, top)
    first, last = path.split()[0].split(","), path.split()[-1].split(",")
    dashes = ""
    if cutoff is not None:
        y = 1 + 11 * (1 - cutoff / top)
        dashes = (
            f"<path d='M1 {y:.2f}H27' stroke='#1B2430' stroke-width='.25' "
            "stroke-dasharray='.9 .6'/>"
        )
    svg = (
        "<svg xmlns='http://www.w3.org/2000/svg' width='28mm' height='13mm' "
        f"viewBox='0 0 28 13'>{dashes}<polyline points='{path}' fill='none' "
        "stroke='#0072B2' stroke-width='.6'/>"
        f"<circle cx='{first[0]}' cy='{first[1]}' r='.6' fill='#fff' stroke='#1B2430' "
        f"stroke-width='.3'/><circle cx='{last[0]}' cy='{last[1]}' r='.8' "
        "fill='#1B2430'/></svg>"
    )
    return b.Picture(svg, alt, 28, 13)


def small_spark(points: Sequence[float]) -> b.Picture:
    picture = spark(points)
    svg = picture.svg.replace("width='28mm' height='13mm'", "width='24mm' height='8mm'")
    return b.Picture(
        svg.replace("viewBox", "preserveAspectRatio='none' viewBox"), "", 24, 8
    )


def panel(alt: str, width: float = 178, height: float = 58) -> b.Picture:
    """A stand-in for a course chart: bands, cut-off, line, words as text."""
    scores = [
        18,
        19,
        18,
        17,
        17,
        15,
        13,
        12,
        16,
        17,
        16,
        14,
        13,
        7,
        8,
        7,
        8,
        8,
        7,
        7,
        6,
        6,
    ]
    bands = "".join(
        f"<rect x='8' y='{y}' width='{width - 35}' height='{height / 6:.2f}' "
        "fill='#EBEEF2'/>"
        for y in (0, height / 3, 2 * height / 3)
    )
    path = line(scores, width - 37, height - 4, 24)
    svg = (
        "<svg xmlns='http://www.w3.org/2000/svg' "
        f"width='{width}mm' height='{height}mm' "
        f"viewBox='0 0 {width} {height}'>{bands}<g transform='translate(8 0)'>"
        f"<polyline points='{path}' fill='none' stroke='#0072B2' "
        "stroke-width='.7'/></g>"
        f"<text x='{width - 24}' y='8' {FONT} font-size='3' "
        "fill='#4A5563'>Severe</text>"
        f"<text x='{width - 24}' y='{height - 6}' {FONT} font-size='3' "
        "fill='#4A5563'>Minimal</text>"
        f"<text x='9' y='{height - 1}' {FONT} font-size='3' font-weight='600' "
        "fill='#1B2430'>Cut-off 10</text></svg>"
    )
    return b.Picture(svg, alt, width, height)


IMPROVING = b.Status("improving", "Improving")
PLATEAU = b.Status("plateau", "Plateau")
MOVING = b.Status("moving", "Moving")
STEADY = b.Status("steady", "Steady")
NOT_KNOWN = b.Status("not_known", "Not known")


def progress_frame(**changes: Any) -> b.Page:
    given: dict[str, Any] = {
        "kind": "progress",
        "title": "Progress report, September 2026",
        "practice": "Harbour Street Therapy",
        "header": "Progress report · Client A-1042 · September 2026 · week 25",
        "footer_left": "Data up to 30 September 2026 · made 1 October 2026",
        "footer_right": "version 1.0 · manifest 7f3c9a1e",
    }
    return b.Page(**{**given, **changes})
