"""One set of packages: pyproject.toml, environment.yml and the locks agree."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]
EXTRAS = PROJECT["optional-dependencies"]
LOCKS = [ROOT / "requirements.txt", *sorted((ROOT / "requirements").glob("*.txt"))]
# stands in requirements.txt itself
SETUP = "setup"


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


def _locked(lock: Path) -> dict[str, str]:
    """Packages of a lock and their versions."""
    text = lock.read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ ;]+)", text, flags=re.M))


def _plain(requirements: list[str]) -> set[str]:
    return {_name(requirement) for requirement in requirements}


def test_what_it_takes_to_run_is_locked_and_nothing_a_developer_needs() -> None:
    locked = set(_locked(LOCKS[0]))
    assert _plain([*PROJECT["dependencies"], *EXTRAS[SETUP]]) <= locked
    dev = _plain(EXTRAS["dev"]) - {"pyyaml"}  # comes with JupyterLab
    assert not locked & (dev | {"distributed", "sqlalchemy", "pyreadstat", "coverage"})


@pytest.mark.parametrize("extra", sorted(set(EXTRAS) - {SETUP}))
def test_every_extra_has_a_lock_that_fits_on_top(extra: str) -> None:
    base, more = _locked(LOCKS[0]), _locked(ROOT / "requirements" / f"{extra}.txt")
    assert _plain(EXTRAS[extra]) <= set(base) | set(more)
    assert all(base.get(name, version) == version for name, version in more.items())


def test_every_lock_belongs_to_an_extra() -> None:
    assert {lock.stem for lock in LOCKS[1:]} == set(EXTRAS) - {SETUP}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_every_locked_package_has_a_hash_and_no_registry_is_named(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[A-Za-z0-9])", text)
    packages = [entry for entry in entries if "==" in entry.split("\n")[0]]
    assert len(packages) == len(_locked(lock)) > 0
    assert all("--hash=sha256:" in entry for entry in packages)
    assert "://" not in text
    assert "index-url" not in text


def test_the_six_packages_of_the_toolkit_are_there() -> None:
    six = {"jupyterlab", "pandas", "seaborn", "statsmodels", "papermill", "nbconvert"}
    assert six <= set(_named(PROJECT["dependencies"]))
