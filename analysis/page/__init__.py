"""The page: executed notebooks to tagged, deterministic PDFs, blocks to HTML."""

from analysis.page.exporter import CairnPDFExporter, pdf_bytes
from analysis.page.html import block_html

__all__ = ["CairnPDFExporter", "block_html", "pdf_bytes"]
