"""How fast a large practice's questionnaires are imported, all checks included.

    python benchmarks/import_speed.py [shape] [rows]

Shapes, each in a process of its own, as peak memory is counted for a whole process:

    wide   1,111,111 PHQ-9 of 100,000 clients, 10 million answers, a CSV of 42 MB
    long   an answer per row, three measures, 3 million rows, a CSV of 100 MB
    sheet  an Excel workbook of 100,000 PHQ-9

For each it prints where the time goes, peak memory, and what importing again takes
after one small file was added. For `wide` also the ratio to a lower bound measured in
the same run: what DuckDB alone (Arrow, where DuckDB is not installed) takes to read the
file as text, turn it into numbers, add up, sort and write it, without any check.
"""

from __future__ import annotations

import importlib
import importlib.util
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq

from analysis import store
from analysis.importers import import_folder, write_import
from analysis.importers.folder import Imported
from analysis.importers.keeping.outcome import outcomes_of
from analysis.importers.keeping.people import people_of
from analysis.importers.keeping.quarantine import set_aside_rows
from analysis.importers.keeping.tidy import tidy_tables
from analysis.importers.layout import Rules
from analysis.importers.one_file import open_path, read_file
from analysis.importers.remembering.entries import Remembered, keep
from analysis.importers.remembering.lasting import holds_until
from analysis.importers.report import files_report
from analysis.importers.values.vocabulary import vocabulary
from analysis.importers.withholding import withheld
from analysis.measures import read_measures
from analysis.settings import Settings

ADMINISTRATIONS = 1_111_111
CLIENTS = 100_000
ITEMS = [f"phq9_{number}" for number in range(1, 10)]
# Measures of the long shape and how many items each has.
LONG = {"phq9": 9, "gad7": 7, "wsas": 5}
TODAY = date(2026, 11, 23)
MEMORY_GOAL = 4
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


def write_long(path: Path, n: int) -> None:
    """An answer per row: three measures, each client about every week."""
    random = np.random.default_rng(20250106)
    items = np.concatenate([np.arange(1, n + 1) for n in LONG.values()])
    names = np.repeat(np.arange(len(LONG)), list(LONG.values()))
    weeks = -(-n // (len(items) * CLIENTS // 10))
    sitting = np.repeat(np.arange(-(-n // len(items))), len(items))[:n]
    client, week = sitting // weeks, sitting % weeks
    days = (client % 200 + 7 * week).astype("timedelta64[D]")
    place = np.arange(n) % len(items)
    ids = pa.array([f"C-{number:06d}" for number in range(int(client.max()) + 1)])
    columns = {
        "client_id": ids.take(pa.array(client)),
        "date": pa.array(np.datetime64("2024-01-01") + days, pa.date32()),
        "measure": pa.array(list(LONG)).take(pa.array(names[place])),
        "item": pa.array(items[place]),
        "response": pa.array(random.integers(0, 4, n)),
    }
    csv.write_csv(pa.table(columns), path)


def write_sheet(path: Path, n: int) -> None:
    """The wide shape as a workbook."""
    random = np.random.default_rng(20250106)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["client_id", "date", *ITEMS])
    answers = random.integers(0, 4, (n, 9)).tolist()
    start = date(2024, 1, 1)
    for row in range(n):
        day = start + timedelta(days=7 * (row % 12) + row // 12 % 200)
        sheet.append([f"C-{row // 12:06d}", day, *answers[row]])
    book.save(path)


WRITERS = {"wide": write_export, "long": write_long, "sheet": write_sheet}
# Name of the file and rows, unless told otherwise.
SHAPES = {
    "wide": ("phq9.csv", ADMINISTRATIONS),
    "long": ("answers.csv", 3_000_000),
    "sheet": ("phq9.xlsx", 100_000),
}


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


def run_import(raw: Path, name: str, processed: Path) -> tuple[Stages, Imported]:
    """The import step by step, as import_folder does it."""
    stages = Stages()
    measures = read_measures(None)
    names = stages.run("names of columns", lambda: vocabulary(measures))
    rules = Rules(measures, names, TODAY, "Europe/London")
    opened = stages.run(
        "open: bytes, hash, text, columns",
        lambda: open_path(raw / name, name, rules),
    )
    whole = stages.run(
        "read: ids, dates, answers, checks", lambda: read_file(opened, rules)
    )
    read = stages.run("withhold what is not read", lambda: withheld(whole, names))
    until = holds_until(whole, rules)
    memory = processed / ".readings"
    kept = Remembered(read, (), "", TODAY, until)
    stages.run("remember what was read", lambda: keep(memory, "phq9", kept))
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
        store.write_tables(tables, list(tables), processed)
        write_import(imported, processed)

    stages.run("schema check and Parquet", write)
    return stages, imported


def import_again(raw: Path, processed: Path) -> tuple[float, float]:
    """Seconds of a first import and of a second one with a small file added."""
    times = []
    for text in ("", "client_id,date,phq9_total\nC-000001,2026-06-01,7\n"):
        if text:
            (raw / "small.csv").write_text(text, encoding="utf-8")
        started = time.perf_counter()
        imported = import_folder(
            raw,
            settings=Settings(),
            measures=read_measures(None),
            today=TODAY,
            memory=processed / "memory",
        )
        store.write_tables(imported.tables, list(imported.tables), processed)
        times.append(time.perf_counter() - started)
        del imported
    return times[0], times[1]


def seconds(step: Callable[[Path, Path], None], path: Path, out: Path) -> float:
    """The best of three runs."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        step(path, out)
        times.append(time.perf_counter() - started)
    return min(times)


def measure(shape: str, n: int) -> None:
    """Measure one shape in this process and print what was found."""
    with tempfile.TemporaryDirectory() as folder:
        raw, processed = Path(folder) / "raw", Path(folder) / "processed"
        raw.mkdir()
        processed.mkdir()
        name = SHAPES[shape][0]
        WRITERS[shape](raw / name, n)
        size = (raw / name).stat().st_size
        stages, imported = run_import(raw, name, processed)
        print(f"{shape}: {n:,} rows, {size / 1e6:.0f} MB")
        for stage, wall in stages.wall.items():
            print(f"  {stage:34} {wall:6.2f} s   ({stages.work[stage]:5.2f} s of work)")
        print(f"  {'in all':34} {stages.total:6.2f} s")
        # kilobytes on Linux
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
        print(f"  peak memory {peak:.2f} GB (goal: under {MEMORY_GOAL})")
        counts = imported.files.iloc[0]
        print(f"  accepted {counts['accepted']:,} of {counts['rows_in']:,} rows")
        del imported
        if shape == "wide":
            compare(raw / name, Path(folder), stages.total)
        first, second = import_again(raw, processed)
        print(f"  first import {first:.2f} s, with a small file added {second:.2f} s")


def compare(path: Path, folder: Path, ours: float) -> None:
    """The ratio to what an engine takes that checks nothing."""
    arrow = seconds(with_arrow, path, folder / "arrow.parquet")
    print(f"  Arrow alone {arrow:.2f} s: ratio {ours / arrow:.1f}")
    if importlib.util.find_spec("duckdb"):
        alone = seconds(with_duckdb, path, folder / "duckdb.parquet")
        print(f"  DuckDB alone {alone:.2f} s: ratio {ours / alone:.1f} (goal: {GOAL})")


def main() -> None:
    if len(sys.argv) > 1:
        shape = sys.argv[1]
        measure(shape, int(sys.argv[2]) if len(sys.argv) > 2 else SHAPES[shape][1])
        return
    for shape in SHAPES:
        subprocess.run([sys.executable, __file__, shape], check=True)


if __name__ == "__main__":
    main()
