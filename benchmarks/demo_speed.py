"""How fast the demo practice is written, and how much memory it takes.

    python benchmarks/demo_speed.py 10000 100000

Each size runs in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from analysis.demo import write_demo

_SIZES = ("10000", "100000")


def measure(clients: int) -> dict[str, float]:
    """Seconds, seconds per 10,000 clients, rows, MB written, peak MB of memory."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        summary = write_demo(Path(folder), clients=clients)
        seconds = time.perf_counter() - started
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
    # kilobytes on Linux
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "clients": clients,
        "seconds": round(seconds, 2),
        "seconds_per_10000": round(seconds * 10_000 / clients, 2),
        "rows": sum(summary.rows.values()),
        "written_mb": round(size / 1e6, 1),
        "peak_memory_mb": round(peak),
    }


def main(sizes: list[str]) -> None:
    """Measure every size in a fresh process; one size measures itself."""
    if len(sizes) == 1:
        print(measure(int(sizes[0])))
        return
    for size in sizes or _SIZES:
        subprocess.run([sys.executable, __file__, size], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
