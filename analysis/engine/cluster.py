"""The engine of many machines: tasks go out over Dask, reports come back by storage.

The scheduler sees a report's own input and a receipt, nothing else. A task is named by
the report's key, and its report lies on the shelf under that key: whoever dies and
whatever is tried again, it is made once.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

from analysis.engine.cluster_worker import EXECUTED, PDF, fingerprint, work
from analysis.engine.files import write_synced
from analysis.engine.jobs import Terms
from analysis.engine.local import Ending, EngineLost
from analysis.engine.making import load
from analysis.engine.parcels import NOTEBOOK, Parcel
from analysis.engine.plain_engine import PlainEngine
from analysis.engine.shelf import Receipt, Shelf
from analysis.engine.tasks import Handshake, Task, peek_task, write_handshake
from analysis.errors import AnalysisError

SCHEMES = ("tcp://", "tls://")
SLOTS = 64  # tasks under way at once, unless told otherwise
_RETRIES = 2
_CONNECT_SECONDS = 20


def is_address(name: str) -> bool:
    """Whether an engine's name is the address of a Dask scheduler."""
    return name.startswith(SCHEMES)


class ClusterEngine:
    """Makes reports on the workers of a Dask scheduler."""

    name = "cluster"

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._shelf = Shelf(terms.store)
        self._client = _connect(terms.engine)
        self._local = PlainEngine(replace(terms, engine="plain"))
        self._whole_practice = threading.Lock()
        self._check_workers()

    def make(self, slot: int, draft: Path) -> Ending:
        """Make the report of a draft folder; blocks. Raises EngineLost."""
        task = peek_task(draft)
        parcel = self._packed(task)
        if parcel is None:  # it rests on all clients: they stay on this machine
            return self._local.make(slot, draft)
        try:
            receipt = self._sent(parcel)
            return self._fetched(task, receipt)
        except OSError as problem:
            return Ending(
                lost=f"the storage cannot be reached ({type(problem).__name__})"
            )

    def close(self) -> None:
        """Leave the cluster; tasks under way there are given up."""
        self._local.close()
        self._client.close(timeout=2)

    def _packed(self, task: Task) -> Parcel | None:
        name = self._terms.recipe.pack
        packed: Any = load(name)(task.parameters) if name else ({}, task.parameters)
        if packed is None:
            return None
        files, parameters = packed
        notebook = Path(task.notebook).read_bytes()
        return Parcel(task.job, task.key, parameters, {**files, NOTEBOOK: notebook})

    def _sent(self, parcel: Parcel) -> Receipt:
        from distributed import CancelledError, KilledWorker
        from distributed.comm import CommClosedError

        terms = self._terms
        try:
            future = self._client.submit(
                work,
                parcel,
                replace(terms.recipe, pack=""),
                terms.limits,
                terms.store,
                key=f"cairn-{parcel.key}",
                retries=_RETRIES,
                pure=False,
            )
            receipt: Receipt = future.result()
        except KilledWorker:
            return {"reason": "the workers that made it died, one after the other"}
        except (CancelledError, CommClosedError) as problem:
            raise EngineLost("the scheduler cannot be reached any more") from problem
        except EngineLost:
            return {"reason": "the process that starts reports died on its worker"}
        return receipt

    def _fetched(self, task: Task, receipt: Receipt) -> Ending:
        """Bring home what was made, as if a process here had made it."""
        shelved = (
            (EXECUTED, task.draft_notebook, receipt.get("executed_sha256", "")),
            (PDF, task.draft_pdf, receipt.get("pdf_sha256", "")),
        )
        for name, path, digest in shelved:
            if digest:
                write_synced(path, self._shelf.take(task.key, name))
        write_handshake(
            task, Handshake(receipt["reason"], shelved[1][2], shelved[0][2])
        )
        self._shelf.clear(task.key)
        return Ending()

    def _check_workers(self) -> None:
        """Refuse workers whose packages or fonts would make other pages."""
        ours = fingerprint()
        for address, theirs in self._client.run(fingerprint).items():
            differ = [name for name in ours if theirs.get(name) != ours[name]]
            if differ:
                self.close()
                raise AnalysisError(
                    f"The worker {address} has other versions of {', '.join(differ)}. "
                    "Install the same on all machines: reports would differ."
                )


def _connect(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError as problem:
        raise AnalysisError(
            "Several machines need the extra `cluster`: run `pip install "
            '"cairn-outcomes[cluster]"`.'
        ) from problem
    try:
        return Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as problem:
        raise AnalysisError(
            f"No scheduler answers at {address}. Start one with `dask scheduler`, or "
            "take --engine auto to make the reports on this machine."
        ) from problem
