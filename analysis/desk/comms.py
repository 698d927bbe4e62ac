"""The page's line to its kernel: questions in, answers and news out, over one comm.

A question is {"ask": name, "id": number, ...}; its answer is {"id": number, "answer":
{...}} or {"id": number, "problem": text}. News have no id: {"news": name, ...}.
"""

from __future__ import annotations

import asyncio
import atexit
import json
import os
from collections.abc import Mapping
from typing import Any

from comm import get_comm_manager
from comm.base_comm import BaseComm

from analysis.desk.desk import Desk, Reply
from analysis.desk.practices import Desks
from analysis.engine.temporary import private_folder, remove
from analysis.errors import AnalysisError
from analysis.pipeline.guard import private_umask

TARGET = "cairn.desk"


def open_desk() -> None:
    """Wait for the page: called by the desk's notebook, in its kernel."""
    private_umask()
    desks = Desks.from_plain(json.loads(os.environ["CAIRN_DESK"]))
    folder = private_folder()
    atexit.register(remove, folder)
    loop = asyncio.get_running_loop()

    def opened(comm: BaseComm, message: Mapping[str, Any]) -> None:
        def news(content: Mapping[str, Any]) -> None:
            # steps tell from a thread; the line belongs to the loop
            loop.call_soon_threadsafe(comm.send, dict(content))

        desk = Desk(desks, folder, news)
        comm.on_msg(lambda question: answer(desk, comm, question))
        comm.on_close(lambda _: desk.close())
        comm.send({"news": "ready"})

    get_comm_manager().register_target(TARGET, opened)


def answer(desk: Desk, comm: BaseComm, question: Mapping[str, Any]) -> None:
    """Answer one question; a defect is told by its kind, never by its message."""
    data = question["content"]["data"]
    sent = question.get("buffers") or []
    number = data.get("id")
    try:
        reply = desk.handle(data, [bytes(part) for part in sent])
    except AnalysisError as problem:
        comm.send({"id": number, "problem": str(problem)})
    except BaseException as problem:
        comm.send({"id": number, "defect": type(problem).__name__})
        raise
    else:
        _send(comm, number, reply)


def _send(comm: BaseComm, number: Any, reply: Reply) -> None:
    comm.send({"id": number, "answer": reply.content}, buffers=list(reply.buffers))
