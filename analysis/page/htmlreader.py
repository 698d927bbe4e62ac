"""Reading HTML: tables with their spans, and the few styles the page takes over."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

Node = dict[str, Any]
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_RGB = re.compile(r"rgba?\(\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)[^)]*\)")
# Colour names people use in a Styler, moved to the nearest tone of ours.
_NAMED = {
    "black": "#000000", "white": "#FFFFFF", "red": "#D55E00", "green": "#0072B2",
    "blue": "#0072B2", "orange": "#D55E00", "yellow": "#F3EADB", "grey": "#4A5563",
    "gray": "#4A5563", "lightgrey": "#DDE2E8", "lightgray": "#DDE2E8",
    "lightblue": "#CFE3EF", "lightgreen": "#CFE3EF", "pink": "#FBE6D8",
}  # fmt: skip
_UNSEEN = frozenset({"script", "style", "head", "template"})
_BLOCKS = frozenset({"p", "div", "br", "li", "h1", "h2", "h3", "h4", "pre", "tr"})
_BOLD = frozenset({"bold", "bolder", "600", "700", "800", "900"})


def cell_of(text: str, *, right: bool = False, bold: bool = False) -> Node:
    """One table cell, with every field the template reads."""
    return {
        "text": text,
        "bold": bold,
        "grey": False,
        "right": right,
        "colour": "",
        "fill": "",
        "colspan": 1,
        "rowspan": 1,
    }


class TableReader(HTMLParser):
    """Collects tables, the CSS before them and the note pandas writes under them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[Node] = []
        self.css: list[str] = []
        self.note = ""
        self._depth = 0
        self._section = "rows"
        self._row: list[Node] | None = None
        self._text: list[str] | None = None
        self._cell: Node = {}
        self._in_style = self._in_note = self._in_caption = self._is_frame = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "style":
            self._in_style = True
        elif tag == "table":
            self._depth += 1
            if self._depth == 1:
                # pandas prints a line end inside a cell as the two characters \n
                self._is_frame = "dataframe" in given.get("class", "")
                self.tables.append({"head": [], "rows": [], "caption": ""})
                self._section = "rows"
        elif self._depth == 1:
            self._open_part(tag, given)
        elif tag == "p":
            self._in_note = True

    def _open_part(self, tag: str, given: dict[str, str]) -> None:
        if tag == "thead":
            self._section = "head"
        elif tag in ("tbody", "tfoot"):
            self._section = "rows"
        elif tag == "caption":
            self._in_caption = True
        elif tag == "tr":
            self._row = []
        elif tag in ("td", "th"):
            self._cell = cell_of("", bold=tag == "th" and self._section == "rows")
            self._cell["colspan"] = _span(given.get("colspan"))
            self._cell["rowspan"] = _span(given.get("rowspan"))
            self._cell["id"] = given.get("id", "")
            self._cell["class"] = given.get("class", "")
            self._cell["style"] = given.get("style", "")
            self._text = []
        elif tag == "br" and self._text is not None:
            self._text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "style":
            self._in_style = False
        elif tag == "table":
            self._depth -= 1
        elif tag == "p":
            self._in_note = False
        elif self._depth == 1:
            self._close_part(tag)

    def _close_part(self, tag: str) -> None:
        if tag in ("td", "th") and self._text is not None and self._row is not None:
            # a bare row number is no name to find a row by
            if self._cell["bold"] and "".join(self._text).strip().isdigit():
                self._cell["bold"], self._cell["grey"] = False, True
            self._cell["text"] = "".join(self._text).strip()
            self._row.append(self._cell)
            self._text = None
        elif tag == "tr" and self._row is not None:
            self.tables[-1][self._section].append(self._row)
            self._row = None
        elif tag == "caption":
            self._in_caption = False
        elif tag == "thead":
            self._section = "rows"

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.css.append(data)
        elif self._text is not None:
            self._text.append(data.replace("\\n", "\n") if self._is_frame else data)
        elif self._in_caption:
            self.tables[-1]["caption"] += data.strip()
        elif self._in_note:
            self.note += data.strip()


class TextReader(HTMLParser):
    """The words of HTML that a browser would show, a line for each block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag in _BLOCKS:
            self.text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.text.append(" ".join(data.split()) and data)


def _span(text: str | None) -> int:
    return min(int(text), 1000) if text and text.isdigit() and int(text) > 0 else 1


def styles_of(css: str) -> dict[str, dict[str, str]]:
    """Selector (#id or .class, last part only) to its declarations."""
    styles: dict[str, dict[str, str]] = {}
    for selectors, body in _RULE.findall(css):
        for selector in selectors.split(","):
            words = selector.split()
            if words:
                styles.setdefault(words[-1], {}).update(_declarations(body))
    return styles


def _declarations(body: str) -> dict[str, str]:
    pairs = (part.split(":", 1) for part in body.split(";") if ":" in part)
    return {name.strip().lower(): value.strip() for name, value in pairs}


def dress(cell: Node, styles: dict[str, dict[str, str]]) -> None:
    """Give a cell what its styles say, and drop what the template does not take."""
    given: dict[str, str] = {}
    for name in cell.pop("class", "").split():
        given |= styles.get(f".{name}", {})
    given |= styles.get(f"#{cell.pop('id', '')}", {})
    given |= _declarations(cell.pop("style", ""))
    if given.get("font-weight", "") in _BOLD:
        cell["bold"] = True
    cell["right"] = given.get("text-align", "") == "right"
    cell["fill"] = _colour(given.get("background-color", given.get("background", "")))
    cell["colour"] = _colour(given.get("color", ""))


def _colour(css: str) -> str:
    """A CSS colour as #RRGGBB; "" for one we do not read."""
    css = css.strip().lower()
    if _HEX.fullmatch(css):
        return css if len(css) == 7 else "#" + "".join(c * 2 for c in css[1:])
    parts = _RGB.fullmatch(css)
    if parts:
        return "#" + "".join(f"{min(int(p), 255):02x}" for p in parts.groups())
    return _NAMED.get(css, "")
