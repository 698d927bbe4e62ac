"""One set of packages: pyproject.toml, environment.yml and requirements.txt agree."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]
LOCK = (ROOT / "requirements.txt").read_text(encoding="utf-8")


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found is not None
    return found.group().lower()


def _named(requirements: list[str]) -> dict[str, str]:
    return {_name(r): r.removeprefix(_name(r)).strip() for r in requirements}


def test_conda_users_get_the_same_set() -> None:
    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    plain = [d for d in conda["dependencies"] if isinstance(d, str)]
    by_pip = next(d["pip"] for d in conda["dependencies"] if isinstance(d, dict))
    named = _named(plain + [d for d in by_pip if not d.startswith("-")])
    python = named.pop("python")
    named.pop("pip")
    assert named == _named(PROJECT["dependencies"])
    assert python == PROJECT["requires-python"]


def test_everything_in_pyproject_is_locked() -> None:
    extras = PROJECT["optional-dependencies"]
    wanted = [*PROJECT["dependencies"], *(r for many in extras.values() for r in many)]
    locked = set(re.findall(r"^([A-Za-z0-9._-]+)==", LOCK, flags=re.M))
    assert {_name(r) for r in wanted} <= {name.lower() for name in locked}


def test_every_locked_package_has_a_hash_and_no_registry_is_named() -> None:
    entries = re.split(r"\n(?=[A-Za-z0-9])", LOCK)
    packages = [entry for entry in entries if "==" in entry.split("\n")[0]]
    assert len(packages) > 100
    assert all("--hash=sha256:" in entry for entry in packages)
    assert "://" not in LOCK
    assert "index-url" not in LOCK.replace("--no-emit-index-url", "")


def test_the_six_packages_of_the_toolkit_are_there() -> None:
    six = {"jupyterlab", "pandas", "seaborn", "statsmodels", "papermill", "nbconvert"}
    assert six <= set(_named(PROJECT["dependencies"]))
