"""First against last scores: who changed reliably, and who crossed the cut-off."""

from __future__ import annotations

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.path import Path

from analysis.blocks import Picture
from analysis.caseload.records import Pairs
from analysis.charts.labels import Label, Placer, wrapped
from analysis.charts.panel import line, outline
from analysis.charts.plot import Plot, draw_x_axis, draw_y_axis, placer_for, plot_in
from analysis.charts.style import CHART, COLOUR, FILL, SEMIBOLD, SIZE, picture
from analysis.charts.ticks import value_ticks
from analysis.records import Scale
from analysis.wording import Wording
from analysis.wording.standing import about

# left, bottom, right, top
_MARGINS = (8.0, 9.5, 4.0, 6.0)
# Shape and colour of each verdict; a square is no reliable change, as in the rates.
_LOOKS = {
    "improved": ("o", COLOUR["blue"]),
    "unchanged": ("s", COLOUR["grey"]),
    "deteriorated": ("D", COLOUR["orange"]),
}
# Area of a mark, in square points: so much a client, so that areas can be compared.
_AREA, _LARGEST = 16.0, 130.0
# Width of the words in a corner, in points.
_CORNER = 70.0


def scatter_picture(
    pairs: Pairs,
    *,
    words: Wording,
    width_mm: float = 85.5,
    height_mm: float = 58.0,
) -> Picture:
    """A mark for each pair of scores, larger where several clients share one.

    The shaded corridor is no reliable change; dashed lines are the cut-off at first
    and at last. Both axes have the instrument's own direction.
    """
    scale = pairs.scale
    ends = (scale.low, scale.high)
    figure, plot = plot_in((width_mm, height_mm), _MARGINS, ends, ends)
    _draw_corridor(plot, scale)
    ticks = [(v, words.formats.score(v)) for v in value_ticks(*ends)]
    known = about(words, scale)
    draw_x_axis(plot, ticks, words.sentence("picture.scatter.x", **known))
    draw_y_axis(plot, ticks, words.sentence("picture.scatter.y", **known), grid=False)
    _draw_cutoffs(plot, scale)
    _draw_pairs(plot, _counted(pairs.points))
    _name_regions(plot, scale, words)
    return picture(figure, _alt(pairs, words))


def _counted(points: pd.DataFrame) -> pd.DataFrame:
    """One row per place and verdict with the number of clients there."""
    verdict = np.select(
        [points["improved"].astype(bool), points["deteriorated"].astype(bool)],
        ["improved", "deteriorated"],
        "unchanged",
    )
    keys = ["baseline", "latest", "verdict"]
    counted = points.assign(verdict=verdict).groupby(keys, as_index=False).size()
    return counted.rename(columns={"size": "clients"})


def _draw_pairs(plot: Plot, counted: pd.DataFrame) -> None:
    if not len(counted):
        return
    sns.scatterplot(
        data=counted,
        x="baseline",
        y="latest",
        hue="verdict",
        style="verdict",
        size="clients",
        palette={name: colour for name, (_, colour) in _LOOKS.items()},
        markers={name: marker for name, (marker, _) in _LOOKS.items()},
        sizes={n: min(_AREA * n, _LARGEST) for n in counted["clients"]},
        edgecolor=COLOUR["paper"],
        linewidth=0.4,
        legend=False,
        clip_on=False,
        zorder=2,
        ax=plot.axes,
    )


def _draw_corridor(plot: Plot, scale: Scale) -> None:
    """The band round the diagonal in which a change is within measurement error."""
    if scale.reliable_change is None:
        return
    low, high, by = scale.low, scale.high, scale.reliable_change
    corners = [
        (low, low), (low, low + by), (high - by, high),
        (high, high), (high, high - by), (low + by, low),
    ]  # fmt: skip
    path = [(plot.x(across), plot.y(up)) for across, up in corners]
    outline(plot, Path([*path, path[0]], closed=True), FILL["band"])
    look = {"color": COLOUR["grey"], "lw": CHART["reliable_change"], "ls": (0, (1, 2))}
    for shift in (by, -by):
        start, end = max(low, low - shift), min(high, high - shift)
        xs = [plot.x(start), plot.x(end)]
        line(plot, xs, [plot.y(start + shift), plot.y(end + shift)], **look)
    ends = [plot.x(low), plot.x(high)]
    line(plot, ends, [plot.y(low), plot.y(high)], color=COLOUR["rule"], lw=0.6)


def _draw_cutoffs(plot: Plot, scale: Scale) -> None:
    if scale.caseness is None:
        return
    x, y = plot.x(scale.caseness.value), plot.y(scale.caseness.value)
    look = {"color": COLOUR["ink"], "lw": CHART["cutoff"], "ls": (0, (5, 2))}
    line(plot, [x, x], [plot.bottom, plot.top], **look)
    line(plot, [plot.left, plot.right], [y, y], **look)


def _name_regions(plot: Plot, scale: Scale, words: Wording) -> None:
    """Name the two corners off the corridor, and the cut-off at its line."""
    placer = placer_for(plot)
    if scale.reliable_change is not None:
        _name_corners(plot, placer, scale, words)
    if scale.caseness is not None:
        value = scale.caseness.value
        text = words.sentence("chart.cutoff", value=value, step=scale.step)
        label = Label((text,), 0, 0, colour=COLOUR["ink"])
        y = plot.y(value)
        places = (
            label.at(x, 0, align).with_bottom(y + 1.5)
            for x, align in ((plot.right - 3, "right"), (plot.left + 3, "left"))
        )
        placed = placer.place(places)
        if placed is not None:
            placed.draw(plot.axes)


def _name_corners(plot: Plot, placer: Placer, scale: Scale, words: Wording) -> None:
    low_is_good = scale.gain(0.0, 1.0) < 0
    corners = {"improved": not low_is_good, "deteriorated": low_is_good}
    colours = {"improved": COLOUR["dark_blue"], "deteriorated": COLOUR["dark_orange"]}
    for verdict, is_above in corners.items():
        text = words.sentence(f"picture.scatter.{verdict}")
        lines = wrapped(text, SIZE["small"], SEMIBOLD, _CORNER)
        label = Label(lines, 0, 0, weight=SEMIBOLD, colour=colours[verdict])
        upper = label.at(plot.left + 4, 0).with_top(plot.top - 3)
        lower = label.at(plot.right - 4, 0, "right").with_bottom(plot.bottom + 3)
        placer.fix(upper if is_above else lower).draw(plot.axes)


def _alt(pairs: Pairs, words: Wording) -> str:
    return words.sentence(
        "picture.scatter.alt",
        n=pairs.n,
        improved=int(pairs.points["improved"].sum()),
        deteriorated=int(pairs.points["deteriorated"].sum()),
        drawn=pairs.n_drawn,
        **about(words, pairs.scale),
    )
