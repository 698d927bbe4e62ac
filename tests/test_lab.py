"""JupyterLab for analysts: notebooks there, clean in git, their own ones used."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import nbformat
import papermill
import pytest

from analysis import demo, pipeline
from analysis.errors import AnalysisError
from analysis.pipeline import laboratory
from analysis.pipeline.demo_settings import demo_settings
from analysis.pipeline.paths import Paths
from analysis.settings import read_settings

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


@pytest.mark.parametrize(
    "path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem
)
def test_papermill_helps_with_every_parameter(path: Path) -> None:
    parameters = papermill.inspect_notebook(str(path))
    assert parameters
    assert all(one["help"].strip() for one in parameters.values())


def test_notebooks_are_copied_once_and_what_stands_there_is_kept(
    tmp_path: Path,
) -> None:
    (tmp_path / "notebooks").mkdir()
    mine = tmp_path / "notebooks" / "client_progress.ipynb"
    mine.write_text("mine")
    (told,) = laboratory.copy_notebooks(tmp_path)
    assert "start.ipynb" in told
    assert "client_progress" not in told
    assert mine.read_text() == "mine"
    assert laboratory.copy_notebooks(tmp_path) == []


def test_git_sees_notebooks_without_their_outputs(tmp_path: Path) -> None:
    pytest.importorskip("nbstripout", reason="the extra `lab` is not installed")
    if shutil.which("git") is None:
        pytest.skip("git is not here")

    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments],
            cwd=tmp_path,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    assert laboratory.strip_in_git(tmp_path) == []  # no repository: nothing to do
    git("init", "-q")
    (told,) = laboratory.strip_in_git(tmp_path)
    assert "stay out of git" in told
    cell = nbformat.v4.new_code_cell(
        "1", outputs=[nbformat.v4.new_output("stream", text="Mrs Secret")]
    )
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "x.ipynb")
    git("add", "x.ipynb")
    assert "Mrs Secret" not in git("show", ":x.ipynb")
    assert "Mrs Secret" in (tmp_path / "x.ipynb").read_text()


def test_the_demo_practice_keeps_everything_the_user_has_set(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(
        '[practice]\ncrisis_text = "Call \\"111\\" – now"\n[intervals]\nphq9 = 9\n'
        '[thresholds]\nsetback = 3.5\n[reports]\nclient_notebook = "ours.ipynb"\n'
    )
    own = read_settings(path)
    elsewhere = tmp_path / "elsewhere.toml"
    elsewhere.write_text(demo_settings(own), encoding="utf-8")
    shown = read_settings(elsewhere)
    assert shown.practice.name == demo.PRACTICE
    assert shown.practice.crisis_text == 'Call "111" – now'
    assert (shown.intervals, shown.thresholds) == ({"phq9": 9}, own.thresholds)
    assert shown.reports.client_notebook == str(tmp_path / "ours.ipynb")
    assert shown.measures_folder == ""


def test_a_lab_that_does_not_start_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        return subprocess.CompletedProcess(command, 1)

    monkeypatch.setattr(laboratory.subprocess, "run", run)
    with pytest.raises(AnalysisError, match="make setup"):
        pipeline.run_lab(tmp_path, lambda line: None)
    assert "--ServerApp.ip=127.0.0.1" in asked[0]
    assert "--LabApp.default_url=/lab/tree/notebooks/start.ipynb" in asked[0]


@pytest.mark.slow
def test_an_analysts_own_notebook_is_used_through_settings(
    practice: Paths, tmp_path: Path
) -> None:
    """A changed copy, named in settings.toml, and nothing of the package."""
    notebook = nbformat.read(NOTEBOOKS / "client_progress.ipynb", 4)
    del notebook.cells[3:]
    notebook.cells.append(nbformat.v4.new_markdown_cell("Our own words."))
    nbformat.write(notebook, tmp_path / "ours.ipynb")
    settings = tmp_path / "settings.toml"
    settings.write_text('[reports]\nclient_notebook = "ours.ipynb"\n')
    own = replace(
        practice,
        processed=tmp_path / "processed",
        reports=tmp_path / "reports",
        settings=settings,
    )
    shutil.copytree(practice.processed, own.processed)
    chosen = pipeline.ReportOptions(clients=("A-1042",), audiences=("clinician",))
    summary = pipeline.run_reports(own, chosen, date(2026, 11, 23), lambda line: None)
    assert summary.set_aside == []
    (month,) = own.reports.iterdir()
    (report,) = json.loads((month / "manifest.json").read_text())["reports"].values()
    assert (report["state"], report["notebook"]) == ("made", "ours.ipynb")
    executed = nbformat.read(month / "notebooks" / "A-1042" / "progress.ipynb", 4)
    assert executed.cells[-1].source == "Our own words."
    assert [*month.glob("clients/A-1042/*.pdf")]
