"""`check --privacy`: clients' names and words looked for where none belong."""

from __future__ import annotations

from datetime import date

from analysis import state as states
from analysis import store
from analysis.pipeline.git_look import problems_of, tracked
from analysis.pipeline.paths import Paths
from analysis.pipeline.retention import overdue_clients
from analysis.pipeline.searching import (
    Searched,
    executed_notebooks,
    left_behind,
    lists_and_logs,
    made_pdfs,
    own_notebooks,
)
from analysis.pipeline.summary import Summary
from analysis.privacy import Search, words_of
from analysis.privacy.words import ID


def run_privacy_check(paths: Paths) -> Summary:
    """Search lists, logs, metadata, leftovers and git's index; say where, never what.

    Names, free text and ids are those of the tables. Ids may stand in lists of reports
    and in file names, so they are looked for in git's index and in leftovers only.
    """
    summary = Summary()
    known = states.finished_import(paths.processed)
    words = words_of(store.read_tables(paths.processed))
    spoken = Search(word for word in words if word.kind != ID)
    everything = Search(words)
    searched = Searched()
    searched.look_at(lists_and_logs(paths), spoken)
    searched.look_at(made_pdfs(paths), spoken)
    searched.look_at(executed_notebooks(paths), spoken, is_executed=True)
    searched.look_at(own_notebooks(), spoken)
    searched.look_at(left_behind(), everything)
    summary.set_aside += searched.found
    summary.lines.append(
        f"Privacy: {searched.n_files} file(s) searched for {len(spoken.words)} names "
        f"and texts: {len(searched.found)} finding(s)."
    )
    _look_at_git(known.is_demo, everything, summary)
    return summary


def _look_at_git(is_demo: bool, search: Search, summary: Summary) -> None:
    names = tracked()
    if names is None:
        summary.lines.append("Privacy: no git repository here.")
        return
    # the demo's words are invented and stand in this package, which is in git
    problems = problems_of(names, Search(()) if is_demo else search)
    summary.set_aside += problems
    summary.lines.append(
        f"Privacy: {len(names)} file(s) in git's index: {len(problems)} finding(s)."
    )


def look_at_retention(paths: Paths, today: date, summary: Summary) -> None:
    """Say how many clients are past the months kept; nothing is removed here."""
    months = paths.read_settings().privacy.keep_months
    if not months or states.read_state(paths.processed) is None:
        return
    overdue = overdue_clients(store.read_tables(paths.processed), months, today)
    if overdue:
        summary.set_aside.append(
            f"{len(overdue)} client(s) had their last contact more than {months} "
            "months ago. `python -m analysis forget --overdue` removes them; with "
            "--dry-run it only counts."
        )
    else:
        summary.lines.append(f"Nobody is past the {months} months that data are kept.")
