"""How long the published methods take on 100,000 clients; ratios to a plain loop.

Run: python benchmarks/methods_speed.py [clients]. Times are of the call alone, on data
already in memory; the machine's own speed is told by a reference loop, so that
figures of two machines can be compared as ratios.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd

from analysis.methods.change_methods import Norms, classify
from analysis.methods.mixed_models import fit_mixed
from analysis.methods.rates import wilson
from analysis.methods.single_case_table import nap_table
from analysis.methods.sudden_change import sudden_changes
from analysis.methods.trends_for_analysts import ols_table
from analysis.settings import Thresholds
from analysis.simulator import PHQ_LIKE
from analysis.trend import trends

SCORES = 8
LATEST = date(2100, 1, 1)
# Seconds the task gives each method for 100,000 clients (10,000 for single cases).
BARS = {
    "reliable change": 0.1,
    "trend and status": 3.0,
    "lines with intervals": 1.0,
    "sudden gains and losses": 1.0,
    "random slopes by REML": 2.0,
    "NAP and Tau, a tenth of the clients": 1.0,
}


def practice(clients: int, seed: int = 11) -> pd.DataFrame:
    """Invented courses: whole scores 0 to 27, about weekly, 8 % missing."""
    random = np.random.default_rng(seed)
    owner = np.repeat(np.arange(clients), SCORES)
    week = np.tile(np.arange(float(SCORES)), clients)
    week = week + random.uniform(0, 0.3, len(owner))
    names = pd.Series(owner.astype(str), dtype="str")
    start, slope = random.normal(15, 5, clients), random.normal(-0.5, 0.4, clients)
    value = start[owner] + slope[owner] * week + random.normal(0, 2.4, len(owner))
    rows = pd.DataFrame(
        {
            "client_id": names,
            "episode_id": names,
            "scale": "phq9.total",
            "week": week,
            "date": pd.Timestamp(2026, 1, 5) + pd.to_timedelta(week * 7, unit="D"),
            "value": np.clip(value.round(), 0, 27),
        }
    )
    return rows[random.random(len(rows)) > 0.08].reset_index(drop=True)


def timed(task: Callable[[], object]) -> float:
    """Best of three runs, in CPU seconds: other work on the machine does not count."""
    seconds = []
    for _ in range(3):
        start = time.process_time()
        task()
        seconds.append(time.process_time() - start)
    return min(seconds)


def reference_loop() -> None:
    """A plain loop that takes the same work on every machine."""
    total = 0
    for number in range(2_000_000):
        total += number % 7


def tasks(rows: pd.DataFrame) -> dict[str, Callable[[], object]]:
    """What is timed, by name."""
    first = rows.drop_duplicates("client_id")["value"].to_numpy()
    last = rows.drop_duplicates("client_id", keep="last")["value"].to_numpy()
    episodes = rows[["episode_id", "client_id"]].drop_duplicates()
    norms = Norms(15, 5, 0.85, 4, 4)
    tenth = rows.iloc[: len(rows) // 10]
    cases = pd.DataFrame(
        {
            "case": tenth["client_id"],
            "phase": np.where(tenth["week"] < SCORES / 2, "A", "B"),
            "time": tenth["week"],
            "value": tenth["value"],
        }
    )
    return {
        "reliable change": lambda: classify(first, last, norms, "worse"),
        "trend and status": lambda: trends(
            rows, episodes, {"phq9.total": PHQ_LIKE}, LATEST, Thresholds()
        ),
        "lines with intervals": lambda: ols_table(
            rows["client_id"], rows["week"], rows["value"]
        ),
        "sudden gains and losses": lambda: sudden_changes(
            rows, {"phq9.total": 6.0}, {"phq9.total": "worse"}
        ),
        "random slopes by REML": lambda: fit_mixed(
            rows["value"], rows["client_id"], rows["week"]
        ),
        "NAP and Tau, a tenth of the clients": lambda: nap_table(cases, "worse"),
        "Wilson intervals": lambda: wilson(first, np.full(len(first), 30)),
    }


def main(clients: int = 100_000) -> None:
    """Print seconds, ratio to the reference loop and the bar, one line a method."""
    rows = practice(clients)
    loop = timed(reference_loop)
    print(f"{clients:,} clients, {len(rows):,} scores; reference loop {loop:.2f} s")
    for name, task in tasks(rows).items():
        seconds = timed(task)
        bar = BARS.get(name)
        limit = f"bar {bar:.1f} s" if bar else ""
        print(f"{name:38}{seconds:8.3f} s {seconds / loop:7.2f} loops   {limit}")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
