"""How a practice's own pages look and what they can print: colour, fonts, archive."""

from __future__ import annotations

import re
from typing import Any

from analysis.errors import AnalysisError
from analysis.look import contrast, read_look
from analysis.settings import Settings

_HEX = re.compile(r"#[0-9A-Fa-f]{6}")
_DARKER = 0.98  # of every channel, a step


def page_look(settings: Settings) -> dict[str, Any]:
    """Fields of a Page that the practice decides, checked.

    Raises AnalysisError with what to mend for a colour that cannot be read on the
    page, naming the nearest one that can, and for a folder of fonts that is not there.
    """
    practice = settings.practice
    return {
        "accent": _accent(practice.accent),
        "fonts": _fonts(settings),
        "archival": practice.archival,
    }


def _accent(colour: str) -> str:
    """The colour of heads, readable on white, on tiles and on the handout's blue."""
    if not colour:
        return ""
    if not _HEX.fullmatch(colour):
        raise AnalysisError(
            f"accent in [practice] must be a colour such as #005A8C, not {colour!r}."
        )
    least = read_look().contrast["text"]
    found = _worst(colour)
    if found < least:
        raise AnalysisError(
            f"The accent {colour} in [practice] is too pale to read: its contrast is "
            f"{found:.1f}, text needs {least:.1f}. The nearest colour of that tone "
            f"that can be read is {_readable(colour, least)}."
        )
    return colour.upper()


def _worst(colour: str) -> float:
    """Least contrast with what the colour is printed on."""
    look = read_look()
    grounds = (look.colour["paper"], look.fill["tile"], look.fill["handout"])
    return min(contrast(colour, ground) for ground in grounds)


def _readable(colour: str, least: float) -> str:
    """The colour, darkened in its own tone until it can be read."""
    channels = [float(int(colour[at : at + 2], 16)) for at in (1, 3, 5)]
    while _worst(_hex(channels)) < least:
        channels = [channel * _DARKER for channel in channels]
    return _hex(channels)


def _hex(channels: list[float]) -> str:
    return "#" + "".join(f"{int(channel):02X}" for channel in channels)


def _fonts(settings: Settings) -> str:
    """The folder of further fonts, "" where none is named."""
    name = settings.practice.fonts
    if not name:
        return ""
    folder = settings.folder / name
    if not folder.is_dir():
        raise AnalysisError(
            f"The folder {name} named as fonts in [practice] is not there. Make it and "
            "put TTF or OTF files into it, or remove the line."
        )
    return str(folder)
