"""A notebook run inside this very process: papermill's engine without a kernel's cost.

Only for processes that live for one notebook: nothing is tidied up afterwards.
"""

from __future__ import annotations

import contextlib
from types import SimpleNamespace
from typing import Any

import papermill
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines

from analysis.engine.inprocess_kernel import InProcessKernel, Message
from analysis.engine.notebooks import KERNEL, LANGUAGE, Trail, exit_calls, literal
from analysis.engine.tasks import Task

ENGINE = "cairn-inprocess"


def execute(task: Task) -> tuple[NotebookNode | None, str]:
    """Run a task's notebook in this process; see `making.Execute`."""
    held: list[NotebookNode] = []
    asked: list[str] = []
    papermill_engines.register(ENGINE, _InProcessEngine)
    # an error stands in the notebook, where the gate finds it
    with contextlib.suppress(papermill.PapermillExecutionError):
        papermill.execute_notebook(
            literal(task.notebook),
            None,
            dict(task.parameters),
            engine_name=ENGINE,
            kernel_name=KERNEL,
            language=LANGUAGE,
            progress_bar=False,
            trail=Trail(task.trail),
            seed=task.seed,
            held=held,
            asked=asked,
        )
    return (held[0] if held else None), "".join(asked[:1])


class _InProcessEngine(Engine):
    """papermill's face: hands the notebook to the client below."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, **options: Any
    ) -> None:
        trail: Trail = options["trail"]
        options["held"].append(nb_man.nb)
        asked: list[str] = options["asked"]

        def executed(
            cell: NotebookNode, cell_index: int, execute_reply: Message
        ) -> None:
            asked.extend(exit_calls(cell, execute_reply))
            trail.finish(cell_index, cell)

        kernel = InProcessKernel(options["seed"])
        client = PapermillNotebookClient(
            nb_man,
            km=SimpleNamespace(has_kernel=True),
            coalesce_streams=True,
            on_cell_start=lambda cell, cell_index: trail.start(cell_index),
            on_cell_executed=executed,
        )
        client.kc = kernel
        client.execute()
