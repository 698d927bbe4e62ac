"""Make the locks: requirements.txt to run Cairn, requirements/<extra>.txt on top of it.

Every lock takes its versions from one solution for all extras together, so that any of
them fit into one environment. Versions stay as they are where pyproject.toml still
allows them; `python requirements/lock.py --upgrade` takes the newest. Needs uv.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent
MAIN = ROOT / "requirements.txt"
# In requirements.txt itself: without it `pip install -e .` would ask a registry.
SETUP = "setup"
COMPILE = [
    *("uv", "pip", "compile", "pyproject.toml", "--universal"),
    *("--python-version", "3.11", "--generate-hashes", "--no-emit-index-url"),
    *("--no-header", "--no-annotate", "--fork-strategy", "fewest", "--quiet"),
    # wheels only: nobody who makes a report has a compiler
    *("--only-binary", ":all:"),
]
_HEAD = """\
# {title}
# Made by requirements/lock.py from pyproject.toml; names no registry.
"""


def main(arguments: list[str]) -> None:
    """Lock everything together first, then each part with the same versions."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = sorted(project["project"]["optional-dependencies"])
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.txt"
        if "--upgrade" not in arguments:
            whole.write_text(_standing(), encoding="utf-8")
        compile_lock(extras, whole)
        base = Path(folder) / "base.txt"
        compile_lock([SETUP], base, whole)
        write(MAIN, "What Cairn needs to run.", entries(base))
        for extra in extras:
            if extra == SETUP:
                continue
            part = Path(folder) / f"{extra}.txt"
            compile_lock([extra], part, whole)
            more = [entry for entry in entries(part) if entry not in entries(base)]
            title = f"Extra {extra}, on top of requirements.txt."
            write(FOLDER / f"{extra}.txt", title, more)


def compile_lock(extras: list[str], out: Path, versions: Path | None = None) -> None:
    """Solve the dependencies with these extras into one file."""
    chosen = [part for extra in extras for part in ("--extra", extra)]
    held = ["--constraint", str(versions)] if versions else []
    subprocess.run(
        [*COMPILE, *chosen, *held, "-o", str(out)],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def entries(lock: Path) -> list[str]:
    """Requirements with their hashes, one text each."""
    parts = re.split(r"\n(?=[A-Za-z0-9])", lock.read_text(encoding="utf-8").strip())
    return [part.strip() for part in parts]


def write(lock: Path, title: str, requirements: list[str]) -> None:
    """Write one lock under its heading."""
    text = "".join(f"{entry}\n" for entry in requirements if entry)
    lock.write_text(_HEAD.format(title=title) + text, encoding="utf-8")


def _standing() -> str:
    """All locks as they stand: the versions to keep."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.txt"))]
    return "\n".join([MAIN.read_text(encoding="utf-8"), *texts])


if __name__ == "__main__":
    main(sys.argv[1:])
