"""The small verbs: demo, measures, bench."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from analysis import demo
from analysis.errors import AnalysisError
from analysis.measures import measure_page, measures_overview
from analysis.pipeline.paths import Paths
from analysis.pipeline.summary import Summary, Tell

_BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def run_demo(out: Path, clients: int, seed: int, tell: Tell) -> Summary:
    """Write the invented practice as raw exports."""
    if clients < 1:
        raise AnalysisError("--clients takes a whole number from 1 upwards.")
    steps = max(1, clients // 10)

    def progress(done: int, of: int) -> None:
        if done % steps == 0:
            tell(f"  {done} of {of} clients")

    demo.write_demo(out, clients=clients, seed=seed, progress=progress)
    return Summary([f"{clients} invented clients written to {out}."])


def run_measures(paths: Paths, measure_id: str) -> Summary:
    """List the measures, or print one with its sources."""
    measures = paths.read_measures(paths.read_settings())
    if not measure_id:
        return Summary([measures_overview(measures)])
    if measure_id not in measures:
        raise AnalysisError(
            f"There is no measure {measure_id!r}. `python -m analysis measures` lists "
            "all of them."
        )
    return Summary([measure_page(measures[measure_id])])


def run_bench(tell: Tell) -> Summary:
    """Run every benchmark of the checkout, one after the other."""
    scripts = sorted(_BENCHMARKS.glob("*.py"))
    if not scripts:
        raise AnalysisError(
            "The benchmarks stand in the project's checkout, which is not here."
        )
    failed = []
    for script in scripts:
        tell(f"{script.name} …")
        if subprocess.run([sys.executable, str(script)], check=False).returncode:
            failed.append(f"{script.name} did not finish")
    return Summary([f"{len(scripts)} benchmark(s) run."], set_aside=failed)
