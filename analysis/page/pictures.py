"""Pictures an analyst adds: SVG and PNG from notebook outputs, checked and measured."""

from __future__ import annotations

import base64
import re
import struct
from typing import Any

from defusedxml import DefusedXmlException, ElementTree

from analysis.errors import AnalysisError

_MM_PER_INCH = 25.4
# Without a stated resolution a picture is taken as drawn for notebook screens.
_SCREEN_DPI = 100.0
_MM_PER = {
    "pt": _MM_PER_INCH / 72,
    "in": _MM_PER_INCH,
    "mm": 1.0,
    "cm": 10.0,
    "px": _MM_PER_INCH / 96,
    "": _MM_PER_INCH / 96,
}
# Anything but a fragment or inline data would make the engine look for a file.
_OUTSIDE = re.compile(r"""\s[\w:]*href\s*=\s*(["'])(?!#|data:).*?\1""", re.DOTALL)


def svg_block(svg: str, alt: str) -> dict[str, Any]:
    """A block for an SVG drawing. Raises AnalysisError when it is no SVG."""
    try:
        root = ElementTree.fromstring(svg.encode("utf-8"))
    except (ElementTree.ParseError, DefusedXmlException, UnicodeEncodeError) as problem:
        raise AnalysisError("a picture is not a readable SVG drawing") from problem
    if not root.tag.endswith("svg"):
        raise AnalysisError("a picture is not a readable SVG drawing")
    width, height = _svg_size(root.attrib)
    return _block(without_links(svg), alt, width, height)


def png_block(data: str, alt: str, mime: str = "image/png") -> dict[str, Any]:
    """A block for a base64 PNG or JPEG, wrapped into SVG so that no file is needed.

    Raises AnalysisError when a PNG cannot be read.
    """
    try:
        raw = base64.b64decode("".join(data.split()), validate=True)
    except ValueError as problem:
        raise AnalysisError("a picture is not readable") from problem
    width, height = _png_size(raw) if mime == "image/png" else _jpeg_size(raw)
    return _block(svg_of_pixels(raw, mime, width, height), alt, width, height)


def svg_of_pixels(raw: bytes, mime: str, width_mm: float, height_mm: float) -> str:
    """An SVG holding one PNG or JPEG; a practice's PNG logo enters a page this way."""
    coded = base64.b64encode(raw).decode("ascii")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width_mm:g} '
        f'{height_mm:g}" width="{width_mm:g}mm" height="{height_mm:g}mm">'
        f'<image width="{width_mm:g}" height="{height_mm:g}" '
        f'href="data:{mime};base64,{coded}"/></svg>'
    )


def without_links(svg: str) -> str:
    """The drawing without references to files or the network."""
    return _OUTSIDE.sub("", svg)


def _block(svg: str, alt: str, width: float, height: float) -> dict[str, Any]:
    return {
        "block": "ForeignPicture",
        "svg": svg,
        "alt": alt,
        "width_mm": width,
        "height_mm": height,
    }


def _svg_size(attributes: dict[str, str]) -> tuple[float, float]:
    box = [float(n) for n in re.findall(r"[-\d.]+", attributes.get("viewBox", ""))]
    sides = []
    for i, name in enumerate(("width", "height")):
        match = re.fullmatch(r"\s*([\d.]+)\s*([a-z]*)\s*", attributes.get(name, ""))
        if match and match.group(2) in _MM_PER:
            sides.append(float(match.group(1)) * _MM_PER[match.group(2)])
        elif len(box) == 4:
            sides.append(box[2 + i] * _MM_PER[""])
        else:
            sides.append(100.0)
    return max(sides[0], 1.0), max(sides[1], 1.0)


def _png_size(raw: bytes) -> tuple[float, float]:
    """Width and height in mm; the pHYs chunk says how many pixels make a metre."""
    if raw[:8] != b"\x89PNG\r\n\x1a\n" or raw[12:16] != b"IHDR":
        raise AnalysisError("a picture is not a readable PNG")
    width, height = struct.unpack(">II", raw[16:24])
    if not width or not height:
        raise AnalysisError("a picture is not a readable PNG")
    dpi = _SCREEN_DPI
    at = raw.find(b"pHYs", 24, 4096)
    if at > 0:
        per_metre, _, unit = struct.unpack(">IIB", raw[at + 4 : at + 13])
        if unit == 1 and per_metre:
            dpi = per_metre * _MM_PER_INCH / 1000
    return width / dpi * _MM_PER_INCH, height / dpi * _MM_PER_INCH


def _jpeg_size(raw: bytes) -> tuple[float, float]:
    """Width and height in mm from the first frame header (ITU-T T.81, B.2.2)."""
    at = 2
    while raw[:2] == b"\xff\xd8" and at + 9 < len(raw) and raw[at] == 0xFF:
        marker, length = raw[at + 1], int.from_bytes(raw[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", raw[at + 5 : at + 9])
            scale = _MM_PER_INCH / _SCREEN_DPI
            return max(width, 1) * scale, max(height, 1) * scale
        at += 2 + length
    raise AnalysisError("a picture is not a readable JPEG")
