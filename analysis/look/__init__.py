"""The look as data: colours, sizes and lengths of tokens.toml, and the fonts.

Charts and pages take every colour, size and font from here, so a change in one file
changes both. Lengths are millimetres, type and line sizes points.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

FOLDER = Path(__file__).parent
TOKENS_FILE = FOLDER / "tokens.toml"
FONT_FOLDER = FOLDER / "fonts"
FONT_FAMILY = "IBM Plex Sans"
# Weights shipped: Regular, SemiBold, Bold; Italic only in Regular.
REGULAR, SEMIBOLD, BOLD = 400, 600, 700


@dataclass(frozen=True)
class StatusLook:
    """How a status is drawn: the name of the form, and its colour as #RRGGBB."""

    form: str
    colour: str


@dataclass(frozen=True)
class Look:
    """Everything in tokens.toml.

    colour, fill: name to #RRGGBB. size, handout, chart, line: points (chart also holds
    lengths, their names end in _mm). space, tile, status_box, page, page_handout:
    millimetres. paper: name to width and height in millimetres. status: blocks.SHAPES
    to form and colour. contrast: least WCAG ratio for text and for shapes.
    """

    colour: Mapping[str, str]
    fill: Mapping[str, str]
    contrast: Mapping[str, float]
    status: Mapping[str, StatusLook]
    size: Mapping[str, float]
    handout: Mapping[str, float]
    chart: Mapping[str, float]
    space: Mapping[str, float]
    line: Mapping[str, float]
    tile: Mapping[str, float]
    status_box: Mapping[str, float]
    paper: Mapping[str, Mapping[str, float]]
    page: Mapping[str, float]
    page_handout: Mapping[str, float]
    family: str
    mono: str
    fallback: tuple[str, ...]

    def text_width(self, paper: str = "A4", *, handout: bool = False) -> float:
        """Width of the text column in millimetres: 178 on A4, 176 on the handout."""
        side = (self.page_handout if handout else self.page)["side"]
        return self.paper[paper]["width"] - 2 * side


@cache
def read_look() -> Look:
    """Read tokens.toml, once per process."""
    raw = tomllib.loads(TOKENS_FILE.read_text(encoding="utf-8"))
    font = raw.pop("font")
    status = {
        name: StatusLook(entry["form"], raw["colour"][entry["colour"]])
        for name, entry in raw.pop("status").items()
    }
    return Look(
        status=MappingProxyType(status),
        family=font["family"],
        mono=font["mono"],
        fallback=tuple(font["fallback"]),
        **{name: _frozen(section) for name, section in raw.items()},
    )


def _frozen(section: Any) -> Any:
    if not isinstance(section, dict):
        return section
    return MappingProxyType({name: _frozen(part) for name, part in section.items()})


def css_variables() -> str:
    """Every colour and fill as a variable of a style sheet: --ink, --fill-tile."""
    look = read_look()
    named = [*look.colour.items(), *((f"fill-{k}", v) for k, v in look.fill.items())]
    tokens = "".join(f"--{name.replace('_', '-')}:{value};" for name, value in named)
    return f":root{{{tokens}}}"


def font_files(*folders: Path) -> list[Path]:
    """The shipped font files, then those of further folders, in a fixed order."""
    found: list[Path] = []
    for folder in (FONT_FOLDER, *folders):
        found += sorted(
            path
            for path in folder.rglob("*")
            if path.suffix.lower() in {".ttf", ".otf", ".ttc"}
        )
    return found


def text_font_files() -> list[Path]:
    """The faces of the one text family, for matplotlib's font manager."""
    return sorted(FONT_FOLDER.glob("IBMPlexSans-*.ttf"))


def luminance(colour: str) -> float:
    """Relative luminance of #RRGGBB, 0 to 1 (WCAG 2.2, definition)."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, definition)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)
