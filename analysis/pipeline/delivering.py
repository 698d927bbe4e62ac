"""Handing reports out: encrypted copies, and one file per clinician with bookmarks.

The reports of the month stay as they are; what is handed out stands in delivery/.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pikepdf

from analysis import state as states
from analysis import store
from analysis.engine import client_id_of, safe_name
from analysis.errors import AnalysisError
from analysis.pipeline.paths import PDF_NAMES, Paths, writable
from analysis.pipeline.summary import Summary
from analysis.reports import span_of

# Where the password is read from; it is never an argument, a setting or a log line.
PASSWORD_VARIABLE = "CAIRN_PDF_PASSWORD"
_LEAST_LETTERS = 8


@dataclass(frozen=True)
class Delivery:
    """What to hand out."""

    month: str = ""
    merge: bool = False  # one file per clinician
    password: str = ""  # empty: not encrypted
    clients: tuple[str, ...] = ()  # empty: everybody who has a report
    folder: Path | None = None  # where to; None: reports/<month>/delivery


def run_deliver(paths: Paths, chosen: Delivery) -> Summary:
    """Write copies as asked, each whole or not at all."""
    latest = states.finished_import(paths.processed).latest
    first, until = span_of(chosen.month, latest)
    folder = paths.reports / f"{first:%Y-%m}"
    made = [
        path
        for path in sorted((folder / "clients").glob("*/*.pdf"))
        if path.stem in PDF_NAMES.values()  # not one that is out of date
        and _is_asked_for(path, chosen)
    ]
    if not made:
        raise AnalysisError(
            f"{folder} holds no reports yet. Run `python -m analysis reports` first."
        )
    check_password(chosen.password)
    out = writable(chosen.folder or folder / "delivery", "--reports")
    if chosen.merge:
        tables = states.tables_as_of(paths.processed, until)
        owner = _clinicians(store.read_table("episodes", tables))
        count = _merged(made, owner, out, chosen.password)
        return Summary([f"{count} file(s), one a clinician, written to {out}."])
    for path in made:
        target = out / f"{path.parent.name}-{path.name}"
        with pikepdf.open(path) as pdf:
            _save(pdf, target, chosen.password)
    return Summary([f"{len(made)} report(s) written to {out}{_how(chosen.password)}."])


def _is_asked_for(path: Path, chosen: Delivery) -> bool:
    return not chosen.clients or client_id_of(path.parent.name) in chosen.clients


def check_password(password: str) -> None:
    """Refuse a password that protects nobody; the message never holds it."""
    if password and len(password) < _LEAST_LETTERS:
        raise AnalysisError(
            f"The password has fewer than {_LEAST_LETTERS} letters. Take a longer one "
            f"and give it in {PASSWORD_VARIABLE}, or leave it out and type it in."
        )


def _how(password: str) -> str:
    return ", encrypted (AES-256)" if password else ""


def _clinicians(episodes: pd.DataFrame) -> dict[str, str]:
    rows = episodes.drop_duplicates("client_id", keep="last")
    named = rows.dropna(subset="clinician_id")
    return dict(zip(named["client_id"], named["clinician_id"], strict=True))


def _merged(made: list[Path], owner: dict[str, str], out: Path, password: str) -> int:
    """One file per clinician: the clinician's own reports, a bookmark for each."""
    groups: dict[str, list[Path]] = {}
    for path in made:
        if path.stem == "progress":  # handouts go to clients, one by one
            clinician = owner.get(client_id_of(path.parent.name), "none")
            groups.setdefault(clinician, []).append(path)
    for clinician, parts in groups.items():
        with pikepdf.new() as whole:
            with whole.open_outline() as outline:
                for path in parts:
                    with pikepdf.open(path) as pdf:
                        at = len(whole.pages)
                        whole.pages.extend(pdf.pages)
                    name = client_id_of(path.parent.name)
                    outline.root.append(pikepdf.OutlineItem(name, at))
            _save(whole, out / f"clinician-{safe_name(clinician)}.pdf", password)
    return len(groups)


def _save(pdf: pikepdf.Pdf, target: Path, password: str) -> None:
    """Write the file under a private name first, then put it in its place."""
    encryption = pikepdf.Encryption(user=password, owner=password, R=6)
    with _private(target) as temporary:
        pdf.save(temporary, encryption=encryption if password else False)


@contextmanager
def _private(target: Path) -> Iterator[Path]:
    temporary = target.with_name(f".{target.name}.part")
    temporary.touch(mode=0o600)
    try:
        yield temporary
        os.replace(temporary, target)
    except OSError as problem:
        raise AnalysisError(
            f"{target} could not be written ({problem.strerror}). Make room, or close "
            "the file if it is open, and run again."
        ) from problem
    finally:
        temporary.unlink(missing_ok=True)
