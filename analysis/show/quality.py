"""The data quality report: what came in, how whole it is, what to ask for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from analysis.blocks import (
    Cell,
    Head,
    Headline,
    Page,
    Paragraph,
    Section,
    Table,
)
from analysis.quality import FileQuality, FormQuality, Skipped
from analysis.reports import QualityReport
from analysis.wording import Wording, read_wording

# Items printed by how often they were left open; the rest is counted.
_MOST_ITEMS = 25


def words_for(report: QualityReport) -> Wording:
    """The analyst's sentences."""
    return read_wording("analyst", report.settings.practice.locale)


def page_of(report: QualityReport, words: Wording) -> Page:
    """Header and footer of every page."""
    practice = report.settings.practice
    said = {
        "until": report.quality.until,
        "version": report.version,
        "receipt": report.receipt,
    }
    return Page(
        kind="caseload",
        title=words.sentence("page.title"),
        practice=practice.name,
        header=words.sentence("page.header", **said),
        footer_left=words.sentence("page.footer_left", **said),
        footer_right=words.sentence("page.footer_right", **said),
        language=words.language,
        region=practice.locale.partition("_")[2] or "GB",
        paper="Letter" if practice.paper == "Letter" else "A4",
        is_demo=report.is_demo,
        logo_svg=report.logo_svg,
        page_word=words.sentence("page.word"),
    )


def whole(report: QualityReport, words: Wording) -> Iterable[Any]:
    """Everything: the answer, what to ask for, files, forms, items."""
    quality = report.quality
    yield Headline(
        words.sentence(
            "headline.text",
            rows=quality.rows_in,
            accepted=quality.accepted,
            aside=quality.set_aside,
        ),
        words.sentence(
            "headline.context",
            files=len(quality.files),
            clients=quality.clients,
            measures=len(quality.forms),
        ),
    )
    yield from _asks(report, words)
    yield from _files(report, words)
    yield from _forms(report, words)
    yield from _skipped(report, words)


def _asks(report: QualityReport, words: Wording) -> Iterable[Any]:
    yield Section(words.sentence("ask.title"), words.sentence("ask.note"))
    if not report.quality.asks:
        yield Paragraph(words.sentence("ask.nothing"))
        return
    rows = tuple(
        (
            Cell(words.formats.number(number), tone="grey"),
            Cell(
                words.sentence(
                    f"ask.{ask.kind}",
                    count=ask.count,
                    of=ask.of,
                    about=ask.about,
                    item=ask.item,
                )
            ),
        )
        for number, ask in enumerate(report.quality.asks, 1)
    )
    yield Table((Head("", "right", 0), Head("", "left", 1)), rows)


# --- files ----------------------------------------------------------------------------


def _files(report: QualityReport, words: Wording) -> Iterable[Any]:
    yield Section(words.sentence("files.title"), words.sentence("files.note"))
    heads = (
        Head(words.sentence("files.head_file"), "left", 2.2),
        Head(words.sentence("files.head_format"), "left", 1.2),
        Head(words.sentence("files.head_action"), "left", 1.4),
        *(
            Head(words.sentence(f"files.head_{name}"), "right", 0.9)
            for name in ("rows", "accepted", "aside", "duplicates", "ignored")
        ),
    )
    yield Table(heads, tuple(_file_row(f, words) for f in report.quality.files))
    told = [file for file in report.quality.files if file.messages]
    if told:
        yield Paragraph(words.sentence("files.said"), "strong")
        for file in told:
            yield Paragraph(f"{file.file}: {file.messages}", "fine")


def _file_row(file: FileQuality, words: Wording) -> tuple[Cell, ...]:
    counts = (
        file.rows_in,
        file.accepted,
        file.quarantined,
        file.duplicates,
        file.ignored,
    )
    is_news = file.action in ("reject", "needs_config", "quarantine")
    return (
        Cell(file.file),
        Cell(file.format, tone="grey"),
        Cell(words.term("action", file.action), is_strong=is_news),
        *(_count(n, words) for n in counts),
    )


def _count(n: int, words: Wording) -> Cell:
    """A count; nothing is printed grey, so that the eye finds the rest."""
    return Cell(words.formats.number(n), tone="body" if n else "grey")


# --- forms ----------------------------------------------------------------------------


def _forms(report: QualityReport, words: Wording) -> Iterable[Any]:
    until = report.quality.until
    yield Section(
        words.sentence("forms.title"), words.sentence("forms.note", until=until)
    )
    names = ("prorated", "not_scored", "totals", "superseded", "gap")
    heads = (
        Head(words.sentence("forms.head_measure"), "left", 1.1),
        Head(words.sentence("forms.head_forms"), "right", 0.7),
        Head(words.sentence("forms.head_clients"), "right", 0.7),
        Head(words.sentence("forms.head_dates"), "left", 3.4),
        *(Head(words.sentence(f"forms.head_{name}"), "right", 0.95) for name in names),
    )
    yield Table(heads, tuple(_form_row(form, words) for form in report.quality.forms))
    yield Paragraph(words.sentence("forms.read"), "fine")


def _form_row(form: FormQuality, words: Wording) -> tuple[Cell, ...]:
    counts = (form.prorated, form.not_scored, form.totals_only, form.superseded)
    return (
        Cell(form.instrument),
        Cell(words.formats.number(form.forms)),
        Cell(words.formats.number(form.clients)),
        Cell(words.sentence("forms.dates", first=form.first, last=form.last)),
        *(_count(n, words) for n in counts),
        Cell(_gap(form, words)),
    )


def _gap(form: FormQuality, words: Wording) -> str:
    before, now = form.days_before, form.days_now
    if before is None and now is None:
        return words.sentence("forms.none")
    if before is None:
        return words.sentence("forms.gap_now", now=now)
    if now is None:
        return words.sentence("forms.gap_before", before=before)
    return words.sentence("forms.gap", before=before, now=now)


def _skipped(report: QualityReport, words: Wording) -> Iterable[Any]:
    yield Section(words.sentence("skipped.title"), words.sentence("skipped.note"))
    found = [(form, one) for form in report.quality.forms for one in form.skipped]
    if not found:
        yield Paragraph(words.sentence("skipped.nothing"))
        return
    found.sort(key=lambda pair: -pair[1].count / pair[1].of)
    heads = (
        Head(words.sentence("skipped.head_measure"), "left", 1.2),
        Head(words.sentence("skipped.head_item"), "right", 0.6),
        Head(words.sentence("skipped.head_open"), "left", 2.4),
        Head(words.sentence("skipped.head_share"), "right", 0.8),
    )
    yield Table(
        heads, tuple(_item_row(form, one, words) for form, one in found[:_MOST_ITEMS])
    )
    more = len(found) - _MOST_ITEMS
    if more > 0:
        yield Paragraph(words.sentence("skipped.more", n=more), "grey")


def _item_row(form: FormQuality, one: Skipped, words: Wording) -> tuple[Cell, ...]:
    share = one.count / one.of
    counted = words.sentence("skipped.count", count=one.count, of=one.of)
    return (
        Cell(form.instrument),
        Cell(words.formats.number(one.item)),
        Cell(counted, bar=share),
        Cell(words.sentence("skipped.share", share=share * 100), is_strong=True),
    )
