"""A notebook run by papermill in a new kernel: the plain way, on every system."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import papermill
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.engines import NBClientEngine, papermill_engines

from analysis.engine.notebooks import (
    KERNEL,
    LANGUAGE,
    exit_calls,
    literal,
    running_cell,
)
from analysis.engine.seeding import seeding_source
from analysis.engine.sockets import socket_path
from analysis.engine.surroundings import move_into
from analysis.engine.tasks import Task

ENGINE = "cairn-plain"
# On Linux a kernel asks to be killed when the process that started it dies (prctl 1).
_END_WITH_PARENT = (
    "import ctypes; ctypes.CDLL(None).prctl(1, 9); " if sys.platform == "linux" else ""
)
_START = f"{_END_WITH_PARENT}from ipykernel.kernelapp import main; main()"


def execute(task: Task) -> tuple[NotebookNode | None, str]:
    """Run a task's notebook in a kernel of its own; see `making.Execute`."""
    held: list[NotebookNode] = []
    asked: list[str] = []
    reason = ""
    papermill_engines.register(ENGINE, _HoldingEngine)
    seeding = f"exec({seeding_source(task.seed)!r}, dict(shell=get_ipython()))"
    move_into(Path(task.temporary))
    try:
        papermill.execute_notebook(
            literal(task.notebook),
            # papermill saves after each cell: there for the analyst if we are stopped
            literal(str(task.draft_notebook)),
            dict(task.parameters),
            engine_name=ENGINE,
            kernel_name=KERNEL,
            language=LANGUAGE,
            progress_bar=False,
            cwd=str(Path(task.notebook).parent),
            held=held,
            kernel_manager_class=OwnKernel,
            extra_arguments=[
                f"--IPKernelApp.exec_lines={seeding}",
                "--HistoryManager.enabled=False",  # cells name a client
            ],
            shutdown_kernel="immediate",
            coalesce_streams=True,
            on_cell_executed=lambda cell, cell_index, execute_reply: asked.extend(
                exit_calls(cell, execute_reply)
            ),
        )
    except papermill.PapermillExecutionError:
        pass  # the error stands in the notebook, where the gate finds it
    except (DeadKernelError, CellTimeoutError):
        reason = f"its kernel died{running_cell(held[0]) if held else ''}"
    return (held[0] if held else None), "".join(asked[:1]) or reason


class _HoldingEngine(NBClientEngine):
    """papermill's own engine; keeps the notebook at hand if the kernel dies."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, *names: Any, **options: Any) -> Any:
        options.pop("held").append(nb_man.nb)
        return super().execute_managed_notebook(nb_man, *names, **options)


class OwnKernel(AsyncKernelManager):
    """Kernels of this very Python, whatever kernel specs a user has installed."""

    def __init__(self, **options: Any) -> None:
        path = socket_path()
        # Jupyter's own place for sockets is the working folder, one for all kernels
        chosen = {"transport": "ipc", "ip": path} if path else {}
        super().__init__(**chosen, **options)

    @property
    def kernel_spec(self) -> KernelSpec:
        start = [sys.executable, "-P", "-c", _START, "-f", "{connection_file}"]
        return KernelSpec(argv=start, language=LANGUAGE, display_name="Python 3")
