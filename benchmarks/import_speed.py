"""How fast a large practice's questionnaires are imported, all checks included.

    python benchmarks/import_speed.py [administrations]

Default: 1,111,111 PHQ-9 of 100,000 clients, 10 million answers, a CSV of 42 MB. Prints
where the time goes, peak memory, and the ratio to a lower bound measured in the same
run: what Arrow alone takes to read the file as text, turn it into numbers, add up,
sort and write it, without any check. (Where DuckDB is installed it is measured too.)
"""

from __future__ import annotations

import importlib
import importlib.util
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq

from analysis import store
from analysis.importers import write_import
from analysis.importers.folder import Imported
from analysis.importers.keeping.outcome import outcomes_of
from analysis.importers.keeping.people import people_of
from analysis.importers.keeping.quarantine import set_aside_rows
from analysis.importers.keeping.tidy import tidy_tables
from analysis.importers.layout import Rules
from analysis.importers.one_file import open_path, read_file
from analysis.importers.report import files_report
from analysis.importers.values.vocabulary import vocabulary
from analysis.measures import read_measures

ADMINISTRATIONS = 1_111_111
CLIENTS = 100_000
ITEMS = [f"phq9_{number}" for number in range(1, 10)]
# The goal: at most so many times what DuckDB alone takes (half a second on two cores).
GOAL = 15


def write_export(path: Path, n: int) -> None:
    """An invented export: every client about every week."""
    random = np.random.default_rng(20250106)
    per_client = -(-n // CLIENTS)
    client = np.repeat(np.arange(CLIENTS), per_client)[:n]
    week = np.tile(np.arange(per_client), CLIENTS)[:n]
    days = (client % 200 + 7 * week).astype("timedelta64[D]")
    names = pa.array([f"C-{number:06d}" for number in range(CLIENTS)])
    columns = {
        "client_id": names.take(pa.array(client)),
        "date": pa.array(np.datetime64("2024-01-01") + days, pa.date32()),
    }
    columns |= {item: pa.array(random.integers(0, 4, n)) for item in ITEMS}
    csv.write_csv(pa.table(columns), path)


def with_arrow(path: Path, out: Path) -> None:
    """Read as text, cast, add up, sort, write: nothing looked at, nothing counted."""
    names = ["client_id", "date", *ITEMS]
    types = dict.fromkeys(names, pa.string())
    options = csv.ConvertOptions(column_types=types)
    table = csv.read_csv(path, convert_options=options)
    numbers = [pc.cast(table[item], pa.int64()) for item in ITEMS]
    total = numbers[0]
    for one in numbers[1:]:
        total = pc.add(total, one)
    columns = {"client_id": table["client_id"], "date": table["date"], "total": total}
    rows = pa.table(columns).sort_by(
        [("client_id", "ascending"), ("date", "ascending")]
    )
    pq.write_table(rows, out)


def with_duckdb(path: Path, out: Path) -> None:
    """The same in DuckDB."""
    duckdb: Any = importlib.import_module("duckdb")
    total = " + ".join(f"CAST({item} AS INTEGER)" for item in ITEMS)
    duckdb.sql(
        f"COPY (SELECT client_id, CAST(date AS DATE) AS date, {total} AS total FROM "
        f"read_csv('{path}', all_varchar = true) ORDER BY ALL) TO '{out}' "
        "(FORMAT parquet)"
    )


class Stages:
    """Seconds by name of the stage, on the wall and of the processor."""

    def __init__(self) -> None:
        self.wall: dict[str, float] = {}
        self.work: dict[str, float] = {}

    def run(self, name: str, step: Callable[[], Any]) -> Any:
        wall, work = time.perf_counter(), time.process_time()
        made = step()
        self.wall[name] = time.perf_counter() - wall
        self.work[name] = time.process_time() - work
        return made

    @property
    def total(self) -> float:
        return sum(self.wall.values())


def run_import(raw: Path, processed: Path) -> tuple[Stages, Imported]:
    """The import step by step, as import_folder does it."""
    stages = Stages()
    measures = read_measures(None)
    names = stages.run("names of columns", lambda: vocabulary(measures))
    rules = Rules(measures, names, date(2026, 11, 23), "Europe/London")
    opened = stages.run(
        "open: bytes, hash, text, columns",
        lambda: open_path(raw / "phq9.csv", "phq9.csv", rules),
    )
    read = stages.run(
        "read: ids, dates, answers, checks", lambda: read_file(opened, rules)
    )
    people = stages.run("clients over all files", lambda: people_of(read.readings))
    outcomes = stages.run(
        "repeats and conflicts", lambda: outcomes_of(read.readings, people)
    )
    tables = stages.run("tidy tables", lambda: tidy_tables(outcomes, people))
    report = stages.run(
        "report",
        lambda: (files_report([read], outcomes), set_aside_rows([read], outcomes)),
    )
    imported = Imported(tables, *report)

    def write() -> None:
        for name, rows in tables.items():
            store.write_table(rows, name, processed)
        write_import(imported, processed)

    stages.run("schema check and Parquet", write)
    return stages, imported


def seconds(step: Callable[[Path, Path], None], path: Path, out: Path) -> float:
    """The best of three runs."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        step(path, out)
        times.append(time.perf_counter() - started)
    return min(times)


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else ADMINISTRATIONS
    with tempfile.TemporaryDirectory() as folder:
        raw, processed = Path(folder) / "raw", Path(folder) / "processed"
        raw.mkdir()
        write_export(raw / "phq9.csv", n)
        size = (raw / "phq9.csv").stat().st_size
        arrow = seconds(with_arrow, raw / "phq9.csv", Path(folder) / "arrow.parquet")
        stages, imported = run_import(raw, processed)
        print(f"{n:,} administrations, {9 * n:,} answers, {size / 1e6:.0f} MB of CSV")
        for name, wall in stages.wall.items():
            print(f"  {name:34} {wall:6.2f} s   ({stages.work[name]:5.2f} s of work)")
        print(f"  {'in all':34} {stages.total:6.2f} s")
        # kilobytes on Linux
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
        print(f"peak memory {peak:.2f} GB")
        print(f"Arrow alone {arrow:.2f} s: ratio {stages.total / arrow:.1f}")
        if importlib.util.find_spec("duckdb"):
            out = Path(folder) / "duckdb.parquet"
            alone = seconds(with_duckdb, raw / "phq9.csv", out)
            ratio = stages.total / alone
            print(f"DuckDB alone {alone:.2f} s: ratio {ratio:.1f} (goal: {GOAL})")
        counts = imported.files.iloc[0]
        print(f"accepted {counts['accepted']:,} of {counts['rows_in']:,} rows")


if __name__ == "__main__":
    main()
