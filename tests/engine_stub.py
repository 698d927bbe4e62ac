"""A small exporter for the engine's tests: the outputs' text as a one-page PDF."""

from __future__ import annotations

import io
import json

import pikepdf
from nbformat import NotebookNode


def export(executed: NotebookNode, job: str) -> bytes:
    """The same outputs give the same bytes."""
    outputs = [cell.outputs for cell in executed.cells if cell.cell_type == "code"]
    document = pikepdf.new()
    document.add_blank_page(page_size=(100, 100))
    document.docinfo["/Title"] = job
    document.docinfo["/Subject"] = json.dumps(outputs, sort_keys=True)
    file = io.BytesIO()
    document.save(file, deterministic_id=True)
    return file.getvalue()


def break_off(executed: NotebookNode, job: str) -> bytes:
    """A PDF whose end is missing."""
    return export(executed, job)[:-20]


def start_thread() -> None:
    """A warm-up that makes forking unsafe."""
    import threading
    import time

    threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()
