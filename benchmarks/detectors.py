"""How well the detectors tell what is true, on invented clients with known truth.

Run: python benchmarks/detectors.py [clients] [--write]. Prints every rule on the same
clients, power by number of scores, other kinds of practice with their calibration,
thresholds, setbacks; --write puts the tables into docs/validation.md. The thresholds in
settings.py are set from them. The second simulator is written apart from the first.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import special

from analysis.methods.rates import wilson
from analysis.records import RC_PER_SEM, Scale
from analysis.series import Courses
from analysis.settings import Thresholds
from analysis.simulator import (
    KINDS,
    PHQ_LIKE,
    Plan,
    Simulated,
    as_series,
    simulate,
    simulate_other,
)
from analysis.simulator import accuracy as score
from analysis.simulator import setbacks as steps
from analysis.simulator.rivals import RIVALS
from analysis.trend import NOISE_PER_SEM, find_setbacks, fit_models
from analysis.trend.kalman import Z90

SEED = 20240611
LEVEL = ("plateau", "holding")
PAGE = Path(__file__).parents[1] / "docs" / "validation.md"
MARKS = ("<!-- detectors: begin -->", "<!-- detectors: end -->")


def _more(**shares: float) -> dict[str, float]:
    return dict.fromkeys(KINDS, 1.0) | shares


def _scale(high: float, change: float, **other: object) -> Scale:
    return replace(PHQ_LIKE, high=high, reliable_change=change, **other)


def _on(scale: Scale, start: tuple[float, float], **other: object) -> Plan:
    """A practice like the first on another scale: noise in the same proportion."""
    noise = 2.2 * (scale.reliable_change or 0) / 6
    return Plan(scale=scale, start=start, noise=noise, **other)


# The practice the detectors were set on, and those they were not.
PRACTICES: Mapping[str, Plan] = {
    "as set: weekly, 8 to 24 weeks": Plan(),
    "less noise (SD 1.8, AR .1)": Plan(noise=1.8, autocorrelation=0.1),
    "more noise (SD 2.6, AR .3)": Plan(noise=2.6, autocorrelation=0.3),
    "no autocorrelation": Plan(autocorrelation=0.0),
    "autocorrelation .4": Plan(autocorrelation=0.4),
    "one in five missing, days off by two": Plan(missed=0.2, jitter_days=2),
    "fortnightly, 12 to 36 weeks": Plan(every_days=14, weeks=(12, 36)),
    "6 to 30 weeks": Plan(weeks=(6, 30)),
    "severe at start": Plan(start=(18.0, 4.0)),
    "many flat": Plan(shares=_more(flat=2, broken_stick=2)),
    "many improving": Plan(shares=_more(linear=2, decelerating=2)),
    "no steps": Plan(shares=_more(setback=0, sudden_gain=0)),
}
OTHERS: Mapping[str, Plan] = {
    "weekly, 8 to 24 weeks": Plan(),
    "less noise (SD 1.8, AR .1)": Plan(noise=1.8, autocorrelation=0.1),
    "more noise (SD 2.6, AR .3)": Plan(noise=2.6, autocorrelation=0.3),
    "autocorrelation .4": Plan(autocorrelation=0.4),
    "one in five missing, days off by two": Plan(missed=0.2, jitter_days=2),
    "fortnightly, 12 to 36 weeks": Plan(every_days=14, weeks=(12, 36)),
    "scale 0 to 21, RC 4": _on(_scale(21, 4.0), (12.0, 3.0)),
    "scale 0 to 100, RC 10, steps of 4": _on(
        _scale(100, 10.0, higher_is="better", step=4.0), (40.0, 12.0)
    ),
    "scale 0 to 180, RC 14": _on(_scale(180, 14.0), (85.0, 20.0)),
}


def main() -> None:
    """Print every table; with --write also put them into docs/validation.md."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("clients", nargs="?", type=int, default=10_000)
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    page = [f"{chosen.clients} invented clients a practice, seed {SEED}.\n"]
    print(page[0])
    for table in _tables(chosen.clients):
        print(table)
        page.append(table)
    if chosen.write:
        _write("\n".join(page))


def _tables(clients: int) -> Iterator[str]:
    yield _rules(clients)
    yield _power(clients)
    yield _practices("Other kinds of practice", PRACTICES, simulate, clients)
    yield _practices("A second simulator", OTHERS, simulate_other, clients)
    yield _fitted(clients)
    yield _thresholds(clients)
    yield _setbacks(2 * clients)


def _write(tables: str) -> None:
    """Replace what stands between the marks in docs/validation.md."""
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(MARKS[0])
    _, after = rest.split(MARKS[1])
    page = f"{before}{MARKS[0]}\n{tables}\n{MARKS[1]}{after}"
    PAGE.write_text(page, encoding="utf-8")


def _draw(plan: Plan, clients: int, seed: int = SEED) -> Simulated:
    return simulate(clients, plan, np.random.default_rng(seed))


def _table(title: str, heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    return f"### {title}\n\n{table}\n"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _rules(clients: int) -> str:
    simulated = _draw(Plan(), clients)
    verdicts = score.judged(simulated, Thresholds())
    rules = {name: rule(simulated) for name, rule in RIVALS.items()}
    measures = {name: (v.flatness, v.flagged) for name, v in rules.items()}
    level = verdicts["status"].isin(LEVEL).to_numpy()
    measures["local linear trend alone"] = (_of_trend(verdicts), None)
    measures["four regimes, six weeks (shipped)"] = (score.flatness_of(verdicts), level)
    improving, flat = score.is_improving(simulated), score.is_flat(simulated)
    rows = []
    for name, (flatness, flagged) in measures.items():
        told = score.separation(flatness, simulated)
        used = ("–", "–")
        if flagged is not None:
            used = _percent(flagged[improving].mean()), _percent(flagged[flat].mean())
        rows.append((name, f"{told.auc:.3f}", _percent(told.found), *used))
    heads = (
        "rule",
        "AUC flat against moving",
        "flat found at 5 % of moving flagged",
        "as used: improving flagged",
        "as used: flat found",
    )
    return _table("Every rule on the same clients", heads, rows)


def _of_trend(verdicts: pd.DataFrame) -> np.ndarray:
    """Chance that the slope of the local linear trend is flat, from its interval."""
    slope = verdicts["gain_per_week"].to_numpy(float)
    sd = (verdicts["high"] - verdicts["low"]).to_numpy(float) / (2 * Z90)
    delta = 6 / Thresholds().flat_weeks_per_reliable_change
    flat = special.ndtr((delta - slope) / sd) - special.ndtr((-delta - slope) / sd)
    return np.nan_to_num(flat, nan=1 / 3)


def _power(clients: int) -> str:
    rows = []
    for weeks in (4, 6, 8, 10, 12, 16, 20, 24):
        for every in (7, 14):
            plan = Plan(weeks=(weeks, weeks), every_days=every, missed=0.0)
            if weeks * 7 // every < 4:
                continue
            simulated = _draw(plan, clients // 2)
            verdicts = score.judged(simulated, Thresholds())
            told = score.separation(score.flatness_of(verdicts), simulated)
            status = verdicts["status"]
            flat, better = score.is_flat(simulated), score.is_improving(simulated)
            rows.append(
                (
                    str(weeks),
                    "weekly" if every == 7 else "fortnightly",
                    str(weeks * 7 // every + 1),
                    f"{told.auc:.2f}",
                    _percent(status.isin(LEVEL)[flat].mean()),
                    _percent(status.isin(LEVEL)[better].mean()),
                    _percent((status == "improving")[better].mean()),
                    _percent((status == "too_early").mean()),
                )
            )
    heads = (
        "weeks",
        "scores come",
        "scores",
        "AUC",
        "flat found",
        "improving called level",
        "improving found",
        "too early to say",
    )
    return _table("Power by number of scores and spacing", heads, rows)


def _practices(
    title: str,
    plans: Mapping[str, Plan],
    draw: Callable[[int, Plan, np.random.Generator], Simulated],
    clients: int,
) -> str:
    rows = []
    for number, (name, plan) in enumerate(plans.items()):
        simulated = draw(clients, plan, np.random.default_rng(SEED + number))
        verdicts = score.judged(simulated, Thresholds())
        rows.append((name, *_told(verdicts, simulated)))
    return _table(title, ("practice", *_TOLD), rows)


_TOLD = (
    "AUC (± 95 %)",
    "flat found at 5 %",
    "shipped: improving flagged (95 %)",
    "shipped: flat found (95 %)",
    "calibration error better, flat, worse",
)


def _told(verdicts: pd.DataFrame, simulated: Simulated) -> tuple[str, ...]:
    told = score.separation(score.flatness_of(verdicts), simulated)
    level = verdicts["status"].isin(LEVEL).to_numpy()
    delta = 1 / Thresholds().flat_weeks_per_reliable_change
    errors = score.calibration(verdicts, simulated, delta)
    return (
        f"{told.auc:.3f} ± {told.auc_half:.3f}",
        _percent(told.found),
        _share(level[score.is_improving(simulated)]),
        _share(level[score.is_flat(simulated)]),
        " ".join(f"{error:.3f}" for error in errors),
    )


def _share(flagged: np.ndarray) -> str:
    """A share with its Wilson interval, in percent."""
    low, high = wilson([flagged.sum()], [len(flagged)])
    ends = f"{100 * float(low[0]):.1f}–{100 * float(high[0]):.1f}"
    return f"{100 * flagged.mean():.1f} % ({ends})"


def _fitted(clients: int) -> str:
    """The model fitted to other clients of the same practice, against the default."""
    rows = []
    for name in (
        "as set: weekly, 8 to 24 weeks",
        "more noise (SD 2.6, AR .3)",
        "autocorrelation .4",
        "fortnightly, 12 to 36 weeks",
    ):
        plan = PRACTICES[name]
        simulated = _draw(plan, clients, SEED + 50)
        for model, models in (("default", None), ("fitted", _models(plan))):
            verdicts = score.judged(simulated, Thresholds(), models)
            rows.append((name, model, *_told(verdicts, simulated)))
    heads = ("practice", "model", *_TOLD)
    return _table("With a model fitted to the practice", heads, rows)


def _models(plan: Plan) -> pd.DataFrame:
    """Models fitted to 400 other clients of the same practice."""
    series, episodes = as_series(_draw(plan, 400, SEED - 1))
    scales = {plan.scale.id: plan.scale}
    return fit_models(series, episodes, scales, score.LATEST)


def _thresholds(clients: int) -> str:
    simulated = _draw(Plan(), clients)
    verdicts = score.judged(simulated, Thresholds())
    flat, better = score.is_flat(simulated), score.is_improving(simulated)
    worse = score.is_moving(simulated) & ~better
    rows = []
    for cut in (0.5, 0.6, 0.7, 0.8, 0.835, 0.85, 0.9):
        clears = {
            name: (verdicts[name] >= cut).to_numpy()
            for name in ("p_better", "p_flat", "p_worse")
        }
        rows.append(
            (
                f"{cut:g}",
                *(_percent(clears["p_better"][who].mean()) for who in (better, flat)),
                *(_percent(clears["p_flat"][who].mean()) for who in (flat, better)),
                *(_percent(clears["p_worse"][who].mean()) for who in (worse, flat)),
            )
        )
    heads = (
        "threshold",
        "improving: found",
        "flat called improving",
        "flat: found",
        "improving called flat",
        "worsening: found",
        "flat called worsening",
    )
    return _table("Thresholds", heads, rows)


def _setbacks(clients: int) -> str:
    rows = []
    for noise, autocorrelation in (
        (1.8, 0.2),
        (2.2, 0.0),
        (2.2, 0.2),
        (2.2, 0.4),
        (2.6, 0.3),
    ):
        plan = Plan(noise=noise, autocorrelation=autocorrelation)
        random = np.random.default_rng(SEED)
        change = plan.scale.reliable_change or 0.0
        stable = steps.stable_courses(clients, plan, random)
        better = steps.improving_courses(clients, plan, random, change / 12)
        cells = [_flagged(stable, plan, 0), _flagged(better, plan, 0)]
        for size in (1.5, 1.0):
            for weeks in (1, 3):
                drawn = steps.setback_courses(
                    clients, plan, random, size * change, weeks
                )
                cells.append(_flagged(drawn, plan, steps.ONSET))
        row = (f"SD {noise}, AR {autocorrelation}", *cells[:1])
        rows.append((*row, *cells[1:]))
    heads = (
        "noise",
        "stable flagged in 12 sessions",
        "improving flagged",
        "1.5 RC abrupt, found in 3",
        "1.5 RC over 3 weeks",
        "RC abrupt",
        "RC over 3 weeks",
    )
    return _table("Setbacks", heads, rows)


def _flagged(scores: np.ndarray, plan: Plan, since: int) -> str:
    """Share of courses with a setback flagged at any session from `since` on."""
    n, sessions = scores.shape
    ever = np.zeros(n, bool)
    change = plan.scale.reliable_change or 0.0
    r = np.full(n, NOISE_PER_SEM * change / RC_PER_SEM)
    for last in range(max(since, 3), sessions):
        seen = scores[:, : last + 1]
        sign = plan.scale.gain(0, 1)
        courses = Courses(
            keys=pd.DataFrame(index=range(n)),
            first=np.arange(n) * (last + 1),
            n=np.full(n, last + 1),
            day=np.tile(np.arange(last + 1) * 7, n),
            value=seen.ravel(),
            gain=sign * seen.ravel(),
            sign=np.full(n, sign),
        )
        ever |= find_setbacks(courses, r, Thresholds().setback).onset >= 0
    return f"{100 * ever.mean():.1f} %"


if __name__ == "__main__":
    main()
