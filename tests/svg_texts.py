"""Read drawn texts and marks back from an SVG, to see where they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree import ElementTree

from analysis.charts.labels import Rectangle
from analysis.charts.style import ASCENT, DESCENT, REGULAR, text_width

SVG = "{http://www.w3.org/2000/svg}"
_ANCHORS = {"start": 0.0, "middle": 0.5, "end": 1.0}


@dataclass(frozen=True)
class Text:
    """A drawn line of text and what it covers (y counted from the top)."""

    text: str
    size: float
    weight: int
    family: str
    box: Rectangle


def texts(svg: str) -> list[Text]:
    """Every text of a drawing."""
    return [
        _read(element) for element in ElementTree.fromstring(svg).iter(f"{SVG}text")
    ]


def _read(element: ElementTree.Element) -> Text:
    style = element.attrib["style"]
    size = float(re.search(r"font-size: ([\d.]+)px", style)[1])
    weight = (
        int(found[1]) if (found := re.search(r"font-weight: (\d+)", style)) else 400
    )
    family = re.search(r"font-family: '([^']+)'", style)[1]
    anchor = re.search(r"text-anchor: (\w+)", style)[1]
    x, y = float(element.attrib["x"]), float(element.attrib["y"])
    width = text_width(element.text or "", size, weight or REGULAR)
    left = x - _ANCHORS[anchor] * width
    box = Rectangle(left, y - ASCENT * size, left + width, y + DESCENT * size)
    return Text(element.text or "", size, weight, family, box)


def marks(svg: str) -> list[tuple[float, float]]:
    """Centres of all markers: rings, dots, crosses, triangles (y from the top)."""
    root = ElementTree.fromstring(svg)
    stamped = [(use.attrib["x"], use.attrib["y"]) for use in root.iter(f"{SVG}use")]
    drawn = [(dot.attrib["cx"], dot.attrib["cy"]) for dot in root.iter(f"{SVG}circle")]
    return [(float(x), float(y)) for x, y in stamped + drawn]


def size_of(svg: str) -> tuple[float, float]:
    """Width and height in points."""
    box = ElementTree.fromstring(svg).attrib["viewBox"].split()
    return float(box[2]), float(box[3])
