"""The page on extending the package works word by word, on a copy of it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
_BLOCK = re.compile(r"^```(\w+) file=(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = _BLOCK.findall((ROOT / "docs/extending.md").read_text(encoding="utf-8"))

# Two of the three last sessions of the client were missed, both of the other kept.
SESSIONS = """client_id,date,attended
A,2026-10-05,yes
A,2026-10-12,no
A,2026-10-19,no
B,2026-10-12,yes
B,2026-10-19,yes
"""
WEEKS = """client_id,date,week3_1,week3_2,week3_3
A,2026-10-05,3,4,5
A,2026-10-19,6,6,6
B,2026-10-19,1,2,3
"""


def _changed(text: str, diff: str) -> str:
    """Apply the hunks of a diff; each must fit exactly once."""
    for hunk in diff.split("@@\n"):
        lines = hunk.splitlines()
        old = "\n".join(line[1:] for line in lines if line[:1] != "+")
        new = "\n".join(line[1:] for line in lines if line[:1] != "-")
        assert text.count(f"{old}\n") == 1, f"fits no more: {old}"
        text = text.replace(f"{old}\n", f"{new}\n")
    return text


def _as_notebook(source: str) -> str:
    cells = []
    for part in source.split("# %%")[1:]:
        head, _, code = part.partition("\n")
        tags = {"tags": ["parameters"]} if "parameters" in head else {}
        cells.append(nbformat.v4.new_code_cell(code.strip("\n"), metadata=tags))
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells))


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """A copy of the package with every block of the page applied, and some exports."""
    root = tmp_path_factory.mktemp("copy")
    for name in ("analysis", "notebooks"):
        shutil.copytree(
            ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    for kind, name, text in BLOCKS:
        path = root / name
        path.parent.mkdir(exist_ok=True)
        if kind == "diff":
            text = _changed(path.read_text(encoding="utf-8"), text)
        elif path.suffix == ".ipynb":
            text = _as_notebook(text)
        path.write_text(text, encoding="utf-8")
    raw = root / "data" / "raw"
    raw.mkdir(parents=True)
    (raw / "sessions.csv").write_text(SESSIONS, encoding="utf-8")
    (raw / "weeks.csv").write_text(WEEKS, encoding="utf-8")
    return root


def _run(root: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


LOOK = """
from datetime import date
from pathlib import Path
from analysis import pipeline, store
from analysis.pipeline.paths import Paths
pipeline.run_import(Paths(), date(2026, 10, 20), lambda line: None)
pipeline.run_analyse(Paths())
scores, findings = (
    store.read_table(name, Path("data/processed")) for name in ("scores", "findings")
)
print(sorted(scores.loc[scores["scale"] == "week3.total", "score"]))
mine = findings.loc[findings["kind"] == "missed_sessions"]
print(mine[["client_id", "date", "evidence"]].astype(str).values.tolist())
"""


@pytest.mark.slow
def test_the_measure_is_scored_and_the_finding_found_for_who_missed_two(copy: Path):
    totals, missed = _run(copy, "-c", LOOK).splitlines()
    assert totals == "[6.0, 12.0, 18.0]"
    assert missed == str([["A", "2026-10-12", '{"missed": 2}']])


@pytest.mark.slow
def test_the_report_becomes_a_pdf_with_the_chart_in_it(copy: Path):
    made = ["notebooks/attendance.ipynb", "made.ipynb", "-k", "python3"]
    _run(copy, "-m", "papermill", "--no-progress-bar", *made)
    _run(copy, "-m", "nbconvert", "--to", "cairnpdf", "made.ipynb")
    outputs = [
        o for c in nbformat.read(copy / "made.ipynb", 4).cells for o in c.outputs
    ]
    kinds = [
        o["data"]["application/vnd.cairn.block+json"]["block"]
        for o in outputs
        if o.output_type == "display_data"
    ]
    assert kinds == ["Headline", "Chart"]
    assert (copy / "made.pdf").read_bytes().startswith(b"%PDF")
