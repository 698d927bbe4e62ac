"""Counts as shaded cells: severity from first to last, signs by direction."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from analysis.blocks import Picture
from analysis.caseload.records import Migration, SignCounts
from analysis.charts.labels import Label, wrapped
from analysis.charts.panel import line
from analysis.charts.plot import Plot, plot_in
from analysis.charts.style import (
    COLOUR,
    FILL,
    REGULAR,
    SEMIBOLD,
    SIZE,
    picture,
    points,
    text_width,
)
from analysis.wording import Wording
from analysis.wording.standing import about

# From paper to the light blue of a course band: ink stays readable on every cell.
_SHADES = LinearSegmentedColormap.from_list(
    "cairn", [COLOUR["paper"], FILL["course"], "#8DBEDB"]
)
_CELL_MM = 9.0
DIRECTIONS = ("moving", "steady", "slipping", "not_known")


def migration_picture(
    migration: Migration, *, words: Wording, width_mm: float = 118.0
) -> Picture:
    """Severity at the first score (rows) and at the last (columns), mildest first.

    The framed diagonal stayed in its band. A hidden cell is a star.
    """
    names = [words.term("band", band) for band in migration.bands]
    figure, plot = _matrix(
        migration.counts.to_numpy(float),
        rows=names,
        columns=names,
        corner=words.sentence("picture.migration.from"),
        top=words.sentence("picture.migration.to"),
        width_mm=width_mm,
        words=words,
    )
    count = len(names)
    for number in range(count):
        x = [number, number + 1, number + 1, number, number]
        y = [count - number, count - number, count - number - 1]
        y += [count - number - 1, count - number]
        frame = plot.x(np.array(x, float)), plot.y(np.array(y, float))
        line(plot, *frame, color=COLOUR["ink"], lw=1.1)
    moved = (migration.n_better, migration.n_same, migration.n_worse)
    # where one of the three is hidden the sentence that names them is another one
    better, same, worse = (None, None, None) if None in moved else moved
    alt = words.sentence(
        "picture.migration.alt",
        n=migration.n,
        better=better,
        same=same,
        worse=worse,
        **about(words, migration.scale),
    )
    return picture(figure, alt)


def signs_picture(
    signs: SignCounts, *, words: Wording, width_mm: float = 110.0
) -> Picture:
    """How many open clients each sign moves, is steady, slips or is not known for."""
    counts = signs.counts.reindex(columns=list(DIRECTIONS))
    figure, _ = _matrix(
        counts.to_numpy(float),
        rows=[words.term("sign", str(sign)) for sign in counts.index],
        columns=[words.term("status", name) for name in DIRECTIONS],
        corner="",
        top="",
        width_mm=width_mm,
        words=words,
        row_mm=6.4,
    )
    moving = counts["moving"].astype(float)
    first = moving.idxmax() if moving.notna().any() else None
    name = None if first is None else words.term("sign", str(first))
    alt = words.sentence("picture.signs.alt", n=signs.n_clients, most=name)
    return picture(figure, alt)


def _matrix(
    values: np.ndarray,
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    corner: str,
    top: str,
    width_mm: float,
    words: Wording,
    row_mm: float = _CELL_MM,
) -> tuple[Figure, Plot]:
    """Shaded cells with their counts; row names left, column names above."""
    size = SIZE["small"]
    widest = max(text_width(name, size) for name in [*rows, corner])
    left = min(widest / points(1.0) + 2.5, 0.45 * width_mm)
    head = 12.0 if top else 8.0
    height = row_mm * len(rows) + head + 0.5
    margins = (left, 0.5, 0.5, head)
    ends = (0.0, float(len(columns))), (0.0, float(len(rows)))
    figure, plot = plot_in((width_mm, height), margins, *ends)
    _shade(plot, values)
    _write_counts(plot, values, words)
    _write_names(plot, rows, columns, corner, top)
    return figure, plot


def _shade(plot: Plot, values: np.ndarray) -> None:
    """Shade by the share of the row, so that rare bands are read as well."""
    totals = np.nansum(values, axis=1, keepdims=True)
    shares = np.divide(values, totals, out=np.zeros_like(values), where=totals > 0)
    frame = pd.DataFrame(np.nan_to_num(shares))
    sns.heatmap(
        frame,
        ax=plot.axes,
        cmap=_SHADES,
        vmin=0.0,
        vmax=1.0,
        cbar=False,
        linewidths=1.0,
        linecolor=COLOUR["paper"],
        xticklabels=False,
        yticklabels=False,
    )
    plot.axes.set_axis_off()
    for mesh in plot.axes.collections:
        mesh.set_rasterized(False)
        mesh.set_clip_on(False)


def _write_counts(plot: Plot, values: np.ndarray, words: Wording) -> None:
    size = SIZE["body"]
    count = len(values)
    for (row, column), value in np.ndenumerate(values):
        x = float(plot.x(column + 0.5))
        y = float(plot.y(count - row - 0.5)) - 0.36 * size
        text = "*" if np.isnan(value) else words.formats.number(value)
        weight = REGULAR if value == 0 else SEMIBOLD
        colour = COLOUR["grey"] if value == 0 else COLOUR["ink"]
        Label((text,), x, y, "center", size, weight, colour).draw(plot.axes)


def _write_names(
    plot: Plot, rows: Sequence[str], columns: Sequence[str], corner: str, top: str
) -> None:
    size = SIZE["small"]
    room = plot.width / max(len(columns), 1) - 2
    for number, name in enumerate(columns):
        x = float(plot.x(number + 0.5))
        lines = wrapped(name, size, REGULAR, room)
        label = Label(lines, x, 0.0, "center").with_bottom(plot.top + 2)
        label.draw(plot.axes)
    for number, name in enumerate(rows):
        y = float(plot.y(len(rows) - number - 0.5))
        lines = wrapped(name, size, REGULAR, plot.left - 4)
        label = Label(lines, plot.left - 4, 0.0, "right", size, REGULAR, COLOUR["ink"])
        label.with_top(y + label.height / 2).draw(plot.axes)
    if corner:
        Label((corner,), 0.0, 0.0).with_bottom(plot.top + 2).draw(plot.axes)
    if top:
        y = plot.top + points(7.6)
        Label((top,), plot.left, 0.0).with_bottom(y).draw(plot.axes)
