"""From drafts to a report in its place, or to a failure with its reason."""

from __future__ import annotations

import os
from pathlib import Path

from analysis.engine.files import digest_of, outdated
from analysis.engine.jobs import Job, Outcome
from analysis.engine.local import Ending
from analysis.engine.tasks import Handshake, Task, read_handshake


def settle(
    job: Job, task: Task, ending: Ending, limit: float, seconds: float
) -> Outcome:
    """Move what was made into place; on failure keep the notebook with its reason.

    A PDF of an earlier run is set aside then (`progress.outdated.pdf`): nobody shall
    take it for this run's. The next one that is made removes it.

    limit: the time limit, seconds: the time it took. A report is made only if its
    process said so last of all and what it wrote is there, whole.
    """
    word = read_handshake(task)
    if word is None:
        word = _of_the_dead(task, ending.reason(limit))
    reason = word.reason
    try:
        reason = reason or _damage(task, word)
        if task.draft_notebook.exists():
            _move(task.draft_notebook, job.executed)
        if reason:
            _set_aside(job.pdf)
        else:
            _move(task.draft_pdf, job.pdf)
            outdated(job.pdf).unlink(missing_ok=True)
    except OSError as problem:
        reason = (
            f"could not be moved into place ({problem.strerror}); is it open in "
            "another program?"
        )
    if reason:
        kept = digest_of(job.executed) or ""
        return Outcome(job.id, "failed", reason, seconds, "", kept, job.label)
    pdf, executed = word.pdf_sha256, word.executed_sha256
    return Outcome(job.id, "made", "", seconds, pdf, executed, job.label)


def _set_aside(pdf: Path) -> None:
    if pdf.exists():
        os.replace(pdf, outdated(pdf))


def _damage(task: Task, word: Handshake) -> str:
    for path, digest in (
        (task.draft_pdf, word.pdf_sha256),
        (task.draft_notebook, word.executed_sha256),
    ):
        if digest_of(path) != digest:
            return f"{path.name} was changed after it was written"
    return ""


def _move(draft: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    os.replace(draft, path)


def _of_the_dead(task: Task, reason: str) -> Handshake:
    """Speak for a process that died: save what is known of its notebook."""
    from analysis.engine import notebooks  # papermill: slow, and rarely needed here

    try:
        notebook, where = notebooks.recover(task)
        notebooks.mark_failed(notebook, reason + where)
        notebooks.save(notebook, task)
    except OSError as problem:  # the disk is full: nothing can be kept
        task.draft_notebook.unlink(missing_ok=True)
        return Handshake(f"{reason}; no notebook was kept ({problem.strerror})")
    return Handshake(reason + where, "", digest_of(task.draft_notebook) or "")
