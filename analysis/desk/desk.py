"""One window's desk: what the page may ask for, and what it is answered."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis import demo
from analysis import state as states
from analysis.desk import clients, exports, practice_form, previewing
from analysis.desk.inbox import Inbox, take_out
from analysis.desk.practices import Desks
from analysis.desk.worker import News, Worker
from analysis.errors import AnalysisError
from analysis.pipeline.paths import PDF_NAMES, Paths
from analysis.pipeline.sources import exports_in

# One answer's bytes; larger files go over the line in parts.
PART_BYTES = 4 * 1024**2
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_STEPS = ("read", "look", "make", "caseload", "save", "demo")
DEMO_CLIENTS, DEMO_SEED = 40, 7


@dataclass(frozen=True)
class Reply:
    """An answer: plain data, and bytes beside it."""

    content: Mapping[str, Any]
    buffers: Sequence[bytes] = ()


class Desk:
    """What one window is doing: whose practice, which files arrive, which step runs.

    folder: private, of this window. news: called with what a step tells, also from
    other threads.
    """

    def __init__(self, desks: Desks, folder: Path, news: News) -> None:
        self._desks = desks
        self._folder = folder
        self._news = news
        self._is_demo = False
        self._worker: Worker | None = None
        self._inbox = Inbox(desks.own.raw, folder)
        self._saved: Path | None = None

    @property
    def paths(self) -> Paths:
        """The folders of the practice that is shown."""
        return self._desks.paths(is_demo=self._is_demo)

    @property
    def worker(self) -> Worker | None:
        """The step that runs, or ran last."""
        return self._worker

    def close(self) -> None:
        """The window is gone: a step that runs stops, what is done stays done."""
        if self._worker is not None and self._worker.is_running:
            self._worker.cancel()

    def handle(self, asked: Mapping[str, Any], buffers: Sequence[bytes] = ()) -> Reply:
        """Answer one question of the page. Raises AnalysisError with what to mend."""
        answer = _ANSWERS.get(str(asked.get("ask")))
        if answer is None:
            raise AnalysisError("The page asked for something this version lacks.")
        return answer(self, asked, buffers)

    # --- where we are -----------------------------------------------------------------

    def _state(self, asked: Mapping[str, Any], buffers: Sequence[bytes]) -> Reply:
        """Where the practice stands: exports, months, name."""
        known = states.read_state(self.paths.processed)
        # without exports the tables may be those of the invented practice
        has_months = (
            known is not None
            and bool(exports_in(self.paths.raw))
            and known.is_demo == demo.is_demo(self.paths.raw)
        )
        return Reply(
            {
                "is_demo": self._is_demo,
                "practice": self.paths.read_settings().practice.name,
                "exports": exports.exports_report(self.paths),
                "months": clients.months(self.paths) if has_months else [],
                "flags": clients.flag_words(),
            }
        )

    def _practice(self, asked: Mapping[str, Any], buffers: Sequence[bytes]) -> Reply:
        """Change between the user's own practice and the invented one."""
        self._refuse_while_running()
        self._is_demo = bool(asked["demo"])
        return self._state(asked, buffers)

    # --- exports ----------------------------------------------------------------------

    def _upload_begin(
        self, asked: Mapping[str, Any], buffers: Sequence[bytes]
    ) -> Reply:
        number = self._inbox.begin(str(asked["name"]), int(asked["size"]))
        return Reply({"number": number})

    def _upload_part(self, asked: Mapping[str, Any], buffers: Sequence[bytes]) -> Reply:
        for part in buffers:
            self._inbox.part(int(asked["number"]), part)
        return Reply({})

    def _upload_end(self, asked: Mapping[str, Any], buffers: Sequence[bytes]) -> Reply:
        return Reply(self._inbox.end(int(asked["number"])))

    def _upload_settle(
        self, asked: Mapping[str, Any], buffers: Sequence[bytes]
    ) -> Reply:
        number, how = int(asked["number"]), asked["how"]
        if how == "drop":
            self._inbox.drop(number)
            return Reply({"how": "dropped"})
        return Reply(self._inbox.settle(number, replaces=how == "replace"))

    def _set_aside(self, asked: Mapping[str, Any], buffers: Sequence[bytes]) -> Reply:
        return Reply(exports.set_aside_rows(self.paths, str(asked["file"])))

    def _take_out(self, asked: Mapping[str, Any], buffers: Sequence[bytes]) -> Reply:
        self._refuse_while_running()
        take_out(self._desks.own.raw, str(asked["file"]))
        return Reply({})

    # --- clients and reports ----------------------------------------------------------

    def _clients(self, asked: Mapping[str, Any], buffers: Sequence[bytes]) -> Reply:
        month = _month(asked)
        if not clients.is_ready(self.paths, month):
            until = clients.speaks_from(self.paths, month)
            return Reply({"until": until.isoformat(), "is_stale": True})
        return Reply(clients.client_list(self.paths, month))

    def _pages(self, asked: Mapping[str, Any], buffers: Sequence[bytes]) -> Reply:
        return Reply({}, previewing.page_pictures(self._report(asked)))

    def _pdf(self, asked: Mapping[str, Any], buffers: Sequence[bytes]) -> Reply:
        path = self._report(asked)
        name = f"{path.parent.name}-{path.name}"
        return Reply({"name": name}, [path.read_bytes()])

    def _report(self, asked: Mapping[str, Any]) -> Path:
        audience = str(asked["audience"])
        if audience not in PDF_NAMES:
            raise AnalysisError("There is no report for such a reader.")
        client = str(asked["client"])
        return previewing.report_path(self.paths, _month(asked), client, audience)

    def _caseload(self, asked: Mapping[str, Any], buffers: Sequence[bytes]) -> Reply:
        folder = self.paths.reports / _month(asked) / "caseload"
        return Reply({"is_made": (folder / "caseload.html").is_file()})

    # --- longer steps -----------------------------------------------------------------

    def _start(self, asked: Mapping[str, Any], buffers: Sequence[bytes]) -> Reply:
        """Start a step; what it tells comes as news, last of all how it ended."""
        self._refuse_while_running()
        step = str(asked["step"])
        if step not in _STEPS:
            raise AnalysisError("The page asked for something this version lacks.")
        self._is_demo = self._is_demo or step == "demo"
        task = {
            **_task(step, asked),
            "step": step,
            "desks": self._desks.plain(),
            "is_demo": self._is_demo,
            "target": str(self._folder / "copies"),
        }

        def told(event: Mapping[str, Any]) -> None:
            self._news({"news": "step", "step": step, **event})

        self._worker = Worker(task, self._desks.home, told)
        return Reply({"step": step})

    def _cancel(self, asked: Mapping[str, Any], buffers: Sequence[bytes]) -> Reply:
        self.close()
        return Reply({})

    def _copies(self, asked: Mapping[str, Any], buffers: Sequence[bytes]) -> Reply:
        """The file that `save` made, part by part; it is removed after the last."""
        made = sorted(self._folder.glob("copies.*"))
        if not made:
            raise AnalysisError("The file is not there any more. Save again.")
        path, start = made[0], int(asked["start"])
        with path.open("rb") as file:
            file.seek(start)
            part = file.read(PART_BYTES)
        size = path.stat().st_size
        if start + len(part) >= size:
            path.unlink()
        return Reply({"size": size, "ending": path.suffix}, [part])

    def _refuse_while_running(self) -> None:
        if self._worker is not None and self._worker.is_running:
            raise AnalysisError("Another step is still at work. Wait, or stop it.")

    # --- settings ---------------------------------------------------------------------

    def _form(self, asked: Mapping[str, Any], buffers: Sequence[bytes]) -> Reply:
        return Reply(practice_form.form_of(self.paths))

    def _write_form(self, asked: Mapping[str, Any], buffers: Sequence[bytes]) -> Reply:
        self._refuse_while_running()
        logo = buffers[0] if buffers else None
        practice_form.write_form(self.paths, asked["values"], logo)
        return Reply(practice_form.form_of(self.paths))

    def _ping(self, asked: Mapping[str, Any], buffers: Sequence[bytes]) -> Reply:
        return Reply({})


def _month(asked: Mapping[str, Any]) -> str:
    month = str(asked.get("month", ""))
    if not _MONTH.fullmatch(month):
        raise AnalysisError("Choose a month first.")
    return month


def _task(step: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a step is told; everything is checked again where it is used."""
    if step == "demo":
        return {"clients": DEMO_CLIENTS, "seed": DEMO_SEED}
    if step == "look":
        return {"until": str(asked["until"])}
    if step == "read":
        return {}
    task: dict[str, Any] = {"month": _month(asked)}
    task["clients"] = [str(one) for one in asked.get("clients", [])]
    task["audiences"] = [one for one in asked.get("audiences", []) if one in PDF_NAMES]
    task["merged"] = bool(asked.get("merged"))
    task["password"] = str(asked.get("password", ""))
    return task


_Answer = Callable[[Desk, Mapping[str, Any], Sequence[bytes]], Reply]
_ANSWERS: Mapping[str, _Answer] = {
    "state": Desk._state,
    "practice": Desk._practice,
    "upload_begin": Desk._upload_begin,
    "upload_part": Desk._upload_part,
    "upload_end": Desk._upload_end,
    "upload_settle": Desk._upload_settle,
    "set_aside": Desk._set_aside,
    "take_out": Desk._take_out,
    "clients": Desk._clients,
    "pages": Desk._pages,
    "pdf": Desk._pdf,
    "caseload": Desk._caseload,
    "start": Desk._start,
    "cancel": Desk._cancel,
    "copies": Desk._copies,
    "form": Desk._form,
    "write_form": Desk._write_form,
    "ping": Desk._ping,
}
