"""Imports done once before the first report, so that no report pays for them."""

from __future__ import annotations

import ast
import builtins
import contextlib
import gc
import importlib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

from analysis.engine.making import load

# What every report needs, whatever its notebook does.
_OURS = ("analysis.engine.inprocess", "nbconvert", "pikepdf")


def warm_up(steps: Sequence[str], notebooks: Sequence[Path]) -> str:
    """Import modules and call functions; name the step that started a thread.

    steps: "module" is imported, "module:function" called without arguments.
    notebooks: what they import is imported too, where it is installed.
    Returns "" where this process still has one thread and may fork.
    """
    named = [*_OURS, *steps, *_imported_by(notebooks)]
    with _looking_like_a_notebook():
        for step in dict.fromkeys(named):
            _take(step, is_optional=step not in steps and step not in _OURS)
            if thread_count() > 1:
                return step
        _rehearse_notebook()
    if thread_count() > 1:
        return "reading a notebook"
    gc.collect()
    # Objects made so far are left alone by the collector: children share their memory.
    gc.freeze()
    return ""


def thread_count() -> int:
    """Threads of this process, those of C libraries included (Linux)."""
    return len(os.listdir("/proc/self/task"))


def _take(step: str, *, is_optional: bool) -> None:
    if ":" in step:
        load(step)()
        return
    try:
        importlib.import_module(step)
    except ImportError:
        if not is_optional:
            raise


@contextlib.contextmanager
def _looking_like_a_notebook() -> Iterator[None]:
    """Let libraries that ask at import find a notebook around them.

    pandas chooses how many columns it shows by that question, once and for all.
    """
    shell = SimpleNamespace(kernel=None, config={"IPKernelApp": {}})
    builtins.get_ipython = lambda: shell  # type: ignore[attr-defined]
    try:
        yield
    finally:
        del builtins.get_ipython  # type: ignore[attr-defined]


def _imported_by(notebooks: Sequence[Path]) -> list[str]:
    """Modules that notebooks import at the top level of a cell."""
    found: list[str] = []
    for path in notebooks:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                found += _modules_in("".join(cell["source"]))
    return found


def _modules_in(source: str) -> list[str]:
    try:
        statements = ast.parse(source).body
    except SyntaxError:  # a cell with magics: it imports for itself
        return []
    found: list[str] = []
    for node in statements:
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.append(node.module)
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def _rehearse_notebook() -> None:
    """Validate and write a notebook: the schema is compiled once, here."""
    import nbformat

    cell = nbformat.v4.new_code_cell("1")
    notebook = nbformat.v4.new_notebook(cells=[cell])
    nbformat.reads(nbformat.writes(notebook), as_version=4)
