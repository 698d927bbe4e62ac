"""JupyterLab for analysts: the notebooks of this folder, clean in git, no network."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.pipeline.paths import shipped_notebooks
from analysis.pipeline.summary import Summary, Tell

FIRST = "start.ipynb"
_FOLDER = Path("notebooks")
# Served to this computer only; asks no server for news, updates or extensions.
OPTIONS = (
    "--ServerApp.ip=127.0.0.1",
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
)


def run_lab(home: Path, tell: Tell, *, opens_browser: bool = True) -> Summary:
    """Open JupyterLab on `home` at its first notebook; ends with Ctrl-C.

    Notebooks that are not in home/notebooks yet are copied there; outputs are kept out
    of git from now on (see `strip_in_git`).
    """
    for line in [*copy_notebooks(home), *strip_in_git(home)]:
        tell(line)
    command = [sys.executable, "-m", "jupyter", "lab", *OPTIONS]
    command += [
        f"--ServerApp.root_dir={home.resolve()}",
        f"--LabApp.default_url=/lab/tree/{_FOLDER.as_posix()}/{FIRST}",
    ]
    if not opens_browser:
        command.append("--no-browser")
    code = subprocess.run(command, cwd=home, check=False).returncode
    if code > 0:
        raise AnalysisError(
            "JupyterLab did not start: its own message stands above. `make setup` "
            "installs it; another port: make lab with JUPYTER_PORT=8899 before it."
        )
    return Summary(["JupyterLab is closed."])


def copy_notebooks(home: Path) -> list[str]:
    """Put the shipped notebooks into home/notebooks; what stands there is kept."""
    folder = home / _FOLDER
    copied = []
    for notebook in sorted(shipped_notebooks().glob("*.ipynb")):
        if not (folder / notebook.name).exists():
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(notebook, folder / notebook.name)
            copied.append(notebook.name)
    return [f"Copied to {folder}: {', '.join(copied)}."] if copied else []


def strip_in_git(home: Path) -> list[str]:
    """Let git see notebooks without outputs, which may hold clients' data.

    Sets nbstripout up as the filter of the repository that `home` is the top of;
    elsewhere, or without git or nbstripout, nothing is done and the reason is told.
    """
    if not (home / ".git").exists():
        return []
    if shutil.which("git") is None:
        return ["git is not here: outputs of notebooks are not kept out of commits."]
    if importlib.util.find_spec("nbstripout") is None:
        return ["nbstripout is not here: `make lab` installs it."]
    subprocess.run(
        [sys.executable, "-m", "nbstripout", "--install"],
        cwd=home,
        check=True,
        capture_output=True,
    )
    return ["Outputs of notebooks stay out of git (nbstripout)."]
