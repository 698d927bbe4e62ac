"""Forked kernels by kernel name: for papermill, nbclient, JupyterLab as they are.

A kernel spec that names the provisioner `cairn-fork` (there is one in this package,
"cairn") makes jupyter_client ask here for its process. One warmed-up server belongs to
each program that starts kernels; where it cannot be, kernels start as usual.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

from jupyter_client.provisioning import LocalProvisioner
from traitlets import List, Unicode

from analysis.engine.fork_engine import ForkEngine
from analysis.engine.jobs import Recipe
from analysis.engine.line import LineCut
from analysis.engine.local import EngineLost
from analysis.engine.sockets import socket_path

_LAUNCHER = "ipykernel_launcher"
# Set by programs that start kernels as their own children, which these are not.
_PARENT_NUMBER = "JPY_PARENT_PID"
_servers: dict[tuple[str, ...], ForkEngine | None] = {}


def close_servers() -> None:
    """End the servers and all kernels forked from them."""
    while _servers:
        _, server = _servers.popitem()
        if server:
            server.close()


atexit.register(close_servers)


class ForkProvisioner(LocalProvisioner):
    """Forks kernels from a warmed-up server."""

    warm_up = List(
        Unicode(),
        ["ipykernel.kernelapp", "pandas", "matplotlib", "seaborn", "statsmodels.api"],
        help="Modules that are imported once, before the first kernel.",
    ).tag(config=True)

    async def pre_launch(self, **options: Any) -> dict[str, Any]:
        """Choose how the kernel is talked to, before that is written down."""
        manager = self.parent
        if manager and manager.transport != "ipc" and (path := socket_path()):
            manager.transport = "ipc"
            manager.cache_ports = False
            manager.ip = path
        prepared: dict[str, Any] = await super().pre_launch(**options)
        return prepared

    async def launch_kernel(self, cmd: list[str], **options: Any) -> Any:
        """Fork a kernel, or start one as usual where that is not possible."""
        server = await asyncio.to_thread(self._server)
        if server is None or _LAUNCHER not in cmd:
            return await super().launch_kernel(cmd, **options)
        folder = str(options.get("cwd") or Path.cwd())
        environment = {**options.get("env", os.environ)}
        environment.pop(_PARENT_NUMBER, None)
        argv = cmd[cmd.index(_LAUNCHER) + 1 :]
        kernel = ForkedKernel(server, argv, folder, environment)
        self.process = cast(Any, kernel)  # it has the face of what is expected there
        self.pid = self.pgid = kernel.pid
        self.cwd = cast(Any, folder)
        return self.connection_info

    def _server(self) -> ForkEngine | None:
        """The server of this program, started when it is first needed."""
        steps = tuple(self.warm_up)
        if steps not in _servers:
            _servers[steps] = self._start(steps)
        return _servers[steps]

    def _start(self, steps: tuple[str, ...]) -> ForkEngine | None:
        if sys.platform != "linux":
            return None
        recipe = Recipe(export="", warm_up=(), imports=steps)
        server = ForkEngine(recipe)
        try:
            server.wait_until_warm()
        except EngineLost as lost:
            self.log.warning("Kernels start the slow way: %s.", lost)
            server.close()
            return None
        return server


class ForkedKernel:
    """A kernel's process, with the face of subprocess.Popen."""

    stdin = stdout = stderr = None

    def __init__(
        self, server: ForkEngine, argv: list[str], folder: str, env: dict[str, str]
    ) -> None:
        order = {"argv": argv, "cwd": folder, "env": env}
        self._line, self.pid = server.start_kernel(order)
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code, or None while it runs."""
        if self.returncode is None and self._line.wait(0):
            self.returncode = self._end()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end, and return the exit code."""
        if self.returncode is None:
            if not self._line.wait(timeout):
                raise subprocess.TimeoutExpired("kernel", timeout or 0.0)
            self.returncode = self._end()
        return self.returncode

    def _end(self) -> int:
        try:
            code: int = self._line.receive()["exit"]
        except LineCut:  # it ends with its parent process
            code = -signal.SIGKILL
        self._line.hang_up()
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)
