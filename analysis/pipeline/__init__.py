"""The steps end to end: alone in knowing paths, the clock and the outside world."""

from analysis.pipeline.analysing import run_analyse
from analysis.pipeline.caseload import CaseloadOptions, months_between
from analysis.pipeline.checking import run_check
from analysis.pipeline.committing import run_staged_check
from analysis.pipeline.delivering import PASSWORD_VARIABLE, Delivery, run_deliver
from analysis.pipeline.drafting import ProfileOptions, Question, run_profile
from analysis.pipeline.exporting import ExportOptions, run_export
from analysis.pipeline.forgetting import ForgetOptions, run_forget
from analysis.pipeline.importing import run_import
from analysis.pipeline.laboratory import run_lab
from analysis.pipeline.network import run_network
from analysis.pipeline.others import run_bench, run_demo, run_measures
from analysis.pipeline.reporting import ReportOptions, run_caseload, run_reports
from analysis.pipeline.sources import ImportOptions
from analysis.pipeline.verifying import run_verify

__all__ = [
    "PASSWORD_VARIABLE",
    "CaseloadOptions",
    "Delivery",
    "ExportOptions",
    "ForgetOptions",
    "ImportOptions",
    "ProfileOptions",
    "Question",
    "ReportOptions",
    "months_between",
    "run_analyse",
    "run_bench",
    "run_caseload",
    "run_check",
    "run_deliver",
    "run_demo",
    "run_export",
    "run_forget",
    "run_import",
    "run_lab",
    "run_measures",
    "run_network",
    "run_profile",
    "run_reports",
    "run_staged_check",
    "run_verify",
]
