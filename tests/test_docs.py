"""What the documentation says about the code is made from the code."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    os.environ["COLUMNS"] = "80"
    spec = importlib.util.spec_from_file_location("make", ROOT / "docs" / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.pages()


@pytest.mark.parametrize(
    "name", ["measures.md", "settings.md", "commands.md", "tables.md"]
)
def test_a_reference_page_does_not_lag_behind_the_code(
    made: dict[str, str], name: str
) -> None:
    if name == "commands.md" and sys.version_info[:2] != (3, 11):
        pytest.skip("argparse words its help differently in later versions")
    stands = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert stands == made[name], "run: python docs/make.py"


def test_every_threshold_says_what_it_does(made: dict[str, str]) -> None:
    rows = re.findall(r"^\| `(\w+)` .*\| (.*) \|$", made["settings.md"], flags=re.M)
    assert rows
    assert all(reason.strip() for name, reason in rows if name != "name")


def test_links_between_pages_lead_somewhere() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_targets_the_readme_names_exist() -> None:
    make = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = re.findall(
        r"make ([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8")
    )
    targets = set(re.findall(r"^([a-z]+):", make, flags=re.M))
    assert set(named) - {"sure"} <= targets


def test_the_command_line_explains_itself() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "analysis", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "reports" in done.stdout
