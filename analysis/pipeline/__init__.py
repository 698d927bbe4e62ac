"""The steps end to end: alone in knowing paths, the clock and the outside world."""

from analysis.pipeline.analysing import run_analyse
from analysis.pipeline.checking import run_check
from analysis.pipeline.importing import run_import
from analysis.pipeline.paths import Paths
from analysis.pipeline.reporting import ReportOptions, run_reports
from analysis.pipeline.summary import Summary
from analysis.pipeline.verifying import run_verify

__all__ = [
    "Paths",
    "ReportOptions",
    "Summary",
    "run_analyse",
    "run_check",
    "run_import",
    "run_reports",
    "run_verify",
]
