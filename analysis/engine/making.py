"""One report, in the process that makes it: run, judge, export, judge, write."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable

import nbformat
from nbformat import NotebookNode

from analysis.engine import notebooks
from analysis.engine.files import digest_of, write_synced
from analysis.engine.local import CANNOT_WRITE
from analysis.engine.success import NotMade, check_notebook, check_pdf
from analysis.engine.tasks import Handshake, Task, write_handshake
from analysis.errors import AnalysisError

Export = Callable[[NotebookNode, str], bytes]
# Runs a task's notebook: what came of it so far, and why it ended early ("" if not).
Execute = Callable[[Task], tuple[NotebookNode | None, str]]


def cairn_pdf(executed: NotebookNode, job: str) -> bytes:
    """The project's own PDF of an executed notebook."""
    from analysis.page import CairnPDFExporter

    resources = {"metadata": {"name": job}}
    body, _ = CairnPDFExporter().from_notebook_node(executed, resources)
    return body if isinstance(body, bytes) else bytes(body, "latin-1")


def warm_cairn_pdf() -> None:
    """Import the exporter and read its fonts; sets no page, which starts threads."""
    from analysis.page import exporter, typesetter

    exporter.CairnPDFExporter()
    typesetter.load_fonts(())


def load(name: str) -> Callable[..., object]:
    """The function a "module:function" stands for."""
    module, _, function = name.partition(":")
    found: Callable[..., object] = importlib.import_module(module)  # type: ignore
    for part in function.split("."):
        found = getattr(found, part)
    return found


def make_report(task: Task, execute: Execute, export: Export) -> None:
    """Make one report as drafts, and leave the handshake that tells how it went."""
    executed, reason = execute(task)
    pdf = b""
    if not reason and executed is not None:
        reason, pdf = _pdf_of(executed, export, task)
    if executed is not None:
        if reason:
            notebooks.mark_failed(executed, reason)
        notebooks.save(executed, task)
    write_handshake(
        task,
        Handshake(
            reason=reason,
            pdf_sha256="" if reason else hashlib.sha256(pdf).hexdigest(),
            executed_sha256=digest_of(task.draft_notebook) or "",
        ),
    )


def _pdf_of(executed: NotebookNode, export: Export, task: Task) -> tuple[str, bytes]:
    """Why there is no PDF ("" if there is one), and the PDF."""
    try:
        check_notebook(executed)
        # the exporter works on a copy: what it changes is not for the analyst
        pdf = export(nbformat.from_dict(executed), task.job)
        check_pdf(pdf)
    except (NotMade, AnalysisError) as problem:
        return str(problem), b""
    except Exception as problem:  # a defect, told as a failure; the notebook is kept
        return f"{type(problem).__name__} while the PDF was made", b""
    write_synced(task.draft_pdf, pdf)
    return "", pdf


def give_up(task: Task, problem: Exception) -> int:
    """Leave the handshake of a report that stopped on something unforeseen.

    The exception's message may hold client data; its kind does not. Returns the exit
    code of a process that ends on it.
    """
    kind = type(problem).__name__
    if isinstance(problem, OSError):
        kind = f"{kind} ({problem.strerror})"  # the system's words, no one else's
    try:
        write_handshake(task, Handshake(f"{kind} while the report was made"))
    except OSError:
        return CANNOT_WRITE
    return 0
