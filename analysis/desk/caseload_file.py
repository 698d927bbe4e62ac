"""Hands the caseload page out as a document of its own: it brings its own policy."""

from __future__ import annotations

import re

from jupyter_server.base.handlers import JupyterHandler
from tornado import web

from analysis.desk.practices import Desks

_MONTH = re.compile(r"\d{4}-\d{2}")


class CaseloadFile(JupyterHandler):
    """GET /desk/caseload?month=2026-10&practice=own: a month's caseload.html."""

    def initialize(self, desks: Desks) -> None:
        self._desks = desks

    @web.authenticated
    def get(self) -> None:
        """The file as it stands, or 404."""
        month = self.get_query_argument("month", "")
        is_demo = self.get_query_argument("practice", "") == "demo"
        reports = self._desks.paths(is_demo=is_demo).reports
        path = reports / month / "caseload" / "caseload.html"
        if not _MONTH.fullmatch(month) or not path.is_file():
            raise web.HTTPError(404)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        # its meta element allows the hashes of its own scripts and nothing else;
        # ours would forbid them
        self.set_header("X-Own-Policy", "yes")
        self.set_header("Content-Security-Policy", "frame-ancestors 'self'")
        self.finish(path.read_bytes())
