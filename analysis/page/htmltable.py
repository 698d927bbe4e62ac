"""HTML tables, as pandas and its Styler write them, to data the template sets."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

Node = dict[str, Any]
_NUMBER = re.compile(r"[-+−–]?[\d.,\s\u00a0]*\d\s*%?|nan|NaN|NaT|<NA>|None|–|-|")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_RGB = re.compile(r"rgba?\(\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)[^)]*\)")
_NAMED = {
    "black": "#000000", "white": "#FFFFFF", "red": "#D55E00", "green": "#0072B2",
    "blue": "#0072B2", "orange": "#D55E00", "yellow": "#F3EADB", "grey": "#4A5563",
    "gray": "#4A5563", "lightgrey": "#DDE2E8", "lightgray": "#DDE2E8",
    "lightblue": "#CFE3EF", "lightgreen": "#CFE3EF", "pink": "#FBE6D8",
}  # fmt: skip
# A token longer than this gets break chances: a table column is seldom wider.
_LONGEST_TOKEN = 16


def has_table(html: str) -> bool:
    """Whether this HTML holds a table."""
    return "<table" in html.lower()


def table_blocks(html: str) -> list[Node]:
    """One block for every outer table in the HTML, with caption and note."""
    reader = _TableReader()
    reader.feed(html)
    reader.close()
    styles = _styles("".join(reader.css))
    blocks = []
    for table in reader.tables:
        for row in (*table["head"], *table["rows"]):
            for cell in row:
                _dress(cell, styles)
        block = table_block(table["head"], table["rows"], table["caption"])
        blocks.append({"block": "ForeignTable", **block})
    if blocks and reader.note:
        blocks[-1]["note"] = reader.note
    return blocks


def cell_of(text: str, *, right: bool = False, bold: bool = False) -> Node:
    """One table cell."""
    return {
        "text": breakable(text),
        "bold": bold,
        "right": right,
        "colour": "",
        "fill": "",
        "colspan": 1,
        "rowspan": 1,
    }


def table_block(
    head: list[list[Node]], rows: list[list[Node]], caption: str = ""
) -> Node:
    """A table whose rows all have the same number of columns.

    Columns in which every cell is a number are set to the right. Spans that would
    leave the table are cut, missing cells are filled with empty ones.
    """
    grid = [*head, *rows]
    columns = max((sum(c["colspan"] for c in row) for row in grid), default=1) or 1
    head = _squared(head, columns)
    rows = _squared(rows, columns)
    _align_numbers(head, rows, columns)
    return {
        "columns": columns,
        "head": head or [[cell_of("") for _ in range(columns)]],
        "rows": rows,
        "caption": caption,
        "note": "",
        "filled": any(cell["fill"] for row in rows for cell in row),
    }


def breakable(text: str) -> str:
    """Break chances in words too long for a column: after joints, else every twelve."""

    def broken(match: re.Match[str]) -> str:
        word = re.sub(r"([_/.,;:@\-])(?=\w)", "\\1\u200b", match.group())
        return re.sub(r"([^\u200b]{12})(?=[^\u200b])", "\\1\u200b", word)

    return re.sub(rf"\S{{{_LONGEST_TOKEN},}}", broken, text)


def _squared(rows: list[list[Node]], columns: int) -> list[list[Node]]:
    """Rows made to fill the grid exactly, with spans counted as HTML does."""
    taken: dict[tuple[int, int], bool] = {}
    squared = []
    for y, row in enumerate(rows):
        x = 0
        kept = []
        for cell in row:
            while taken.get((y, x)):
                x += 1
            if x >= columns:
                break
            cell["colspan"] = min(cell["colspan"], columns - x)
            cell["rowspan"] = min(cell["rowspan"], len(rows) - y)
            for dy in range(cell["rowspan"]):
                for dx in range(cell["colspan"]):
                    taken[y + dy, x + dx] = True
            cell["x"] = x
            kept.append(cell)
        for x in range(columns):
            if not taken.get((y, x)):
                taken[y, x] = True
                kept.append({**cell_of(""), "x": x})
        squared.append(sorted(kept, key=lambda cell: cell["x"]))
    return squared


def _align_numbers(
    head: list[list[Node]], rows: list[list[Node]], columns: int
) -> None:
    for x in range(columns):
        cells = [cell for row in rows for cell in row if cell["x"] == x]
        plain = [cell for cell in cells if not cell["bold"]]
        is_number = plain and all(_NUMBER.fullmatch(c["text"].strip()) for c in plain)
        if is_number and any(cell["text"].strip() for cell in plain):
            for cell in [*cells, *(c for row in head for c in row if c["x"] == x)]:
                cell["right"] = True


class _TableReader(HTMLParser):
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
        self._in_style = self._in_note = self._in_caption = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "style":
            self._in_style = True
        elif tag == "table":
            self._depth += 1
            if self._depth == 1:
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
            self._cell["text"] = breakable("".join(self._text).strip())
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
            # pandas prints a line end inside a cell as the two characters \n
            self._text.append(data.replace("\\n", "\n"))
        elif self._in_caption:
            self.tables[-1]["caption"] += data.strip()
        elif self._in_note:
            self.note += data.strip()


def _span(text: str | None) -> int:
    return min(int(text), 1000) if text and text.isdigit() and int(text) > 0 else 1


def _styles(css: str) -> dict[str, dict[str, str]]:
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


def _dress(cell: Node, styles: dict[str, dict[str, str]]) -> None:
    """Give a cell what its styles say, and drop what the template does not take."""
    given: dict[str, str] = {}
    for name in cell.pop("class", "").split():
        given |= styles.get(f".{name}", {})
    given |= styles.get(f"#{cell.pop('id', '')}", {})
    given |= _declarations(cell.pop("style", ""))
    if given.get("font-weight", "") in ("bold", "bolder", "600", "700", "800", "900"):
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
