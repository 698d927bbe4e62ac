"""A wheel built from this checkout, installed elsewhere, makes a report there."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Where the package comes from, and what JupyterLab's nbconvert finds of it.
_WHERE = """
import analysis
from importlib.metadata import entry_points
(exporter,) = entry_points(group="nbconvert.exporters", name="cairnpdf")
print(analysis.__file__, exporter.load().__module__)
"""


def _run(*command: str | Path, folder: Path) -> str:
    plain = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=plain,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel, and this one's packages without the checkout.

    A folder named in a .pth file is searched, but its own .pth files, and so the
    checkout's editable install, are not read.
    """
    folder = tmp_path_factory.mktemp("elsewhere")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
    _run(*build, folder=ROOT)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "own", with_pip=False)
    python = folder / "own" / "bin" / "python"
    if sys.platform == "win32":
        python = folder / "own" / "Scripts" / "python.exe"
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    _run(*pip, "--no-deps", "--no-index", wheel, folder=folder)
    asked = "import sysconfig; print(sysconfig.get_path('purelib'))"
    own = Path(_run(python, "-c", asked, folder=folder).strip())
    packages = dict.fromkeys(
        sysconfig.get_path(name) for name in ("purelib", "platlib")
    )
    (own / "packages.pth").write_text("\n".join(packages), encoding="utf-8")
    return python


@pytest.mark.slow
def test_the_wheel_holds_all_it_takes_to_make_a_report(
    elsewhere: Path, tmp_path: Path
) -> None:
    where = _run(elsewhere, "-c", _WHERE, folder=tmp_path)
    assert str(elsewhere.parents[1]) in where
    assert str(ROOT) not in where
    command = elsewhere.with_name(f"cairn{elsewhere.suffix}")
    _run(command, "demo", "--clients", "3", "--out", "data/raw", folder=tmp_path)
    _run(command, "reports", "--client", "A-1042", folder=tmp_path)
    made = list(tmp_path.glob("reports/*/clients/A-1042/*.pdf"))
    assert {path.name for path in made} == {"progress.pdf", "handout.pdf"}
    assert all(path.read_bytes().startswith(b"%PDF-") for path in made)
