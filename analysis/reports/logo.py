"""The practice's logo: read, and refused unless it is a picture."""

from __future__ import annotations

import base64
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.page.pictures import png_block, svg_block
from analysis.settings import Settings

# It stands in every report; a larger one is a photograph.
MAX_BYTES = 2 * 1024**2
_PIXELS = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}


def logo(settings: Settings) -> str:
    """The logo as SVG text; a PNG or JPEG is wrapped into an SVG of its own.

    What the file holds decides, not its name: a path that leads to another file must
    not carry its bytes into the reports. Raises AnalysisError with what to mend.
    """
    if not settings.practice.logo:
        return ""
    try:
        return _picture(_content(settings.folder / settings.practice.logo))
    except AnalysisError as problem:
        raise AnalysisError(
            f"The logo {settings.practice.logo} named in settings.toml cannot be used: "
            f"{problem}. Mend the path in [practice], or remove the line."
        ) from problem


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise AnalysisError("it is not there")
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as problem:
        raise AnalysisError(f"it cannot be read ({problem.strerror})") from problem
    if len(content) > MAX_BYTES:
        raise AnalysisError(f"it is larger than {MAX_BYTES // 1024**2} MB")
    return content


def _picture(content: bytes) -> str:
    for start, mime in _PIXELS.items():
        if content.startswith(start):
            coded = base64.b64encode(content).decode("ascii")
            return str(png_block(coded, "", mime)["svg"])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise AnalysisError("it is no SVG, PNG or JPEG picture") from problem
    return str(svg_block(text, "")["svg"])
