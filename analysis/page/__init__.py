"""The page: executed notebooks to tagged, deterministic PDFs, blocks to HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.page.html import block_html

if TYPE_CHECKING:
    from analysis.page.exporter import CairnPDFExporter, pdf_bytes

__all__ = ["CairnPDFExporter", "block_html", "pdf_bytes"]


def __getattr__(name: str) -> Any:
    """Load the exporter when it is first asked for.

    nbconvert takes more than a second to import; a notebook that only shows blocks
    must not wait for it.
    """
    if name in ("CairnPDFExporter", "pdf_bytes"):
        from analysis.page import exporter

        return getattr(exporter, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
