"""Content keys: a report is made anew exactly when something it rests on changed."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import state as states
from analysis import store
from analysis.pipeline.paths import Paths
from analysis.reports.identity import page_look
from analysis.reports.logo import logo
from analysis.settings import Settings

# Packages whose version can change a number or a picture.
PACKAGES = (
    "ipykernel",
    "matplotlib",
    "nbconvert",
    "numpy",
    "pandas",
    "papermill",
    "pyarrow",
    "scipy",
    "seaborn",
    "statsmodels",
    "typst",
)
# Tables a client's report reads; those without client_id hang on these.
_OWN = (
    "clients",
    "episodes",
    "sessions",
    "administrations",
    "scores",
    "risks",
    "series",
    "changes",
    "trends",
    "signs",
    "findings",
    "goals",
    "events",
    "notes",
)
_HANGING = (("goal_steps", "goals", "goal_id"), ("goal_ratings", "goals", "goal_id"))


def package_versions() -> dict[str, str]:
    """Versions of the packages that can change a page."""
    return {name: version(name) for name in PACKAGES}


def rules_key(paths: Paths, settings: Settings, notebook: Path) -> str:
    """Key of what all reports share: notebook, settings, measures, code, packages."""
    parts = [
        states.file_digest(notebook).hex(),
        # where the settings file stands changes nothing on a page
        repr(settings.without_place()),
        states.code_key(),
        repr(package_versions()),
    ]
    folder = paths.settings.parent
    if settings.measures_folder:
        parts.append(states.folder_key(folder / settings.measures_folder))
    parts.append(logo(settings))
    # a colour or a folder to mend is told before any report is made
    fonts = page_look(settings)["fonts"]
    if fonts:
        parts.append(states.folder_key(Path(fonts)))
    return states.text_key(*parts)


def client_keys(tables: Path) -> dict[str, str]:
    """SHA-256 per client over its own rows of every table a report reads.

    Rows of other clients do not enter: their changes do not make this one stale.
    """
    digests: dict[str, hashlib._Hash] = {}
    for name in _OWN:
        rows = store.read_table(name, tables)
        _add(digests, name, rows["client_id"], rows)
    for name, parent, key in _HANGING:
        rows = store.read_table(name, tables)
        owners = store.read_table(parent, tables).set_index(key)["client_id"]
        _add(digests, name, rows[key].map(owners), rows)
    return {client: digest.hexdigest() for client, digest in digests.items()}


def tables_key(tables: Path) -> str:
    """SHA-256 over the rows of all tables the caseload report reads."""
    keys = client_keys(tables)
    return states.text_key(*(f"{client}:{keys[client]}" for client in sorted(keys)))


def _add(
    digests: dict[str, hashlib._Hash], name: str, owner: pd.Series, rows: pd.DataFrame
) -> None:
    if not len(rows):
        return
    hashes = pd.util.hash_pandas_object(rows, index=False).to_numpy()
    codes, clients = pd.factorize(owner)
    order = np.argsort(codes, kind="stable")
    bounds = np.searchsorted(codes[order], np.arange(len(clients) + 1))
    for number, client in enumerate(clients):
        digest = digests.setdefault(client, hashlib.sha256())
        digest.update(name.encode())
        digest.update(hashes[order[bounds[number] : bounds[number + 1]]].tobytes())
