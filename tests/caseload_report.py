"""A practice lead's report of an invented practice, with ids that try to break out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from caseload_tables import SCALES, Course, findings, tables_of

from analysis.caseload import caseload_period
from analysis.caseload.records import ClinicianLook
from analysis.caseload_page import caseload_html
from analysis.reports import CaseloadReport
from analysis.settings import Settings
from analysis.show.caseload import words_for

SINCE, UNTIL = date(2025, 7, 1), date(2026, 6, 30)
# Ids as an export may hold them: markup, scripts, formulas, numbers that are none.
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "<!--<script>",
    '=HYPERLINK("http://a.example","x")',
    "-2+3",
    "+1",
    "@SUM(A1)",
    " =1+1",
    'a "b", c; style="color:red"',
    "0012",
    "12345678901234567890",
    "1e5",
    "\u202eABC",
    "\u2028line",
    "&lt;b&gt;",
)
PLAIN = tuple(f"A-{number}" for number in range(1, 18))
CLINICIANS = {"C-1": "O'Neil <b>&", "C-2": "=cmd|'/c calc'!A0", "C-3": "L. Brandt"}
PROGRAMMES = ("Trauma", 'Peri "natal" style="x"', "")

# What the list says of a kind, with all it needs.
EVIDENCE = {
    "risk_item": '{"measure": "phq9", "status": "now", "item": 9, "answer": 2}',
    "deterioration": '{"baseline": 9, "latest": 16}',
    "setback": '{"before": 8, "now": 13}',
    "not_on_track": '{"baseline": 19, "latest": 18, "week": 8}',
    "plateau": '{"lowest": 11, "highest": 12}',
    "overdue": '{"measures": ["phq9"], "usual_days": 7}',
    "alliance": '{"latest": 30, "previous": 36}',
}
_ABOUT_NONE = {"risk_item", "overdue"}


def caseload_report(*, share: bool = False, **more: Any) -> CaseloadReport:
    """Finished courses and open clients, each of these with a flag."""
    ids = (*HOSTILE, *PLAIN)
    courses = [_finished(number) for number in range(24)]
    courses += [_open(client, number) for number, client in enumerate(ids)]
    kinds = list(EVIDENCE)
    flags = [_flag(client, kinds[n % len(kinds)], n) for n, client in enumerate(ids)]
    # the last one stands on the list twice over
    flags.append(_flag(PLAIN[-1], "overdue", 3))
    settings = Settings(clinicians=CLINICIANS)
    period = caseload_period(
        tables_of(courses, UNTIL, findings=findings(*flags)),
        SCALES,
        settings,
        since=SINCE,
        until=UNTIL,
        share=share,
    )
    said = {"names": {"phq9": "PHQ-9"}, "is_demo": False, "version": "1.0"}
    return CaseloadReport(
        period=period, **{**said, "receipt": "b81d02c4", "logo_svg": "", **more}
    )


def with_many_clients(report: CaseloadReport, n: int) -> CaseloadReport:
    """The same report with so many clients on the list, of 400 clinicians."""
    watch = report.period.watch
    some = [one for one in watch.clients if one.scores]
    clients = tuple(
        replace(
            some[i % len(some)],
            client_id=f"A-{1_000_000 + i}",
            clinician_id=f"C-{i % 400:03d}",
        )
        for i in range(n)
    )
    by_clinician = tuple(
        ClinicianLook(
            f"C-{c:03d}",
            f"Clinician {c:03d}",
            n // 200,
            tuple(one.client_id for one in clients[c::400]),
        )
        for c in range(400)
    )
    changed = replace(
        watch, clients=clients, by_clinician=by_clinician, n_open=n, n_flagged=n
    )
    return replace(report, period=replace(report.period, watch=changed))


def page(report: CaseloadReport | None = None) -> str:
    """The report as one HTML document."""
    report = report or caseload_report()
    return caseload_html(report, words_for(report))


def _finished(number: int) -> Course:
    last = (6, 18, 14)[number % 3]
    return Course(
        f"F-{number}",
        "2026-02-02",
        "2026-04-30",
        phq9=(16 + number % 4, 15, last),
        gad7=(12 + number % 5, 11, 12 + number % 5),
        clinician=f"C-{number % 3 + 1}",
        programme=PROGRAMMES[number % 2],
    )


def _open(client: str, number: int) -> Course:
    return Course(
        client,
        "2026-05-04",
        phq9=(15, 14, 16, 12 + number % 8, 15, 14),
        clinician=f"C-{number % 3 + 1}",
        programme=PROGRAMMES[number % 3],
    )


def _flag(client: str, kind: str, number: int) -> tuple[str, str, str, str, str]:
    scale = "" if kind in _ABOUT_NONE else "phq9.total"
    day = f"2026-06-{number % 25 + 1:02d}"
    return (f"{client}#1", kind, scale, day, EVIDENCE[kind])
