"""Runs parameterized notebooks to PDFs: fast, apart from each other, resumable.

Knows nothing of clients, scores or settings: a job is a notebook, its parameters, a key
and two paths.
"""

from analysis.engine.beside import put_beside
from analysis.engine.jobs import Job, Outcome, RunResult
from analysis.engine.names import client_id_of, safe_name
from analysis.engine.parameters import check_parameters, declared_parameters
from analysis.engine.progress import JsonLines, Lines, Progress, Silent, progress_for
from analysis.engine.running import run_jobs
from analysis.engine.taking_out import take_out
from analysis.engine.verifying import Difference, verify
from analysis.engine.warmed import WarmingUp

__all__ = [
    "Difference",
    "Job",
    "JsonLines",
    "Lines",
    "Outcome",
    "Progress",
    "RunResult",
    "Silent",
    "WarmingUp",
    "check_parameters",
    "client_id_of",
    "declared_parameters",
    "progress_for",
    "put_beside",
    "run_jobs",
    "safe_name",
    "take_out",
    "verify",
]
