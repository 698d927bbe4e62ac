"""Blocks arranged into one document, and the document as Typst source."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from analysis import blocks
from analysis.errors import AnalysisError
from analysis.page.encode import literal
from analysis.page.pictures import without_links

Block = dict[str, Any]
_WORDS_FILE = Path(__file__).with_name("words.toml")


@cache
def frame_words(language: str) -> Mapping[str, str]:
    """The words of a page's frame in a language; English where we have none."""
    words = tomllib.loads(_WORDS_FILE.read_text(encoding="utf-8"))
    return words.get(language, words["en"])


def split_frame(found: Iterable[Block]) -> tuple[Block | None, list[Block]]:
    """The Page block, if there is one, and all the others in order."""
    frame = None
    body = []
    for block in found:
        if block["block"] == "Page":
            frame = frame or block
        else:
            body.append(block)
    return frame, body


def plain_frame(title: str, *, language: str, paper: str) -> Block:
    """The frame of a notebook that does not bring its own."""
    page = blocks.Page(
        kind="plain",
        title=title,
        practice="",
        header=title,
        footer_left="",
        footer_right="",
        language=language,
        region="",
        paper=paper,  # type: ignore[arg-type]
        is_confidential=False,
    )
    return blocks.as_data(page)


def arrange(body: list[Block], *, is_plain: bool) -> list[Block]:
    """Blocks ready to set: half-width charts side by side, head levels, feet pushed."""
    arranged = _pushed(_paired(body))
    _Levels(is_plain=is_plain).give(arranged)
    return arranged


def source_of(frame: Block, body: list[Block], *, archival: bool = False) -> str:
    """Typst source of the whole document; all client text inside string literals."""
    page = {
        **frame,
        "words": dict(frame_words(frame["language"])),
        "logo_svg": without_links(frame["logo_svg"]),
        "date": _iso_date(frame["date"], archival=archival),
    }
    lines = [
        '#import "/page/template/cairn.typ": frame, kit, put',
        f"#let it = kit({literal(page)})",
        "#show: frame.with(it)",
    ]
    lines += [f"#put(it, {literal(block)})" for block in body]
    return "\n".join(lines) + "\n"


def is_blank(text: str) -> bool:
    """Whether nothing of a text would be seen."""
    return not text.replace("\u200b", "").strip()


def _iso_date(date: str, *, archival: bool) -> str:
    """The document's date; an archive must have one, so there the epoch stands in."""
    if not date:
        return "1970-01-01" if archival else "none"
    try:
        return datetime.date.fromisoformat(date).isoformat()
    except ValueError as problem:
        raise AnalysisError(
            "The date of the Page block must be written like 2026-10-01."
        ) from problem


def _paired(body: list[Block]) -> list[Block]:
    """Two half-width charts in a row stand side by side."""
    result: list[Block] = []
    waiting: list[Block] = []
    for block in [*body, None]:
        if block and block["block"] == "Chart" and block["width"] == "half":
            waiting.append(block)
            if len(waiting) < 2:
                continue
        if waiting:
            left, right = waiting[:1], waiting[1:]
            result.append(
                {"block": "Columns", "left": left, "right": right, "split": [6, 6]}
            )
            is_used, waiting = len(right) == 1, []
            if is_used:
                continue
        if block:
            result.append(block)
    return result


def _pushed(body: list[Block]) -> list[Block]:
    """The first of the boxes at the foot takes the spare height above it."""
    result = []
    before = False
    for block in body:
        at_foot = block.get("at_foot", False)
        if block["block"] == "Box":
            block = {**block, "pushed": at_foot and not before}
        elif block["block"] == "Columns":
            sides = {side: _pushed(block[side]) for side in ("left", "right")}
            block = {**block, **sides}
        result.append(block)
        before = at_foot
    return result


class _Levels:
    """Head levels without a skip, in reading order, as PDF/UA asks.

    A page's headline or title is level 1, a section 2, a panel or goal one below the
    section it stands in. An analyst's own heads never outrank the page's.
    """

    def __init__(self, *, is_plain: bool) -> None:
        self.highest = 1 if is_plain else 2
        self.last = 0
        self.section = 0

    def give(self, body: list[Block]) -> None:
        for block in body:
            kind = block["block"]
            if is_blank(str(block.get("title", block.get("text", "")))):
                block["level"] = 0  # an empty head is none
            elif kind in ("Headline", "PageTitle"):
                block["level"] = self.last = self.section = 1
            elif kind in ("Section", "GroupRule"):
                block["level"] = self.section = self.last = self._fitting(2)
            elif kind in ("Chart", "Ladder"):
                block["level"] = self.last = self._fitting(self.section + 1)
            for side in ("left", "right") if kind == "Columns" else ():
                self.give(block[side])
            if kind == "Markdown":
                self._give_nodes(block["nodes"])

    def _fitting(self, level: int) -> int:
        return max(1, min(level, self.last + 1))

    def _give_nodes(self, nodes: list[Block]) -> None:
        for node in nodes:
            if node["kind"] == "heading" and is_blank(_node_text(node)):
                node["level"] = 0
            elif node["kind"] == "heading":
                level = self._fitting(max(node["level"], self.highest))
                node["level"] = self.last = level
                self.section = min(level, 2)
            elif node["kind"] == "quote":
                self._give_nodes(node["nodes"])
            elif node["kind"] == "list":
                for item in node["items"]:
                    self._give_nodes(item)


def _node_text(node: Block) -> str:
    inside = "".join(_node_text(part) for part in node.get("nodes", []))
    return str(node.get("text", "")) + inside
