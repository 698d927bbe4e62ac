"""A block as simple HTML, for JupyterLab: the analyst sees what the page will hold.

No script, no style sheet, everything escaped. Drawings are shown as images, in which
no script can run and no name can clash with another drawing's.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from analysis.look import read_look

Data = Mapping[str, Any]
# Only the eye sees these here; on the printed page shapes are drawn.
_SIGNS = {
    "tick_disc": "✔", "tick_ring": "✓", "triangle_up": "▲", "bars": "=",
    "diamond": "◆", "triangle_down": "▼", "triangle_open": "▽", "alert": "!",
    "dotted_ring": "◌", "clock": "◷", "star": "★",
}  # fmt: skip


def block_html(data: Data) -> str:
    """HTML of one block's data (blocks.as_data); an unknown kind shows its name."""
    setter = _SETTERS.get(data["block"])
    if setter is None:
        return _paragraph(f"[{data['block']}]", "grey")
    return f'<div style="max-width:50em;font-family:sans-serif">{setter(data)}</div>'


def _paragraph(text: str, tone: str = "body") -> str:
    if not text:
        return ""
    style = "margin:.3em 0;white-space:pre-line;" + _TONES[tone]()
    return f'<p style="{style}">{escape(text)}</p>'


_TONES: Mapping[str, Callable[[], str]] = {
    "body": lambda: "",
    "lead": lambda: "font-size:1.1em",
    "grey": lambda: f"color:{read_look().colour['grey']}",
    "fine": lambda: "font-size:85%;color:#4A5563",
    "own_words": lambda: "font-style:italic",
    "strong": lambda: "font-weight:600",
}


def _head(text: str, level: int, note: str = "") -> str:
    head = f'<h{level} style="margin:.6em 0 .2em">{escape(text)}</h{level}>'
    return head + _paragraph(note, "grey") if text else ""


def _status(status: Data | None) -> str:
    if not status:
        return ""
    look = read_look().status[status["shape"]]
    style = f"color:{look.colour}"
    sign = f'<span aria-hidden="true" style="{style}">{_SIGNS[look.form]}</span>'
    return f"{sign} <strong>{escape(status['word'])}</strong>"


def _picture(picture: Data | None) -> str:
    if not picture:
        return ""
    coded = base64.b64encode(picture["svg"].encode("utf-8")).decode("ascii")
    alt = escape(picture["alt"], quote=True)
    width = f"width:{float(picture['width_mm']):g}mm;max-width:100%"
    return f'<img alt="{alt}" style="{width}" src="data:image/svg+xml;base64,{coded}">'


def _list(items: list[str], *, ordered: bool = False, start: int = 1) -> str:
    inside = "".join(f"<li>{item}</li>" for item in items)
    return f'<ol start="{start:d}">{inside}</ol>' if ordered else f"<ul>{inside}</ul>"


def _rows(heads: list[str], rows: list[list[str]], caption: str = "") -> str:
    top = "".join(f'<th style="text-align:left">{escape(head)}</th>' for head in heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows
    )
    named = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{named}<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _page(data: Data) -> str:
    words = " · ".join(part for part in (data["practice"], data["header"]) if part)
    return _paragraph(words, "grey")


def _risk(data: Data) -> str:
    status = {"shape": "risk", "word": data["title"]}
    lines = "".join(_paragraph(line) for line in data["lines"])
    style = f"border-left:5px solid {read_look().colour['orange']};padding-left:.8em"
    return f'<div style="{style}">{_status(status)}{lines}</div>'


def _tiles(data: Data) -> str:
    cells = []
    for tile in data["tiles"]:
        before = f"{escape(tile['baseline'])} → " if tile["baseline"] else ""
        cells.append(
            '<td style="vertical-align:top;text-align:left;padding-right:1.5em">'
            f"<strong>{escape(tile['label'])}</strong><br>"
            f"<small>{escape(tile['instrument'])}</small><br>{before}"
            f'<span style="font-size:1.6em">{escape(tile["latest"])}</span><br>'
            f"{_picture(tile['spark'])}<br>{_status(tile['status'])}<br>"
            f'<small style="white-space:pre-line">{escape(tile["detail"])}</small></td>'
        )
    return f"<table><tr>{''.join(cells)}</tr></table>" + _paragraph(
        data["note"], "grey"
    )


def _looks(data: Data) -> str:
    items = []
    for look in data["items"]:
        title = _status({**look["status"], "word": look["title"]})
        consider = ""
        if look["consider"]:
            word = f"<strong>{escape(look['consider_word'])}</strong>"
            consider = f"<p>{word} {escape(look['consider'])}</p>"
        why = _paragraph(look["why"]) + _paragraph(look["evidence"], "grey")
        items.append(title + why + consider)
    return _list(items, ordered=True, start=data["start"])


def _wins(data: Data) -> str:
    return _list([
        f"<strong>{escape(win['title'])}</strong>" + _paragraph(win["evidence"])
        for win in data["items"]
    ])  # fmt: skip


def _goal_lines(data: Data) -> str:
    items = [
        f"{escape(goal['title'])}: {_status(goal['status']) or escape(goal['count'])}"
        for goal in data["items"]
    ]
    return _list(items) + _paragraph(data["note"], "grey")


def _ladder(data: Data) -> str:
    steps = [
        f"{'✔' if step['state'] == 'done' else '○'} {escape(step['text'])} "
        f"<small>{escape(step['when'])}</small>"
        for step in data["steps"]
    ]
    status = _paragraph(data["due"], "grey")
    words = [data["rating"], data["summary"], data["next_step"], *data["history"]]
    return (
        _head(data["title"], 4)
        + _status(data["status"])
        + status
        + _list(steps, ordered=True)
        + _picture(data["picture"])
        + "".join(_paragraph(word, "grey") for word in words)
    )


def _signs(data: Data) -> str:
    return _rows(
        data["heads"],
        [
            [
                _status(row["status"]),
                f"<strong>{escape(row['title'])}</strong>",
                escape(row["strength"]),
                _picture(row["spark"]),
                escape(row["evidence"]),
                escape(row["latest"]),
            ]
            for row in data["rows"]
        ],
    )


def _chart(data: Data) -> str:
    status = _status(data["status"])
    axis = _paragraph(data["axis"], "grey")
    return _head(data["title"], 4) + status + axis + _picture(data["picture"])


def _box(data: Data) -> str:
    lines = "".join(
        f"<p><strong>{escape(label)}</strong> {escape(text)}</p>"
        for label, text in data["lines"]
    )
    fill = read_look().fill["tile"]
    return f'<div style="background:{fill};padding:.4em 1em">{lines}</div>'


def _cell(cell: Data) -> str:
    text = escape(cell["text"])
    text = f"<strong>{text}</strong>" if cell["is_strong"] else text
    bar = (
        f' <progress max="1" value="{cell["bar"]:g}"></progress>' if cell["bar"] else ""
    )
    return f"{_status(cell['status'])} {text}{bar}{_picture(cell['picture'])}"


def _table(data: Data) -> str:
    heads = [head["text"] for head in data["heads"]]
    rows = [[_cell(cell) for cell in row] for row in data["rows"]]
    return _rows(heads, rows, data["caption"])


def _bars(data: Data) -> str:
    return _rows(
        [],
        [
            [
                f"<strong>{bar['count']:d}</strong>",
                escape(bar["label"]),
                escape(bar["note"]),
            ]
            for bar in data["bars"]
        ],
    )


def _rates(data: Data) -> str:
    rows = [
        [escape(row[name]) for name in ("label", "now", "count", "before", "nation")]
        for row in data["rows"]
    ]
    return _rows(["", *data["heads"]], rows) + _paragraph(data["note"], "grey")


def _columns(data: Data) -> str:
    sides = (
        "".join(block_html(block) for block in data[side]) for side in ("left", "right")
    )
    cells = "".join(
        f'<td style="vertical-align:top;text-align:left">{side}</td>' for side in sides
    )
    return f"<table><tr>{cells}</tr></table>"


_SETTERS: Mapping[str, Callable[[Data], str]] = {
    "Page": _page,
    "Headline": lambda data: (
        _head(data["text"], 2) + _paragraph(data["context"], "grey")
    ),
    "PageTitle": lambda data: "<hr>" + _head(data["text"], 2, data["note"]),
    "Section": lambda data: _head(data["title"], 3, data["note"]),
    "GroupRule": lambda data: _head(data["text"], 3),
    "Paragraph": lambda data: _paragraph(data["text"], data["tone"]),
    "RiskStrip": _risk,
    "Tiles": _tiles,
    "Looks": _looks,
    "Wins": _wins,
    "Marked": lambda data: _list([_status(item) for item in data["items"]]),
    "GoalLines": _goal_lines,
    "Ladder": _ladder,
    "SignTable": _signs,
    "Chart": _chart,
    "Box": _box,
    "Contents": lambda data: _paragraph(
        f"{data['label']} {' · '.join(data['entries'])}", "grey"
    ),
    "Table": _table,
    "Bars": _bars,
    "Rates": _rates,
    "Columns": _columns,
    "Space": lambda data: "",
    "PageBreak": lambda data: "<hr>",
}
