"""The whole page: what it may load (nothing), its look, its words, its data."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from analysis.blocks import Page, PageTitle, Paragraph, Section
from analysis.caseload_page.drawings import with_classes
from analysis.caseload_page.setting import paragraph, set_blocks
from analysis.caseload_page.watch import controls_html, list_data
from analysis.look import css_variables, read_look
from analysis.reports import CaseloadReport
from analysis.show import caseload, caseload_more, caseload_numbers, watch_list
from analysis.wording import Wording

_ASSETS = Path(__file__).parent / "assets"
_TABLE_LIBRARY = "vendor/datatables-3.1.5.min.js"
_SHEET_LIBRARY = "vendor/write-excel-file-4.1.1.min.js"
_FACES = ((400, "IBMPlexSans-Regular"), (600, "IBMPlexSans-SemiBold"))


def caseload_html(report: CaseloadReport, words: Wording) -> str:
    """The caseload report as one HTML document that asks no network for anything.

    The same facts, charts and words as the PDF, with the watch list as a table to sort,
    filter and save. What leaves the practice (`is_shared`) has no watch list, no data
    and no script. The same report gives the same text.
    """
    page = caseload.page_of(report, words)
    parts = list(_parts(report, words))
    body, looks = with_classes(_body(page, parts, report, words))
    style = _style_sheet() + looks
    data, scripts = "", []
    if report.period.watch.clients:
        data = _data_element("watch-data", list_data(report, words))
        scripts = [_script(_TABLE_LIBRARY), _script(_SHEET_LIBRARY)]
        scripts.append(_script("watch-list.js"))
    running = "".join(f"<script>{text}</script>" for text in scripts)
    return (
        f'<!doctype html>\n<html lang="{escape(page.language)}-{escape(page.region)}">'
        f"<head>{_head(page, style, scripts)}</head>\n"
        f"<body>{body}\n{data}{running}</body></html>\n"
    )


def _head(page: Page, style: str, scripts: list[str]) -> str:
    title = escape(f"{page.title} · {page.practice}")
    policy = _policy(style, scripts)
    return (
        '<meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        '<meta name="robots" content="noindex, nofollow">'
        f"<title>{title}</title><style>{style}</style>"
    )


def _policy(style: str, scripts: list[str]) -> str:
    """Only what stands in this file runs, and nothing is fetched or sent.

    Workers from this page alone: the spreadsheet of a long list is packed in one.
    """
    allowed = " ".join(_hash(text) for text in scripts) or "'none'"
    worker = "blob:" if scripts else "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_hash(style)}; "
        f"font-src data:; img-src data:; worker-src {worker}; base-uri 'none'; "
        "form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


# --- parts of the report --------------------------------------------------------------


def _parts(report: CaseloadReport, words: Wording) -> Iterable[tuple[str, list[Any]]]:
    """The report's parts in the order of the printed one: an anchor and its blocks."""
    yield "outcomes", list(caseload.outcomes(report, words))
    if report.period.watch.is_known:
        yield "watch", [watch_list.heading(report, words)]
    yield "time", list(caseload_more.over_time(report, words))
    yield "fair", list(caseload_more.compared(report, words))
    yield "signs", list(caseload_more.signs(report, words))
    yield "staying", list(caseload_more.staying(report, words))
    yield "method", list(caseload_numbers.method(report, words))


def _body(
    page: Page,
    parts: list[tuple[str, list[Any]]],
    report: CaseloadReport,
    words: Wording,
) -> str:
    sections = "".join(
        f'<section id="{anchor}">{_part(anchor, blocks, report, words)}</section>\n'
        for anchor, blocks in parts
    )
    skip = escape(words.sentence("html.skip"))
    return (
        f'<a class="skip" href="#outcomes">{skip}</a>{_header(page, words)}'
        f"{_contents(parts, words)}"
        f"<main>{sections}</main>{_footer(page)}"
    )


def _part(
    anchor: str, blocks: list[Any], report: CaseloadReport, words: Wording
) -> str:
    if anchor != "watch":
        return set_blocks(blocks, words)
    ids = Paragraph(words.sentence("html.ids"), "grey")
    closing = [*watch_list.closing(report, words), ids]
    controls = ""
    if report.period.watch.clients:
        controls = controls_html(report, words)
    return set_blocks(blocks, words) + controls + set_blocks(closing, words, level=3)


def _contents(parts: list[tuple[str, list[Any]]], words: Wording) -> str:
    links = "".join(
        f'<li><a href="#{anchor}">{escape(title)}</a></li>'
        for anchor, blocks in parts
        if (title := _title(anchor, blocks, words))
    )
    name = escape(words.sentence("html.contents"))
    return f'<nav aria-label="{name}"><span>{name}:</span><ul>{links}</ul></nav>'


def _title(anchor: str, blocks: list[Any], words: Wording) -> str:
    if words.has(f"html.part_{anchor}"):
        return words.sentence(f"html.part_{anchor}")
    heads = [block for block in blocks if isinstance(block, PageTitle | Section)]
    found = [head.text if isinstance(head, PageTitle) else head.title for head in heads]
    return found[0] if found else ""


def _header(page: Page, words: Wording) -> str:
    logo = ""
    if page.logo_svg:
        coded = base64.b64encode(page.logo_svg.encode()).decode()
        logo = f'<img class="logo" alt="" src="data:image/svg+xml;base64,{coded}">'
    marks = ""
    if page.is_demo:
        marks += f'<span class="demo">{escape(words.sentence("html.demo"))}</span> '
    if page.is_confidential:
        marks += f"<strong>{escape(words.sentence('html.confidential'))}</strong>"
    said = f"<strong>{escape(page.practice)}</strong> · {escape(page.header)}"
    return f"<header>{logo}<p>{said}</p><p>{marks}</p></header>"


def _footer(page: Page) -> str:
    left, right = (paragraph(t, "grey") for t in (page.footer_left, page.footer_right))
    return f"<footer>{left}{right}</footer>"


# --- look, scripts and data -----------------------------------------------------------


@cache
def _style_sheet() -> str:
    faces = "".join(_face(weight, name) for weight, name in _FACES)
    return f"{faces}{css_variables()}\n{_text('page.css')}"


def _face(weight: int, name: str) -> str:
    font = base64.b64encode((_ASSETS / "vendor" / f"{name}.woff2").read_bytes())
    return (
        f'@font-face{{font-family:"{read_look().family}";font-weight:{weight};'
        f"src:url(data:font/woff2;base64,{font.decode()}) format('woff2')}}"
    )


@cache
def _script(name: str) -> str:
    """A script of ours or a library's, as it may stand inside a page."""
    text = _text(name)
    # a map of the source is a file that does not come along
    lines = [line for line in text.splitlines() if "sourceMappingURL=" not in line]
    text = "\n".join(lines)
    if "</script" in text.lower() or "<!--" in text:
        raise ValueError(f"{name} cannot stand inside a page")
    return text


def _text(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf-8")


def _data_element(name: str, text: str) -> str:
    return f'<script type="application/json" id="{name}">{text}</script>'
