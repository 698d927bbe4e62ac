"""Which engine makes the reports, and why it is another one than was hoped for."""

from __future__ import annotations

import sys

from analysis.engine.cluster import ClusterEngine, is_address
from analysis.engine.fork_engine import ForkEngine
from analysis.engine.jobs import Terms
from analysis.engine.local import Engine, EngineLost
from analysis.engine.plain_engine import PlainEngine
from analysis.engine.progress import Progress
from analysis.engine.warmed import FORKING, WarmingUp
from analysis.errors import AnalysisError

ENGINES = (*FORKING, "plain")


def check_engine(name: str) -> None:
    """Refuse the name of an engine that does not exist."""
    if name not in ENGINES and not is_address(name):
        raise AnalysisError(
            f"There is no engine {name!r}; there are {', '.join(ENGINES)}, and the "
            "address of a Dask scheduler, such as tcp://10.0.0.5:8786."
        )


class Starter:
    """Starts the engine asked for, or says why it is another one."""

    def __init__(
        self, terms: Terms, progress: Progress, warming: WarmingUp | None
    ) -> None:
        self._terms = terms
        self._wanted = terms.engine
        self.progress = progress
        self._warming = warming

    def start(self) -> Engine:
        """A running engine. Raises AnalysisError if only "fork" is wanted."""
        if is_address(self._wanted):
            return ClusterEngine(self._terms)
        if self._wanted == "plain":
            return self._plain()
        if sys.platform != "linux":
            return self._fall_back("forking is safe on Linux only")
        terms = self._terms
        warm = self._warming.take() if self._warming else None
        engine = warm or ForkEngine(terms.recipe)
        try:
            engine.wait_until_warm()
            engine.open(terms.slots, terms.limits, terms.lock)
        except EngineLost as lost:
            engine.close()
            return self._fall_back(str(lost))
        return engine

    def _fall_back(self, why: str) -> Engine:
        if self._wanted == "fork":
            raise AnalysisError(
                f"The fork engine cannot be used: {why}. Take --engine plain or auto."
            )
        self.progress.note(
            f"The fast engine cannot be used: {why}. Reports are made by papermill, a "
            "kernel each: the same pages, about ten times slower."
        )
        self._wanted = "plain"
        return self._plain()

    def _plain(self) -> Engine:
        return PlainEngine(self._terms)
