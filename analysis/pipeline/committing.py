"""`check --staged`: what git is about to commit, looked at before it does."""

from __future__ import annotations

import subprocess

from analysis import state as states
from analysis import store
from analysis.errors import AnalysisError
from analysis.pipeline.paths import Paths
from analysis.pipeline.summary import Summary
from analysis.privacy import Search, words_of
from analysis.privacy.suspects import has_words, suspicion
from analysis.privacy.words import ID, Word

_ALLOW = (
    "Nothing was committed. `git restore --staged FILE` leaves a file out. If one is "
    "invented and you have looked at it, it belongs into tests/."
)


def run_staged_check(paths: Paths) -> Summary:
    """Refuse data, reports, notebooks with outputs, tables about people, known words.

    Words are those of the practice's own tables, where there are any; the demo's are
    invented. Looked at is what would be committed, not what stands on the disk.
    """
    names = _staged()
    search = Search(_known(paths))
    problems = [
        f"{name} {why}."
        for name in names
        for why in [_why(name, _content(name), search)]
        if why
    ]
    summary = Summary([f"{len(names)} staged file(s) looked at."], set_aside=problems)
    if problems:
        summary.lines.append(_ALLOW)
    return summary


def _why(name: str, data: bytes, search: Search) -> str:
    why = suspicion(name, data)
    if not why and search.words and has_words(search.found, data):
        return "holds a name or words of a client"
    return why


def _known(paths: Paths) -> list[Word]:
    known = states.read_state(paths.processed)
    if known is None or known.is_demo:
        return []
    words = words_of(store.read_tables(paths.processed))
    return [word for word in words if word.kind != ID]


def _staged() -> list[str]:
    listed = _git("diff", "--cached", "--name-only", "-z", "--diff-filter=ACMRT")
    return [
        name for name in listed.decode("utf-8", "surrogateescape").split("\0") if name
    ]


def _content(name: str) -> bytes:
    return _git("show", f":{name}")


def _git(*command: str) -> bytes:
    try:
        return subprocess.run(["git", *command], capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as problem:
        raise AnalysisError(
            "git could not say what is staged. Run this at the top of the repository."
        ) from problem
