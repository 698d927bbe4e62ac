"""When a report counts as made: judged from what is there, never from an exit code."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from pathlib import Path

from nbformat import NotebookNode

from analysis.errors import AnalysisError

_A_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,60}")
_PACKAGE = Path(__file__).resolve().parents[1]
_COLOURS = re.compile("\x1b\\[[0-9;]*m")
_FRAME = re.compile(r"^(?:File (.+):\d+, in |Cell In\[\d+\])", re.MULTILINE)
# nbclient leaves out cells with this tag; so they need not have run.
_SKIPPED = "skip-execution"


class NotMade(Exception):
    """Why a report could not be made; never holds client data."""


def own_errors() -> frozenset[str]:
    """Names of our own exceptions: their messages may be shown."""
    found = {AnalysisError.__name__}
    waiting = [AnalysisError]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            found.add(kind.__name__)
            waiting.append(kind)
    return frozenset(found)


def check_notebook(executed: NotebookNode) -> None:
    """Raise NotMade unless every code cell ran to its end without an error.

    papermill marks cells as completed that never ran, and returns normally from
    sys.exit(0): only the cells themselves tell.
    """
    for cell in executed.cells:
        if cell.cell_type != "code":
            continue
        for output in cell.outputs:
            if output.output_type == "error":
                raise NotMade(error_reason(output, cell.execution_count))
    for number, cell in enumerate(executed.cells, start=1):
        if _should_have_run(cell) and not cell.execution_count:
            raise NotMade(f"cell {number} of the notebook was never run")
        if _should_have_run(cell) and not _is_completed(cell):
            raise NotMade(f"In [{cell.execution_count}] did not finish")


def error_reason(output: NotebookNode, execution_count: int | None) -> str:
    """The kind of error and its cell; the message only where our code wrote it.

    A notebook may raise our exceptions with a client's words in them.
    """
    # a class made on the spot may be called anything
    kind = output.ename if _A_NAME.fullmatch(output.ename) else "an error"
    where = f"{kind} in In [{execution_count}]"
    if output.ename in own_errors() and _was_raised_by_us(output.traceback):
        return f"{where}: {output.evalue}"
    return where


def _was_raised_by_us(traceback: Sequence[str]) -> bool:
    """Whether the innermost frame of a traceback, as IPython prints it, is ours."""
    # the last part is the message, which may say anything
    plain = _COLOURS.sub("", "\n".join(traceback[:-1]))
    frames = _FRAME.findall(plain)
    return bool(frames) and Path(frames[-1]).expanduser().is_relative_to(_PACKAGE)


def _should_have_run(cell: NotebookNode) -> bool:
    has_code = cell.cell_type == "code" and bool(cell.source.strip())
    return has_code and _SKIPPED not in cell.metadata.get("tags", [])


def _is_completed(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("papermill", {}).get("status") == "completed")


def check_pdf(content: bytes) -> None:
    """Raise NotMade unless the bytes are a whole, readable PDF with a page."""
    import pikepdf  # 0.1 s, and only where PDFs are made

    if not content.startswith(b"%PDF-") or not content.rstrip().endswith(b"%%EOF"):
        raise NotMade("the PDF is incomplete")
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            pages = len(document.pages)
    except pikepdf.PdfError as problem:
        raise NotMade("the PDF cannot be read") from problem
    if not pages:
        raise NotMade("the PDF has no page")
