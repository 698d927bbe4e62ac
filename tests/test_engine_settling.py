"""When a report counts as made, and what is kept of one that was not."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
from pathlib import Path

import nbformat
import pikepdf
import pytest
from engine_cases import job, write_notebook
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import analysis
from analysis.engine import Job, Lines, Outcome, Silent
from analysis.engine.files import outdated
from analysis.engine.jobs import Limits, Recipe, Terms
from analysis.engine.local import CANNOT_WRITE, Ending
from analysis.engine.making import give_up
from analysis.engine.plain_engine import PlainEngine
from analysis.engine.settling import settle
from analysis.engine.starting import Starter
from analysis.engine.success import NotMade, check_notebook, check_pdf
from analysis.engine.tasks import Handshake, Task, read_handshake, write_handshake
from analysis.errors import AnalysisError

AT_EASE = Ending()


def whole_pdf(pages: int = 1) -> bytes:
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page()
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def code_cell(source: str, count: int | None, status: str, **output: str) -> object:
    outputs = [new_output("error", traceback=[], **output)] if output else []
    cell = new_code_cell(source, execution_count=count, outputs=outputs)
    cell.metadata["papermill"] = {"status": status}
    return cell


def notebook(*cells: object) -> NotebookNode:
    return new_notebook(cells=list(cells))


def why_not(executed: NotebookNode) -> str:
    with pytest.raises(NotMade) as problem:
        check_notebook(executed)
    return str(problem.value)


def test_a_notebook_whose_cells_all_ran_is_made() -> None:
    skipped = code_cell("not needed", None, "completed")
    skipped.metadata["tags"] = ["skip-execution"]
    check_notebook(
        notebook(
            new_markdown_cell("text"),
            code_cell("1", 1, "completed"),
            code_cell("   ", None, "completed"),
            skipped,
        )
    )


def test_a_cell_that_never_ran_is_no_success_whatever_papermill_says() -> None:
    cells = code_cell("1", 1, "completed"), code_cell("2", None, "completed")
    assert why_not(notebook(*cells)) == "cell 2 of the notebook was never run"


def test_a_cell_that_did_not_finish_is_no_success() -> None:
    assert why_not(notebook(code_cell("1", 1, "running"))) == "In [1] did not finish"


def test_an_error_is_told_by_its_kind_and_cell_only() -> None:
    cell = code_cell("x", 3, "completed", ename="KeyError", evalue="Anna's note")
    assert why_not(notebook(cell)) == "KeyError in In [3]"


def test_our_own_errors_tell_what_to_do() -> None:
    cell = code_cell("x", 2, "completed", ename="UnknownClient", evalue="no A-9")
    place = Path(analysis.__file__).parent / "reports" / "client.py"
    cell.outputs[-1].traceback = [
        "\x1b[36mCell\x1b[39m In[2], line 1",
        f"\x1b[32mFile \x1b[39m{place}:9, in read()",
        "UnknownClient: no A-9",
    ]
    assert why_not(notebook(cell)) == "UnknownClient in In [2]: no A-9"


def test_our_errors_raised_by_a_notebook_itself_keep_their_words_to_themselves() -> (
    None
):
    cell = code_cell("x", 2, "completed", ename="AnalysisError", evalue="Anna's note")
    place = Path(analysis.__file__).parent / "reports" / "client.py"
    for last in ("AnalysisError: Anna's note", f"File {place}:9, in read()"):
        cell.outputs[-1].traceback = ["Cell In[2], line 1", last]
        assert why_not(notebook(cell)) == "AnalysisError in In [2]"


def test_a_whole_pdf_with_a_page_counts() -> None:
    check_pdf(whole_pdf())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "incomplete"),
        (b"%PDF-1.7\n", "incomplete"),
        (b"<html>%%EOF", "incomplete"),
        (whole_pdf()[:-10], "incomplete"),
        (b"%PDF-1.7\nnothing\n%%EOF\n", "cannot be read"),
        (whole_pdf(pages=0), "has no page"),
    ],
)
def test_anything_less_does_not(content: bytes, reason: str) -> None:
    with pytest.raises(NotMade, match=reason):
        check_pdf(content)


@pytest.mark.parametrize(
    ("ending", "reason"),
    [
        (Ending(timed_out=True, exit=-9), "stopped after 2.5 seconds, the time limit"),
        (Ending(exit=-11), "its process was ended by SIGSEGV"),
        (Ending(exit=-35), "its process was ended by signal 35"),
        (Ending(exit=3), "its process ended by itself (exit code 3)"),
        (Ending(exit=CANNOT_WRITE), "is the disk full?"),
        (Ending(lost="its parent died"), "its parent died"),
    ],
)
def test_an_end_without_a_last_word_has_a_reason(ending: Ending, reason: str) -> None:
    assert reason in ending.reason(seconds=2.5)


@pytest.fixture
def made(tmp_path: Path) -> tuple[Job, Task]:
    """A report whose drafts stand ready to be moved into place."""
    source = write_notebook(tmp_path / "n.ipynb", "1")
    wanted = job(tmp_path / "reports", "A", source)
    draft = tmp_path / "drafts" / "1"
    draft.mkdir(parents=True)
    task = Task(
        job=wanted.id,
        key="ab12",
        notebook=str(source),
        parameters=wanted.parameters,
        executed=str(wanted.executed),
        draft=str(draft),
        temporary=str(tmp_path),
    )
    task.draft_pdf.write_bytes(b"pdf")
    task.draft_notebook.write_bytes(b"notebook")
    digests = [hashlib.sha256(word).hexdigest() for word in (b"pdf", b"notebook")]
    write_handshake(task, Handshake("", *digests))
    return wanted, task


def settled(made: tuple[Job, Task], ending: Ending = AT_EASE) -> Outcome:
    return settle(*made, ending, limit=2.0, seconds=1.0)


def test_a_report_is_moved_into_place_whole(made: tuple[Job, Task]) -> None:
    outcome = settled(made)
    assert outcome.state == "made"
    assert made[0].pdf.read_bytes() == b"pdf"
    assert made[0].executed.read_bytes() == b"notebook"


def test_a_process_killed_after_its_last_word_has_made_its_report(
    made: tuple[Job, Task],
) -> None:
    assert settled(made, Ending(exit=-9, timed_out=True)).state == "made"


def test_a_draft_that_was_changed_is_no_report(made: tuple[Job, Task]) -> None:
    made[1].draft_pdf.write_bytes(b"other")
    outcome = settled(made)
    assert outcome.reason == "report.pdf was changed after it was written"
    assert not made[0].pdf.exists()


def test_a_place_that_is_taken_fails_the_report(made: tuple[Job, Task]) -> None:
    made[0].pdf.mkdir(parents=True)
    (made[0].pdf / "file").touch()
    assert "could not be moved into place" in settled(made).reason


def test_a_half_written_last_word_is_none(made: tuple[Job, Task]) -> None:
    task = made[1]
    path = task.folder / "outcome.json"
    path.write_bytes(path.read_bytes()[:-5])
    task.draft_notebook.write_bytes(b'{"cells": [')  # half a notebook
    outcome = settled(made, Ending(exit=1))
    assert outcome.reason == "its process ended by itself (exit code 1)"
    kept = nbformat.read(made[0].executed, as_version=4)
    assert outcome.reason in kept.cells[0].source


def test_an_unforeseen_end_tells_its_kind_and_no_message(
    made: tuple[Job, Task],
) -> None:
    assert give_up(made[1], ValueError("Anna's note")) == 0
    word = read_handshake(made[1])
    assert word is not None
    assert word.reason == "ValueError while the report was made"
    give_up(made[1], OSError(28, "No space left on device", "/home/anna"))
    word = read_handshake(made[1])
    assert word is not None
    assert word.reason == "OSError (No space left on device) while the report was made"


def terms(engine: str) -> Terms:
    return Terms(Recipe("engine_stub:export"), Limits(), 1, engine, lock=0)


def test_systems_without_a_safe_fork_use_papermill_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = io.StringIO()
    monkeypatch.setattr("analysis.engine.starting.sys.platform", "darwin")
    engine = Starter(terms("auto"), Lines(told), None).start()
    assert isinstance(engine, PlainEngine)
    assert "forking is safe on Linux only" in told.getvalue()
    with pytest.raises(AnalysisError, match="Take --engine plain or auto"):
        Starter(terms("fork"), Silent(), None).start()


def test_the_engine_can_be_imported_where_there_is_no_fork() -> None:
    code = (
        "import sys; sys.modules.update(dict.fromkeys(['fcntl', 'resource']))\n"
        "from analysis.engine import run_jobs, plain_worker"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_page_of_an_earlier_run_never_passes_for_one_that_failed(
    made: tuple[Job, Task],
) -> None:
    wanted, task = made
    wanted.pdf.parent.mkdir(parents=True, exist_ok=True)
    wanted.pdf.write_bytes(b"last month's")
    write_handshake(task, Handshake("ValueError in In [3]"))
    assert settled(made).state == "failed"
    assert not wanted.pdf.exists()
    assert outdated(wanted.pdf).read_bytes() == b"last month's"


def test_the_next_page_that_is_made_takes_the_outdated_one_away(
    made: tuple[Job, Task],
) -> None:
    older = outdated(made[0].pdf)
    older.parent.mkdir(parents=True, exist_ok=True)
    older.write_bytes(b"last month's")
    assert settled(made).state == "made"
    assert not older.exists()
