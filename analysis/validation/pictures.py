"""Pictures of the proof, in the look of the reports; each returns a figure."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analysis import charts
from analysis.validation.golden import compared
from analysis.validation.truth import OURS, Judged, said_and_true

_NAMES = {"p_better": "better", "p_flat": "flat", "p_worse": "worse"}
_WORDS = {
    "flat_found": "flat clients found level",
    "improving_found": "improving clients found improving",
    "improving_called_level": "improving clients called level",
    "too_early": "too early to say",
}


def draw_agreement() -> Figure:
    """Our figures against R's, a panel per number: all should lie on the line."""
    both = compared()
    panels = [("slope", "slope of a client"), ("se", "standard error")]
    figure = _figure(len(panels))
    for axes, (number, title) in zip(figure.axes, panels, strict=True):
        own = both[both["number"] == number]
        ends = [own["theirs"].min(), own["theirs"].max()]
        axes.plot(ends, ends, linewidth=0.8, zorder=1)
        axes.scatter(own["theirs"], own["ours"], s=8, zorder=2)
        axes.set_xlabel(f"{title}, R or statsmodels")
        axes.set_ylabel("this toolkit")
    return figure


def draw_rules(table: pd.DataFrame) -> Figure:
    """Rules by how well they tell flat from moving, and what they flag as used."""
    figure = _figure(2, share_y=True)
    places = np.arange(len(table))[::-1]
    first, second = figure.axes
    colours = ["C0" if name == OURS else "C3" for name in table.index]
    first.barh(places, table["auc"], color=colours)
    first.set_xlim(0.5, 1)
    first.set_yticks(places, table.index)
    first.set_xlabel("AUC, flat against moving (0.5 is chance)")
    second.plot(table["as_used_flat_found"], places, "o", label="flat, found")
    second.plot(
        table["as_used_improving_flagged"], places, "x", label="improving, flagged"
    )
    second.axvline(0.05, linewidth=0.8, linestyle=":")
    second.set_xlabel("share called level, as the rule is used")
    figure.legend(frameon=False, loc="outside lower center", ncols=2)
    return figure


def draw_calibration(judged: Judged) -> Figure:
    """What was said against what is true: the points should lie on the line."""
    figure = _figure(1)
    axes = figure.axes[0]
    axes.plot([0, 1], [0, 1], linewidth=0.8)
    for marker, (name, rows) in zip(
        "osx", said_and_true(judged).groupby("chance"), strict=True
    ):
        axes.plot(rows["said"], rows["true"], marker, label=_NAMES[str(name)])
    axes.set_xlabel("chance said")
    axes.set_ylabel("share of clients of whom it is true")
    axes.legend(frameon=False)
    return figure


def draw_power(table: pd.DataFrame) -> Figure:
    """What is found by number of weeks, with weekly scores."""
    figure = _figure(1)
    axes = figure.axes[0]
    for marker, name in zip("osx^", _WORDS, strict=True):
        axes.plot(table.index, table[name], marker=marker, label=_WORDS[name])
    axes.set_xlabel("weeks of weekly scores")
    axes.set_ylabel("share of clients")
    axes.set_ylim(0, 1)
    axes.set_xticks(list(table.index))
    figure.legend(frameon=False, loc="outside lower center")
    return figure


def _figure(panels: int, share_y: bool = False) -> Figure:
    charts.notebook_style()
    figure = Figure(figsize=(3.6 * panels, 3.0), layout="constrained")
    figure.subplots(1, panels, sharey=share_y)
    return figure
