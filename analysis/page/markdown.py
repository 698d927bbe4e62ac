"""Markdown to nodes the template sets. Every text in them is data, printed as typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from html import unescape
from typing import Any

import mistune

from analysis.page.htmltable import cell_of, table_block
from analysis.page.pictures import png_block, svg_block

Node = dict[str, Any]
_LINKS = ("http://", "https://", "mailto:")


@cache
def _parser() -> mistune.Markdown:
    return mistune.create_markdown(
        renderer=None, plugins=["table", "strikethrough", "url"]
    )


def markdown_block(
    text: str, attachments: Mapping[str, Mapping[str, str]] | None = None
) -> Node:
    """A block of nodes for one markdown text.

    attachments: pictures of a notebook cell, name to {mime: base64}. Pictures from
    anywhere else are named, not fetched.
    """
    tokens, _ = _parser().parse(text)
    nodes = list(_blocks(tokens, attachments or {}))  # type: ignore[arg-type]
    return {"block": "Markdown", "nodes": nodes}


def _blocks(tokens: Iterable[Node], attachments: Mapping[str, Any]) -> Iterable[Node]:
    for token in tokens:
        kind = token["type"]
        children = token.get("children", [])
        if kind in ("paragraph", "block_text"):
            pictures = [child for child in children if child["type"] == "image"]
            found = [_attached(child, attachments) for child in pictures]
            if found and len(found) == len(children) and all(found):
                yield from (picture for picture in found if picture)
                continue
            shown = "paragraph" if kind == "paragraph" else "plain"
            yield {"kind": shown, "nodes": list(_inline(children))}
        elif kind == "heading":
            level = token["attrs"]["level"]
            nodes = list(_inline(children))
            yield {"kind": "heading", "level": level, "nodes": nodes}
        elif kind == "list":
            yield _list(token, attachments)
        elif kind == "block_quote":
            yield {"kind": "quote", "nodes": list(_blocks(children, attachments))}
        elif kind == "block_code":
            yield {"kind": "code", "text": token["raw"].rstrip("\n")}
        elif kind == "block_html":
            yield {"kind": "paragraph", "nodes": [_text(token["raw"].strip())]}
        elif kind == "thematic_break":
            yield {"kind": "rule"}
        elif kind == "table":
            yield {"kind": "table", **_table(children)}


def _list(token: Node, attachments: Mapping[str, Any]) -> Node:
    return {
        "kind": "list",
        "ordered": token["attrs"]["ordered"],
        "start": token["attrs"].get("start", 1),
        "tight": token["tight"],
        "items": [
            list(_blocks(item.get("children", []), attachments))
            for item in token["children"]
        ],
    }


def _inline(tokens: Iterable[Node]) -> Iterable[Node]:
    for token in tokens:
        kind = token["type"]
        children = token.get("children", [])
        if kind in ("strong", "emphasis"):
            yield {"kind": kind, "nodes": list(_inline(children))}
        elif kind == "strikethrough":
            yield {"kind": "strike", "nodes": list(_inline(children))}
        elif kind == "link":
            yield _link(token)
        elif kind == "image":
            yield _text(f"[{_plain(children)}]")
        elif kind == "codespan":
            yield {"kind": "code", "text": unescape(token["raw"])}
        elif kind == "softbreak":
            yield _text(" ")
        elif kind == "linebreak" or _is_html_break(token):
            yield {"kind": "break"}
        elif kind == "inline_html":
            yield _text(token["raw"])
        else:
            yield _text(unescape(token.get("raw", "")))


def _is_html_break(token: Node) -> bool:
    return token["type"] == "inline_html" and token["raw"].lower().startswith("<br")


def _text(text: str) -> Node:
    return {"kind": "text", "text": text}


def _plain(tokens: Iterable[Node]) -> str:
    return "".join(
        token.get("raw", "") or _plain(token.get("children", [])) for token in tokens
    )


def _link(token: Node) -> Node:
    nodes = list(_inline(token.get("children", [])))
    url = token["attrs"]["url"]
    if not url.lower().startswith(_LINKS) or not url.isascii():
        return {"kind": "emphasis", "nodes": nodes}
    return {"kind": "link", "url": url, "nodes": nodes}


def _attached(token: Node, attachments: Mapping[str, Any]) -> Node | None:
    """The picture a markdown image names, if the cell carries it."""
    url = token["attrs"]["url"]
    alt = _plain(token.get("children", [])) or url.rsplit(":", 1)[-1]
    files = attachments.get(url.removeprefix("attachment:"), {})
    for mime, data in files.items():
        if mime in ("image/png", "image/jpeg"):
            return {"kind": "picture", **png_block(data, alt, mime)}
        if mime == "image/svg+xml":
            return {"kind": "picture", **svg_block(data, alt)}
    return None


def _table(children: Iterable[Node]) -> Node:
    heads: list[list[Node]] = []
    rows: list[list[Node]] = []
    for part in children:
        if part["type"] == "table_head":
            heads.append([_cell(cell) for cell in part["children"]])
        else:
            rows += [[_cell(c) for c in row["children"]] for row in part["children"]]
    return table_block(heads, rows)


def _cell(token: Node) -> Node:
    is_right = token["attrs"].get("align") == "right"
    return cell_of(_plain(token.get("children", [])), right=is_right)
