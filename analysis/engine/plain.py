"""A notebook run by papermill in a new kernel: the plain way, on every system."""

from __future__ import annotations

import ctypes
import signal
import sys
from pathlib import Path
from typing import Any

import papermill
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.engines import NBClientEngine, papermill_engines
from traitlets import default

from analysis.engine.notebooks import KERNEL, LANGUAGE, literal
from analysis.engine.surroundings import move_into
from analysis.engine.tasks import Task

ENGINE = "cairn-plain"
_PR_SET_PDEATHSIG = 1


def execute(task: Task) -> tuple[NotebookNode | None, str]:
    """Run a task's notebook in a kernel of its own; see `making.Execute`."""
    held: list[NotebookNode] = []
    reason = ""
    papermill_engines.register(ENGINE, _HoldingEngine)
    seeding = f"import random, numpy; [m.seed({task.seed}) for m in {_RANDOM}]"
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
            extra_arguments=[f"--IPKernelApp.exec_lines={seeding}"],
            shutdown_kernel="immediate",
            coalesce_streams=True,
        )
    except papermill.PapermillExecutionError:
        pass  # the error stands in the notebook, where the gate finds it
    except (DeadKernelError, CellTimeoutError):
        reason = "its kernel died"
    return (held[0] if held else None), reason


_RANDOM = "(random, numpy.random)"


class _HoldingEngine(NBClientEngine):
    """papermill's own engine; keeps the notebook at hand if the kernel dies."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, *names: Any, **options: Any) -> Any:
        options.pop("held").append(nb_man.nb)
        return super().execute_managed_notebook(nb_man, *names, **options)


def end_with_parent() -> None:
    """Have the system kill this process when its parent dies (Linux)."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class OwnKernel(AsyncKernelManager):
    """Kernels of this very Python, whatever kernel specs a user has installed."""

    @default("transport")
    def _default_transport(self) -> str:
        # other users of a machine can listen to its loopback interface
        # (macOS: paths of temporary folders are too long for sockets)
        return "ipc" if sys.platform == "linux" else "tcp"

    async def _async_pre_start_kernel(self, **options: Any) -> Any:
        """Prepare the start; on Linux a kernel ends with the process that started it."""
        if sys.platform == "linux":
            options.setdefault("preexec_fn", end_with_parent)
        return await super()._async_pre_start_kernel(**options)

    @property
    def kernel_spec(self) -> KernelSpec:
        launch = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=launch, language=LANGUAGE, display_name="Python 3")
