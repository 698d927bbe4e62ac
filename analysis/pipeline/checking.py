"""The doctor: what is there, what is missing for good reports, what to do about it."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pandas as pd

from analysis import state as states
from analysis.errors import AnalysisError
from analysis.pipeline.importing import demo_paths
from analysis.pipeline.paths import Paths
from analysis.pipeline.privacy_check import look_at_retention, run_privacy_check
from analysis.pipeline.sources import exports_in
from analysis.pipeline.summary import Summary
from analysis.reports import read_quality
from analysis.wording import read_wording

# A month of reports for a large practice, with room to spare.
_ENOUGH_BYTES = 500 * 1024 * 1024


def run_check(paths: Paths, today: date, *, privacy: bool = False) -> Summary:
    """Look at environment, settings, data and privacy; list what to do.

    privacy: search what was written for names and words of clients, and only that.
    """
    if privacy:
        summary = run_privacy_check(paths)
        look_at_retention(paths, today, summary)
        return summary
    summary = Summary()
    looks: tuple[Callable[[Paths, Summary], None], ...] = (
        _environment,
        _settings,
        _raw,
        _tables,
        _privacy,
    )
    for look in looks:
        look(paths, summary)
    if not summary.set_aside:  # settings and tables can be read
        look_at_retention(paths, today, summary)
    return summary


def _environment(paths: Paths, summary: Summary) -> None:
    summary.lines.append(f"Python {platform.python_version()} on {platform.system()}.")
    free = shutil.disk_usage(Path.cwd()).free
    if free < _ENOUGH_BYTES:
        summary.set_aside.append(
            f"Only {free // 2**20} MB of disk are free. Make room before a large run."
        )


def _settings(paths: Paths, summary: Summary) -> None:
    try:
        settings = paths.read_settings()
        measures = paths.read_measures(settings)
    except AnalysisError as problem:
        summary.set_aside.append(str(problem))
        return
    summary.lines.append(f"Settings are readable; {len(measures)} measures are known.")
    default = type(settings.practice)()
    if settings.practice.crisis_text == default.crisis_text:
        summary.lines.append(
            "The crisis text on the handout is the general one. Put your own numbers "
            "into crisis_text in settings.toml."
        )


def _raw(paths: Paths, summary: Summary) -> None:
    if paths.database is not None:
        summary.lines.append(f"Tables are read from {paths.database.shown}.")
    elif not exports_in(paths.raw):
        summary.lines.append(
            f"{paths.raw} holds no export: reports show the demo practice."
        )
    imports = paths.processed / "imports.csv"
    if not imports.exists():
        summary.lines.append("Nothing was imported yet. Run `make data`.")
        return
    table = pd.read_csv(imports)
    for row in table.itertuples():
        line = (
            f"{row.file}: {row.format}, {row.accepted} of {row.rows_in} rows accepted"
        )
        if row.action in ("reject", "needs_config"):
            summary.set_aside.append(f"{line}. {row.messages}")
        else:
            summary.lines.append(line + ".")


def _tables(paths: Paths, summary: Summary) -> None:
    """What the data hold, and what to ask for so that reports can say more."""
    known = states.read_state(paths.processed)
    if known is None or not known.until:
        return
    own = demo_paths(paths) if known.is_demo else paths
    quality = read_quality(
        processed=str(own.processed), settings=str(own.settings)
    ).quality
    forms = sum(form.forms for form in quality.forms)
    summary.lines.append(
        f"Data up to {known.data_until}: {quality.clients} clients, {forms} forms of "
        f"{len(quality.forms)} measures."
    )
    words = read_wording("analyst")
    summary.lines += [
        f"To look into: {words.sentence(f'ask.{ask.kind}', **asdict(ask))}"
        for ask in quality.asks
        if ask.kind not in ("file_reject", "file_needs_config")
    ]


def _privacy(paths: Paths, summary: Summary) -> None:
    """Folders that hold clients' data should be the user's own."""
    for folder in (paths.raw, paths.processed, paths.reports):
        if not folder.exists() or platform.system() == "Windows":
            continue
        if folder.stat().st_mode & 0o007:
            summary.lines.append(
                f"{folder} can be opened by every user of this machine. If others use "
                f"it: chmod 700 {folder}"
            )
