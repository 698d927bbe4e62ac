"""Numbers over many clients: the facts of the practice lead's report on one period."""

from analysis.caseload.period import caseload_period
from analysis.caseload.records import OUTCOMES, CaseloadPeriod

__all__ = ["OUTCOMES", "CaseloadPeriod", "caseload_period"]
