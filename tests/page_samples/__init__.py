"""Invented pages that use every block: an invented practice, an invented client."""

from page_samples.caseload import caseload, caseload_1, caseload_2, caseload_frame
from page_samples.handout import handout, handout_frame, handout_notebook
from page_samples.parts import notebook, panel, progress_frame, spark
from page_samples.progress import progress, progress_1, progress_2, progress_3

__all__ = [
    "caseload",
    "caseload_1",
    "caseload_2",
    "caseload_frame",
    "handout",
    "handout_frame",
    "handout_notebook",
    "notebook",
    "panel",
    "progress",
    "progress_1",
    "progress_2",
    "progress_3",
    "progress_frame",
    "spark",
]
