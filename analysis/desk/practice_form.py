"""The settings form: what it shows, and how it writes settings.toml.

Only the keys of the form are touched: comments, order and all other keys stay. What
is written has passed the reader that every run uses.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from analysis import state as states
from analysis import store
from analysis.errors import AnalysisError
from analysis.pipeline.paths import Paths
from analysis.reports import logo
from analysis.settings import read_settings

_LONGEST = 2000  # letters of one field
_SECTIONS = ("practice", "intervals")


def form_of(paths: Paths) -> Mapping[str, Any]:
    """The form as it stands: name, crisis_text, logo, and usual days by measure.

    intervals: measures that the practice uses or has set, each id, name, usual (days
    by its measure file) and days (the practice's, or None).
    """
    settings = paths.read_settings()
    measures = paths.read_measures(settings)
    used = [one for one in _used_measures(paths) if one in measures]
    known = dict.fromkeys([*settings.intervals, *used])
    return {
        "name": settings.practice.name,
        "crisis_text": settings.practice.crisis_text,
        "logo": settings.practice.logo,
        "logo_svg": logo(settings),
        "file": str(paths.settings),
        "intervals": [
            {
                "id": one,
                "name": measures[one].instrument if one in measures else one,
                "usual": measures[one].usual_interval_days if one in measures else None,
                "days": settings.intervals.get(one),
            }
            for one in known
        ],
    }


def write_form(
    paths: Paths, values: Mapping[str, Any], logo_file: bytes | None
) -> None:
    """Write the form's values into settings.toml, whole or not at all.

    values: name, crisis_text, intervals (measure to days, None for the usual ones),
    and removes_logo. Raises AnalysisError with what to mend; nothing has changed then.
    """
    document = _document(paths.settings)
    practice, intervals = (_section(document, name) for name in _SECTIONS)
    for key in ("name", "crisis_text"):
        practice[key] = _text(values[key])
    for measure, days in values["intervals"].items():
        if days is None:
            intervals.pop(measure, None)
        else:
            intervals[measure] = days
    new_logo = None
    if logo_file is not None:
        new_logo = paths.settings.with_name(f"logo{_ending(logo_file)}")
        practice["logo"] = new_logo.name
    elif values.get("removes_logo"):
        practice.pop("logo", None)
    _write(paths.settings, tomlkit.dumps(document), new_logo, logo_file or b"")


def _used_measures(paths: Paths) -> list[str]:
    if states.read_state(paths.processed) is None:
        return []
    administrations = store.read_table("administrations", paths.processed)
    return list(administrations["measure"].value_counts().index)


def _document(path: Path) -> tomlkit.TOMLDocument:
    if not path.exists():
        return tomlkit.document()
    try:
        return tomlkit.parse(path.read_text(encoding="utf-8"))
    except (TOMLKitError, UnicodeDecodeError, OSError) as problem:
        raise AnalysisError(
            f"{path.name} cannot be read, so it was not changed. Mend it by hand, or "
            "rename it to start with a fresh one."
        ) from problem


def _section(document: tomlkit.TOMLDocument, name: str) -> Any:
    if name not in document:
        document[name] = tomlkit.table()
    return document[name]


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise AnalysisError(f"A field takes text of at most {_LONGEST} letters.")
    return " ".join(value.split())


def _ending(content: bytes) -> str:
    starts = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg"}
    return next((e for start, e in starts.items() if content.startswith(start)), ".svg")


def _write(path: Path, text: str, logo_path: Path | None, picture: bytes) -> None:
    """Try the whole in a folder of its own first, with the reader of every run."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".cairn-") as folder:
        trial = Path(folder) / path.name
        trial.write_text(text, encoding="utf-8")
        if logo_path is not None:
            (Path(folder) / logo_path.name).write_bytes(picture)
        try:
            settings = read_settings(trial)
            if logo_path is not None:
                logo(settings)
        except AnalysisError as problem:
            raise AnalysisError(str(problem).replace(str(trial), path.name)) from None
        if logo_path is not None:
            os.replace(Path(folder) / logo_path.name, logo_path)
        os.replace(trial, path)
