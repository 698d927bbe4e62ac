"""What a client's report needs, packed for another machine: its own rows alone."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from analysis import slices
from analysis import state as states
from analysis.engine.parcels import HERE
from analysis.reports import span_of
from analysis.schema import conform
from analysis.settings import read_settings

_STATE = "state.json"


def pack(
    parameters: Mapping[str, Any],
) -> tuple[dict[str, bytes], dict[str, Any]] | None:
    """Files and parameters of one client's report; None for a report on everybody."""
    client = parameters.get("client_id")
    if client is None:
        return None
    processed, settings = Path(parameters["processed"]), Path(parameters["settings"])
    latest = states.finished_import(processed).latest
    tables = states.tables_as_of(processed, span_of(parameters["month"], latest)[1])
    inside = ("processed", *tables.relative_to(processed).parts)
    files = {f"processed/{_STATE}": (processed / _STATE).read_bytes()}
    files["/".join((*inside, _STATE))] = (tables / _STATE).read_bytes()
    for name, rows in slices.read_client(tables, client).items():
        if len(rows):
            content = io.BytesIO()
            pq.write_table(conform(rows, name), content)
            files["/".join((*inside, f"{name}.parquet"))] = content.getvalue()
    files.update(_rules(settings))
    here = {"processed": f"{HERE}/processed", "settings": f"{HERE}/settings.toml"}
    return files, {**parameters, **here}


def _rules(settings: Path) -> dict[str, bytes]:
    """The settings file and what it names: own measures, the logo."""
    if not settings.exists():
        return {}
    files = {"settings.toml": settings.read_bytes()}
    known = read_settings(settings)
    folder = settings.parent
    if known.measures_folder:
        for path in sorted((folder / known.measures_folder).glob("*.toml")):
            files[path.relative_to(folder).as_posix()] = path.read_bytes()
    if known.practice.logo:
        path = folder / known.practice.logo
        files[path.relative_to(folder).as_posix()] = path.read_bytes()
    return files
