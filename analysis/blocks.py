"""What a page is made of: the blocks a notebook shows and the exporter sets.

A block is plain data. All text in it is data too: it is printed as typed, never read as
markup. `show` builds blocks from facts, `page` sets them in Typst (PDF) and HTML
(JupyterLab). SVG strings come from `charts` only.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

MIME = "application/vnd.cairn.block+json"

# Drawn, never typed. `page` and `charts` draw each by this name.
SHAPES = (
    "improving", "holding", "reached", "moving", "steady", "plateau", "setback",
    "worsening", "slipping", "not_on_track", "risk", "too_early", "not_known",
    "overdue", "small_win",
)  # fmt: skip


@dataclass(frozen=True)
class Status:
    """A shape and its word; colour only repeats them."""

    shape: str  # one of SHAPES
    word: str


@dataclass(frozen=True)
class Picture:
    """A drawing with the finding it shows in words; empty alt marks decoration."""

    svg: str
    alt: str
    width_mm: float
    height_mm: float


@dataclass(frozen=True)
class Page:
    """The frame of every page; stands first in a notebook's outputs."""

    kind: Literal["progress", "handout", "caseload", "plain"]
    title: str  # document title, for the PDF's metadata (no client name)
    practice: str
    header: str  # after the practice's name: "Progress report · A-1042 · …"
    footer_left: str
    footer_right: str
    language: str = "en"
    region: str = "GB"
    paper: Literal["A4", "Letter"] = "A4"
    is_confidential: bool = True
    is_demo: bool = False
    logo_svg: str = ""
    page_word: str = "page {page} of {pages}"
    date: str = ""  # day the report speaks from, ISO; for the PDF's metadata
    accent: str = ""  # the practice's colour of heads, #RRGGBB
    fonts: str = ""  # folder of further fonts
    archival: bool = False  # PDF/A-2a as well


@dataclass(frozen=True)
class Headline:
    """The answer, as the largest text of page one, with one grey line of context."""

    text: str
    context: str = ""


@dataclass(frozen=True)
class PageTitle:
    """Title of a later page; starts a new page."""

    text: str
    note: str = ""


@dataclass(frozen=True)
class Section:
    """A section head with a rule above and a grey note at the right."""

    title: str
    note: str = ""


@dataclass(frozen=True)
class GroupRule:
    """A word and a hairline: groups panels by direction."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """Running text. own_words: a client's words, in italics, verbatim.

    fine: small grey text for rules and definitions, closely set.
    """

    text: str
    tone: Literal["body", "lead", "grey", "own_words", "strong", "fine"] = "body"


@dataclass(frozen=True)
class RiskStrip:
    """A risk item, above everything; `dots` are the administrations in order."""

    level: Literal["now", "past", "unknown"]
    title: str
    lines: tuple[str, ...]
    dots: tuple[Literal["no", "yes", "unknown"], ...] = ()
    first: str = ""  # date under the first dot
    last: str = ""


@dataclass(frozen=True)
class Tile:
    """One tracked scale at a glance."""

    label: str
    instrument: str  # "PHQ-9 · ↓ is better"
    baseline: str  # "" when not known or the only score
    latest: str
    spark: Picture | None
    status: Status | None  # None: shown and not judged
    detail: str
    is_stale: bool = False  # no score in the period: value printed grey


@dataclass(frozen=True)
class Tiles:
    """Up to five tiles in a row, two rows above that."""

    tiles: tuple[Tile, ...]
    note: str = ""


@dataclass(frozen=True)
class Look:
    """One thing worth a look."""

    status: Status
    title: str
    why: str
    evidence: str = ""
    consider: str = ""
    consider_word: str = "Consider:"


@dataclass(frozen=True)
class Looks:
    """Worth a look, numbered, most pressing first."""

    items: tuple[Look, ...]
    start: int = 1


@dataclass(frozen=True)
class Win:
    """One thing worth celebrating; the handout prints the title only."""

    title: str
    evidence: str = ""


@dataclass(frozen=True)
class Wins:
    """A starred list."""

    items: tuple[Win, ...]


@dataclass(frozen=True)
class Marked:
    """A list of words with a status shape each, in one or two columns."""

    items: tuple[Status, ...]
    columns: int = 1


@dataclass(frozen=True)
class GoalLine:
    """One goal in a line: steps done of all, or a status word."""

    title: str
    done: int = 0
    of: int = 0
    count: str = ""  # "4 of 5", worded
    status: Status | None = None  # instead of the steps: Reached


@dataclass(frozen=True)
class GoalLines:
    """Goals in short, for page one."""

    items: tuple[GoalLine, ...]
    note: str = ""


@dataclass(frozen=True)
class Step:
    """One step of a ladder."""

    text: str
    when: str = ""  # date, or "next"
    state: Literal["done", "next", "open"] = "open"


@dataclass(frozen=True)
class Ladder:
    """One goal with its steps from left to right and its ratings as a small line."""

    title: str
    status: Status | None
    due: str = ""
    steps: tuple[Step, ...] = ()
    picture: Picture | None = None
    rating: str = ""  # under the picture: "2 → 6, target 8"
    history: tuple[str, ...] = ()  # revisions and remarks, grey
    summary: str = ""  # handout: "4 of 5 steps"
    next_step: str = ""  # handout: "Next step: …"


@dataclass(frozen=True)
class SignRow:
    """One sign of progress."""

    status: Status
    title: str
    strength: str
    spark: Picture | None
    evidence: str
    latest: str
    is_old: bool = False


@dataclass(frozen=True)
class SignTable:
    """The ten signs as rows; `heads` are the six column heads."""

    heads: tuple[str, str, str, str, str, str]
    rows: tuple[SignRow, ...]


@dataclass(frozen=True)
class Chart:
    """A panel: its finding as title, status at the right, axis words, drawing."""

    title: str
    picture: Picture
    axis: str = ""
    status: Status | None = None
    width: Literal["full", "half"] = "full"


@dataclass(frozen=True)
class Box:
    """A tinted box of labelled lines. tone ink: framed, for the safety text."""

    lines: tuple[tuple[str, str], ...]  # (label in bold or "", text)
    tone: Literal["grey", "blue", "ink"] = "grey"
    at_foot: bool = False  # pushed to the foot of the page


@dataclass(frozen=True)
class Cell:
    """One table cell."""

    text: str
    is_strong: bool = False
    tone: Literal["body", "grey"] = "body"
    status: Status | None = None  # drawn before the text
    picture: Picture | None = None
    bar: float | None = None  # 0 to 1: a bar beside the text


@dataclass(frozen=True)
class Head:
    """One column head; `share` is its part of the width, 0 = as wide as needed."""

    text: str
    align: Literal["left", "right"] = "left"
    share: float = 1.0


@dataclass(frozen=True)
class Table:
    """A table with a repeated head; a row opens a new group when its index is named."""

    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    group_starts: tuple[int, ...] = ()
    caption: str = ""


@dataclass(frozen=True)
class Bar:
    """One bar of a completeness funnel."""

    count: int
    label: str
    note: str = ""
    is_news: bool = False


@dataclass(frozen=True)
class Bars:
    """Completeness: bars from one zero, label inside, loss in words at the right."""

    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class RateRow:
    """One outcome rate with all that could qualify it; shares are 0 to 1."""

    label: str
    value: float | None  # None: too few to show
    low: float | None
    high: float | None
    worst: float | None  # bounds for missing outcomes
    best: float | None
    now: str  # "67 %"
    count: str  # "126 of 187"
    before_value: float | None = None
    before: str = "–"
    nation_value: float | None = None
    nation: str = "–"
    mark: Literal["disc", "square", "diamond"] = "disc"
    is_small: bool = False
    is_head: bool = False  # names the small rows below; `count` is a note at the right


@dataclass(frozen=True)
class Rates:
    """Outcome rates on one axis from 0 to 100 %."""

    rows: tuple[RateRow, ...]
    heads: tuple[str, str, str, str] = ("Now", "Count", "Year before", "England")
    nation_word: str = "England"
    before_word: str = "year before"
    note: str = ""


@dataclass(frozen=True)
class Contents:
    """What stands on the later pages, in order of their titles; at the page's foot."""

    label: str
    entries: tuple[str, ...]  # one for each PageTitle


@dataclass(frozen=True)
class Columns:
    """Two stacks of blocks side by side; `split` in twelfths of the width."""

    left: tuple[Any, ...]
    right: tuple[Any, ...]
    split: tuple[int, int] = (7, 5)


@dataclass(frozen=True)
class Space:
    """Spare height goes here: between sections, not under the last one."""

    weight: float = 1.0


@dataclass(frozen=True)
class PageBreak:
    """Start a new page."""


KINDS: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        Page, Headline, PageTitle, Section, GroupRule, Paragraph, RiskStrip, Tiles,
        Looks, Wins, Marked, GoalLines, Ladder, SignTable, Chart, Box, Table, Bars,
        Rates, Contents, Columns, Space, PageBreak,
    )
}  # fmt: skip


def as_data(block: Any) -> dict[str, Any]:
    """A block as JSON-ready data, with its kind; nested blocks keep theirs."""
    if type(block).__name__ not in KINDS:
        raise TypeError(f"{type(block).__name__} is not a block")
    data: dict[str, Any] = {"block": type(block).__name__}
    for field in dataclasses.fields(block):
        data[field.name] = _plain(getattr(block, field.name))
    return data


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        if type(value).__name__ in KINDS:
            return as_data(value)
        fields = dataclasses.fields(value)
        return {field.name: _plain(getattr(value, field.name)) for field in fields}
    return value
