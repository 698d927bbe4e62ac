"""A kernel in this very process, with the face of nbclient's client of a kernel.

Outputs are made by ipykernel's own shell, so that they equal those of a kernel. Only
for processes that live for one notebook: nothing is tidied up afterwards.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import sys
import threading
import uuid
import warnings
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

from ipykernel import debugger
from ipykernel.ipkernel import IPythonKernel
from IPython.core.error import UsageError
from IPython.core.shellapp import InteractiveShellApp
from jupyter_client.session import Session
from traitlets.config import Config

from analysis.engine.seeding import seeding_source
from analysis.engine.streams import take_over_streams

debugger._is_debugpy_available = False  # no one would talk to it
Message = dict[str, Any]
# Cells are remembered while the notebook runs, but client data stays off the disk.
_SETTINGS = {"HistoryManager": {"enabled": False, "hist_file": ":memory:"}}


class _Channel:
    """A queue with the face of a kernel's channel."""

    def __init__(self) -> None:
        self._waiting: list[Message] = []

    def put(self, message: Message) -> None:
        self._waiting.append(message)

    async def get_msg(self, timeout: float | None = None) -> Message:
        if not self._waiting:
            raise queue.Empty
        return self._waiting.pop(0)


class InProcessKernel:
    """nbclient's kernel client, with the kernel behind it in the same process."""

    allow_stdin = False

    def __init__(self, seed: int) -> None:
        self.iopub_channel = _Channel()
        self.shell_channel = _Channel()
        self._request = ""
        self._streams = take_over_streams(self._publish)
        # what a kernel logs are tracebacks of cells: client data
        silent = logging.Logger("silent kernel", logging.CRITICAL + 1)
        wire = _Wire(self._publish)
        settings = Config(_SETTINGS)
        kernel = _QuietKernel.instance(session=wire, log=silent, config=settings)
        self._kernel = cast(Any, kernel)
        self._shell = self._kernel.shell
        self._shell.enable_gui = _refuse_windows
        # our own lines, no input: the same that a kernel of its own is given
        exec(seeding_source(seed), {"shell": self._shell})  # noqa: S102  # nosec B102
        # puts the notebook's folder on sys.path, where a kernel has it
        place = cast(Any, SimpleNamespace(ignore_cwd=False))
        InteractiveShellApp.init_path(place)
        self._filters = list(warnings.filters)
        inline = sys.modules.get("matplotlib_inline.backend_inline")
        if inline:  # imported before there was a shell to tie it to
            inline._enable_matplotlib_integration()

    async def execute(self, code: str, store_history: bool, **_: Any) -> str:
        """Run one cell to its end; its messages then wait in the channels."""
        self._request = uuid.uuid4().hex
        self._shell.set_parent({"header": {"msg_id": self._request}})
        count = self._shell.execution_count
        self._publish("execute_input", {"code": code, "execution_count": count})
        with self._filters_of_notebook():
            reply = await self._kernel.do_execute(code, False, store_history, {}, False)
        for stream in self._streams:
            stream.settle()
        self._publish("status", {"execution_state": "idle"})
        self._reply(reply)
        return self._request

    @contextlib.contextmanager
    def _filters_of_notebook(self) -> Iterator[None]:
        """Let a notebook's warning filters rule its cells, and nothing around them."""
        ours, warnings.filters = warnings.filters, self._filters
        try:
            yield
        finally:
            self._filters, warnings.filters = warnings.filters, ours

    def kernel_info(self) -> str:
        """Ask what language the kernel speaks."""
        self._request = uuid.uuid4().hex
        self._reply({"language_info": self._kernel.language_info})
        return self._request

    async def is_alive(self) -> bool:
        """It lives as long as this process."""
        return True

    def _publish(
        self, kind: str, content: Message, buffers: list[bytes] | None = None
    ) -> None:
        self.iopub_channel.put(
            {
                "msg_type": kind,
                "header": {"msg_type": kind},
                "parent_header": {"msg_id": self._request},
                "content": content,
                "buffers": buffers or [],
            }
        )

    def _reply(self, content: Message) -> None:
        parent = {"msg_id": self._request}
        self.shell_channel.put({"parent_header": parent, "content": content})


class _QuietKernel(IPythonKernel):
    """ipykernel's kernel without sockets, threads and signal handlers."""

    # where ipykernel looks for the thread that may handle signals: none of ours
    shell_channel_thread = SimpleNamespace(parent_thread=threading.main_thread())

    @contextlib.contextmanager
    def _cancel_on_sigint(self, future: asyncio.Future[Any]) -> Iterator[None]:
        yield

    def _publish_status(self, *arguments: Any, **options: Any) -> None:
        """No one listens."""


class _Wire(Session):
    """A session whose messages go to a function instead of a socket."""

    def __init__(self, publish: Any) -> None:
        super().__init__(key=b"")
        self._publish = publish

    def send(  # type: ignore[override]
        self,
        stream: Any,
        msg_or_type: Any,
        content: Any = None,
        parent: Any = None,
        ident: Any = None,
        buffers: Any = None,
        **_: Any,
    ) -> None:
        """Hand over one message, its content as it would come out of a socket."""
        if isinstance(msg_or_type, dict):
            kind, content = msg_or_type["msg_type"], msg_or_type["content"]
        else:
            kind = msg_or_type
        plain = self.unpack(self.pack(content or {}))
        self._publish(kind, plain, [bytes(part) for part in buffers or []])


def _refuse_windows(gui: str | None = None) -> None:
    """Take part in %matplotlib: figures go into the notebook, nowhere else."""
    if gui not in (None, "inline"):
        raise UsageError("No windows are opened while reports are made.")
