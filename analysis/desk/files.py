"""What the desk serves besides Voilà's own: the look, and the caseload page."""

from __future__ import annotations

import re
from pathlib import Path

from jupyter_server.base.handlers import JupyterHandler
from tornado import web

from analysis.desk.practices import Desks
from analysis.look import FONT_FAMILY, REGULAR, SEMIBOLD, css_variables, read_look
from analysis.look.shapes import shape_symbols

_MONTH = re.compile(r"\d{4}-\d{2}")

# The faces that the caseload page carries inside itself.
_FACES = Path(__file__).parents[1] / "caseload_page" / "assets" / "vendor"
_WEIGHTS = {REGULAR: "IBMPlexSans-Regular", SEMIBOLD: "IBMPlexSans-SemiBold"}


class LookFile(web.RequestHandler):
    """GET /desk/look.css, shapes.svg or a face: nothing secret, hence no key."""

    def get(self, name: str) -> None:
        """One of the files."""
        if name == "look.css":
            self._answer("text/css", _look_css().encode())
        elif name == "shapes.svg":
            self._answer("image/svg+xml", _shapes_svg().encode())
        elif name.removesuffix(".woff2") in _WEIGHTS.values():
            self._answer("font/woff2", (_FACES / name).read_bytes())
        else:
            raise web.HTTPError(404)

    def _answer(self, kind: str, content: bytes) -> None:
        self.set_header("Content-Type", kind)
        self.finish(content)


def _look_css() -> str:
    faces = "".join(
        f'@font-face{{font-family:"{FONT_FAMILY}";font-weight:{weight};'
        f"src:url(/desk/{name}.woff2) format('woff2')}}"
        for weight, name in _WEIGHTS.items()
    )
    return faces + css_variables()


def _shapes_svg() -> str:
    symbols = shape_symbols(read_look().status)
    return symbols.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)


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
