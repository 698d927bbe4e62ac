"""Imports done once before the first report, so that no report pays for them."""

from __future__ import annotations

import builtins
import contextlib
import gc
import importlib
import io
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from types import SimpleNamespace

from analysis.engine.making import load

_HERE = __name__
# What every report needs, whatever its notebook does.
_OURS = (
    "analysis.engine.inprocess",
    "pikepdf",
    "sqlite3",
    "numpy.random",
    "IPython.core.completerlib",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.core.pylabtools",
    f"{_HERE}:rehearse_notebook",
)
# What a library imports when it is first used, or does once for all later uses.
_COMPANIONS: Mapping[str, tuple[str, ...]] = {
    "pandas": ("pandas.io.formats.string", f"{_HERE}:rehearse_table"),
    "pyarrow": ("pyarrow.pandas_compat", "pyarrow.dataset", "pyarrow.parquet"),
    "matplotlib": (
        "matplotlib.backends.backend_agg",
        "matplotlib.backends.backend_svg",
        "PIL.Image:preinit",
        f"{_HERE}:rehearse_figure",
    ),
}


def warm_up(steps: Sequence[str], imports: Sequence[str]) -> str:
    """Import modules and call functions; name the step that started a thread.

    steps: "module" is imported, "module:function" called without arguments.
    imports: modules to import where they are installed.
    Returns "" where this process still has one thread and may fork.
    """
    with _looking_like_a_notebook():
        culprit = (
            _take_all([*_OURS, *steps])
            or _take_all(imports, are_optional=True)
            or _take_all(_companions(), are_optional=True)
        )
    gc.collect()
    # Objects made so far are left alone by the collector: children share their memory.
    gc.freeze()
    return culprit


def thread_count() -> int:
    """Threads of this process, those of C libraries included (Linux)."""
    return len(os.listdir("/proc/self/task"))


def _take_all(steps: Sequence[str], *, are_optional: bool = False) -> str:
    """Take steps until one has started a thread; return that one, or ""."""
    missing = (ImportError,) if are_optional else ()
    for step in dict.fromkeys(steps):
        with contextlib.suppress(*missing):
            load(step)() if ":" in step else importlib.import_module(step)
        if thread_count() > 1:
            return step
    return ""


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


def _companions() -> list[str]:
    """Steps that go with the libraries imported so far."""
    loaded = [name for name in _COMPANIONS if name in sys.modules]
    return [step for name in loaded for step in _COMPANIONS[name]]


def rehearse_notebook() -> None:
    """Validate and write a notebook: each schema is compiled once, here."""
    import nbformat

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])
    nbformat.reads(nbformat.writes(notebook), as_version=4)
    # nbconvert allows itself further fields, which is another schema
    nbformat.validate(notebook, relax_add_props=True)


def rehearse_table() -> None:
    """Write a small table, as text and as HTML."""
    import pandas as pd

    table = pd.DataFrame({"a": [1.5, None], "b": ["x", "y"]})
    repr(table)
    table._repr_html_()


def rehearse_figure() -> None:
    """Draw a small figure: fonts are looked up and read once, here.

    Not by pyplot, which would choose how figures are shown, once and for all.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(2, 2))
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1])
    axes.set_title("Ab 1")
    for kind in ("svg", "png"):
        figure.savefig(io.BytesIO(), format=kind)
