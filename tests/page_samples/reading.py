"""What a reader of tags finds in a PDF: the structure tree in logical order."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pikepdf


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))


def elements(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Dictionary]:
    """Every element of the structure tree, parents first, in reading order."""
    stack = [pdf.Root.StructTreeRoot.K]
    while stack:
        node = stack.pop()
        if isinstance(node, pikepdf.Array):
            stack += reversed(list(node))
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            yield node
            if "/K" in node:
                stack.append(node.K)


def tags(pdf: pikepdf.Pdf) -> list[str]:
    return [str(element.S)[1:] for element in elements(pdf)]


def children(element: pikepdf.Dictionary) -> list[str]:
    inside = element.get("/K", pikepdf.Array())
    nodes = inside if isinstance(inside, pikepdf.Array) else [inside]
    return [
        str(node.S)[1:]
        for node in nodes
        if isinstance(node, pikepdf.Dictionary) and "/S" in node
    ]


def words(pdf: pikepdf.Pdf) -> str:
    """All text of the pages by the fonts' own ToUnicode maps, without spaces.

    Enough to see that a text arrived whole; order and spacing are not judged.
    """
    found: list[str] = []
    for page in pdf.pages:
        maps = {
            name: _to_unicode(font)
            for name, font in page.get("/Resources", {}).get("/Font", {}).items()
        }
        current: dict[bytes, str] = {}
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) == "Tf":
                current = maps.get(str(operands[0]), {})
            elif str(operator) in ("Tj", "TJ"):
                pieces = operands[0] if str(operator) == "TJ" else operands
                for piece in pieces:
                    if isinstance(piece, pikepdf.String):
                        raw = bytes(piece)
                        pairs = (raw[i : i + 2] for i in range(0, len(raw), 2))
                        found += [current.get(pair, "") for pair in pairs]
    return re.sub(r"[\s\u200b]", "", "".join(found))


def _to_unicode(font: pikepdf.Object) -> dict[bytes, str]:
    table = bytes(font.ToUnicode.read_bytes()).decode("ascii")
    pairs = re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", table)
    return {
        bytes.fromhex(code): bytes.fromhex(text).decode("utf-16-be", "replace")
        for code, text in pairs
        if len(code) == 4 and len(text) % 4 == 0
    }
