"""Charts inside a page: SVG as text, its styles moved into the page's one style sheet.

A strict Content-Security-Policy refuses styles written on an element, so each distinct
one becomes a class. Charts are ours; what they hold of a practice is escaped text.
"""

from __future__ import annotations

import hashlib
import re
from html import escape

from analysis.blocks import Picture

_STYLE_SHEET = re.compile(r"<style[^>]*>.*?</style>", re.DOTALL)
_SIZE = re.compile(r'(<svg[^>]*?) width="[^"]*" height="[^"]*"')
_OWN_STYLE = re.compile(r' style="([^"]*)"')
# Text may look like an attribute; inside a tag, text has its brackets escaped.
_TAG = re.compile(r"<[^<>]+>")
# Names inside a drawing, and what refers to them: two drawings must not share one.
_ID = re.compile(r"""( id="| (?:xlink:)?href="#|url\(#)""")
# What a declaration may hold; anything else is no style of ours.
_PLAIN = re.compile(r"[\w\s.,:;#%()'/+-]*")


def inline_svg(picture: Picture) -> str:
    """The drawing as an image with its finding in words, or as decoration."""
    # a drawing's own style sheet would speak to the whole page
    svg = _STYLE_SHEET.sub("", picture.svg)
    svg = _SIZE.sub(r"\1", svg, count=1)
    name = "d" + hashlib.sha256(picture.svg.encode()).hexdigest()[:8]
    svg = _TAG.sub(lambda tag: _ID.sub(rf"\g<1>{name}-", tag.group()), svg)
    said = 'aria-hidden="true"'
    if picture.alt:
        said = f'role="img" aria-label="{escape(picture.alt)}"'
    svg = svg.replace("<svg", f'<svg class="chart" {said}', 1)
    return re.sub(r"\s*\n", " ", svg)


def with_classes(body: str) -> tuple[str, str]:
    """Turn every style on an element into a class: the new body, and its style sheet.

    body: text of the practice in it is escaped, so that none of it is a tag.
    Raises ValueError for a style that could leave the style sheet.
    """
    names: dict[str, str] = {}

    def named(match: re.Match[str]) -> str:
        style = match.group(1)
        if not _PLAIN.fullmatch(style):
            raise ValueError("a style on the page is not plain")
        return f' data-look="{names.setdefault(style, f"l{len(names)}")}"'

    changed = _TAG.sub(lambda tag: _OWN_STYLE.sub(named, tag.group()), body)
    rules = "\n".join(
        f'[data-look="{name}"]{{{style}}}' for style, name in names.items()
    )
    return changed, rules
