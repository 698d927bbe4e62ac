"""A forked report equals papermill's own: outputs, and the PDF byte for byte."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from engine_cases import executed, job, run, write_notebook
from nbformat import NotebookNode

from analysis.engine import Job, RunResult

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="forking is safe on Linux only"
)

# One way of putting something out each; together all that notebooks commonly do.
CELLS = (
    "print('a'); print('b'); client_id",
    "import sys; print('error', file=sys.stderr); print('out')",
    "!echo from the shell; echo beside >&2",
    "import os, subprocess; subprocess.run(['echo', 'kept'], capture_output=True)",
    "import asyncio; await asyncio.sleep(0.01); 'awaited'",
    "from IPython.display import HTML, JSON, Latex, Markdown, clear_output, display\n"
    "shown = display('first', display_id=True); shown.update('second')",
    "print('x'); clear_output(); print('y')",
    "print('x'); clear_output(wait=True); print('z')",
    "%%capture kept\nprint('hidden')",
    "kept.stdout",
    "import logging; logging.getLogger('report').warning('logged')",
    "import threading\nthread = threading.Thread(target=print, args=('thread',))\n"
    "thread.start(); thread.join()",
    "display(HTML('<b>x</b>'), Markdown('*a*'), Latex('$x$'), JSON({'a': (1, 2)}))",
    "import numpy as np, pandas as pd; pd.DataFrame(np.arange(60).reshape(2, 30))",
    "pd.DataFrame({'note': ['a' * 100, 'b']})",
    "print(pd.DataFrame(np.arange(60).reshape(2, 30)))",
    "pd.options.display.max_columns, pd.get_option('display.width')",
    "import matplotlib.pyplot as plt; fig, ax = plt.subplots(); ax.plot([1, 2]);",
    "fig",
    "from matplotlib.figure import Figure\n"
    "drawn = Figure(); drawn.subplots().plot([1, 3]); drawn",
    "%matplotlib inline\nplt.plot([3, 1]); plt.show()",
    "import matplotlib as mpl; mpl.get_backend(), mpl.is_interactive()",
    "from statsmodels.api import OLS\n"
    "OLS([1, 2, 3.5], [[1, 1], [1, 2], [1, 3]]).fit().params",
    "import random; random.random(), np.random.rand(), hash('a')",
    "sys.stdout.encoding, sys.stdout.isatty(), __name__, sys.path[0] == ''",
    "from pathlib import Path; Path('neighbour.txt').read_text()",
    "In[1], list(Out), _",
    "?print",
    "%env CAIRN_WORD=1",
    "get_ipython().__class__.__name__, get_ipython().kernel is not None",
    "import multiprocessing\nwith multiprocessing.get_context('fork').Pool(1) as pool:"
    "\n    result = pool.map(abs, [-1])\nresult",
    "try:\n    input()\n"
    "except Exception as problem:\n    print(type(problem).__name__)",
    "print('no end of line', end=''); 5",
    "print('é ü 漢 😀'); '😀'",
    "display({'application/x+json': {'a': (1, None)}, 'text/plain': 'p'}, raw=True)",
    "%precision 3\n3.14159",
    "for number in range(3): print(number, end='\\r')",
    "[os.environ.get(name) for name in ('MPLBACKEND', 'TERM', 'OMP_NUM_THREADS')]",
)  # fmt: skip


HANG = "import time; time.sleep(600)"


def outputs(notebook: NotebookNode) -> list[tuple[str, int | None, list[NotebookNode]]]:
    """Source, number and outputs of every code cell."""
    return [
        (cell.source, cell.execution_count, cell.outputs)
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def run_with(engine: str, folder: Path, notebook: Path) -> tuple[RunResult, list[Job]]:
    reports = folder / engine
    jobs = [job(reports, client, notebook) for client in ("A-1", "B-2")]
    return run(reports, jobs, engine=engine), jobs


def test_outputs_and_pdf_are_those_of_plain_papermill(tmp_path: Path) -> None:
    (tmp_path / "neighbour.txt").write_text("beside the notebook")
    notebook = write_notebook(tmp_path / "n.ipynb", *CELLS)
    plain, plain_jobs = run_with("plain", tmp_path, notebook)
    fork, fork_jobs = run_with("fork", tmp_path, notebook)
    assert plain.failed == fork.failed == ()
    assert (plain.engine, fork.engine) == ("plain", "fork")
    for client in ("A-1", "B-2"):
        expected = outputs(executed(tmp_path / "plain", client))
        found = outputs(executed(tmp_path / "fork", client))
        for theirs, ours in zip(expected, found, strict=True):
            assert ours == theirs
    for theirs_job, ours_job in zip(plain_jobs, fork_jobs, strict=True):
        assert ours_job.pdf.read_bytes() == theirs_job.pdf.read_bytes()


def test_plain_papermill_fails_and_keeps_notebooks_in_the_same_way(
    tmp_path: Path,
) -> None:
    reports = tmp_path / "plain"
    cells = {"error": "1 / 0", "gone": "import os; os._exit(0)", "hang": HANG}
    jobs = {}
    for name, cell in cells.items():
        notebook = write_notebook(tmp_path / f"{name}.ipynb", "print(1)", cell, "2")
        jobs[name] = job(reports, name, notebook)
    dead = run(reports, [jobs["error"], jobs["gone"]], engine="plain")
    late = run(reports, [jobs["hang"]], engine="plain", timeout_seconds=5)
    assert dict(dead.failed) == {
        "error/progress": "ZeroDivisionError in In [4]",
        "gone/progress": "its kernel died, in In [4]",
    }
    assert late.failed[0][1].startswith("stopped after 5 seconds, the time limit")
    for name, reason in (*dead.failed, *late.failed):
        kept = executed(reports, name.removesuffix("/progress"))
        assert reason in kept.cells[0].source
        assert not list(reports.rglob("*.pdf"))


def test_a_run_falls_back_to_plain_papermill_and_says_so(tmp_path: Path) -> None:
    import io

    from analysis.engine import Lines

    told = io.StringIO()
    reports = tmp_path / "reports"
    notebook = write_notebook(tmp_path / "n.ipynb", "1")
    result = run(
        reports,
        [job(reports, "A", notebook)],
        engine="auto",
        warm_up=["engine_stub:start_thread"],
        progress=Lines(told),
    )
    assert result.engine == "plain"
    assert len(result.made) == 1
    assert "engine_stub:start_thread starts a thread" in told.getvalue()
    assert "Reports are made by papermill" in told.getvalue()
