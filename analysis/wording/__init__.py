"""Every word a reader sees: sentences as data, one file per audience and language."""

from analysis.wording.courses import (
    axis_line,
    clause_of,
    course_alt,
    headline,
    panel_title,
    status_now,
    tile,
)
from analysis.wording.findings import (
    fields,
    look,
    look_together,
    question,
    watch_line,
    win,
)
from analysis.wording.handout import (
    chart_alt,
    chart_notes,
    chart_words,
    lead,
    stretch,
    told_of,
)
from analysis.wording.reader import (
    AUDIENCES,
    Wording,
    languages,
    read_wording,
)
from analysis.wording.standing import Standing, about, label, noun, status
from analysis.wording.template import WordingError

__all__ = [
    "AUDIENCES",
    "Standing",
    "Wording",
    "WordingError",
    "about",
    "axis_line",
    "chart_alt",
    "chart_notes",
    "chart_words",
    "clause_of",
    "course_alt",
    "fields",
    "headline",
    "label",
    "languages",
    "lead",
    "look",
    "look_together",
    "noun",
    "panel_title",
    "question",
    "read_wording",
    "status",
    "status_now",
    "stretch",
    "tile",
    "told_of",
    "watch_line",
    "win",
]
