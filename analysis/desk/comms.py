"""The page's line to its kernel: questions in, answers and news out, over one comm.

A question is {"ask": name, "id": number, ...}; its answer is {"id": number, "answer":
{...}} or {"id": number, "problem": text}. News have no id: {"news": name, ...}.
"""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from comm import get_comm_manager
from comm.base_comm import BaseComm

from analysis.errors import AnalysisError

TARGET = "cairn.desk"
_WORDS = Path(__file__).parents[1] / "wording" / "desk.toml"
# No right for anybody but the user, for everything this process writes.
_OTHERS = 0o077

Answer = Callable[[Mapping[str, Any], list[bytes]], Any]


def open_desk() -> None:
    """Wait for the page: called by the desk's notebook, in its kernel."""
    os.umask(_OTHERS)
    get_comm_manager().register_target(TARGET, _opened)


def _opened(comm: BaseComm, message: Mapping[str, Any]) -> None:
    """The page is there: give it its words, then load what it will ask for."""
    comm.send({"news": "ready", "words": desk_words()})
    # seconds of imports, which nobody waits for before the page is drawn
    from analysis.desk.desk import Desk
    from analysis.desk.practices import Desks
    from analysis.engine.temporary import private_folder, remove

    loop = asyncio.get_running_loop()

    def news(content: Mapping[str, Any]) -> None:
        # steps tell from a thread; the line belongs to the loop
        loop.call_soon_threadsafe(comm.send, dict(content))

    folder = private_folder()
    atexit.register(remove, folder)
    desks = Desks.from_plain(json.loads(os.environ["CAIRN_DESK"]))
    desk = Desk(desks, folder, news)
    comm.on_msg(lambda question: answer(desk.handle, comm, question))
    comm.on_close(lambda _: desk.close())
    comm.send({"news": "open"})


def desk_words() -> dict[str, Any]:
    """The words of the page by key; the page fills the fields in."""
    return tomllib.loads(_WORDS.read_text(encoding="utf-8"))


def answer(handle: Answer, comm: BaseComm, question: Mapping[str, Any]) -> None:
    """Answer one question; a defect is told by its kind, never by its message."""
    data = question["content"]["data"]
    sent = [bytes(part) for part in question.get("buffers") or []]
    number = data.get("id")
    try:
        reply = handle(data, sent)
    except AnalysisError as problem:
        comm.send({"id": number, "problem": str(problem)})
    except Exception as problem:  # the page is told its kind; the desk goes on
        comm.send({"id": number, "defect": type(problem).__name__})
    else:
        comm.send({"id": number, "answer": reply.content}, buffers=list(reply.buffers))
