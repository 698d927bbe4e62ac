"""A report as pictures of its pages: shown by any browser, without a PDF viewer."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2

from analysis.engine import safe_name
from analysis.errors import AnalysisError
from analysis.pipeline.paths import PDF_NAMES, Paths

# Sharp on a screen of twice the usual density at the width the page gives them.
_DOTS_PER_INCH = 130


def report_path(paths: Paths, month: str, client: str, audience: str) -> Path:
    """Where a client's PDF of a month stands; AnalysisError where it is not made."""
    name = f"{PDF_NAMES[audience]}.pdf"
    path = paths.reports / month / "clients" / safe_name(client) / name
    if not path.is_file():
        raise AnalysisError("This report is not made yet. Make it first.")
    return path


def page_pictures(path: Path) -> list[bytes]:
    """Each page as PNG, in order."""
    with pypdfium2.PdfDocument(path) as document:
        return [_picture(page) for page in document]


def _picture(page: pypdfium2.PdfPage) -> bytes:
    stream = io.BytesIO()
    page.render(scale=_DOTS_PER_INCH / 72).to_pil().save(stream, "PNG")
    return stream.getvalue()
