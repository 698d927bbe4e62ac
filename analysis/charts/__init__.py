"""One function per chart; each gives a picture with its finding as alternative text."""

from analysis.charts.check_ins import usual_range_picture
from analysis.charts.course import (
    course_figure,
    course_picture,
    draw_course,
    panel_width,
)
from analysis.charts.fair import adjusted_picture, funnel_picture
from analysis.charts.handout import handout_picture
from analysis.charts.matrix import migration_picture, signs_picture
from analysis.charts.over_time import control_picture, staying_picture
from analysis.charts.panel import axis_start
from analysis.charts.scatter import scatter_picture
from analysis.charts.spark import bars_picture, line_picture, spark_picture
from analysis.charts.style import notebook_style

__all__ = [
    "adjusted_picture",
    "axis_start",
    "bars_picture",
    "control_picture",
    "course_figure",
    "course_picture",
    "draw_course",
    "funnel_picture",
    "handout_picture",
    "line_picture",
    "migration_picture",
    "notebook_style",
    "panel_width",
    "scatter_picture",
    "signs_picture",
    "spark_picture",
    "staying_picture",
    "usual_range_picture",
]
