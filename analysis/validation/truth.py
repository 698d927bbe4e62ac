"""Our detector and those of others on the same invented clients, with known truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.errors import AnalysisError
from analysis.settings import Thresholds
from analysis.simulator import Plan, Simulated, accuracy, simulate, simulate_other
from analysis.simulator.rivals import RIVALS

Numbers = npt.NDArray[np.float64]

OURS = "this toolkit"
_LEVEL = ("plateau", "holding")
_SIMULATORS = {"first": simulate, "second": simulate_other}
# Weeks of the power curve.
_WEEKS = (6, 8, 10, 12, 16, 20, 24)


@dataclass(frozen=True)
class Judged:
    """Invented clients, and the toolkit's verdict on each of them."""

    simulated: Simulated
    verdicts: pd.DataFrame


def judge_practice(clients: int, seed: int, simulator: str = "first") -> Judged:
    """Invent a practice (weekly scores, 8 to 24 weeks) and judge every client.

    simulator: "first", which the thresholds were set on, or "second".
    """
    if simulator not in _SIMULATORS:
        raise AnalysisError(f"simulator must be one of {', '.join(_SIMULATORS)}")
    draw = _SIMULATORS[simulator]
    return _judged(draw(clients, Plan(), np.random.default_rng(seed)))


def _judged(simulated: Simulated) -> Judged:
    return Judged(simulated, accuracy.judged(simulated, Thresholds()))


def rules_compared(judged: Judged) -> pd.DataFrame:
    """A row per rule: how well it tells flat from moving, and what it flags.

    auc: chance that a flat client looks flatter than a moving one; flat_found: where
    5 % of moving clients are flagged; the other two as the rule is commonly used.
    """
    drawn = judged.simulated
    rows = {}
    for name, rule in RIVALS.items():
        verdict = rule(drawn)
        rows[name] = _row(verdict.flatness, verdict.flagged, drawn)
    level = judged.verdicts["status"].isin(_LEVEL).to_numpy()
    rows[OURS] = _row(accuracy.flatness_of(judged.verdicts), level, drawn)
    return pd.DataFrame.from_dict(rows, orient="index")


def _row(
    flatness: Numbers, flagged: npt.NDArray[np.bool_], drawn: Simulated
) -> dict[str, float]:
    told = accuracy.separation(flatness, drawn)
    return {
        "auc": told.auc,
        "flat_found": told.found,
        "as_used_improving_flagged": float(
            flagged[accuracy.is_improving(drawn)].mean()
        ),
        "as_used_flat_found": float(flagged[accuracy.is_flat(drawn)].mean()),
    }


def said_and_true(judged: Judged, bins: int = 10) -> pd.DataFrame:
    """What was said and what is true: a row per status and bin of its chance."""
    delta = 1 / Thresholds().flat_weeks_per_reliable_change
    slope = accuracy.true_slopes(judged.simulated)
    truths = {
        "p_better": slope > delta,
        "p_flat": np.abs(slope) <= delta,
        "p_worse": slope < -delta,
    }
    parts = []
    for name, truth in truths.items():
        rows = pd.DataFrame({"said": judged.verdicts[name].to_numpy(), "true": truth})
        rows = rows.dropna()
        edge = np.minimum((rows["said"] * bins).astype(int), bins - 1)
        means = rows.groupby(edge).mean().assign(chance=name)
        parts.append(means.assign(clients=rows.groupby(edge).size()))
    return pd.concat(parts, ignore_index=True)


def power(clients: int, seed: int) -> pd.DataFrame:
    """What is found after so many weekly scores: a row per number of weeks."""
    rows = []
    for weeks in _WEEKS:
        plan = Plan(weeks=(weeks, weeks), missed=0.0)
        judged = _judged(simulate(clients, plan, np.random.default_rng(seed)))
        status = judged.verdicts["status"]
        level = status.isin(_LEVEL).to_numpy()
        better = accuracy.is_improving(judged.simulated)
        flat = accuracy.is_flat(judged.simulated)
        rows.append(
            {
                "weeks": weeks,
                "flat_found": float(level[flat].mean()),
                "improving_found": float((status == "improving")[better].mean()),
                "improving_called_level": float(level[better].mean()),
                "too_early": float((status == "too_early").mean()),
            }
        )
    return pd.DataFrame(rows).set_index("weeks")
