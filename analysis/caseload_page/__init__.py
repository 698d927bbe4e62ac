"""The practice lead's report as one HTML file that needs no network."""

from analysis.caseload_page.document import caseload_html

__all__ = ["caseload_html"]
