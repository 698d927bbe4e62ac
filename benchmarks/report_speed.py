"""How fast reports are made: vanilla papermill and nbconvert against the fork engine.

    python benchmarks/report_speed.py [--rounds 3] [--vanilla 4] [--forked 60]
    python benchmarks/report_speed.py --scale 100,1000,10000

The routes take turns on the project's own client notebook and the demo practice, two
reports side by side, so that whatever else the machine does strikes all of them.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.util import find_spec
from itertools import cycle, islice
from pathlib import Path

from analysis import demo, engine, pipeline, store
from analysis.pipeline import reporting
from analysis.pipeline.paths import Paths, notebook_path

WORKERS = 2
TODAY = date(2026, 11, 23)
SCORES = 30  # a course that fills a page
SECONDS_BETWEEN_LOOKS = 0.1


@dataclass(frozen=True)
class Ran:
    """One route's turn."""

    reports: int
    seconds: float
    first: float = 0.0  # seconds until the first PDF stood there
    memory: int = 0  # bytes of all its processes together, at most
    cpu: float = 0.0  # seconds of all its processes

    @property
    def per_minute(self) -> float:
        """Reports a minute, start-up included."""
        return self.reports / self.seconds * 60


def main() -> None:
    """Parse arguments, make the practice, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--vanilla", type=int, default=4, help="reports a turn")
    parser.add_argument("--forked", type=int, default=60, help="reports a turn")
    parser.add_argument("--scale", default="", help="numbers of reports, as 100,1000")
    parser.add_argument("--vanilla-worker", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.vanilla_worker:
        vanilla_worker(json.loads(options.vanilla_worker))
        return
    with tempfile.TemporaryDirectory(prefix="cairn-bench-") as folder:
        jobs = practice_jobs(Path(folder))
        if options.scale:
            print_scale(jobs, [int(count) for count in options.scale.split(",")])
        else:
            print_ratios(jobs, options.rounds, options.vanilla, options.forked)


def practice_jobs(folder: Path) -> list[engine.Job]:
    """Clinicians' reports on clients of the demo practice with a longer course."""
    paths = Paths(folder / "raw", folder / "processed", folder / "reports")
    demo.write_demo(paths.raw)
    pipeline.run_import(paths, TODAY, lambda line: None)
    pipeline.run_analyse(paths)
    scores = store.read_table("scores", paths.processed).groupby("client_id").size()
    notebook = notebook_path(reporting.NOTEBOOK, "", paths.read_settings())
    return [
        engine.Job(
            id=client,
            notebook=notebook.resolve(),
            parameters={"client_id": client, "processed": str(paths.processed)},
            executed=Path(),
            pdf=Path(),
        )
        for client in sorted(scores[scores >= SCORES].index)
    ]


def repeated(jobs: Sequence[engine.Job], count: int, out: Path) -> list[engine.Job]:
    """So many jobs, clients repeated, each with a place of its own."""
    return [
        replace(
            job,
            id=f"{number}/{job.id}",
            executed=out / str(number) / "progress.ipynb",
            pdf=out / str(number) / "progress.pdf",
        )
        for number, job in enumerate(islice(cycle(jobs), count))
    ]


class Stopwatch(engine.Silent):
    """Notes when the first report was done."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.first = 0.0

    def done(self, outcome: engine.Outcome) -> None:
        """Stop at the first."""
        self.first = self.first or time.monotonic() - self.started


def run_engine(jobs: Sequence[engine.Job], count: int, name: str) -> Ran:
    """Make reports with one of our engines."""
    with tempfile.TemporaryDirectory() as folder, Watch() as watch:
        out = Path(folder)
        stopwatch = Stopwatch()
        result = engine.run_jobs(
            repeated(jobs, count, out),
            manifest=out / "manifest.json",
            workers=WORKERS,
            engine=name,
            warm_up=reporting.WARM_UP,
            progress=stopwatch,
        )
        if result.failed or len(result.made) != count:
            raise SystemExit(f"{name}: {len(result.failed)} report(s) failed")
    return Ran(count, result.seconds, stopwatch.first, watch.most, watch.cpu)


def run_vanilla(jobs: Sequence[engine.Job], count: int) -> Ran:
    """Make reports by papermill and nbconvert as they come, two processes."""
    how = vanilla_exporter()
    orders = [
        (str(job.notebook), dict(job.parameters), how)
        for job in islice(cycle(jobs), count)
    ]
    started = time.monotonic()
    with Watch() as watch:
        workers = [
            subprocess.Popen(
                [sys.executable, __file__, "--vanilla-worker", json.dumps(part)],
                stderr=subprocess.PIPE,
                text=True,
            )
            for part in (orders[number::WORKERS] for number in range(WORKERS))
        ]
        for worker in workers:
            _, said = worker.communicate()
            if worker.returncode:
                raise SystemExit(f"vanilla: a worker failed\n{said[-2000:]}")
    return Ran(count, time.monotonic() - started, memory=watch.most, cpu=watch.cpu)


def vanilla_worker(orders: Sequence[tuple[str, dict[str, str], str]]) -> None:
    """What the two tools do without us; runs in a process of its own."""
    import papermill
    from nbconvert import get_exporter

    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.ipynb"
        for notebook, parameters, how in orders:
            papermill.execute_notebook(
                notebook,
                str(out),
                parameters,
                kernel_name="python3",
                progress_bar=False,
            )
            body, _ = get_exporter(how)().from_filename(str(out))
            Path(folder, "out").write_bytes(
                body if isinstance(body, bytes) else body.encode()
            )


@cache
def vanilla_exporter() -> str:
    """nbconvert's own way to a PDF that this machine has; HTML where it has none."""
    if shutil.which("xelatex") and shutil.which("pandoc"):
        return "pdf"
    if find_spec("playwright"):
        from playwright.sync_api import sync_playwright

        with sync_playwright() as browsers:
            if Path(browsers.chromium.executable_path).exists():
                return "webpdf"
    return "html"


class Watch:
    """Memory and CPU time of all processes below this one (Linux)."""

    def __init__(self) -> None:
        self.most = 0
        self.cpu = -children_cpu()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self.cpu += children_cpu()

    def _look(self) -> None:
        import psutil

        me = psutil.Process()
        while not self._over.wait(SECONDS_BETWEEN_LOOKS):
            total = 0
            for process in me.children(recursive=True):
                try:
                    total += process.memory_full_info().pss
                except (psutil.Error, AttributeError):
                    continue  # it has just ended, or the system does not tell
            self.most = max(self.most, total)


def children_cpu() -> float:
    """CPU seconds of processes that were started below this one and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def print_ratios(
    jobs: Sequence[engine.Job], rounds: int, vanilla: int, forked: int
) -> None:
    """One interleaved comparison as a table."""
    turns: dict[str, list[Ran]] = {}
    for _ in range(rounds):
        turns.setdefault("vanilla", []).append(run_vanilla(jobs, vanilla))
        turns.setdefault("plain", []).append(run_engine(jobs, vanilla, "plain"))
        turns.setdefault("fork", []).append(run_engine(jobs, forked, "fork"))
    print(f"vanilla: papermill, then nbconvert to {vanilla_exporter()}")
    print("| route | reports/min | times vanilla | CPU s each | first PDF s | MB |")
    print("|---|---:|---:|---:|---:|---:|")
    base = statistics.median(ran.per_minute for ran in turns["vanilla"])
    for name, runs in turns.items():
        rate = statistics.median(ran.per_minute for ran in runs)
        first = statistics.median(ran.first for ran in runs)
        memory = max(ran.memory for ran in runs) / 1e6
        cpu = statistics.median(ran.cpu / ran.reports for ran in runs)
        print(
            f"| {name} | {rate:.1f} | {rate / base:.1f} | {cpu:.2f} | {first:.1f} "
            f"| {memory:.0f} |"
        )


def print_scale(jobs: Sequence[engine.Job], counts: Sequence[int]) -> None:
    """Cost and memory at growing numbers of reports: a straight line, and flat."""
    print("| reports | seconds | reports/min | ms each | CPU s each | MB |")
    print("|---:|---:|---:|---:|---:|---:|")
    for count in counts:
        ran = run_engine(jobs, count, "fork")
        each = ran.seconds / count * 1000
        print(
            f"| {count} | {ran.seconds:.1f} | {ran.per_minute:.0f} | {each:.0f} "
            f"| {ran.cpu / count:.2f} | {ran.memory / 1e6:.0f} |"
        )


if __name__ == "__main__":
    main()
