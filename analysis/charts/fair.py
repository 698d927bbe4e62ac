"""Groups compared fairly: funnel plot, and adjusted estimates with their intervals."""

from __future__ import annotations

import math
from collections.abc import Collection

import numpy as np
import pandas as pd

from analysis.blocks import Picture
from analysis.caseload.records import Funnel
from analysis.charts.labels import Label, Placer, Rectangle
from analysis.charts.panel import line
from analysis.charts.plot import (
    Plot,
    draw_x_axis,
    draw_y_axis,
    name_ends,
    plot_in,
)
from analysis.charts.style import COLOUR, FILL, SIZE, picture, points, text_width
from analysis.charts.ticks import value_ticks
from analysis.wording import Wording

_MARGINS = (10.0, 9.5, 22.0, 2.0)
_LIMITS = {"95": (5, 2), "998": (1, 2)}


def funnel_picture(
    funnel: Funnel,
    *,
    words: Wording,
    named: Collection[str] | None = None,
    width_mm: float = 178.0,
    height_mm: float = 62.0,
) -> Picture:
    """Shares against the number of courses, with limits of chance at 95 and 99.8 %.

    named: groups to name; all of them unless given (a clinician's own view names
    one). Points outside the limits are diamonds, whichever side they are on: both
    ask for a conversation.
    """
    shown = funnel.points
    most = float(shown["n"].max()) if len(shown) else float(funnel.least_n) * 2
    ends = (0.0, 1.1 * most)
    figure, plot = plot_in((width_mm, height_mm), _MARGINS, ends, (0.0, 1.0))
    shares = (0.0, 0.25, 0.5, 0.75, 1.0)
    draw_y_axis(plot, [(s, words.formats.percent(s)) for s in shares])
    ticks = [(n, words.formats.number(n)) for n in value_ticks(*ends, 6)]
    draw_x_axis(plot, ticks, words.sentence("picture.funnel.x"))
    placer = Placer(plot.box)
    _draw_limits(plot, placer, funnel, words)
    _draw_groups(plot, placer, shown)
    for row in shown.itertuples():
        if named is None or row.group in named:
            _name(plot, placer, str(row.name), float(row.n), float(row.share))
    return picture(figure, _funnel_alt(funnel, words))


def _draw_limits(plot: Plot, placer: Placer, funnel: Funnel, words: Wording) -> None:
    curves = funnel.limits
    if not len(curves) or funnel.centre is None:
        return
    x = plot.x(curves["n"].to_numpy(float))
    inside = x <= plot.right
    ends = []
    for level, dashes in _LIMITS.items():
        for side in ("low", "high"):
            y = plot.y(curves[f"{side}{level}"].to_numpy(float))
            look = {"color": COLOUR["grey"], "lw": 0.9, "ls": (0, dashes)}
            line(plot, x[inside], y[inside], **look)
            for at, up in zip(x[inside][::2], y[inside][::2], strict=True):
                placer.avoid(Rectangle(at - 4, up - 1, at + 4, up + 1), 2.0)
        key = f"picture.funnel.limit_{level}"
        ends.append((float(y[inside][-1]), words.sentence(key)))
    y = float(plot.y(funnel.centre))
    line(plot, [plot.left, plot.right], [y, y], color=COLOUR["ink"], lw=0.9)
    placer.avoid(Rectangle(plot.left, y - 1, plot.right, y + 1), 2.0)
    ends.append((y, words.sentence("picture.funnel.centre", value=funnel.centre)))
    name_ends(plot, ends)


def _draw_groups(plot: Plot, placer: Placer, shown: pd.DataFrame) -> None:
    x = plot.x(shown["n"].to_numpy(float))
    y = plot.y(shown["share"].to_numpy(float))
    is_out = shown["side"].to_numpy() != "inside"
    ring = {"mfc": COLOUR["blue"], "mec": COLOUR["paper"], "ms": 5.4, "mew": 0.8}
    line(plot, x[~is_out], y[~is_out], marker="o", ls="none", **ring)
    mark = {"mfc": COLOUR["ink"], "mec": COLOUR["paper"], "ms": 6.0, "mew": 0.8}
    line(plot, x[is_out], y[is_out], marker="D", ls="none", **mark)
    for at, up in zip(x, y, strict=True):
        placer.take(Rectangle(at - 3.5, up - 3.5, at + 3.5, up + 3.5))


def _name(plot: Plot, placer: Placer, name: str, n: float, share: float) -> None:
    x, y = float(plot.x(n)), float(plot.y(share))
    label = Label((name,), 0, 0, colour=COLOUR["ink"])
    middle = y - 0.36 * SIZE["small"]
    places = [label.at(x + 6, middle), label.at(x - 6, middle, "right")]
    for gap in (5.0, 9.0, 15.0, 22.0):
        places += [
            label.at(x, 0, "center").with_bottom(y + gap),
            label.at(x, 0, "center").with_top(y - gap),
        ]
    placed = placer.place(places)
    if placed is not None:
        placed.draw(plot.axes)


def _funnel_alt(funnel: Funnel, words: Wording) -> str:
    return words.sentence(
        "picture.funnel.alt",
        by=words.term("group", funnel.by),
        n=len(funnel.points),
        outside=int((funnel.points["side"] != "inside").sum()),
        centre=funnel.centre,
    )


def adjusted_picture(
    funnel: Funnel,
    *,
    words: Wording,
    named: Collection[str] | None = None,
    width_mm: float = 178.0,
) -> Picture:
    """Case-mix adjusted, shrunken estimates with 95 % intervals, in order of the name.

    named: as in the funnel; other groups stand without their name.
    """
    rows = funnel.adjusted
    if named is not None:
        rows = rows.assign(name=rows["name"].where(rows["group"].isin(named), ""))
    widest = max((text_width(str(n), SIZE["body"]) for n in rows["name"]), default=0)
    reach = _reach(rows)
    row_mm = 6.0
    margins = (max(widest / points(1.0) + 4.0, 8.0), 9.5, 8.0, 3.0)
    size = (width_mm, row_mm * max(len(rows), 1) + margins[1] + margins[3])
    figure, plot = plot_in(size, margins, (-reach, reach), (0.0, float(len(rows) or 1)))
    ticks = [(v, words.formats.signed(v)) for v in value_ticks(-reach, reach, 6)]
    draw_x_axis(plot, ticks, words.sentence("picture.adjusted.x"))
    zero = float(plot.x(0.0))
    line(plot, [zero, zero], [plot.bottom, plot.top], color=COLOUR["ink"], lw=0.8)
    for number, row in enumerate(rows.itertuples()):
        _draw_estimate(plot, len(rows) - number - 0.5, row)
    alt = words.sentence("picture.adjusted.alt", n=len(rows))
    return picture(figure, alt)


def _reach(rows: pd.DataFrame) -> float:
    """Half the axis: the same to both sides, to a tenth."""
    ends = rows[["low", "high"]].to_numpy(float)
    widest = float(np.nanmax(np.abs(ends))) if ends.size else 0.5
    return max(0.3, math.ceil(widest * 11) / 10)


def _draw_estimate(plot: Plot, at: float, row: object) -> None:
    y = float(plot.y(at))
    low, high, middle = (float(plot.x(getattr(row, k))) for k in _ESTIMATE)
    line(plot, [plot.left, plot.right], [y, y], color=FILL["band"], lw=0.5)
    line(plot, [low, high], [y, y], color=COLOUR["blue"], lw=2.2)
    dot = {"mfc": COLOUR["blue"], "mec": COLOUR["paper"], "ms": 6.4, "mew": 0.9}
    line(plot, [middle], [y], marker="o", ls="none", **dot)
    size = SIZE["body"]
    label = Label((str(getattr(row, "name", "")),), 0.0, y - 0.36 * size, size=size)
    label.at(0.0, label.y).draw(plot.axes)


_ESTIMATE = ("low", "high", "estimate")
