"""Courses: a panel for every scale, grouped by the direction that is better."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
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
    note = words.sentence("section.courses_note")
    yield PageTitle(_title(report.scales, words), note)
    scale, is_single_wide = _plan(report)
    for direction in _DIRECTIONS:
        group = [f for f in report.scales if f.course.scale.higher_is == direction]
        if not group:
            continue
        yield GroupRule(words.sentence(f"group.{direction}"))
        n_half = _n_half(direction, len(group), is_single_wide)
        panels = [
            _panel(
                report,
                facts,
                words,
                is_full=number >= n_half,
                is_first=facts is report.scales[0],
                scale=scale,
            )
            for number, facts in enumerate(group)
        ]
        yield from _pairs(panels[:n_half])
        yield from panels[n_half:]


_DIRECTIONS = ("worse", "better", "neither")
# What the title counts, in this order.
_COUNTED = ("worsening", "improving", "plateau", "holding", "too_early")


def _title(scales: Sequence[ScaleFacts], words: Wording) -> str:
    """How many courses go where; how many there are, where none is judged."""
    status = Counter(facts.status for facts in scales if not facts.is_stale)
    parts = [
        words.sentence(f"section.courses_part.{name}", n=status[name])
        for name in _COUNTED
        if status[name]
    ]
    if not parts or len(scales) == 1:
        return words.sentence("section.courses", n=len(scales))
    return words.sentence("section.courses_judged", parts=parts)


def _n_half(direction: str, n: int, is_single_wide: bool) -> int:
    """Panels of a group at half width: none where lower is better."""
    if direction == "worse":
        return 0
    return n - n % 2 if is_single_wide else n


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
        title=panel_title(words, facts, is_short=not is_full),
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


def _plan(report: ClientMonth) -> tuple[float, bool]:
    """One scale for all plots, and whether a panel without a partner may be wide.

    The plots fill a page, and no panel stands alone on the next. A panel without a
    partner is as wide as the others where the page has room for it.
    """
    counts = Counter(facts.course.scale.higher_is for facts in report.scales)
    paper = report.settings.practice.paper
    for is_single_wide in (True, False):
        n_half = {d: _n_half(d, counts[d], is_single_wide) for d in counts}
        n_full = counts.total() - sum(n_half.values())
        rows = sum(-(-n // 2) for n in n_half.values())
        scale = plot_scale(n_full, rows, len(counts), paper)
        if scale is not None:
            return scale, is_single_wide
    return 1.0, False


def _pairs(panels: list[Chart]) -> Iterable[Any]:
    for left in range(0, len(panels), 2):
        right = panels[left + 1 : left + 2]
        yield Columns((panels[left],), tuple(right), split=(6, 6))
