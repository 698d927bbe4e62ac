"""The axes of a course panel: numbers at the left, true dates below."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from analysis.charts.labels import Label
from analysis.charts.panel import Panel, line
from analysis.charts.style import ASCENT, CHART, COLOUR, SMALL, points, text_width
from analysis.charts.ticks import MOST_STEPS, value_ticks
from analysis.tables import Formats

_TICK = 3.0  # length, points
# More months than this are marked by quarters, with the years named.
_MOST_MONTHS = 30
# A month that begins so soon after the last day still ends the axis.
_SOON = timedelta(days=7)


def draw_value_axis(
    panel: Panel, formats: Formats, *, most: float = MOST_STEPS, size: float = SMALL
) -> None:
    """Numbers left of the box, without a line."""
    room = max(2.0, (panel.height - panel.headroom) / points(6.0))
    for tick in value_ticks(panel.low, panel.high, min(most, room)):
        middle = panel.y(tick) - 0.35 * size
        text = formats.number(tick, 0 if float(tick).is_integer() else 1)
        Label((text,), panel.left - 3.5, middle, "right", size).draw(panel.axes)


def draw_date_axis(panel: Panel, formats: Formats, *, size: float = SMALL) -> None:
    """A base line with a tick at the first of months, quarters or years."""
    ink = {"color": COLOUR["ink"], "lw": CHART["base_line"]}
    line(panel, [panel.left, panel.right], [panel.bottom] * 2, **ink)
    ticks = date_ticks(panel, formats, size)
    at = np.array([panel.x(when) for when, _ in ticks])
    if len(ticks):
        xs = np.repeat(at, 3)
        ys = np.tile([panel.bottom, panel.bottom - _TICK, np.nan], len(ticks))
        line(panel, xs, ys, **ink)
    for x, (_, text) in zip(at, ticks, strict=True):
        y = panel.bottom - _TICK - 1.5 - ASCENT * size
        if text:
            Label((text,), float(x), y, "center", size).draw(panel.axes)


def date_ticks(
    panel: Panel, formats: Formats, size: float = SMALL
) -> list[tuple[date, str]]:
    """Days to mark with their words: days, months, quarters or years, as fits."""
    edge = timedelta(days=panel.pad_left / panel.points_per_day)
    months = [
        day
        for day in _month_starts(panel.first - edge, panel.last + _SOON)
        if panel.x(day) <= panel.right
    ]
    if len(months) < 2:
        return _day_ticks(panel, formats)
    if len(months) > _MOST_MONTHS:
        quarters = [day for day in months if day.month % 3 == 1]
        named = [(day, str(day.year) if day.month == 1 else "") for day in quarters]
        return _clear(panel, named, size)
    for every in (1, 2, 3, 6):
        kept = [day for day in months if (day.month - 1) % every == 0]
        texts = [_month_word(day, kept, formats) for day in kept]
        widest = sum(text_width(text, size) + 7 for text in texts)
        if len(kept) <= 14 and widest <= panel.width:
            break
    return _clear(panel, list(zip(kept, texts, strict=True)), size)


def _month_starts(first: date, last: date) -> Iterator[date]:
    year, month = first.year, first.month
    while (day := date(year, month, 1)) <= last:
        if day >= first:
            yield day
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _month_word(day: date, kept: list[date], formats: Formats) -> str:
    """The month; where the axis crosses a year, the year stands for January."""
    crosses = kept[0].year != kept[-1].year
    if crosses and day.month == 1:
        return str(day.year)
    return formats.short_month(day)


def _day_ticks(panel: Panel, formats: Formats) -> list[tuple[date, str]]:
    days = (panel.last - panel.first).days
    every = 7 * max(1, math.ceil(days / 7 / 5))
    marks = [panel.first + timedelta(days=n) for n in range(0, days + 1, every)]
    return [(day, formats.tick_day(day)) for day in marks]


def _clear(
    panel: Panel, ticks: list[tuple[date, str]], size: float
) -> list[tuple[date, str]]:
    """Leave out the words of a tick that would touch the ones before, or numbers."""
    kept, free = [], panel.left - 1.0
    for day, text in ticks:
        half = text_width(text, size) / 2
        fits = panel.x(day) - half >= free
        kept.append((day, text if fits else ""))
        free = panel.x(day) + half + 4 if fits else free
    return kept
