"""Blocks as HTML for JupyterLab: every kind, all text escaped, no script."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import page_samples as samples
import pytest

from analysis import blocks as b
from analysis.page import block_html

EVERY_BLOCK = [
    samples.progress_frame(),
    *samples.progress_1(),
    *samples.progress_2(),
    *samples.progress_3(),
    *samples.handout(),
    *samples.caseload_1(),
    *samples.caseload_2(),
    b.GroupRule("Lower is better ↓"),
    b.PageBreak(),
]
BAD = "<script>alert(1)</script>\"'&"


class Reader(HTMLParser):
    """Counts what is opened and closed, and keeps the text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.seen.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]
        if tag not in ("br", "hr", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(block: Any) -> Reader:
    reader = Reader()
    reader.feed(block_html(b.as_data(block)))
    assert reader.open == []
    return reader


def test_the_samples_show_every_kind_of_block() -> None:
    assert {type(block).__name__ for block in EVERY_BLOCK} >= (
        set(b.KINDS) - {"Looks", "Wins", "Marked", "GoalLines"}
    )


@pytest.mark.parametrize("block", EVERY_BLOCK, ids=lambda block: type(block).__name__)
def test_every_block_is_well_formed_html_without_script_or_style_sheet(
    block: Any,
) -> None:
    assert not {"script", "style", "iframe", "link"} & read(block).seen


def test_text_is_escaped_wherever_it_stands() -> None:
    status = b.Status("setback", BAD)
    picture = b.Picture("<svg xmlns='http://www.w3.org/2000/svg'/>", BAD, 1, 1)
    tile = b.Tile(BAD, BAD, BAD, BAD, picture, status, BAD)
    for block in (
        b.Headline(BAD, BAD),
        b.Paragraph(BAD),
        b.RiskStrip("now", BAD, (BAD,)),
        b.Tiles((tile,), BAD),
        b.Looks((b.Look(status, BAD, BAD, BAD, BAD, BAD),)),
        b.Wins((b.Win(BAD, BAD),)),
        b.Marked((status,)),
        b.GoalLines((b.GoalLine(BAD, 1, 2, BAD),), BAD),
        b.Ladder(BAD, status, BAD, (b.Step(BAD, BAD),), picture, BAD, (BAD,), BAD, BAD),
        b.SignTable((BAD,) * 6, (b.SignRow(status, BAD, BAD, picture, BAD, BAD),)),
        b.Chart(BAD, picture, BAD, status),
        b.Box(((BAD, BAD),)),
        b.Table((b.Head(BAD),), ((b.Cell(BAD, status=status),),), caption=BAD),
        b.Bars((b.Bar(3, BAD, BAD),)),
        b.Rates((b.RateRow(BAD, None, None, None, None, None, BAD, BAD),), note=BAD),
        b.Columns((b.Paragraph(BAD),), (b.Paragraph(BAD),)),
    ):
        found = read(block)
        assert "script" not in found.seen
        assert BAD in found.text


def test_drawings_are_shown_as_images_in_which_nothing_can_run() -> None:
    evil = "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    html = block_html(b.as_data(b.Chart("T", b.Picture(evil, "It fell.", 10, 5))))
    assert "onload" not in html
    assert 'alt="It fell."' in html
    assert "data:image/svg+xml;base64," in html


def test_a_block_of_a_later_version_shows_its_name() -> None:
    assert "Hologram" in block_html({"block": "Hologram"})
