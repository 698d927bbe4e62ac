"""The frame around a client's pages: header, footer, logo, language."""

from __future__ import annotations

from analysis.blocks import Page
from analysis.reports import ClientMonth
from analysis.reports.identity import page_look
from analysis.wording import Wording, read_wording


def words_for(report: ClientMonth) -> Wording:
    """The reader's sentences, speaking from the report's day."""
    locale = report.settings.practice.locale
    return read_wording(report.audience, locale).at(report.until)


def page_of(report: ClientMonth, words: Wording) -> Page:
    """Header and footer of every page of a client's report.

    The document's title carries the client's id, never a name: titles are metadata.
    """
    practice = report.settings.practice
    said = {
        "id": report.client_id,
        "name": report.name,
        "month": report.month,
        "week": report.episode.week,
        "until": report.until,
        "version": report.version,
        "receipt": report.receipt,
        "practice": practice.name,
    }
    foot = (words.sentence("page.footer_left", **said), practice.footer)
    return Page(
        kind="handout" if report.audience == "client" else "progress",
        title=words.sentence("page.title", **said),
        practice=practice.name,
        header=words.sentence("page.header", **said),
        footer_left=" · ".join(part for part in foot if part),
        footer_right=words.sentence("page.footer_right", **said),
        language=words.language,
        region=practice.locale.partition("_")[2] or "GB",
        paper="Letter" if practice.paper == "Letter" else "A4",
        is_demo=report.is_demo,
        logo_svg=report.logo_svg,
        **page_look(report.settings),
        page_word=words.sentence("page.word"),
    )
