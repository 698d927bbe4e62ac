"""A fork engine that warms up early, while its caller still prepares the jobs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from analysis.engine.fork_engine import ForkEngine
from analysis.engine.imports import imported_by
from analysis.engine.jobs import CAIRN_PDF, Recipe

# Names of the engine that may turn out to be this one.
FORKING = ("auto", "local", "fork")
_EXPORT_STEPS = {CAIRN_PDF: ("analysis.engine.making:warm_cairn_pdf",)}


def recipe_of(
    notebooks: Sequence[Path], warm_up: Sequence[str], export: str = CAIRN_PDF
) -> Recipe:
    """What is warmed up for these notebooks."""
    steps = (*warm_up, *_EXPORT_STEPS.get(export, ()))
    return Recipe(export, steps, imported_by(dict.fromkeys(notebooks)))


class WarmingUp:
    """Start warming up now; give it to `run_jobs` later, or leave it unused.

    A context manager: what was not used is ended on leaving.
    """

    def __init__(
        self,
        notebooks: Sequence[Path],
        warm_up: Sequence[str],
        export: str = CAIRN_PDF,
        engine: str = "auto",
    ) -> None:
        self._engine: ForkEngine | None = None
        if sys.platform == "linux" and engine in FORKING:
            self._engine = ForkEngine(recipe_of(notebooks, warm_up, export))

    def take(self) -> ForkEngine | None:
        """The engine, once: whoever takes it closes it."""
        engine, self._engine = self._engine, None
        return engine

    def __enter__(self) -> WarmingUp:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        engine = self.take()
        if engine:
            engine.close()
