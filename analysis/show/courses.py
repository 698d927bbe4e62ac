"""Courses: a panel for every scale, grouped by the direction that is better."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Literal

from analysis.blocks import Chart, Columns, GroupRule, PageTitle
from analysis.charts import axis_start, course_picture
from analysis.reports import ClientMonth
from analysis.reports.records import ScaleFacts
from analysis.show.room import FULL_MM, HALF_MM, plot_scale
from analysis.wording import Wording, axis_line, panel_title, status_now


def blocks(report: ClientMonth, words: Wording) -> Iterable[Any]:
    """Full-width panels where lower is better, half-width ones for the others."""
    if not report.has_scores:
        return
    judged = [facts for facts in report.scales if facts.status] or report.scales
    still = sum(one.status == "improving" and not one.is_stale for one in judged)
    n = len(judged) if still else len(report.scales)
    yield PageTitle(
        words.sentence("section.courses", n=n, still=still),
        words.sentence("section.courses_note"),
    )
    scale = _plot_scale(report)
    for direction, is_full in (("worse", True), ("better", False), ("neither", False)):
        group = [f for f in report.scales if f.course.scale.higher_is == direction]
        if not group:
            continue
        yield GroupRule(words.sentence(f"group.{direction}"))
        panels = [
            _panel(
                report,
                facts,
                words,
                is_full=is_full,
                is_first=facts is group[0],
                scale=scale,
            )
            for facts in group
        ]
        yield from panels if is_full else _pairs(panels)


def _panel(
    report: ClientMonth,
    facts: ScaleFacts,
    words: Wording,
    *,
    is_full: bool,
    is_first: bool,
    scale: float,
) -> Chart:
    width: Literal["full", "half"] = "full" if is_full else "half"
    return Chart(
        title=panel_title(words, facts),
        picture=course_picture(
            facts.course,
            width=width,
            words=words,
            event_labels=is_full and is_first,
            plot_height_mm=scale * (FULL_MM if is_full else HALF_MM),
            paper=report.settings.practice.paper,
        ),
        axis=axis_line(words, facts.course, axis_start(facts.course)),
        status=status_now(words, facts) if facts.status else None,
        width=width,
    )


def _plot_scale(report: ClientMonth) -> float:
    """One scale for all plots: they fill a page, and no panel stands alone."""
    counts = Counter(facts.course.scale.higher_is for facts in report.scales)
    rows = sum(-(-n // 2) for direction, n in counts.items() if direction != "worse")
    return plot_scale(
        counts["worse"], rows, len(counts), report.settings.practice.paper
    )


def _pairs(panels: list[Chart]) -> Iterable[Any]:
    for left in range(0, len(panels), 2):
        right = panels[left + 1 : left + 2]
        yield Columns((panels[left],), tuple(right), split=(6, 6))
