"""Rates by month as a control chart, and staying in therapy as a curve."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.path import Path

from analysis.blocks import Picture
from analysis.caseload.records import ControlChart, Staying
from analysis.charts.labels import Label, Placer, Rectangle
from analysis.charts.panel import line, outline
from analysis.charts.plot import Plot, draw_x_axis, draw_y_axis, name_ends, plot_in
from analysis.charts.style import COLOUR, FILL, SEMIBOLD, SIZE, picture, text_width
from analysis.wording import Wording

_MARGINS = (10.0, 6.5, 26.0, 2.0)
# Points between the words under the ticks and the counts below them.
_COUNTS_BELOW = 24.0
# A signal's shape says whether it is good news; what is neither is a diamond.
_SIGNALS = {
    "better": ("^", COLOUR["blue"]),
    "worse": ("v", COLOUR["orange"]),
    "": ("D", COLOUR["grey"]),
}
_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
# Space between words under the ticks, in points.
_BETWEEN = 6.0


def control_picture(
    chart: ControlChart,
    *,
    words: Wording,
    width_mm: float = 178.0,
    height_mm: float = 39.0,
    with_counts: bool = False,
) -> Picture:
    """Months with their mean and natural limits (XmR); signals are filled shapes.

    A month outside the limits, or part of a run, is marked, with its direction;
    nothing else is news. with_counts: the courses of each month stand below it.
    """
    points = chart.points
    known = points["share"].notna().to_numpy()
    top = _top_of(chart)
    count = max(len(points) - 1, 1)
    margins = _MARGINS
    if with_counts:
        height_mm += 4.5
        margins = (_MARGINS[0], _MARGINS[1] + 4.5, *_MARGINS[2:])
    figure, plot = plot_in(
        (width_mm, height_mm), margins, (-0.3, count + 0.3), (0, top)
    )
    shares = [share for share in (0.0, 0.25, 0.5, 0.75, 1.0) if share <= top + 1e-9]
    draw_y_axis(plot, [(s, words.formats.percent(s)) for s in _steps(top, shares)])
    ticks = _months(plot, points, words)
    draw_x_axis(plot, ticks)
    if with_counts:
        _draw_counts(plot, points, ticks, words)
    _draw_limits(plot, chart, words)
    x, y = np.arange(len(points))[known], points["share"].to_numpy(float)[known]
    marks = np.where(points["signal"] == "", "none", points["side"])[known]
    _draw_months(plot, x, y, marks)
    return picture(figure, _control_alt(chart, words))


def _draw_counts(
    plot: Plot, points: pd.DataFrame, ticks: list[tuple[float, str]], words: Wording
) -> None:
    """How many courses each month rests on, under its name."""
    y = plot.bottom - _COUNTS_BELOW
    name = words.sentence("picture.control.courses")
    Label((name,), plot.right + 4, y).draw(plot.axes)
    for (at, month), of in zip(ticks, points["of"], strict=True):
        if month and not pd.isna(of):
            text = words.formats.number(int(of))
            Label((text,), float(plot.x(at)), y, "center").draw(plot.axes)


def _top_of(chart: ControlChart) -> float:
    """Upper end of the axis: a little above the highest share or limit."""
    highest = float(chart.points["share"].max()) if len(chart.points) else 0.0
    reach = max(0.1, chart.upper or 0.0, 0.0 if np.isnan(highest) else highest)
    return min(1.0, np.ceil(reach * 10 + 0.2) / 10)


def _steps(top: float, quarters: list[float]) -> list[float]:
    if top > 0.6:
        return quarters
    step = 0.1 if top > 0.2 else 0.05
    return [step * number for number in range(int(top / step + 1e-9) + 1)]


def _months(
    plot: Plot, points: pd.DataFrame, words: Wording
) -> list[tuple[float, str]]:
    """Every month a tick; words as often as they fit, with the year in January."""
    days = [_day(month) for month in points["month"]]
    texts = [
        str(day.year) if day.month == 1 else words.formats.short_month(day)
        for day in days
    ]
    widest = max((text_width(text, SIZE["small"]) for text in texts), default=0.0)
    room = plot.width / max(len(texts), 1)
    every = max(1, int(np.ceil((widest + _BETWEEN) / room)))
    return [
        (float(number), text if number % every == 0 else "")
        for number, text in enumerate(texts)
    ]


def _day(month: Any) -> Any:
    return (
        month.to_timestamp().date()
        if isinstance(month, pd.Period)
        else pd.Timestamp(month).date()
    )


def _draw_limits(plot: Plot, chart: ControlChart, words: Wording) -> None:
    """Mean and limits, each named at its right end."""
    ends = []
    for name in ("lower", "mean", "upper"):
        value = getattr(chart, name)
        if value is None:
            continue
        y, is_mean = float(plot.y(value)), name == "mean"
        dashes = "-" if is_mean else (0, (1, 2) if chart.is_trial else (5, 2))
        look = {"color": COLOUR["ink"] if is_mean else COLOUR["grey"], "lw": 0.8}
        line(plot, [plot.left, plot.right], [y, y], ls=dashes, **look)
        key = f"picture.control.{name}"
        text = words.sentence(key, value=value, is_trial=chart.is_trial)
        ends.append((y, text))
    name_ends(plot, ends)


def _draw_months(
    plot: Plot, x: np.ndarray, share: np.ndarray, marks: np.ndarray
) -> None:
    across, up = plot.x(x), plot.y(share)
    gap = np.flatnonzero(np.diff(x) > 1) + 1
    line_x, line_y = np.insert(across, gap, np.nan), np.insert(up, gap, np.nan)
    line(plot, line_x, line_y, color=COLOUR["blue"], lw=1.4)
    ring = {"mfc": COLOUR["paper"], "mec": COLOUR["ink"], "ms": 3.4, "mew": 0.9}
    plain = marks == "none"
    line(plot, across[plain], up[plain], marker="o", ls="none", **ring)
    for side, (shape, colour) in _SIGNALS.items():
        chosen = marks == side
        mark = {"mfc": colour, "mec": COLOUR["ink"], "ms": 5.8, "mew": 0.7}
        line(plot, across[chosen], up[chosen], marker=shape, ls="none", **mark)


def _control_alt(chart: ControlChart, words: Wording) -> str:
    points = chart.points.dropna(subset=["share"])
    return words.sentence(
        "picture.control.alt",
        outcome=words.term("outcome", chart.outcome),
        n=len(points),
        mean=chart.mean,
        signals=int((points["signal"] != "").sum()),
    )


def staying_picture(
    staying: Staying,
    *,
    words: Wording,
    width_mm: float = 178.0,
    height_mm: float = 46.0,
) -> Picture:
    """Share still in therapy by week, with its 95 % band and how many are left."""
    curve = staying.curve
    last = float(max(curve["weeks"].max() if len(curve) else 0.0, 8.0))
    margins = (10.0, 15.0, 32.0, 2.0)
    figure, plot = plot_in((width_mm, height_mm), margins, (0.0, last), (0.0, 1.0))
    draw_y_axis(plot, [(s, words.formats.percent(s)) for s in _SHARES])
    ticks = _weeks(last)
    named = [(week, words.formats.number(week)) for week in ticks]
    draw_x_axis(plot, named)
    week_word = Label((words.sentence("picture.staying.weeks"),), plot.right + 4, 0.0)
    week_word.with_top(plot.bottom - 4).draw(plot.axes)
    if len(curve):
        _draw_curve(plot, curve)
        _draw_at_risk(plot, curve, ticks, words)
        _draw_median(plot, staying, words)
    return picture(figure, _staying_alt(staying, words))


def _weeks(last: float) -> list[float]:
    step = next((s for s in (2, 4, 8, 13, 26, 52) if last / s <= 10), 104)
    return [float(week) for week in range(0, int(last) + 1, step)]


def _steps_of(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The corners of a curve that falls in steps."""
    return np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1]


def _draw_curve(plot: Plot, curve: pd.DataFrame) -> None:
    x = plot.x(curve["weeks"].to_numpy(float))
    edges = [plot.y(curve[name].to_numpy(float)) for name in ("low", "high")]
    steps = [_steps_of(x, edge) for edge in edges]
    (low_x, low), (high_x, high) = (
        (a, np.nan_to_num(b, nan=plot.y(0.0))) for a, b in steps
    )
    around = np.column_stack([np.r_[low_x, high_x[::-1]], np.r_[low, high[::-1]]])
    outline(plot, Path(around), FILL["course"])
    for across, edge in ((low_x, low), (high_x, high)):
        line(plot, across, edge, color=COLOUR["blue"], lw=0.5)
    across, level = _steps_of(x, plot.y(curve["staying"].to_numpy(float)))
    line(plot, across, level, color=COLOUR["blue"], lw=1.8)


def _draw_at_risk(
    plot: Plot, curve: pd.DataFrame, ticks: list[float], words: Wording
) -> None:
    """How many are still in therapy at each tick, under the axis."""
    weeks, left = curve["weeks"].to_numpy(float), curve["at_risk"].to_numpy(float)
    y = plot.bottom - 24.0
    name = words.sentence("picture.staying.at_risk")
    Label((name,), plot.right + 4, y).draw(plot.axes)
    for week in ticks:
        at = int(np.searchsorted(weeks, week, "left"))
        if at < len(left) and not np.isnan(left[at]):
            text = words.formats.number(left[at])
            Label((text,), float(plot.x(week)), y, "center").draw(plot.axes)


def _draw_median(plot: Plot, staying: Staying, words: Wording) -> None:
    if staying.median_weeks is None:
        return
    x, y = float(plot.x(staying.median_weeks)), float(plot.y(0.5))
    look = {"color": COLOUR["ink"], "lw": 0.8, "ls": (0, (5, 2))}
    line(plot, [plot.left, x, x], [y, y, plot.bottom], **look)
    text = words.sentence("picture.staying.median", weeks=staying.median_weeks)
    label = Label((text,), 0, 0, weight=SEMIBOLD, colour=COLOUR["ink"])
    placer = Placer(Rectangle(plot.left, plot.bottom, plot.right + 80, plot.top))
    places = (label.at(x + 4, 0).with_bottom(y + gap) for gap in (3, 14, 26))
    placed = placer.place(places)
    if placed is not None:
        placed.draw(plot.axes)


def _staying_alt(staying: Staying, words: Wording) -> str:
    return words.sentence(
        "picture.staying.alt", n=staying.n or 0, weeks=staying.median_weeks
    )
