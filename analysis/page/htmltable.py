"""HTML tables, as pandas and its Styler write them, to data the template sets."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import Any

from analysis.page.encode import break_long_words
from analysis.page.htmlreader import TableReader, TextReader, cell_of, dress, styles_of

Node = dict[str, Any]
Rows = list[list[Node]]
_NUMBER = re.compile(r"[-+−–]?[\d.,\s\u00a0]*\d\s*%?|nan|NaN|NaT|<NA>|None|–|-|")
# A longer word gets break chances: a table column is seldom wider.
_LONGEST_WORD = 16
# Letters of table type side by side on a page, and from where a cell wraps instead.
_LETTERS_PER_LINE = 95
_WRAPS_FROM = 36
_GAP_LETTERS = 2


def has_table(html: str) -> bool:
    """Whether this HTML holds a table."""
    return "<table" in html.lower()


def visible_text(html: str) -> str:
    """What HTML without a table says in words; "" when it only draws or runs."""
    reader = TextReader()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.text).split("\n"))
    return "\n".join(line for line in lines if line)


def table_blocks(html: str) -> list[Node]:
    """One block for every outer table in the HTML, with caption and note."""
    reader = TableReader()
    reader.feed(html)
    reader.close()
    styles = styles_of("".join(reader.css))
    blocks = []
    for table in reader.tables:
        for row in (*table["head"], *table["rows"]):
            for cell in row:
                dress(cell, styles)
        block = table_block(table["head"], table["rows"], table["caption"])
        blocks += [{"block": "ForeignTable", **part} for part in _page_wide(block)]
    if blocks and reader.note:
        blocks[-1]["note"] = reader.note
    return blocks


def table_block(head: Rows, rows: Rows, caption: str = "") -> Node:
    """A table whose rows all have the same number of columns.

    Columns in which every cell is a number are set to the right. Spans that would
    leave the table are cut, missing cells are filled with empty ones.
    """
    grid = [*head, *rows]
    columns = max((sum(c["colspan"] for c in row) for row in grid), default=1) or 1
    head = _squared(head, columns)
    rows = _squared(rows, columns)
    _align_numbers(head, rows, columns)
    for cell in (cell for row in (*head, *rows) for cell in row):
        cell["text"] = break_long_words(cell["text"], _LONGEST_WORD)
    return {
        "columns": columns,
        "letters": sum(_column_letters(head, rows, columns)),
        "head": head,
        "rows": rows,
        "caption": caption,
        "note": "",
        "filled": any(cell["fill"] for row in rows for cell in row),
    }


def _page_wide(table: Node) -> list[Node]:
    """A table too wide to read is cut into parts, each with the row names again.

    Tables with merged cells stay whole and are set smaller by the template.
    """
    head, body = table["head"], table["rows"]
    cells = [cell for row in (*head, *body) for cell in row]
    if any(cell["colspan"] > 1 or cell["rowspan"] > 1 for cell in cells):
        return [table]
    columns = range(table["columns"])
    widths = _column_letters(head, body, table["columns"])
    is_name = [all(row[x]["bold"] or row[x]["grey"] for row in body) for x in columns]
    names = list(takewhile(lambda x: body and is_name[x], columns))
    parts: list[list[int]] = [[]]
    for x in columns[len(names) :]:
        taken = sum(widths[column] for column in [*names, *parts[-1]])
        if parts[-1] and taken + widths[x] > _LETTERS_PER_LINE:
            parts.append([])
        parts[-1].append(x)
    cut = [_columns_of(table, [*names, *part], widths) for part in parts]
    return [cut[0], *({**part, "caption": ""} for part in cut[1:])]


def _column_letters(head: Rows, body: Rows, columns: int) -> list[int]:
    """Letters each column needs side by side, with the space between columns.

    Heads wrap at every chance, texts from some width on; merged cells ask for nothing.
    """
    letters = [0] * columns
    for is_head, row in [(True, row) for row in head] + [(False, row) for row in body]:
        for cell in row:
            if cell["colspan"] == 1:
                pieces = re.split(r"[\s\u200b]" if is_head else r"\n", cell["text"])
                longest = max(len(piece.replace("\u200b", "")) for piece in pieces)
                wanted = longest if is_head else min(longest, _WRAPS_FROM)
                letters[cell["x"]] = max(letters[cell["x"]], wanted)
    return [count + _GAP_LETTERS for count in letters]


def _columns_of(table: Node, columns: list[int], widths: list[int]) -> Node:
    def cut(rows: Rows) -> Rows:
        return [[{**row[x], "x": i} for i, x in enumerate(columns)] for row in rows]

    return {
        **table,
        "columns": len(columns),
        "letters": sum(widths[x] for x in columns),
        "head": cut(table["head"]),
        "rows": cut(table["rows"]),
    }


def _squared(rows: Rows, columns: int) -> Rows:
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


def _align_numbers(head: Rows, rows: Rows, columns: int) -> None:
    for x in range(columns):
        cells = [cell for row in rows for cell in row if cell["x"] == x]
        plain = [cell for cell in cells if not cell["bold"] and not cell["grey"]]
        is_number = plain and all(_NUMBER.fullmatch(c["text"].strip()) for c in plain)
        if is_number and any(cell["text"].strip() for cell in plain):
            for cell in [*cells, *(c for row in head for c in row if c["x"] == x)]:
                cell["right"] = True
