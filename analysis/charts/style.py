"""One look for all charts: fixed sizes, one font, the same bytes each time."""

from __future__ import annotations

import io
import re
from functools import cache
from typing import Any, ClassVar

import matplotlib as mpl
from cycler import cycler
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Transform

from analysis import look
from analysis.blocks import Picture

LOOK = look.read_look()
COLOUR, FILL = LOOK.colour, LOOK.fill
SIZE, CHART, HANDOUT = LOOK.size, LOOK.chart, LOOK.handout
SMALL = SIZE["small"]

POINTS_PER_MM = 72 / 25.4
REGULAR, SEMIBOLD = look.REGULAR, look.SEMIBOLD
# Ascender and descender of the face as drawn in labels, in parts of the size; lines of
# one label stand this far apart.
ASCENT, DESCENT, LEADING = 0.76, 0.22, 1.22
# A letter the face lacks is set in another one: reckon with the widest.
_UNKNOWN_WIDTH = 1.0

# Text stays text (searchable, small), ids repeat, nothing depends on the day.
_SVG_SETTINGS: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "cairn",
    "path.simplify": True,
    "path.simplify_threshold": 0.1,
}
_NO_METADATA = {"Creator": None, "Date": None, "Format": None, "Type": None}


def points(millimetres: float) -> float:
    """Millimetres as points."""
    return millimetres * POINTS_PER_MM


@cache
def _face(weight: int) -> FT2Font:
    name = {REGULAR: "Regular", SEMIBOLD: "SemiBold"}[weight]
    path = look.FONT_FOLDER / f"IBMPlexSans-{name}.ttf"
    # from memory: forked processes would share the place of reading in an open file
    return FT2Font(io.BytesIO(path.read_bytes()))


@cache
def _advance(letter: str, weight: int) -> float:
    """Width of one letter in parts of the type size."""
    face = _face(weight)
    index = face.get_char_index(ord(letter))
    if index == 0:
        return _UNKNOWN_WIDTH
    glyph = face.load_glyph(index, flags=LoadFlags.NO_SCALE)
    return float(glyph.horiAdvance / face.units_per_EM)


def text_width(text: str, size: float, weight: int = REGULAR) -> float:
    """Width of a line of text in points."""
    return size * sum(_advance(letter, weight) for letter in text)


@cache
def font(size: float, weight: int = REGULAR) -> FontProperties:
    """The one family, in a size (points) and weight."""
    register_fonts()
    return FontProperties(family=LOOK.family, size=size, weight=weight)


@cache
def register_fonts() -> None:
    """Make the shipped faces known to matplotlib, under one family name."""
    for path in look.text_font_files():
        font_manager.fontManager.addfont(str(path))


def notebook_style() -> None:
    """Give an analyst's own seaborn and matplotlib figures the look of the reports."""
    register_fonts()
    settings: Any = {
        **_SVG_SETTINGS,
        "font.family": LOOK.family,
        "font.size": SIZE["small"],
        "text.color": COLOUR["ink"],
        "axes.edgecolor": COLOUR["ink"],
        "axes.labelcolor": COLOUR["grey"],
        "axes.linewidth": CHART["base_line"],
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.prop_cycle": cycler(
            color=[COLOUR["blue"], COLOUR["ink"], COLOUR["orange"], COLOUR["grey"]]
        ),
        "xtick.color": COLOUR["grey"],
        "ytick.color": COLOUR["grey"],
        "figure.dpi": 96,
    }
    mpl.rcParams.update(settings)


def new_figure(width_mm: float, height_mm: float) -> Figure:
    """An empty figure of exactly this size, without pyplot."""
    size = (width_mm / 25.4, height_mm / 25.4)
    figure = Figure(figsize=size, dpi=72, facecolor="none")
    figure.patch.set_visible(False)
    FigureCanvasSVG(figure)
    return figure


def add_plot(
    figure: Figure, left: float, bottom: float, width: float, height: float
) -> Axes:
    """Bare axes at a place given in millimetres from the lower left corner."""
    across, up = figure.get_size_inches() * 25.4
    place = (left / across, bottom / up, width / across, height / up)
    axes = figure.add_axes(place)
    axes.set_axis_off()
    return axes


def figure_of(axes: Axes) -> Figure:
    """The figure the axes stand on."""
    figure = axes.get_figure(root=True)
    if figure is None:
        raise ValueError("the axes stand on no figure")
    return figure


def size_in_points(axes: Axes) -> tuple[float, float]:
    """Width and height of the whole figure."""
    width, height = figure_of(axes).get_size_inches() * 72
    return float(width), float(height)


def in_points(axes: Axes) -> Transform:
    """Coordinates in points from the figure's lower left corner, at any dpi."""
    return Affine2D().scale(1 / 72) + figure_of(axes).dpi_scale_trans


class Words(Text):
    """A line of text set as it stands: no markup, no layout, no second font.

    Where a line begins is reckoned from the widths of its letters, which is ten times
    faster than a layout and asks for no glyph of another script.
    """

    _SHARES: ClassVar = {"left": 0.0, "center": 0.5, "right": 1.0}

    def draw(self, renderer: Any) -> None:
        """Draw the line; vector formats keep its anchor, others its left end."""
        place = self.get_transform().transform(self.get_unitless_position())
        x, y = float(place[0]), float(place[1])
        size, weight = float(self.get_fontsize()), int(self.get_fontweight())
        width = renderer.points_to_pixels(text_width(self.get_text(), size, weight))
        x -= self._SHARES[self.get_horizontalalignment()] * width
        if renderer.flipy():
            y = renderer.get_canvas_width_height()[1] - y
        gc = renderer.new_gc()
        gc.set_foreground(self.get_color())
        face = self.get_fontproperties()
        renderer.draw_text(gc, x, y, self.get_text(), face, 0.0, False, mtext=self)
        gc.restore()
        self.stale = False


def write(
    axes: Axes,
    x: float,
    y: float,
    text: str,
    *,
    size: float = SMALL,
    weight: int = REGULAR,
    colour: str = COLOUR["grey"],
    align: Any = "left",
) -> None:
    """Put a line of text with its baseline at (x, y), in points of the figure."""
    if not text:
        return
    words = Words(
        x,
        y,
        text,
        fontproperties=font(size, weight),
        color=colour,
        horizontalalignment=align,
        verticalalignment="baseline",
        transform=in_points(axes),
        zorder=3,
    )
    words.set_clip_on(False)
    axes.add_artist(words)


def picture(figure: Figure, alt: str) -> Picture:
    """The figure as SVG with its finding in words; the same figure, the same bytes."""
    width, height = figure.get_size_inches() * 25.4
    return Picture(_svg(figure), alt, round(float(width), 2), round(float(height), 2))


def _svg(figure: Figure) -> str:
    buffer = io.StringIO()
    with mpl.rc_context(_SVG_SETTINGS):
        figure.savefig(buffer, format="svg", metadata=_NO_METADATA, transparent=True)
    return _lean(buffer.getvalue())


def _lean(svg: str) -> str:
    """Drop what no reader sees: prolog, comments, and ids that nothing refers to."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    used = set(re.findall(r'(?:href="|url\()#([^")]+)', svg))
    svg = re.sub(
        r' id="([^"]+)"', lambda m: m.group() if m.group(1) in used else "", svg
    )
    return re.sub(r"\n\s*", "\n", svg)
