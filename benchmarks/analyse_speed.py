"""How long `analyse` takes on a large practice, and how much memory.

Run: python benchmarks/analyse_speed.py [clients]. Invented clients with eight sessions
and two measures each, given as totals. Blocks of clients are worked out by two
processes: CPU seconds are those of all, memory is the largest of each.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

from analysis import pipeline, store
from analysis.pipeline.paths import Paths
from analysis.schema import TABLES
from analysis.state import State, write_state

SESSIONS = 8
LATEST = "2026-03-01"


def write_practice(clients: int, folder: Path, seed: int = 1) -> None:
    """Tidy tables as an import leaves them: a PHQ-9 and a GAD-7 a week."""
    random = np.random.default_rng(seed)
    n = clients * SESSIONS * 2
    owner = np.repeat(np.arange(clients), SESSIONS * 2)
    week = np.tile(np.repeat(np.arange(SESSIONS), 2), clients)
    measure = np.tile([0, 1], clients * SESSIONS)
    start, fall = random.normal(15, 4, clients), random.normal(0.5, 0.4, clients)
    course = start[owner] - fall[owner] * week + random.normal(0, 2.2, n)
    total = np.rint(np.where(measure == 0, course, course * 0.75))
    names = pa.array([f"C{number:07d}" for number in range(clients)])
    forms = pa.array(np.arange(n)).cast(pa.string())
    scales = pa.array(["phq9.total", "gad7.total"])
    columns = {
        "clients": {"client_id": names},
        "administrations": {
            "administration_id": forms,
            "client_id": names.take(pa.array(owner)),
            "measure": pa.array(["phq9", "gad7"]).take(pa.array(measure)),
            "date": pa.array(np.datetime64("2026-01-05") + week * 7),
        },
        "totals": {
            "administration_id": forms,
            "scale": scales.take(pa.array(measure)),
            "score": pa.array(np.clip(total, 0, np.where(measure == 0, 27, 21))),
        },
    }
    for name, given in columns.items():
        schema, length = TABLES[name].arrow(), len(next(iter(given.values())))
        arrays = [
            given[field.name].cast(field.type)
            if field.name in given
            else pa.nulls(length, field.type)
            for field in schema
        ]
        store.write_arrow(pa.table(arrays, schema=schema), name, folder)
    write_state(State("raw", "rules", "code", False, LATEST, ""), folder)


def main(clients: int = 200_000) -> None:
    """Print wall and CPU seconds and memory of one analysis."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        write_practice(clients, folder)
        paths = Paths(folder, folder, folder, folder / "settings.toml")
        start, wall = time.process_time(), time.perf_counter()
        pipeline.run_analyse(paths)
        wall, own = time.perf_counter() - wall, time.process_time() - start
    one, others = (
        resource.getrusage(who)
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    cpu = own + others.ru_utime + others.ru_stime
    print(f"{clients:,} clients: {wall:.0f} s, {cpu:.0f} CPU s")
    print(f"memory {one.ru_maxrss / 1e6:.1f} GB, and {others.ru_maxrss / 1e6:.1f} GB")
    print("in each of the two processes that work out the blocks")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
