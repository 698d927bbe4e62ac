"""Sentences, charts and tables into a notebook: one function for each part of a report.

Which blocks a part holds depends on the reader; the table below says so, and is all
that differs between a clinician's and a client's report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from analysis.reports import CaseloadReport, ClientMonth, QualityReport
from analysis.show import (
    caseload,
    caseload_more,
    caseload_numbers,
    checkins,
    closing,
    courses,
    glance,
    goals,
    handout,
    quality,
    signs,
    watch_list,
)
from analysis.show.display import put
from analysis.show.frame import page_of, words_for
from analysis.wording import Wording

Part = Callable[[ClientMonth, Wording], Iterable[Any]]

PARTS: Mapping[str, Mapping[str, Part]] = {
    "clinician": {
        "at_a_glance": glance.blocks,
        "courses": courses.blocks,
        "signs": signs.blocks,
        "goals": goals.blocks,
        "check_ins": checkins.blocks,
        "next_session": closing.questions,
        "method": closing.method,
    },
    "client": {"at_a_glance": handout.blocks},
}


def _nothing(report: ClientMonth, words: Wording) -> Iterable[Any]:
    """A part that this reader's report does not have."""
    return ()


def _show(report: ClientMonth, part: str) -> None:
    put(PARTS[report.audience].get(part, _nothing)(report, words_for(report)))


def page(report: ClientMonth) -> None:
    """Header and footer; stands first."""
    put([page_of(report, words_for(report))])


def at_a_glance(report: ClientMonth) -> None:
    """The answer, as the first page; for the client the whole handout."""
    _show(report, "at_a_glance")


def courses_of_scales(report: ClientMonth) -> None:
    """A panel for every scale."""
    _show(report, "courses")


def signs_of_progress(report: ClientMonth) -> None:
    """The ten signs as rows."""
    _show(report, "signs")


def goals_and_steps(report: ClientMonth) -> None:
    """Each goal with its steps, ratings and revisions."""
    _show(report, "goals")


def check_ins(report: ClientMonth) -> None:
    """Check-ins with the person's own usual range, and their words."""
    _show(report, "check_ins")


def next_session(report: ClientMonth) -> None:
    """Questions for the next session."""
    _show(report, "next_session")


def method(report: ClientMonth) -> None:
    """What was missing, rules in force, words used."""
    _show(report, "method")


def caseload_page(report: CaseloadReport) -> None:
    """Header and footer of the practice lead's report; stands first."""
    put([caseload.page_of(report, caseload.words_for(report))])


def caseload_outcomes(report: CaseloadReport) -> None:
    """What can be said at all, and outcomes."""
    put(caseload.outcomes(report, caseload.words_for(report)))


def caseload_watch_list(report: CaseloadReport) -> None:
    """Who needs a look now."""
    put(watch_list.blocks(report, caseload.words_for(report)))


def caseload_over_time(report: CaseloadReport) -> None:
    """Control charts, first and last scores, severity migration."""
    put(caseload_more.over_time(report, caseload.words_for(report)))


def caseload_compared(report: CaseloadReport) -> None:
    """Programmes and clinicians, compared fairly and never ranked."""
    put(caseload_more.compared(report, caseload.words_for(report)))


def caseload_signs(report: CaseloadReport) -> None:
    """Signs of progress and goals across the caseload."""
    put(caseload_more.signs(report, caseload.words_for(report)))


def caseload_staying(report: CaseloadReport) -> None:
    """Sessions, weeks in therapy and endings."""
    put(caseload_more.staying(report, caseload.words_for(report)))


def caseload_method(report: CaseloadReport) -> None:
    """Every rule with its source."""
    put(caseload_numbers.method(report, caseload.words_for(report)))


def quality_page(report: QualityReport) -> None:
    """Header and footer of the data quality report; stands first."""
    put([quality.page_of(report, quality.words_for(report))])


def data_quality(report: QualityReport) -> None:
    """Files, forms, items, and what to ask for."""
    put(quality.whole(report, quality.words_for(report)))
