"""Tables for analysts, written to a folder of their own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from analysis import state as states
from analysis import store
from analysis.errors import AnalysisError
from analysis.pipeline.paths import Paths, writable
from analysis.pipeline.secret import key_for, key_path
from analysis.pipeline.summary import Summary
from analysis.privacy import Pseudonyms, without_words

_ABOUT = """\
Tables of a practice for analysis, without names, notes and other free text.
{ids}
{days}
Left out: notes; words of goals, steps and events; files, rows and hours of the source;
what stands behind findings; categories that fewer than five clients have ("other").
Years of birth are rounded down to five.
These are still data about people: keep them as you keep the practice's own.
"""


@dataclass(frozen=True)
class ExportOptions:
    """Where to, and what becomes of ids and days."""

    out: Path
    pseudonymise: bool = False
    shift_dates: bool = False


def run_export(paths: Paths, options: ExportOptions) -> Summary:
    """Write every table as Parquet, without names and free text."""
    states.finished_import(paths.processed)
    if options.shift_dates and not options.pseudonymise:
        raise AnalysisError("--shift-dates goes with --pseudonymise.")
    if options.out.exists() and any(options.out.iterdir()):
        raise AnalysisError(
            f"{options.out} is not empty. Name a new folder with --out."
        )
    key = key_for(Path()) if options.pseudonymise else b""
    tables = store.read_tables(paths.processed)
    made = without_words(tables, Pseudonyms(key, options.shift_dates))
    folder = writable(options.out, "--out")
    for name, rows in made.items():
        if options.pseudonymise:  # the order of rows would tell the order of ids
            rows = rows.sort_values(rows.columns[0], kind="stable")
        rows.to_parquet(folder / f"{name}.parquet", index=False)
    about = _ABOUT.format(ids=_ids(options), days=_days(options))
    (folder / "README.txt").write_text(about, encoding="utf-8")
    n = sum(len(rows) for rows in made.values())
    lines = [f"{len(made)} tables with {n} rows written to {folder}. {_ids(options)}"]
    if key:
        lines.append(
            f"The key stands in {key_path()}: it never goes with the tables. The same "
            "key gives the same pseudonyms next time."
        )
    return Summary(lines)


def _ids(options: ExportOptions) -> str:
    if options.pseudonymise:
        return (
            "Ids of clients, clinicians and goals are pseudonyms (keyed HMAC-SHA256)."
        )
    return "Ids are the practice's own: use --pseudonymise for whoever need not know."


def _days(options: ExportOptions) -> str:
    if options.shift_dates:
        return "Days are moved by whole weeks, all of one client by the same."
    return "Days are the true ones."
