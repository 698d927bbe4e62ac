"""The demo practice: invented clients, written as the raw exports of a practice."""

from collections.abc import Mapping

from analysis.demo.courses import COURSES
from analysis.demo.people import intended
from analysis.demo.practice import FILES, DemoSummary, write_demo
from analysis.demo.writing import is_demo

# Client id -> the courses of COURSES the client stands for.
INTENDED: Mapping[str, tuple[str, ...]] = intended()
# What a settings.toml of this practice would say.
PRACTICE = "Harbour Street Therapy"
CLINICIANS: Mapping[str, str] = {
    "C-01": "M. Okafor",
    "C-02": "L. Brandt",
    "C-03": "J. Castell",
    "C-04": "S. Iyer",
}

__all__ = [
    "CLINICIANS",
    "COURSES",
    "FILES",
    "INTENDED",
    "PRACTICE",
    "DemoSummary",
    "is_demo",
    "write_demo",
]
