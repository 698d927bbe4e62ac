"""How long the caseload report of a very large service takes, from its tidy tables.

    python benchmarks/caseload_speed.py PROCESSED --clients 100000 --years 5

PROCESSED: tables of a demo practice, imported and analysed. Its clients are repeated
under new ids, each copy some months earlier than the one before, until there are so
many; copies that lie in the past have ended. Prints CPU seconds, memory and sizes.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analysis import reports, state
from analysis.blocks import as_data
from analysis.caseload_page import caseload_html
from analysis.page.document import arrange, source_of, split_frame
from analysis.page.typesetter import compile_pdf
from analysis.schema import TABLES
from analysis.show import caseload, caseload_more, caseload_numbers, watch_list
from analysis.show.caseload import page_of, words_for

NEEDED = (
    "clients", "episodes", "sessions", "risks", "series", "changes", "trends",
    "signs", "findings", "goals", "goal_ratings",
)  # fmt: skip
IDS = ("client_id", "episode_id", "goal_id", "replaces", "administration_id")


def main() -> None:
    """Make the tables, then the report, and say what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("processed", type=Path)
    parser.add_argument("--clients", type=int, default=100_000)
    parser.add_argument("--years", type=int, default=5)
    parser.add_argument("--keep", type=Path, help="folder for the large tables")
    options = parser.parse_args()
    folder = options.keep or Path(tempfile.mkdtemp(prefix="cairn-large-"))
    if not (folder / "state.json").exists():
        repeat(options.processed, folder, options.clients, options.years)
    measure(folder)
    if options.keep is None:
        shutil.rmtree(folder)


def repeat(processed: Path, folder: Path, clients: int, years: int) -> None:
    """Write the tables of `clients` clients over `years` years."""
    n = pq.read_metadata(processed / "clients.parquet").num_rows
    copies = -(-clients // n)
    folder.mkdir(parents=True, exist_ok=True)
    for name in NEEDED:
        path = processed / f"{name}.parquet"
        if not path.exists():
            continue
        rows = pq.read_table(path).select(TABLES[name].names)
        with pq.ParquetWriter(folder / path.name, rows.schema) as writer:
            for part in _copies(rows, name, copies, years):
                writer.write_table(part.cast(rows.schema))
    known = state.read_state(processed)
    if known is None:
        raise SystemExit(f"{processed} holds no finished import")
    state.write_state(replace(known, raw_key="large"), folder)


def _copies(rows: pa.Table, name: str, copies: int, years: int) -> Iterator[pa.Table]:
    for number in range(copies):
        days = round(number / copies * years * 365)
        columns = {}
        for column in rows.column_names:
            values = rows[column]
            if column in IDS:
                values = pc.binary_join_element_wise(values, f"~{number}", "")
            elif pa.types.is_timestamp(values.type) or pa.types.is_date(values.type):
                values = pc.subtract(values, pa.scalar(pd.Timedelta(days=days)))
            columns[column] = values
        part = pa.table(columns)
        if days > 0 and name in ("findings", "signs", "trends"):
            continue  # of people who left long ago nothing is open
        yield part


def measure(folder: Path) -> None:
    """Read, count, draw, set; print what each took."""
    marks = [("start", time.perf_counter(), _cpu())]

    def mark(name: str) -> None:
        marks.append((name, time.perf_counter(), _cpu()))

    report = reports.read_caseload(processed=str(folder), settings="settings.toml")
    mark("read and count")
    words = words_for(report)
    blocks = [page_of(report, words)]
    for part in (
        caseload.outcomes, watch_list.blocks, caseload_more.over_time,
        caseload_more.compared, caseload_more.signs, caseload_more.staying,
        caseload_numbers.method,
    ):  # fmt: skip
        blocks += list(part(report, words))
    mark("draw")
    frame, body = split_frame([as_data(block) for block in blocks])
    pdf = compile_pdf(source_of(frame or {}, arrange(body, is_plain=False)))
    mark("PDF")
    html = caseload_html(report, words)
    mark("HTML")
    print(f"{report.period.stages.referred} episodes in the period")
    for (_, was, cpu_was), (name, now, cpu) in pairwise(marks):
        print(f"{name:16} {now - was:6.1f} s, {cpu - cpu_was:6.1f} CPU s")
    print(f"{'together':16} {marks[-1][1] - marks[0][1]:6.1f} s, {_cpu():6.1f} CPU s")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"most memory {most:.2f} GB; PDF {len(pdf) / 1e6:.2f} MB; ", end="")
    print(f"HTML {len(html.encode()) / 1e6:.2f} MB; {os.cpu_count()} cores")


def _cpu() -> float:
    times = os.times()
    return times.user + times.system


if __name__ == "__main__":
    main()
