"""One function per chart; each gives a picture with its finding as alternative text."""

from analysis.charts.check_ins import usual_range_picture
from analysis.charts.course import (
    course_figure,
    course_picture,
    draw_course,
    panel_width,
)
from analysis.charts.handout import handout_picture
from analysis.charts.panel import axis_start
from analysis.charts.spark import bars_picture, line_picture, spark_picture
from analysis.charts.style import notebook_style

__all__ = [
    "axis_start",
    "bars_picture",
    "course_figure",
    "course_picture",
    "draw_course",
    "handout_picture",
    "line_picture",
    "notebook_style",
    "panel_width",
    "spark_picture",
    "usual_range_picture",
]
