"""Starts the desk: Voilà on loopback with today's token, and the browser."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import socket
import sys
import tempfile
import time
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop, PeriodicCallback
from traitlets.config import Config
from voila.app import Voila

from analysis.desk.files import CaseloadFile, LookFile
from analysis.desk.gate import DeskIdentity, Gate
from analysis.desk.practices import Desks
from analysis.desk.windows import Windows
from analysis.engine.temporary import private_folder, remove, sweep
from analysis.errors import AnalysisError
from analysis.pipeline.paths import Paths
from analysis.pipeline.summary import Tell

_HERE = Path(__file__).parent
_TEMPLATE = "cairn"
# The page brings its own script: none of the widgets' extensions is loaded.
_NO_EXTENSION = ["none"]
_LOOK_EVERY_MS = 1000
# What a shell or an account may have set for other Jupyter programs.
_FOREIGN = ("JUPYTER_CONFIG_DIR", "JUPYTER_CONFIG_PATH", "IPYTHONDIR", "JUPYTER_TOKEN")


class _OwnKernel(KernelSpecManager):
    """The interpreter the desk itself runs in, whatever else is registered."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """The one kernel there is."""
        start = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=start, display_name="Cairn", language="python")

    def get_all_specs(self) -> dict[str, Any]:
        """That kernel under the name that notebooks use."""
        spec = self.get_kernel_spec("python3").to_dict()
        return {"python3": {"resource_dir": "", "spec": spec}}


class Desk(Voila):
    """Voilà behind the gate, which ends with its last window."""

    desks: Desks
    port: int

    def init_handlers(self) -> list[Any]:
        """Voilà's own, after ours: its last one takes every address."""
        own = [
            (r"/desk/caseload", CaseloadFile, {"desks": self.desks}),
            (r"/desk/([\w.-]+)", LookFile),
        ]
        return [*own, *super().init_handlers()]

    def listen(self) -> None:
        """Serve until the last window is closed, or Ctrl-C."""
        self.port = _free_port(self.port)
        HTTPServer(Gate(self.app, self.port)).listen(self.port, "127.0.0.1")
        loop = IOLoop.current()
        self.ioloop = loop
        windows = Windows(time.monotonic, loop.stop)

        async def look() -> None:
            kernels = self.kernel_manager.list_kernels()
            there = {kernel["id"]: kernel["connections"] for kernel in kernels}
            for kernel in windows.look(there):
                await self.kernel_manager.shutdown_kernel(kernel)

        watch = PeriodicCallback(look, _LOOK_EVERY_MS)
        watch.start()
        self._open()
        try:
            loop.start()
        except KeyboardInterrupt:
            self.log.info("stopped")
        finally:
            watch.stop()
            self.stop()

    def _open(self) -> None:
        address = f"http://127.0.0.1:{self.port}/?token={self.token}"
        self.say(address)
        if self.open_browser:
            self.launch_browser()

    def say(self, address: str) -> None:
        """Replaced by whoever starts the desk."""


def run_desk(
    paths: Paths, port: int, tell: Tell, *, opens_browser: bool = True
) -> None:
    """Serve the desk until its last window is closed.

    paths: of the practice; port: the first one that is tried. Raises AnalysisError
    where no port is free.
    """
    desks = Desks.of(paths)
    with _own_surroundings(desks):
        desk = Desk(config=_config(port, opens_browser))
        desk.desks = desks

        def say(address: str) -> None:
            tell("Your desk opens in the browser. If it does not, open this address:")
            tell(f"  {address}")
            tell("Leave this window open. Closing the page ends the desk.")

        desk.say = say  # type: ignore[method-assign]
        desk.initialize([])
        desk.start()
        tell("The desk is closed. What was made is kept.")


def _config(port: int, opens_browser: bool) -> Config:
    config = Config()
    config.Voila.ip = "127.0.0.1"
    config.Voila.port = port
    config.Voila.token = secrets.token_urlsafe(24)
    config.Voila.open_browser = opens_browser and _has_browser()
    config.Voila.notebook_path = str(_HERE / "desk.ipynb")
    config.Voila.identity_provider_class = DeskIdentity
    config.Voila.log_level = logging.ERROR
    config.Voila.tornado_settings = {
        "allow_remote_access": False,
        "ws_ping_interval": 30_000,
        "ws_ping_timeout": 30_000,
        "log_function": lambda handler: None,  # addresses are nobody's business
    }
    config.IdentityProvider.cookie_options = {"samesite": "Strict", "httponly": True}
    config.VoilaConfiguration.template = _TEMPLATE
    config.VoilaConfiguration.file_allowlist = []
    config.VoilaConfiguration.extension_allowlist = _NO_EXTENSION
    config.VoilaConfiguration.kernel_spec_manager_class = _OwnKernel
    config.VoilaConfiguration.show_tracebacks = False
    # no inline scripts to keep the line busy: the page says itself that it waits
    config.VoilaConfiguration.http_keep_alive_timeout = 600
    # reports pass through this connection: the limit is meant for runaway printing
    config.ZMQChannelsWebsocketConnection.limit_rate = False
    if sys.platform == "linux":  # elsewhere the folder's path is too long for sockets
        config.KernelManager.transport = "ipc"
    return config


def _has_browser() -> bool:
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def _free_port(first: int) -> int:
    for port in range(first, first + 20):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise AnalysisError(
        f"The ports from {first} to {first + 19} are all taken. Close other desks, or "
        "choose another with --port."
    )


@contextlib.contextmanager
def _own_surroundings(desks: Desks) -> Iterator[None]:
    """Settings of other Jupyter programs left out; files of the session removed."""
    folder = private_folder()
    before, temporary = dict(os.environ), tempfile.tempdir
    for name in _FOREIGN:
        os.environ.pop(name, None)
    os.environ.update(
        JUPYTER_NO_CONFIG="1",
        JUPYTER_PATH=str(_HERE / "jupyter"),
        JUPYTER_DATA_DIR=str(folder / "data"),
        JUPYTER_RUNTIME_DIR=str(folder / "runtime"),
        IPYTHONDIR=str(folder / "ipython"),
        CAIRN_DESK=json.dumps(desks.plain()),
    )
    # the files that hold the token and the kernels' keys, not those of the kernels
    tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = temporary
        os.environ.clear()
        os.environ.update(before)
        remove(folder)
        sweep()
